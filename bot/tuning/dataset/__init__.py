"""From what people say of answers, and from files, to what a model is taught by.

`making.py` is the step. `journal.py` and `files.py` gather candidates, `permitted.py` says what may
be learned from, `choosing.py` what people want to an answer, `rebuilding.py` and `citing.py` make
prompt and answer as they are live. Then `likeness.py` merges what is nearly the same, `scrubbing.py`
takes out secrets and personal data, `balancing.py` keeps refusals few, and `splitting.py` deals all
of it out without a leak. `forgetting.py` takes back what is no longer kept.
"""
