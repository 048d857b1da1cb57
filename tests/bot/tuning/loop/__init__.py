"""The whole loop: from a correction in Slack to another answer, and back."""
