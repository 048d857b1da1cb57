"""Embedding and reranking models from GGUF files."""
