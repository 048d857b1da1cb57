"""Child processes that compute with native code, and are kept alive.

In the parent, `keeping.py` starts a child anew whenever it ends, and `process.py` is one life of
it. `serving.py` is the child's end of the line. Both ends speak in the frames of `framing.py`;
`signs.py` holds what every child can say. The engine and the encoders bring their own messages.
"""
