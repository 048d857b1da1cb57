"""Schedules and watching, on clocks that the tests drive."""
