"""Eager tensors in PyTorch's style over the shared rule table, with NumPy underneath."""
