"""The operations of PyTorch under their names, one family a file."""
