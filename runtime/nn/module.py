"""`Module`: parameters, buffers, children and a `forward`, as in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from runtime.clearing import clear_gradient
from runtime.display import module_html
from runtime.hooks import RemovableHandle
from runtime.nn.backward_hooks import Watch
from runtime.nn.hooks import Hook, HookTable, add
from runtime.nn.saving import Saved
from runtime.tensor import Tensor

Self = TypeVar("Self", bound="Module")


class Module(Saved):
    """Base of everything with parameters. Subclasses call `super().__init__()` first and define `forward`.

    Parameters, buffers and Modules that become attributes are found by `parameters()`, `state_dict()`, `to()`,
    `train()` and the others.
    """

    training: bool

    def __init__(self) -> None:
        super().__init__()
        self.training = True
        self._forward_hooks = HookTable()
        self._forward_pre_hooks = HookTable()
        self._backward_hooks = HookTable()
        self._backward_pre_hooks = HookTable()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The computation; every Module has its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._forward_hooks or self._forward_pre_hooks or self._backward_hooks or self._backward_pre_hooks:
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for hook in tuple(self._forward_pre_hooks.values()):
            if hook.with_kwargs:
                changed = hook.function(self, args, kwargs)
                args, kwargs = (args, kwargs) if changed is None else changed
            else:
                changed = hook.function(self, args)
                args = args if changed is None else changed if isinstance(changed, tuple) else (changed,)
        watch = None
        if self._backward_hooks or self._backward_pre_hooks:
            watch = Watch(self, self._backward_pre_hooks.values(), self._backward_hooks.values())
            args = watch.gated_inputs(args)
        finished = False
        result = None
        waiting = dict(self._forward_hooks)
        try:
            result = self.forward(*args, **kwargs)
            for number, hook in tuple(waiting.items()):
                del waiting[number]
                result = _after(self, hook, args, kwargs, result)
            finished = True
        finally:
            if not finished:
                for hook in waiting.values():
                    if hook.always:
                        result = _after(self, hook, args, kwargs, result)
        return result if watch is None else watch.gated_output(result)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; what it returns, unless None, takes the arguments' place.

        With `with_kwargs` it is `hook(module, args, kwargs)` and returns both.
        """
        return add(self._forward_pre_hooks, Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; what it returns, unless None, takes the output's place.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it is called even where
        `forward` raises, with the output None.
        """
        return add(self._forward_hooks, Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the inputs are known.

        What it returns, unless None, takes the place of `grad_input`, which has one entry for each Tensor among the
        positional arguments.
        """
        return add(self._backward_hooks, Hook(hook, False), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when those gradients are known; its answer takes their place."""
        return add(self._backward_pre_hooks, Hook(hook, False), prepend)

    # Changing all at once.

    def apply(self: Self, fn: Callable[[Any], Any]) -> Self:
        """Call `fn` on every Module below and then on this one; returns this Module."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self: Self, mode: bool = True) -> Self:
        """Switch this Module and all below to training (or evaluation); returns this Module."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is True or False")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: Self) -> Self:
        """Switch this Module and all below to evaluation; returns this Module."""
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        """Switch recording for every Parameter; returns this Module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all Parameters, or set them to zero."""
        for parameter in self.parameters():
            clear_gradient(parameter, set_to_none)

    def _change(self, change: Callable[[Tensor], Tensor]) -> None:
        """Put `change(value)` in the place of the memory of every Parameter, gradient and buffer."""
        done: set[int] = set()
        for module in self.modules():
            for parameter in module._parameters.values():
                if parameter is not None and id(parameter) not in done:
                    done.add(id(parameter))
                    parameter.data = change(parameter.data)
                    if parameter.grad is not None:
                        parameter.grad = change(parameter.grad)
            for name, buffer in module._buffers.items():
                if buffer is not None:
                    module._buffers[name] = change(buffer)

    def to(self: Self, *args: Any, **kwargs: Any) -> Self:
        """Move all values to a device and cast the floating ones to a dtype, in place; returns this Module.

        Takes what `Tensor.to` takes: a dtype, a device, both, or a Tensor to be like.
        """

        def change(value: Any) -> Any:
            moved = value.to(*args, **kwargs)
            return moved if value.dtype.kind in "fc" or moved.dtype == value.dtype else moved.to(value.dtype)

        self._change(change)
        return self

    def cpu(self: Self) -> Self:
        """Move all values to the CPU, in place; returns this Module."""
        return self.to("cpu")

    def cuda(self: Self, device: Any = None) -> Self:
        """Move all values to a GPU, in place; returns this Module."""
        return self.to("cuda" if device is None else device)

    def float(self: Self) -> Self:
        """Cast floating values to float32, in place; returns this Module."""
        return self._cast("float32")

    def double(self: Self) -> Self:
        """Cast floating values to float64, in place; returns this Module."""
        return self._cast("float64")

    def half(self: Self) -> Self:
        """Cast floating values to float16, in place; returns this Module."""
        return self._cast("float16")

    def type(self: Self, dst_type: Any) -> Self:
        """Cast all values to a dtype, in place; returns this Module."""
        self._change(lambda value: value.astype(dst_type))
        return self

    def _cast(self: Self, dtype: str) -> Self:
        self._change(lambda value: value.astype(dtype) if value.dtype.kind == "f" else value)
        return self

    # Text.

    def extra_repr(self) -> str:
        """What is printed between the parentheses, before the children."""
        return ""

    def _get_name(self) -> str:
        return self.__class__.__name__

    def _named_lines(self) -> Iterator[tuple[str, str]]:
        """The label and the text of each child, as they are printed."""
        return ((f"({name})", repr(module)) for name, module in self._modules.items())

    def _repr_html_(self) -> str:
        return module_html(self)

    def __repr__(self) -> str:
        extra = [line for line in self.extra_repr().split("\n") if line]
        children = [f"{label}: {indented(text)}" for label, text in self._named_lines()]
        if len(extra) == 1 and not children:
            return f"{self._get_name()}({extra[0]})"
        lines = extra + children
        return f"{self._get_name()}(" + ("\n  " + "\n  ".join(lines) + "\n" if lines else "") + ")"


def _after(module: Module, hook: Hook, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    changed = hook.function(module, args, kwargs, result) if hook.with_kwargs else hook.function(module, args, result)
    return result if changed is None else changed


def indented(text: str) -> str:
    """The text with every line but the first moved two columns to the right."""
    return text.replace("\n", "\n  ")
