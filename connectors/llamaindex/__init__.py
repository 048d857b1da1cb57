"""The llamaindex connector: the documents that any reader of LlamaIndex loads."""
