"""What has to outlive a process: accepted questions, conversations, locks, feedback."""
