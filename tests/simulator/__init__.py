"""The whole core on a virtual clock, with faults drawn from a seed."""
