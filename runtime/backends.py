"""Switches of other libraries and devices that programs ask and set. They are kept, and do nothing."""

from __future__ import annotations

import types


class Backend(types.SimpleNamespace):
    """Switches of a library for GPUs, or of one that NumPy may use."""

    def is_available(self) -> bool:
        """False: Tensors are computed by NumPy."""
        return False

    is_built = is_available


cudnn = Backend(enabled=False, benchmark=False, deterministic=False, allow_tf32=False)
cuda = Backend(matmul=types.SimpleNamespace(allow_tf32=False))
mps, mkl, mkldnn, openmp = Backend(), Backend(), Backend(enabled=False), Backend()
