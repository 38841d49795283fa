"""The values inside a traced function: Variables that look like the floats and arrays they stand for.

A traced value has the type that the plain program would have: a Python float stays a number that `+=` rebinds, a
NumPy scalar stays a scalar, an array stays an array with NumPy's methods.
"""

from __future__ import annotations

import contextlib
import functools
import operator
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost
from runtime.inplace import overwrite
from runtime.kernels import item
from runtime.operation import apply, tracked
from runtime.primitives import registry
from runtime.protocols import Array, Number, array_function, fill
from runtime.readings import has_two_meanings, reading
from runtime.storage import Storage, clock
from runtime.texts import note
from runtime.variable import Variable, strip

# Methods whose result has no derivative, beside those that the table declares.
_INACTIVE_METHODS = frozenset(
    {"all", "any", "argmax", "argmin", "argpartition", "argsort", "is_integer", "nonzero", "searchsorted"}
)
_SHAPE_ATTRIBUTES = frozenset({"dtype", "flags", "itemsize", "nbytes", "ndim", "shape", "size", "strides"})


_BUFFERS = frozenset({"__array_interface__", "__array_struct__", "__buffer__"})


class _BufferLost(DerivativeLost, AttributeError):
    """The memory of a traced value is asked for. NumPy asks whether it could, and takes an AttributeError for no."""


class _Keys(threading.local):
    """Whether traced numbers may be hashed: while a set is made or asked, which holds nothing but themselves."""

    allowed = 0


keys = _Keys()


@contextlib.contextmanager
def hashable_within() -> Iterator[None]:
    """Traced numbers may be hashed in this block."""
    keys.allowed += 1
    try:
        yield
    finally:
        keys.allowed -= 1


def trace(data: Any) -> Any:
    """A traced value for a floating or complex number or array."""
    return TracedArray(data) if isinstance(data, np.ndarray) else TracedNumber(data)


def _attribute(self: Any, name: str) -> Any:
    """What `data.name` means: a function of the table, or a fact about the shape."""
    if name.startswith("__"):
        if name in _BUFFERS and tracked(self):
            raise _BufferLost(f"`{name}` of a value that carries a derivative shows its memory", "Detach the value.")
        raise AttributeError(name)
    data = self._data
    if name in _SHAPE_ATTRIBUTES:
        return getattr(data, name)
    plain = getattr(data, name)
    if type(data) in (float, complex):
        function: Any = {"conjugate": np.conjugate, "real": np.real, "imag": np.imag}.get(name)
        if function is not None:
            return functools.partial(apply, function, (self,)) if callable(plain) else apply(function, (self,))
    else:
        function = registry.lookup_attribute(name)
        if function is not None:
            return apply(function, (self,))
        function = registry.lookup_method("item" if name == "tolist" else name)
        if function is not None:
            return functools.partial(_call_method, name, function, self)
    if name in _INACTIVE_METHODS:
        return lambda *args, **kwargs: plain(*strip(args, (), []), **kwargs)
    raise DerivativeLost(
        f"`.{name}` of a {type(data).__name__} that is traced has no derivative rule",
        "Use a NumPy function that has one, or detach the value where a constant is meant.",
    )


def _call_method(name: str, function: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    if reading() == "either" and has_two_meanings(name, len(args), tuple(kwargs)):
        raise DerivativeLost(
            f"`.{name}` means one thing of arrays and another of Tensors, and the call was made with Tensors",
            f'Write it as a function, as in `np.{name}(x)` or `torch.{name}(x)`, or use dynamic="always".',
        )
    if function in (np.reshape, np.transpose) and len(args) > 1:
        # As methods these take the lengths or axes one by one.
        args = (args,)
    if function is np.conjugate and self._data.dtype.kind != "c":
        # The function makes a new array; the method gives a real one back itself.
        return self
    if function is item and args:
        self = apply(operator.getitem, (apply(np.reshape, (self, -1)), args[0]) if len(args) == 1 else (self, args))
        args = ()
    return array_function(function, (self, *args), kwargs)


class TracedNumber(Number):
    """Stands for a Python float or complex number or a NumPy scalar. It cannot be written to."""

    __slots__ = ()
    traced = True
    __getattr__ = _attribute

    def keep(self, data: Any) -> Any:
        """A number cannot change."""
        return data

    def before_write(self) -> None:
        """Nobody writes to a number."""

    def recorded_writes(self) -> int:
        """There are none."""
        return 0

    @classmethod
    def wrap(cls, data: Any) -> Any:
        """A traced value of the kind of `data`."""
        return trace(data)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """`isinstance` answers as for the plain value."""
        return type(self._data)

    def __hash__(self) -> int:
        # A dict from outside may hold a plain number under an equal key, kept from a call without derivatives.
        if not keys.allowed and tracked(self):
            raise DerivativeLost(
                "a value that carries a derivative is the key of a dict, and what is found there may be a plain number",
                "Use a whole number or a text as the key, or detach the key where a constant is meant.",
            )
        return hash(self._data)

    def __int__(self) -> int:
        # `int(x)` in a traced function asks the table; what comes here is NumPy, which rounds what it stores.
        self._must_be_constant("is rounded to a whole number")
        return int(self._data)

    def __repr__(self) -> str:
        return _text(self, repr(self._data))

    def __str__(self) -> str:
        return _text(self, str(self._data))

    def __format__(self, specification: str) -> str:
        return _text(self, format(self._data, specification))

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduce(self, protocol)


class TracedArray(Array):
    """Stands for an array of floating or complex elements."""

    __slots__ = ("_storage",)
    traced = True
    __getattr__ = _attribute
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, data: np.ndarray) -> None:
        super().__init__(data)
        self._storage = Storage()

    def keep(self, data: np.ndarray) -> Any:
        """The array, copied before the first write to it."""
        return self._storage.keep(data)

    def before_write(self) -> None:
        """Copy what nodes keep of the memory."""
        self._storage.before_write()

    def recorded_writes(self) -> int:
        """Noted beside the memory, for the array and its views."""
        return self._storage.recorded

    def note_recorded_write(self) -> None:
        """Count a write that changed the graph."""
        self._storage.recorded = clock.count_recorded()

    def share_memory_of(self, other: Variable) -> None:
        """A view has the history of what it looks into."""
        if isinstance(other._data, np.ndarray) and other.traced:
            self._storage = other._storage  # type: ignore[attr-defined]

    @classmethod
    def wrap(cls, data: Any) -> Any:
        """A traced value of the kind of `data`."""
        return trace(data)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """`isinstance` answers as for the plain value."""
        return type(self._data)

    def fill(self, value: Any) -> None:
        """Set every element."""
        fill(self, value)

    def sort(self, axis: int = -1) -> None:
        """Sort in place."""
        overwrite(self, apply(np.sort, (self,), {"axis": axis}))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The numbers for a function that only reads them: what it writes would not come back here, so it cannot."""
        made = super().__array__(dtype, copy)
        made.flags.writeable = bool(copy)
        return made

    def tolist(self) -> Any:
        """Nested lists of traced numbers."""
        return apply(item, (self,)) if self._data.ndim == 0 else [element.tolist() for element in self]

    def __repr__(self) -> str:
        return _text(self, repr(self._data))

    def __str__(self) -> str:
        return _text(self, str(self._data))

    def __format__(self, specification: str) -> str:
        return _text(self, format(self._data, specification))

    def __copy__(self) -> Any:
        return apply(np.copy, (self,))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return apply(np.copy, (self,))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduce(self, protocol)


def _read_only(name: str) -> property:
    """An attribute of arrays that can be assigned in NumPy, and changes what the array means."""

    def write(self: Any, value: Any) -> None:
        raise DerivativeLost(
            f"`.{name}` of an array that is traced is assigned",
            "Make a new array: `y = y.reshape(...)`, `y = a + 1j * b`.",
        )

    return property(lambda self: _attribute(self, name), write)


for _name in ("shape", "real", "imag", "flat", "dtype", "strides", "data"):
    setattr(TracedArray, _name, _read_only(_name))


def _text(value: Any, text: str) -> str:
    return note(text) if tracked(value) else text


def _reduce(value: Any, protocol: Any) -> Any:
    if tracked(value):
        raise DerivativeLost(
            "a value that carries a derivative is pickled, and the derivative would be lost",
            "Pickle it outside the differentiated function.",
        )
    return value._data.__reduce_ex__(protocol)
