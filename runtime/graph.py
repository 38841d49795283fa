"""Nodes of the graph.

A node refers to the nodes of its inputs and to what its rules read, never to its own result or to later nodes, so
reference counting alone frees a graph.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from runtime.errors import CotangentMismatch
from runtime.hooks import Hooks
from runtime.kernels.repeated import add_repeated
from runtime.storage import tick
from runtime.variable import Variable


class Meta(NamedTuple):
    """Shape and dtype of an array; `dtype` is None for a Python or NumPy number, whose shape is ()."""

    shape: tuple[int, ...]
    dtype: np.dtype | None

    @classmethod
    def of(cls, data: Any) -> Meta:
        """What is known of a value's cotangent before there is one."""
        return cls(data.shape, data.dtype) if isinstance(data, np.ndarray) else cls((), None)


class At(NamedTuple):
    """A cotangent of a value like `meta` that is zero but at `index`, where it is `g`; repeated indices add up."""

    index: Any
    g: Any
    meta: Meta

    def dense(self) -> Any:
        """The same as one array."""
        whole = np.zeros(self.meta.shape, self.meta.dtype)
        add_repeated(whole, self.index, self.g)
        return whole


class Owned(NamedTuple):
    """A cotangent in an array that nobody else holds, so that more can be added to it in place."""

    g: Any

    def dense(self) -> Any:
        """The array."""
        return self.g


class OneOf(NamedTuple):
    """The cotangent of result number `number` of a node with `several` results."""

    number: int
    g: Any
    several: int


# What a node answers that cannot `spend`; the second of the pair tells it from cotangents.
WAITS = object()
UNSPENT: tuple[Any, Any] = (None, WAITS)


class Node:
    """A recorded operation. `sources` are the nodes of its inputs, `serial` is its time of birth: newer is smaller.

    `hooks` is None, or what the user attached to the node or to its result.
    """

    __slots__ = ("hooks", "serial")

    sources: tuple[Node, ...]

    # Quick nodes answer `pull(g)` where no graph of the gradient is wanted.
    quick = False
    # Whether the node has several results; whether a walk ends here.
    several = False
    ends = False

    def __init__(self) -> None:
        self.serial = tick()
        self.hooks: Hooks | None = None

    def name(self) -> str:
        """The printed name, as in `grad_fn=<SinBackward0>`."""
        return f"{type(self).__name__}Backward0"

    def __repr__(self) -> str:
        return f"<{self.label()} object at {id(self):#x}>"

    def label(self) -> str:
        """The name without the namespace that PyTorch's own nodes have."""
        return self.name().rpartition("::")[2]

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes of the inputs, each with the number of the result that was used; None for a constant operand."""
        return tuple([(s.sources[0], s.index) if isinstance(s, Pick) else (s, 0) for s in self.operands()])

    def operands(self) -> tuple[Node | None, ...]:
        """The nodes of the inputs, as `sources`, and None for each operand that could have had one but is constant."""
        return self.sources

    @property
    def metadata(self) -> dict[Any, Any]:
        """A place for the user's own notes."""
        return self.hooked().metadata

    def hooked(self) -> Hooks:
        """The hooks of this node, made where there are none yet."""
        if self.hooks is None:
            self.hooks = Hooks()
        return self.hooks

    def register_hook(self, hook: Any) -> Any:
        """Call `hook(grad_inputs, grad_outputs)` after the node's step; what it returns replaces `grad_inputs`."""
        return self.hooked().add("after", hook)

    def register_prehook(self, hook: Any) -> Any:
        """Call `hook(grad_outputs)` before the node's step; what it returns replaces `grad_outputs`."""
        return self.hooked().add("before", hook)

    def pull(self, g: Any) -> Iterable[tuple[Node, Any]]:
        """The nodes of the inputs, each with its cotangent as an array; None for zero."""
        raise NotImplementedError

    def spend(self, g: Any, owned: set[int], values: dict[int, Any], add: Any) -> tuple[Any, Any]:
        """As `pull`, the last time: what was kept is dropped. Returns one of the pairs, and gives the others to `add`.

        `values` has the cotangents that have arrived by the numbers of their nodes, `owned` the numbers of those in
        arrays that nobody else holds. A node that is not quick, or has hooks, does nothing and returns UNSPENT.
        """
        return UNSPENT

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        """Cotangents of the inputs, in order; None for zero or not needed. May write to `g` if it is `owned`."""
        raise NotImplementedError

    def forward(self, dots: Sequence[Any], lifted: bool) -> list[Any]:
        """Tangents of the results from tangents of the inputs; None or 0.0 is zero. The inputs must have been kept.

        With `lifted` the tangents are Variables, and the work on them is recorded.
        """
        raise NotImplementedError

    def result_metas(self) -> Sequence[Meta]:
        """Shape and dtype of each result."""
        raise NotImplementedError

    def free(self) -> None:
        """Drop what was kept for the backward pass."""


class Linked(Node):
    """A node that holds the nodes of its inputs in a tuple."""

    __slots__ = ("sources",)

    def __init__(self, sources: tuple[Node, ...]) -> None:
        super().__init__()
        self.sources = sources


class Pick(Linked):
    """One result of a node that has several, so that every edge of the graph leads to a single value."""

    __slots__ = ("count", "index")
    quick = True

    def __init__(self, source: Node, index: int, count: int) -> None:
        # What the classes above do, without the calls: there are many of these.
        self.serial = tick()
        self.hooks = None
        self.sources = (source,)
        self.index = index
        self.count = count

    def name(self) -> str:
        return self.sources[0].name()

    def pull(self, g: Any) -> Iterable[tuple[Node, Any]]:
        return ((self.sources[0], OneOf(self.index, g, self.count)),)

    def spend(self, g: Any, owned: set[int], values: dict[int, Any], add: Any) -> tuple[Any, Any]:
        return UNSPENT if self.hooks is not None else (self.sources[0], OneOf(self.index, g, self.count))

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        return (OneOf(self.index, g, self.count),)

    def forward(self, dots: Sequence[Any], lifted: bool) -> list[Any]:
        return [dots[0][self.index]]

    def result_metas(self) -> Sequence[Meta]:
        return [self.sources[0].result_metas()[self.index]]


# Two threads may bring gradients to one leaf at the same time.
_accumulating = threading.Lock()


class AccumulateGrad(Node):
    """Where the graph ends at a leaf: adds the cotangent to its `grad`. The leaf owns the node, not the other way."""

    __slots__ = ("leaf",)
    ends = True
    sources = ()

    def __init__(self, leaf: Variable) -> None:
        super().__init__()
        self.leaf = weakref.ref(leaf)

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    @property
    def variable(self) -> Any:
        """The leaf, or None where nobody holds it any more."""
        return self.leaf()

    def accept(self, g: Any, alone: bool) -> None:
        """Add to the gradient of the leaf; `alone` says that nobody else holds the array `g`."""
        leaf: Any = self.leaf()
        # A leaf that no longer requires a gradient takes none.
        if leaf is not None and isinstance(leaf._node, AccumulateGrad):
            hooks = self.hooks
            if hooks is not None:
                g = hooks.on_step(g, isinstance(g, Variable))
                alone = alone and not hooks.before
            with _accumulating:
                leaf.accumulate(g, alone)
            if hooks is not None:
                hooks.after_accumulation(leaf)
                hooks.on_inputs(self, (), g)

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        return ()

    def result_metas(self) -> Sequence[Meta]:
        leaf = self.leaf()
        return [Meta.of(None if leaf is None else leaf._data)]


# Parts of an index that name no element twice, and are sooner told by their type.
_ONCE = frozenset({int, slice, type(None), type(Ellipsis)})


def reads_once(index: Any) -> bool:
    """Whether an index surely names no element twice: slices, integers, None, Ellipsis and masks."""
    for part in index if isinstance(index, tuple) else (index,):
        if type(part) in _ONCE or isinstance(part, (int, np.integer, np.bool_)):
            continue
        if not (isinstance(part, np.ndarray) and part.dtype == bool):
            return False
    return True


def fit(g: Any, meta: Meta, operation: str) -> Any:
    """A rule's result in the shape and dtype of the value it belongs to, or None for the zero of every structure.

    Raises CotangentMismatch where the shape is another one.
    """
    if type(g) is float and g == 0.0 or g is None:
        return None
    if meta.dtype is None:
        return g[()] if type(g) is np.ndarray and g.ndim == 0 else g
    if np.shape(g) != meta.shape:
        if np.ndim(g):
            raise CotangentMismatch(
                f"internal error: the rule of {operation} gave a cotangent of shape {np.shape(g)}"
                f" for a value of shape {meta.shape}",
                "If the rule is yours, let it return a cotangent of the shape of its argument.",
            )
        g = np.broadcast_to(g, meta.shape)
    dtype = getattr(g, "dtype", None)
    if isinstance(g, Variable):
        if dtype == meta.dtype:
            return g
        real: Any = g if meta.dtype.kind == "c" else np.real(g)  # type: ignore[call-overload]
        return real.astype(meta.dtype)
    if dtype != meta.dtype or not isinstance(g, np.ndarray):
        g = np.asarray(g if meta.dtype.kind == "c" else np.real(g), dtype=meta.dtype)
    return g
