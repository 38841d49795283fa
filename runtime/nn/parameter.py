"""Tensors that a Module owns: parameters, which are trained, and buffers, which are only kept."""

from __future__ import annotations

from typing import Any

from runtime.creation import as_tensor, zeros
from runtime.tensor import Tensor


class Parameter(Tensor):
    """A Tensor that a Module registers among its parameters when it becomes an attribute.

    Shares the memory of `data`, which is taken without its history. What is computed from it are plain Tensors.
    """

    # Users put attributes of their own on parameters; a plain Tensor, which is made often, has no room for them.
    __slots__ = ("__dict__",)

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        super().__init__(_own(data), requires_grad=requires_grad)

    @classmethod
    def wrap(cls, data: Any) -> Any:
        """A plain Tensor: only what a user makes is a parameter."""
        return Tensor.wrap(data)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __reduce__(self) -> Any:
        return _rebuild_parameter, (type(self), self.data, self.requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        # As in PyTorch without the gradient, which belongs to the model that is trained.
        found = memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return found


class Buffer(Tensor):
    """A Tensor that a Module registers among its buffers when it becomes an attribute.

    Buffers that are not `persistent` are left out of `state_dict`.
    """

    __slots__ = ("persistent",)

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        super().__init__(_own(data))
        self.persistent = persistent

    @classmethod
    def wrap(cls, data: Any) -> Any:
        """A plain Tensor: only what a user makes is a buffer."""
        return Tensor.wrap(data)

    def __reduce__(self) -> Any:
        return _rebuild_buffer, (type(self), self.data, self.persistent)

    def __deepcopy__(self, memo: dict[int, Any]) -> Buffer:
        found = memo[id(self)] = type(self)(self.detach().clone(), persistent=self.persistent)
        return found


def _own(data: Any) -> Any:
    """The array behind `data`, without history; an empty one for None."""
    return (zeros(0) if data is None else as_tensor(data)).detach().numpy()


def _rebuild_parameter(cls: type[Parameter], data: Tensor, requires_grad: bool) -> Parameter:
    return cls(data, requires_grad)


def _rebuild_buffer(cls: type[Buffer], data: Tensor, persistent: bool) -> Buffer:
    return cls(data, persistent=persistent)
