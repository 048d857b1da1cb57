"""The command line, from the arguments to what is printed."""
