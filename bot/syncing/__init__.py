"""What the index is made of: sources, stores and locks, and what a sync did."""
