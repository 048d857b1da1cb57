"""Tests that take long; `make soak` runs them."""
