"""The learning loop: from what people say of answers to an adapter that has to earn its place.

`examples.py` is what is learned from, `runs.py` the folder in which one round of the loop keeps all
that it makes. Each step reads what the step before left there, and can be killed and begun again.
Training and export themselves are in `models/`, which knows nothing of the bot.
"""
