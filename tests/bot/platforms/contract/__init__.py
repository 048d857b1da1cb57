"""What every platform promises, run over each of them."""
