"""`Tensor`: PyTorch's face of a Variable, with NumPy's functions on it too."""

from __future__ import annotations

import copy
import operator
import warnings
from typing import Any

import numpy as np

from runtime import dtypes, loading, printing, tracing
from runtime.constants import are_constants
from runtime.devices import Size
from runtime.errors import DerivativeLost, ShapeMismatch, SourceADError
from runtime.history import INFERENCE, History
from runtime.hooks import Hooks
from runtime.modes import state
from runtime.operation import apply, tracked
from runtime.texts import note
from runtime.variable import as_index


class Tensor(History):
    """An array that remembers how it was computed.

    `grad` receives the gradient of a leaf, `grad_fn` is the node that made the value. Numbers computed from Tensors
    are Tensors of no dimension.
    """

    __slots__ = ()

    def __init__(self, *data: Any, requires_grad: bool = False) -> None:
        # Lists become floating-point numbers whatever is in them, unlike those of `torch.tensor`; lengths a shape.
        if len(data) == 1 and type(data[0]) is not int and not isinstance(data[0], Size):
            listed = isinstance(data[0], (list, tuple))
            array = np.asarray(data[0], dtypes.default_numpy() if listed else None)
        else:
            array = np.zeros(data[0] if data and isinstance(data[0], Size) else data or (0,), dtypes.default_numpy())
        super().__init__(array)
        self._kind = INFERENCE if state.inference else self._data.dtype
        if requires_grad:
            self.requires_grad_()

    def detach(self) -> Tensor:
        """The same memory without history. Writes to either are seen, and noticed, by both."""
        return Tensor.wrap(self._data)

    def detach_(self) -> Tensor:
        """Forget how the value was computed; returns the Tensor. Raises SourceADError for a view."""
        if self._base is not None:
            raise SourceADError("a view cannot be detached in place", "Use detach().")
        self._node = None
        return self

    def clone(self) -> Tensor:
        """A copy in fresh memory, through which gradients flow."""
        return apply(np.copy, (self,))

    # Values.

    def __getitem__(self, index: Any) -> Any:
        if type(index) is int or type(index) is tuple and are_constants(index):
            return apply(operator.getitem, (self, index), None, _read)
        return apply(operator.getitem, (self, as_index(index)), None, _read)

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array itself, sharing memory. Raises DerivativeLost if the Tensor requires grad, unless `force`."""
        if self.requires_grad and not force:
            raise DerivativeLost("numpy() on a Tensor that requires grad", "Use tensor.detach().numpy() instead.")
        return self._data

    def item(self) -> Any:
        """The only element as a Python number, without history; in a traced function a Tensor that carries it on.

        Raises ShapeMismatch where there are several.
        """
        if self._data.size != 1:
            raise _not_one_number(self)
        if tracing.is_tracing() and tracked(self):
            return apply(np.reshape, (self, ()))
        return self._data.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers, without history; in a traced function as those of `item`."""
        if tracing.is_tracing() and tracked(self):
            return [element.tolist() for element in self] if self._data.ndim else self
        return self._data.tolist()

    # As numbers. PyTorch allows it for a Tensor that requires grad, with a warning.

    def _number(self) -> Any:
        if self._data.size != 1:
            raise _not_one_number(self)
        if self.requires_grad:
            if tracing.is_tracing():
                self._must_be_constant("becomes a number")
            warnings.warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior: the number"
                " carries no derivative. Consider using tensor.detach() first.",
                stacklevel=3,
            )
        return self._data.reshape(())[()]

    def __float__(self) -> float:
        number = self._number()
        if isinstance(number, np.complexfloating) and number.imag != 0.0:
            raise SourceADError(
                f"{number} cannot be converted to a float without losing its imaginary part", "Take .real."
            )
        return float(number.real)

    def __complex__(self) -> complex:
        return complex(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "biu" or self._data.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._data.reshape(())[()])

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise SourceADError(
                f"Boolean value of Tensor with {'no values' if not self._data.size else 'more than one value'} is"
                " ambiguous",
                "Use any() or all(), or choose one element.",
            )
        return bool(self._data.reshape(())[()])

    def __repr__(self) -> str:
        wanted = self.is_leaf and self.requires_grad
        return self._text(printing.tensor_text(self._data, self.grad_fn, wanted, dtypes.default_numpy()))

    def _text(self, text: str) -> str:
        return note(text) if tracing.is_tracing() and tracked(self) else text

    def _repr_html_(self) -> str:
        return loading.read("runtime.display:tensor_html")(self)

    def __format__(self, specification: str) -> str:
        number = self._data.ndim == 0
        return self._text(format(self._data.item() if number else str(self), specification))

    def __reduce__(self) -> Any:
        if not self.is_leaf:
            raise SourceADError("only leaf Tensors can be copied deeply or pickled", "Call detach() first.")
        return _rebuild, (self._data, self.requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        rebuild, (data, wanted) = self.__reduce__()
        found = memo[id(self)] = rebuild(_copied(data, memo), wanted)
        if self.grad is not None:
            found.grad = copy.deepcopy(self.grad, memo)
        return found

    # Shape.

    def dim(self) -> int:
        """Number of axes."""
        return self._data.ndim

    def numel(self) -> int:
        """Number of elements."""
        return self._data.size

    @property
    def T(self) -> Tensor:
        """The Tensor with its axes reversed."""
        return apply(np.transpose, (self,))

    @property
    def mT(self) -> Tensor:
        """The Tensor with its last two axes exchanged."""
        return apply(np.swapaxes, (self, -1, -2))

    def astype(self, dtype: Any) -> Tensor:
        """The elements cast to a NumPy dtype."""
        return apply(np.astype, (self, np.dtype(dtype)))

    def copy(self) -> Tensor:
        """NumPy's name of `clone`."""
        return self.clone()


def _not_one_number(x: Tensor) -> ShapeMismatch:
    return ShapeMismatch(
        f"a Tensor with {x._data.size} elements cannot be converted to a number", "Choose one element."
    )


def _read(data: Any, index: Any) -> Any:
    """`data[index]`, a view also where one element is read."""
    found = data[index]
    if isinstance(found, np.generic):
        return data[(*index, ...) if isinstance(index, tuple) else (index, ...)]
    return found


def _copied(data: np.ndarray, memo: dict[int, Any]) -> np.ndarray:
    """A copy of an array; copies made for one `memo` share memory as the arrays do."""
    owner = data
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if owner.base is not None or not (owner.flags.c_contiguous or owner.flags.f_contiguous):
        return data.copy()
    flat = copy.deepcopy(owner, memo).ravel("K")
    start = data.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    return np.ndarray(data.shape, data.dtype, flat, start, data.strides)


def _rebuild(data: np.ndarray, wanted: bool) -> Tensor:
    return Tensor(data, requires_grad=wanted)


Hooks.face = Tensor
