"""What the histories of chats have in common: what is kept of them, and its documents."""
