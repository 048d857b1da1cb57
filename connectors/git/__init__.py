"""The git connector: the documents of one branch of a repository."""
