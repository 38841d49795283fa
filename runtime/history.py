"""The part of a Tensor that concerns its place in the graph: gradients, hooks, views, versions."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.errors import CotangentMismatch, NotDifferentiable, SourceADError
from runtime.graph import AccumulateGrad, Meta, Node, Pick, fit
from runtime.hooks import RemovableHandle, shown
from runtime.modes import state
from runtime.observing import watch
from runtime.operation import node_of
from runtime.packing import Packed
from runtime.protocols import Array
from runtime.seeds import check_shape, node_for, pull_back
from runtime.storage import clock, memory_of, note_write, version_of
from runtime.variable import Variable, View


class _Nowhere(Variable):
    """The base that Tensors made in inference mode seem to look into; nothing is ever written to it."""

    __slots__ = ()

    def recorded_writes(self) -> int:
        return 0


INFERENCE = View(_Nowhere(None), None, None, None)


class History(Array):
    """What every Tensor knows of its place in the graph, without arithmetic of its own."""

    # Not set before there is a gradient: most Tensors never have one, and every store costs.
    __slots__ = ("_grad",)

    @classmethod
    def wrap(cls, data: Any) -> Any:
        """A Tensor of no history; numbers become arrays of no dimension."""
        found = cls.__new__(cls)
        found._data = data = data if type(data) is np.ndarray else np.asarray(data)
        found._node = None
        found._kind = INFERENCE if watch.careful and state.inference else data.dtype
        return found

    # What the engine asks of a Tensor.

    def keep(self, data: Any) -> Any:
        """The array itself, packed by the user's functions where there are some. Writes are noticed, not prevented."""
        if self._kind is INFERENCE:
            raise SourceADError(
                "a Tensor made in inference mode cannot be saved for the backward pass",
                "Make a clone of it outside inference mode, and use that.",
            )
        if state.packing:
            shown = type(self).wrap(data)
            shown._node = self._node
            return Packed(shown, *state.packing[-1])
        return data

    def check_writable(self) -> None:
        """Raises SourceADError for a Tensor that was made in inference mode, outside of that."""
        if self._kind is INFERENCE and not state.inference:
            raise SourceADError(
                "a Tensor made in inference mode is changed in place outside of it", "Change a clone of it."
            )

    def before_write(self) -> None:
        """Note the write beside the memory."""
        note_write(self._data)

    def recorded_writes(self) -> int:
        """Noted beside the memory."""
        memory = memory_of(self._data)
        return 0 if memory is None else memory.recorded

    def note_recorded_write(self) -> None:
        """Count a write that changed the graph."""
        memory = memory_of(self._data)
        if memory is not None:
            memory.recorded = clock.count_recorded()

    def accumulate(self, g: Any, alone: bool) -> None:
        """Add a cotangent to `grad`; `alone` says that nobody else holds the array."""
        old = self.grad
        if isinstance(g, Variable):
            new = shown(fit(g, Meta.of(self._data), "a leaf"))
            self._grad = new if old is None else old + new
            return
        if type(g) is not np.ndarray or g.shape != self._data.shape or g.dtype is not self._data.dtype:
            g, alone = fit(g, Meta.of(self._data), "a leaf"), False
        if g.dtype.kind == "c":
            g, alone = np.conjugate(g), True
        if old is None:
            self._grad = type(self).wrap(g if alone else np.array(g))
        else:
            note_write(old._data)
            old._data += g

    # Place in the graph.

    @property
    def grad(self) -> Any:
        """The gradient that `backward` added up here, a Tensor; None where there is none."""
        try:
            return self._grad
        except AttributeError:
            if self._node is not None and not isinstance(self._node, AccumulateGrad) and not self.retains_grad:
                warnings.warn(
                    "grad of a Tensor that is no leaf is read, and backward does not fill it in. Call retain_grad() on"
                    " it before backward, or read the grad of a leaf.",
                    stacklevel=2,
                )
            return None

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if gradient is not None:
            self._check_gradient(gradient)
        self._grad = gradient

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def _check_gradient(self, gradient: Any) -> None:
        """Raises where something cannot be the gradient of this Tensor."""
        if not isinstance(gradient, History):
            raise TypeError(f"grad can be set to a Tensor or None, not to a {type(gradient).__name__}")
        if gradient is self:
            raise SourceADError("a Tensor cannot be its own gradient", "Set grad to a clone of it.")
        check_shape(gradient._data.shape, self._data.shape)
        if gradient._data.dtype != self._data.dtype:
            raise CotangentMismatch(
                f"a gradient of {gradient._data.dtype} does not fit a Tensor of {self._data.dtype}",
                "Convert it to the dtype of the Tensor.",
            )

    @property
    def data(self) -> Any:
        """The same memory as a Tensor without history; writing to it is not recorded."""
        return type(self).wrap(self._data)

    @data.setter
    def data(self, value: Any) -> None:
        self._data = value._data if isinstance(value, Variable) else np.asarray(value)
        if self._kind is not INFERENCE:
            self._kind = self._data.dtype

    @property
    def grad_fn(self) -> Node | None:
        """The node that made the value; None for a leaf."""
        node = node_of(self)
        if isinstance(node, Pick):
            return node.sources[0]
        return None if isinstance(node, AccumulateGrad) else node

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this Tensor are recorded."""
        return node_of(self) is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not self.is_leaf:
            if wanted:
                return
            raise SourceADError(
                "requires_grad can only be switched off on a leaf Tensor", "Use a detached Tensor, x.detach()."
            )
        if wanted and self._data.dtype.kind not in "fc":
            raise NotDifferentiable(
                f"only Tensors of floating or complex dtype can require gradients, this one is {self._data.dtype}",
                "Make it from floating-point numbers.",
            )
        if wanted and self._kind is INFERENCE and not state.inference:
            raise SourceADError(
                "requires_grad is set outside inference mode on a Tensor made inside", "Use a clone of it."
            )
        if bool(wanted) != (self._node is not None):
            self._node = AccumulateGrad(self) if wanted else None

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Set `requires_grad` of a leaf; returns the Tensor. Raises NotDifferentiable for integers and bools."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made the value."""
        node = node_of(self)
        return node is None or isinstance(node, AccumulateGrad)

    @property
    def output_nr(self) -> int:
        """Which result of `grad_fn` this is."""
        node = node_of(self)
        return node.index if isinstance(node, Pick) else 0

    @property
    def _version(self) -> int:
        """How many times the memory was written to. Raises SourceADError for Tensors made in inference mode."""
        if self._kind is INFERENCE:
            raise SourceADError("a Tensor made in inference mode does not count writes", "Make a clone outside of it.")
        return version_of(self._data)

    @property
    def _base(self) -> Variable | None:
        """The Tensor whose memory this one looks into, or None."""
        return None if self._view is None or self._kind is INFERENCE else self._view.base

    def _is_view(self) -> bool:
        """Whether the Tensor looks into the memory of another one."""
        return self._base is not None

    def is_inference(self) -> bool:
        """Whether the Tensor was made in inference mode."""
        return self._kind is INFERENCE

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradient of this Tensor to `grad` of every leaf that it was computed from, or of `inputs` only.

        `gradient` is the cotangent of this Tensor, and may be left out for one number. Raises NotScalar where it is
        missing, CotangentMismatch where its shape is another one.
        """
        pull_back([self], [gradient], retain_graph, create_graph, inputs)

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(gradient)` when the gradient of this Tensor is known; what it returns takes its place."""
        return node_for(self, "a hook").hooked().add("on_value", hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], None]) -> RemovableHandle:
        """Call `hook(self)` after a gradient was added to `grad` of this leaf."""
        if not self.is_leaf:
            raise SourceADError("only a leaf accumulates a gradient", "Use register_hook for other Tensors.")
        return node_for(self, "a hook").hooked().add("accumulated", hook)

    def retain_grad(self) -> None:
        """Have `grad` filled in also where this is no leaf."""
        node = node_for(self, "retain_grad")
        if not isinstance(node, AccumulateGrad):
            node.hooked().retain = weakref.ref(self)

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this Tensor, which is no leaf."""
        hooks = None if self._node is None else self._node.hooks
        return hooks is not None and hooks.retain is not None and hooks.retain() is self
