"""NumPy's own functions and Python's operators on Variables."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from runtime.definitions.functions import told
from runtime.errors import DerivativeLost, SourceADError
from runtime.inplace import set_item, update, write_out
from runtime.kernels import by_letters, modulus, order_of_moduli, scatter
from runtime.kernels.arrays import has_own_arithmetic, own_arithmetic
from runtime.lifting import lift
from runtime.operation import apply, tracked
from runtime.outputs import place_of_out
from runtime.running import runs
from runtime.variable import Place, Variable, as_index, strip

# A ufunc's methods that have the meaning of a function of the table.
_METHODS: dict[tuple[np.ufunc, str], Callable[..., Any]] = {
    (np.add, "reduce"): np.sum,
    (np.multiply, "reduce"): np.prod,
    (np.maximum, "reduce"): np.max,
    (np.minimum, "reduce"): np.min,
    (np.add, "accumulate"): np.cumsum,
    (np.multiply, "accumulate"): np.cumprod,
}

# Functions whose own rules are for real numbers, and which see of complex ones their moduli only.
_OF_REAL = frozenset({np.absolute, abs, np.linalg.norm})

# What an operator takes as its other operand.
NUMBERS = (int, float, complex, np.generic, np.ndarray, list, tuple, Variable)


def array_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc called with a Variable among its inputs or outputs."""
    out = kwargs.pop("out", None)
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    text, first = told(function, len(inputs), kwargs if out is None else {**kwargs, "out": out})
    if method == "__call__" and text is not None and "where" in kwargs:
        return lift(text)(*first, *inputs, out=out[0], **kwargs)
    if method == "__call__" and text is not None:
        value = lift(text)(*first, *inputs, **kwargs)
    elif method == "__call__":
        value = apply(ufunc, inputs, kwargs) if ufunc is not np.absolute else array_function(ufunc, inputs, kwargs)
    elif text is not None:
        value = lift(text)(*first, *inputs, **kwargs)
    elif (ufunc, method) in _METHODS:
        value = apply(_METHODS[ufunc, method], inputs, _reduction_keywords(kwargs))
    elif method == "at" and ufunc in (np.add, np.subtract):
        return _change_at(ufunc, *inputs)
    else:
        raise unsupported(f"np.{ufunc.__name__}.{method}")
    if out is None:
        return value
    if len(out) == 1:
        return write_out(out[0], value)
    return tuple([result if target is None else write_out(target, result) for target, result in zip(out, value)])


def _reduction_keywords(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Keywords of `ufunc.reduce` as its function takes them: the defaults that NumPy writes out are left out again."""
    given = {"axis": 0, **kwargs}
    defaults = {"dtype": None, "keepdims": False, "where": True, "initial": np._NoValue}
    return {
        key: value
        for key, value in given.items()
        if key not in defaults or isinstance(value, Variable) or value is not defaults[key]
    }


def _change_at(ufunc: np.ufunc, x: Any, index: Any, value: Any) -> None:
    """`np.add.at` and `np.subtract.at`: repeated indices add up."""
    if not isinstance(x, Variable):
        raise DerivativeLost(
            f"np.{ufunc.__name__}.at writes a value that carries a derivative into a plain array",
            "Make the array a Tensor first.",
        )
    index = as_index(index)
    shape = np.shape(x._data[index])
    inside: list[tuple[Place, Variable]] = []
    strip(value, (), inside)
    if inside:
        value = value if isinstance(value, Variable) else apply(np.array, (value,))
        spread = apply(np.broadcast_to, (value, shape)) if np.shape(value._data) != shape else value
        update(x, ufunc, apply(scatter, (spread, index, x._data)))
    else:
        update(x, ufunc, scatter(np.broadcast_to(value, shape), index, x._data))


def unsupported(name: str) -> SourceADError:
    """The refusal of an operation that the table cannot describe."""
    return DerivativeLost(
        f"{name} is not supported on values of the dynamic graph", "Write it with NumPy functions that have a rule."
    )


def array_function(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A NumPy function called with a Variable among its arguments, also inside lists."""
    if function in _OF_REAL and any(np.iscomplexobj(plain) for plain in strip(list(args), (), [])):
        if function is np.linalg.norm:
            named = {**dict(zip(("x", "ord", "axis"), strip(args[:3], (), []))), **kwargs}
            order_of_moduli(named.get("ord"), np.ndim(named["x"]), named.get("axis"))
        args = (apply(modulus, args[:1]), *args[1:])
        if function is not np.linalg.norm:
            return args[0]
    if function is np.einsum and not isinstance(args[0], str):
        args = by_letters(args)
    if function is np.copyto:
        return _copy_to(*args, **kwargs)
    text, first = told(function, len(args), kwargs)
    if text is not None:
        return lift(text)(*first, *args, **kwargs)
    place = place_of_out(function) if len(args) > 1 else None
    if place is not None and len(args) > place:
        if len(args) > place + 1:
            raise unsupported(f"np.{function.__name__} with arguments behind `out` given by their places")
        kwargs = {**kwargs, "out": args[place]}
        args = args[:place]
    if "out" in kwargs:
        kwargs = dict(kwargs)
        out = kwargs.pop("out")
        value = apply(function, args, kwargs)
        return value if out is None else write_out(out, value)
    return apply(function, args, kwargs)


def _copy_to(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    if where is not True:
        src = apply(np.where, (where, src, dst))
    write_out(dst, src)


def _is_foreign(other: Any) -> bool:
    """Whether an operand is no number or array. Raises DerivativeLost for an array with operators of its own."""
    kind = type(other)
    if kind is not np.ndarray and issubclass(kind, np.ndarray) and has_own_arithmetic(kind):
        raise own_arithmetic(kind)
    return not isinstance(other, NUMBERS)


def _binary(function: Callable[..., Any], spelling: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if _is_foreign(other):
            return NotImplemented
        return apply(function, (self, other), None, spelling)

    return method


def _reflected(function: Callable[..., Any], spelling: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if _is_foreign(other):
            return NotImplemented
        return apply(function, (other, self), None, spelling)

    return method


def _comparison(spelling: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, NUMBERS):
            # The other object's own comparison is asked, with this value as it is.
            return NotImplemented
        return spelling(self._data, strip(other, (), []))

    return method


def _in_place(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return update(self, function, other)

    return method


class Number(Variable):
    """Operators, and NumPy's functions, on a Variable. What makes it a plain number raises while it is tracked."""

    __slots__ = ()
    __array_priority__ = 1000.0

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return array_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return array_function(function, args, kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        self._must_be_constant("becomes a plain array")
        return np.array(self._data, dtype=dtype) if copy is not False else np.asarray(self._data, dtype=dtype)

    def _must_be_constant(self, what: str) -> None:
        if tracked(self) and (runs.number or not self.traced):
            raise DerivativeLost(
                f"a value that carries a derivative {what}, and the derivative would be lost",
                "Use NumPy functions on it (np.sin for math.sin, np.stack for np.array), store it in a list or a"
                " Tensor instead of a plain array, or detach it where a constant is meant.",
            )

    @property
    def _mask(self) -> Any:
        """Masked arrays take the numbers of whatever has a field `_data`; they ask for its mask too."""
        self._must_be_constant("becomes part of a masked array")
        return np.False_

    def __float__(self) -> float:
        self._must_be_constant("becomes a float")
        return float(self._data)

    def __complex__(self) -> complex:
        self._must_be_constant("becomes a complex number")
        return complex(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __floor__(self) -> int:
        return math.floor(self._data)

    def __ceil__(self) -> int:
        return math.ceil(self._data)

    def __trunc__(self) -> int:
        return math.trunc(self._data)

    def __round__(self, digits: int | None = None) -> Any:
        return round(self._data) if digits is None else apply(round, (self, digits))

    __add__ = _binary(np.add, operator.add)
    __sub__ = _binary(np.subtract, operator.sub)
    __mul__ = _binary(np.multiply, operator.mul)
    __truediv__ = _binary(np.divide, operator.truediv)
    __floordiv__ = _binary(np.floor_divide, operator.floordiv)
    __mod__ = _binary(np.remainder, operator.mod)
    __pow__ = _binary(np.power, operator.pow)
    __matmul__ = _binary(np.matmul, operator.matmul)
    __radd__ = _reflected(np.add, operator.add)
    __rsub__ = _reflected(np.subtract, operator.sub)
    __rmul__ = _reflected(np.multiply, operator.mul)
    __rtruediv__ = _reflected(np.divide, operator.truediv)
    __rfloordiv__ = _reflected(np.floor_divide, operator.floordiv)
    __rmod__ = _reflected(np.remainder, operator.mod)
    __rpow__ = _reflected(np.power, operator.pow)
    __rmatmul__ = _reflected(np.matmul, operator.matmul)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __neg__(self) -> Any:
        return apply(np.negative, (self,), None, operator.neg)

    def __pos__(self) -> Any:
        return apply(np.positive, (self,), None, operator.pos)

    def __abs__(self) -> Any:
        return array_function(np.absolute, (self,), {})

    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)
    __hash__ = Variable.__hash__


class Array(Number):
    """A Variable with elements: length, iteration, indexing and in-place operators."""

    __slots__ = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return self._data.shape

    @property
    def dtype(self) -> np.dtype:
        """NumPy's type of an element."""
        return self._data.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._data.ndim

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        if self._data.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[k] for k in range(len(self._data)))

    def __reversed__(self) -> Iterator[Any]:
        return (self[k] for k in reversed(range(len(self._data))))

    def __contains__(self, element: Any) -> bool:
        return strip(element, (), []) in self._data

    def __getitem__(self, index: Any) -> Any:
        return apply(operator.getitem, (self, as_index(index)))

    def __setitem__(self, index: Any, value: Any) -> None:
        set_item(self, index, value)

    __iadd__ = _in_place(np.add)
    __isub__ = _in_place(np.subtract)
    __imul__ = _in_place(np.multiply)
    __itruediv__ = _in_place(np.divide)
    __ifloordiv__ = _in_place(np.floor_divide)
    __imod__ = _in_place(np.remainder)
    __ipow__ = _in_place(np.power)
    __imatmul__ = _in_place(np.matmul)


def fill(x: Variable, value: Any) -> None:
    """`ndarray.fill`: every element becomes `value`."""
    set_item(x, Ellipsis, value)
