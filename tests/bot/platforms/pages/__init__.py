"""What every platform keeps to whose messages are pages of an answer."""
