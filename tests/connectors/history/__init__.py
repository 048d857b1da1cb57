"""What the histories of chats have in common."""
