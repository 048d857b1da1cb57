"""What every implementation of the state has to do."""
