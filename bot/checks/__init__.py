"""What `footnote doctor` looks at."""
