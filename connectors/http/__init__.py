"""The HTTP client of every connector that fetches what people configure."""
