"""Language models and embedders that run on this machine."""
