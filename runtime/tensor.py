"""`Tensor`: PyTorch's face of a Variable, with NumPy's functions on it too."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime import printing
from runtime.errors import CotangentMismatch, DerivativeLost, NotDifferentiable, NotScalar, SourceADError
from runtime.graph import Node, backpropagate
from runtime.operation import apply, edge_of
from runtime.protocols import Array, fill
from runtime.storage import Storage
from runtime.variable import Variable, strip


class Tensor(Array):
    """An array that remembers how it was computed.

    `grad` receives the gradient of a leaf, `grad_fn` is the node that made the value. Numbers computed from Tensors
    are Tensors of no dimension.
    """

    __slots__ = ("grad",)

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        super().__init__(np.asarray(data))
        self.grad: Tensor | None = None
        if requires_grad:
            self.requires_grad_()

    # Place in the graph.

    @property
    def data(self) -> Tensor:
        """The same memory as a Tensor without history; writing to it is not recorded."""
        found = type(self).wrap(self._data)
        found._storage = Storage(self.copies_before_write)
        return found

    @data.setter
    def data(self, value: Any) -> None:
        self._data = value._data if isinstance(value, Variable) else np.asarray(value)
        self._storage = Storage(self.copies_before_write)
        self._view = None

    @property
    def grad_fn(self) -> Node | None:
        """The node that made the value; None for a leaf."""
        edge = edge_of(self)
        return edge.source if edge is not None and isinstance(edge.source, Node) else None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this Tensor are recorded."""
        return edge_of(self) is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not self.is_leaf:
            raise SourceADError("requires_grad can only be changed on a leaf Tensor", "Call detach() first.")
        if wanted and self._data.dtype.kind not in "fc":
            raise NotDifferentiable(
                f"only Tensors of floating or complex dtype can require gradients, this one is {self._data.dtype}",
                "Make it from floating-point numbers.",
            )
        self._wanted = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` of a leaf; returns the Tensor. Raises NotDifferentiable for integers and bools."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made the value."""
        edge = edge_of(self)
        return edge is None or edge.source is self

    @property
    def _version(self) -> int:
        """How many times the memory was written to."""
        return self._storage.version  # type: ignore[union-attr]

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False) -> None:
        """Add the gradient of this Tensor to `grad` of every leaf that it was computed from.

        `gradient` is the cotangent of this Tensor, and may be left out for one number. Raises NotScalar where it is
        missing, CotangentMismatch where its shape is another one.
        """
        edge = edge_of(self)
        if edge is None:
            raise SourceADError(
                "this Tensor does not require grad and was not computed from one that does",
                "Set requires_grad on an input before the computation.",
            )
        keep = create_graph if retain_graph is None else retain_graph
        seed = seed_for(self, gradient, create_graph)
        _, leaves = backpropagate([(edge, seed)], None, create_graph, keep)
        for leaf, g, owned in leaves:
            if isinstance(leaf, Tensor):
                leaf._accumulate(g, owned)

    def _accumulate(self, g: Any, owned: bool) -> None:
        new = g if isinstance(g, Tensor) else Tensor.wrap(g if owned else np.array(g))
        self.grad = new if self.grad is None else self.grad + new

    def detach(self) -> Tensor:
        """The same memory without history. Writes to either are seen, and noticed, by both."""
        found = type(self).wrap(self._data)
        found._storage = self._storage
        return found

    def clone(self) -> Tensor:
        """A copy in fresh memory, through which gradients flow."""
        return apply(np.copy, (self,))

    # Values.

    def __getitem__(self, index: Any) -> Any:
        return apply(operator.getitem, (self, strip(index, (), [])), None, _read)

    @classmethod
    def wrap(cls, data: Any) -> Any:
        """A Tensor of no history; numbers become arrays of no dimension."""
        found = cls.__new__(cls)
        Variable.__init__(found, data if isinstance(data, np.ndarray) else np.asarray(data))
        found.grad = None
        return found

    def numpy(self) -> np.ndarray:
        """The array itself, sharing memory. Raises DerivativeLost if the Tensor requires grad."""
        if self.requires_grad:
            raise DerivativeLost("numpy() on a Tensor that requires grad", "Use tensor.detach().numpy() instead.")
        return self._data

    def item(self) -> Any:
        """The only element as a Python number, without history."""
        return self._data.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers, without history."""
        return self._data.tolist()

    def __repr__(self) -> str:
        return printing.tensor_text(self._data, self.grad_fn, self._wanted)

    def __format__(self, specification: str) -> str:
        return format(self.item(), specification) if self._data.ndim == 0 else format(str(self), specification)

    def __reduce__(self) -> Any:
        if not self.is_leaf:
            raise SourceADError("only leaf Tensors can be copied deeply or pickled", "Call detach() first.")
        return _rebuild, (self._data, self._wanted, self.grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        rebuild, (data, wanted, grad) = self.__reduce__()
        found = memo[id(self)] = rebuild(data.copy(), wanted, None if grad is None else grad.__deepcopy__(memo))
        return found

    # Shape.

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the length of one axis."""
        return self._data.shape if dim is None else self._data.shape[dim]

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

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements in another shape; one length may be -1."""
        return apply(np.reshape, (self, shape[0] if len(shape) == 1 else shape))

    def ravel(self) -> Tensor:
        """The elements in one row."""
        return apply(np.reshape, (self, -1))

    flatten = ravel

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        """Two axes exchanged."""
        return apply(np.swapaxes, (self, dim0, dim1))

    def permute(self, *dims: Any) -> Tensor:
        """The axes in another order."""
        return apply(np.transpose, (self, dims[0] if len(dims) == 1 else dims))

    def squeeze(self, dim: int | tuple[int, ...] | None = None) -> Tensor:
        """Without the axes of length 1, or without those of `dim`."""
        return apply(np.squeeze, (self,) if dim is None else (self, dim))

    def unsqueeze(self, dim: int) -> Tensor:
        """With an axis of length 1 put in at `dim`."""
        return apply(np.expand_dims, (self, dim))

    def astype(self, dtype: Any) -> Tensor:
        """The elements cast to a NumPy dtype."""
        return apply(np.astype, (self, np.dtype(dtype)))

    def copy(self) -> Tensor:
        """NumPy's name of `clone`."""
        return self.clone()

    # Reductions. `dim` and `keepdim` are PyTorch's names of NumPy's `axis` and `keepdims`.

    def sum(self, dim: Any = None, keepdim: bool = False, **names: Any) -> Tensor:
        """Sum of all elements or along axes."""
        return self._reduce(np.sum, dim, keepdim, names)

    def mean(self, dim: Any = None, keepdim: bool = False, **names: Any) -> Tensor:
        """Mean of all elements or along axes."""
        return self._reduce(np.mean, dim, keepdim, names)

    def prod(self, dim: Any = None, keepdim: bool = False, **names: Any) -> Tensor:
        """Product of all elements or along axes."""
        return self._reduce(np.prod, dim, keepdim, names)

    def amax(self, dim: Any = None, keepdim: bool = False, **names: Any) -> Tensor:
        """Largest element of all or along axes; equal largest elements share the gradient."""
        return self._reduce(np.max, dim, keepdim, names)

    def amin(self, dim: Any = None, keepdim: bool = False, **names: Any) -> Tensor:
        """Smallest element of all or along axes; equal smallest elements share the gradient."""
        return self._reduce(np.min, dim, keepdim, names)

    def max(self) -> Tensor:
        """Largest element of all."""
        return apply(np.max, (self,))

    def min(self) -> Tensor:
        """Smallest element of all."""
        return apply(np.min, (self,))

    def norm(self) -> Tensor:
        """Euclidean norm of all elements."""
        return apply(np.sqrt, (apply(np.sum, (apply(np.multiply, (self, self)),)),))

    def _reduce(self, function: Callable[..., Any], dim: Any, keepdim: bool, names: dict[str, Any]) -> Tensor:
        axis = names.pop("axis", dim)
        keepdims = names.pop("keepdims", keepdim)
        if names:
            raise TypeError(f"{function.__name__}() got an unexpected keyword argument {next(iter(names))!r}")
        keywords = {"axis": axis} if axis is not None else {}
        return apply(function, (self,), {**keywords, "keepdims": True} if keepdims else keywords)

    def dot(self, other: Any) -> Tensor:
        """Inner product of two vectors."""
        return apply(np.dot, (self, other))

    def matmul(self, other: Any) -> Tensor:
        """Matrix product."""
        return apply(np.matmul, (self, other), None, operator.matmul)

    def fill_(self, value: Any) -> Tensor:
        """Set every element; returns the Tensor."""
        fill(self, value)
        return self

    def zero_(self) -> Tensor:
        """Set every element to zero; returns the Tensor."""
        return self.fill_(0)


def _read(data: Any, index: Any) -> Any:
    """`data[index]`, a view also where one element is read."""
    found = data[index]
    if isinstance(found, np.generic):
        return data[(*index, ...) if isinstance(index, tuple) else (index, ...)]
    return found


def _elementwise(function: np.ufunc) -> Callable[[Tensor], Tensor]:
    def method(self: Tensor) -> Tensor:
        return apply(function, (self,))

    method.__doc__ = f"`np.{function.__name__}` of every element."
    return method


for _name, _function in {
    "abs": np.absolute, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "log1p": np.log1p, "expm1": np.expm1, "square": np.square,
    "reciprocal": np.reciprocal, "neg": np.negative,
}.items():  # fmt: skip
    setattr(Tensor, _name, _elementwise(_function))


def _rebuild(data: np.ndarray, wanted: bool, grad: Tensor | None) -> Tensor:
    found = Tensor(data, requires_grad=wanted)
    found.grad = grad
    return found


def seed_for(output: Variable, gradient: Any, create_graph: bool) -> Any:
    """The cotangent to start from at `output`, checked."""
    from_tensor = isinstance(gradient, Variable)
    if gradient is None:
        if output._data.size != 1:
            raise NotScalar(
                f"grad can be created implicitly only for one number, this Tensor has shape {output._data.shape}",
                "Give backward the cotangent, an array of that shape.",
            )
        gradient = np.ones_like(output._data)
    elif not from_tensor:
        gradient = np.asarray(gradient)
    check_shape(np.shape(gradient), output._data.shape)
    if not create_graph:
        return gradient._data if from_tensor else gradient
    return gradient if from_tensor else type(output).wrap(gradient)


def check_shape(given: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Raises CotangentMismatch where a cotangent has not the shape of its value."""
    if given != wanted:
        raise CotangentMismatch(
            f"the cotangent has shape {given}, but the value it belongs to has shape {wanted}",
            "Give a cotangent of the value's shape.",
        )
