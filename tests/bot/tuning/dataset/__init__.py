"""Making a dataset."""
