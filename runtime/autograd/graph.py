"""What one can do with the graph itself: hooks on saved values, on several gradients at once, and its nodes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from runtime.errors import SourceADError
from runtime.graph import Node
from runtime.hooks import RemovableHandle
from runtime.modes import state
from runtime.observing import watch
from runtime.seeds import GradientEdge, edge_of

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class saved_tensors_hooks:
    """Inside the block, what operations save goes through `pack_hook`, and through `unpack_hook` when it is needed.

    `pack_hook` takes a Tensor and returns anything; `unpack_hook` takes that and returns a Tensor of the same values.
    The innermost pair is used.
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self._pair = (pack_hook, unpack_hook)

    def __enter__(self) -> None:
        if state.packing_refused:
            raise SourceADError(state.packing_refused, "Leave the block that disables hooks on saved tensors.")
        state.packing = (*state.packing, self._pair)
        watch.demand_care()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        watch.release_care()
        state.packing = state.packing[:-1]


class save_on_cpu(saved_tensors_hooks):
    """Keep what operations save in the memory of the CPU, where Tensors of this package are anyway."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor, lambda packed: packed)


class disable_saved_tensors_hooks:
    """Inside the block, `saved_tensors_hooks` raises an error with the given message."""

    def __init__(self, error_message: str) -> None:
        self._message = error_message

    def __enter__(self) -> None:
        if state.packing:
            raise SourceADError(self._message, "Leave the block with hooks on saved tensors first.")
        self._before, state.packing_refused = state.packing_refused, self._message

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        state.packing_refused = self._before


class allow_mutation_on_saved_tensors(saved_tensors_hooks):
    """Inside the block, operations save copies, so that what they saved may be changed in place afterwards."""

    def __init__(self) -> None:
        super().__init__(lambda tensor: tensor.detach().clone(), lambda packed: packed)


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """The node that the gradient of a Tensor goes to, and which of the node's results the Tensor is.

    The edge may stand for the Tensor in `grad` and `backward`, and keeps the graph alive, but not the Tensor's numbers.
    """
    return edge_of(tensor)


def increment_version(tensor: Any) -> None:
    """Say that the memory of a Tensor, or of several, was written to in a way that the engine cannot see."""
    for one in tensor if isinstance(tensor, (list, tuple)) else [tensor]:
        one.before_write()


def register_multi_grad_hook(tensors: Sequence[Any], fn: Callable[..., None], *, mode: str = "all") -> Any:
    """Call `fn` with the list of the Tensors' gradients when all are known, or with the first one (`mode="any"`).

    Of a Tensor that a walk does not reach the gradient is None. Returns a handle whose `remove()` takes the hook away.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"mode must be 'all' or 'any', not {mode!r}")
    lock = threading.Lock()
    arrived: list[Any] = [None] * len(tensors)
    waiting = set(range(len(tensors)))

    def seen(k: int) -> Callable[[Any], None]:
        def hook(gradient: Any) -> None:
            with lock:
                first = len(waiting) == len(tensors)
                arrived[k] = gradient
                waiting.discard(k)
                complete = not waiting
                gradients = list(arrived)
                if complete:
                    arrived[:] = [None] * len(tensors)
                    waiting.update(range(len(tensors)))
            if mode == "any" and first:
                fn(gradient)
            elif mode == "all" and complete:
                fn(gradients)

        return hook

    return _Handles([tensor.register_hook(seen(k)) for k, tensor in enumerate(tensors)])


class _Handles:
    """Several handles as one."""

    def __init__(self, handles: list[RemovableHandle]) -> None:
        self._handles = handles

    def remove(self) -> None:
        """Take all hooks away."""
        for handle in self._handles:
            handle.remove()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *_: Any) -> None:
        self.remove()
