"""Settings that programs for PyTorch make at their beginning. What NumPy decides for itself is accepted and kept."""

from __future__ import annotations

from typing import Any

_PRECISIONS = ("highest", "high", "medium")
_kept: dict[str, Any] = {"threads": 1, "deterministic": False, "precision": "highest"}


def get_num_threads() -> int:
    """The number of threads that was asked for."""
    return _kept["threads"]


def set_num_threads(number: int) -> None:
    """Accepted: how many threads a product of matrices takes is the choice of NumPy's library.

    It reads OMP_NUM_THREADS or OPENBLAS_NUM_THREADS when it is loaded. Raises RuntimeError for less than one.
    """
    if number < 1:
        raise RuntimeError("set_num_threads expects a positive integer")
    _kept["threads"] = int(number)


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: the same numbers come out every time in any case."""
    _kept["deterministic"] = bool(mode)


def are_deterministic_algorithms_enabled() -> bool:
    """Whether `use_deterministic_algorithms` was switched on."""
    return _kept["deterministic"]


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products are always of full precision. Raises RuntimeError for a name that PyTorch does not know."""
    if precision not in _PRECISIONS:
        raise RuntimeError(f"{precision!r} is not one of {', '.join(_PRECISIONS)}")
    _kept["precision"] = precision


def get_float32_matmul_precision() -> str:
    """The precision that was asked for."""
    return _kept["precision"]


class set_multithreading_enabled:
    """Accepted, as a function and as a context manager: a walk backward runs in the thread that asked for it."""

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass


def set_flush_denormal(mode: bool) -> bool:
    """False: NumPy cannot be told to round the smallest numbers to 0."""
    return False


def typename(obj: Any) -> str:
    """The name of an object's class with its module, of a Tensor that of its element type."""
    if hasattr(obj, "dtype") and hasattr(obj, "type"):
        return obj.type()
    kind = obj if isinstance(obj, type) else type(obj)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
