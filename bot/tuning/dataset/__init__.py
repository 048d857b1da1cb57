"""From what people say of answers, and from files, to what a model is taught by.

`making.py` is the step. `journal.py` and `files.py` gather what may become an example:
`permitted.py` says what may be learned from, `choosing.py` what people want to an answer,
`rebuilding.py` and `citing.py` make prompt and answer as they are live. `scrubbing.py` takes out
secrets and personal data, `merging.py` all but one of what is nearly the same, `balancing.py`
refusals beyond their share; `splitting.py` deals out the rest without a leak. `forgetting.py` takes
back what is no longer kept.
"""
