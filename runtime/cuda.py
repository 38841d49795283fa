"""What programs ask before they use a CUDA device. Tensors hold NumPy arrays, so there is none to use."""

from __future__ import annotations

from typing import Any

from runtime.errors import SourceADError


def is_available() -> bool:
    """Whether Tensors can be put on a CUDA device."""
    return False


def device_count() -> int:
    """How many CUDA devices Tensors can be put on."""
    return 0


def synchronize() -> None:
    """Wait for all kernels: nothing is in flight on the CPU."""


def empty_cache() -> None:
    """Give memory back to the device: there is none to give."""


def current_device() -> int:
    """Raises SourceADError: there is no CUDA device."""
    raise SourceADError("no CUDA device is in use", "Ask torch.cuda.is_available() first.")


def get_device_name(device: Any = None) -> str:
    """Raises SourceADError: there is no CUDA device."""
    raise SourceADError("no CUDA device is in use", "Ask torch.cuda.is_available() first.")


def memory_allocated(device: Any = None) -> int:
    """Bytes of Tensors on a CUDA device: none."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """The most bytes of Tensors on a CUDA device: none."""
    return 0


def manual_seed(seed: int) -> None:
    """Seed the generator of the CUDA device, of which there is none."""


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all CUDA devices, of which there are none."""
