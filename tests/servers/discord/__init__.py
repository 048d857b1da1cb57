"""A Discord on loopback: REST, gateway, and the people who use it."""
