"""Where passages, vectors, terms and the manifest are kept."""
