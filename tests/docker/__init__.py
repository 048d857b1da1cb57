"""The container's image and the services around it."""
