"""GitHub over real HTTP on loopback: the parts of its REST API and of GraphQL that are read."""
