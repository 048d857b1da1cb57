"""The github connector: issues, pull requests, discussions and releases of chosen repositories."""
