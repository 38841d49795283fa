"""The programs that are measured, as a NumPy user writes them, each with its hand-written adjoint."""
