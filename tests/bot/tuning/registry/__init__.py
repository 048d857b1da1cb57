"""The registry of adapters, and the replicas that follow it."""
