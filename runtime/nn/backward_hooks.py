"""Hooks that see the gradients that come into a Module and go out of it on the way back.

Outputs and inputs pass through a gate each, an operation that changes nothing and waits in the graph until the
gradients of all its Tensors are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from runtime.autograd.function import Function
from runtime.errors import SourceADError
from runtime.tensor import Tensor

Gradients = tuple[Any, ...]


class BackwardHookFunction(Function):
    """Hands Tensors on, and on the way back the gradients of all of them to `meet`, whose answer takes their place."""

    @staticmethod
    def forward(ctx: Any, meet: Callable[[Gradients], Gradients], *tensors: Any) -> Any:
        """The Tensors."""
        ctx.meet = meet
        ctx.set_materialize_grads(False)
        found = tuple([tensor.detach() for tensor in tensors])
        ctx.mark_non_differentiable(*[mine for mine, theirs in zip(found, tensors) if not theirs.requires_grad])
        return found

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients, as they are or replaced."""
        return (None, *ctx.meet(grad_outputs))


class Watch:
    """One call of a Module with backward hooks."""

    def __init__(self, module: Any, before: Iterable[Any], after: Iterable[Any]) -> None:
        self.module = module
        self.before = [hook.function for hook in before]
        self.after = [hook.function for hook in after]
        self.inputs = 0
        self.has_gate = False
        self.grad_output: Gradients = ()

    def gated_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, the Tensors among them behind a gate."""
        tensors = [argument for argument in args if isinstance(argument, Tensor)]
        self.inputs = len(tensors)
        if not self.after or not any(tensor.requires_grad for tensor in tensors):
            return args
        self.has_gate = True
        passed = iter(BackwardHookFunction.apply(self.at_input, *tensors))
        return tuple([next(passed) if isinstance(argument, Tensor) else argument for argument in args])

    def gated_output(self, result: Any) -> Any:
        """The result, the Tensors in it behind a gate."""
        if isinstance(result, Tensor):
            return BackwardHookFunction.apply(self.at_output, result)[0]
        if not isinstance(result, (tuple, list)) or not all(isinstance(part, Tensor) for part in result):
            raise SourceADError(
                f"backward hooks need a Module that returns a Tensor or a tuple of them, not {type(result).__name__}",
                "Put the hook on a Module inside, or use Tensor.register_hook.",
            )
        return type(result)(BackwardHookFunction.apply(self.at_output, *result))

    def at_output(self, gradients: Gradients) -> Gradients:
        """The gradients of the outputs have arrived."""
        for hook in self.before:
            gradients = _replaced(gradients, hook(self.module, gradients))
        self.grad_output = gradients
        if not self.has_gate:
            for hook in self.after:
                hook(self.module, (None,) * self.inputs, gradients)
        return gradients

    def at_input(self, gradients: Gradients) -> Gradients:
        """The gradients of the inputs have arrived; those that do not vary have None."""
        for hook in self.after:
            gradients = _replaced(gradients, hook(self.module, gradients, self.grad_output))
        return gradients


def _replaced(gradients: Gradients, answer: Any) -> Gradients:
    if answer is None:
        return gradients
    found = answer if isinstance(answer, tuple) else (answer,)
    if len(found) != len(gradients):
        raise SourceADError(
            f"a backward hook returned {len(found)} gradients where there are {len(gradients)}",
            "Return one for each, in a tuple, or None to leave them as they are.",
        )
    return found
