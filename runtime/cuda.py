"""What programs ask before they use a CUDA device. Tensors hold NumPy arrays, so there is none to use."""

from __future__ import annotations


def is_available() -> bool:
    """Whether Tensors can be put on a CUDA device."""
    return False


def device_count() -> int:
    """How many CUDA devices Tensors can be put on."""
    return 0


def synchronize() -> None:
    """Wait for all kernels: nothing is in flight on the CPU."""


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all CUDA devices, of which there are none."""
