"""What writes an answer from numbered passages."""
