"""`with cotangent(x) as x_bar:`, a block of the user's that belongs into the backward pass."""

from __future__ import annotations

import ast
import linecache
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.hooks import Hooks
from runtime.operation import node_of
from runtime.primitives.registry import inactive
from runtime.structure import flatten
from runtime.transforms import Input
from runtime.variable import Variable


class _Skipped(BaseException):
    """Leaves a block before it begins."""


class cotangent:  # noqa: N801 - read as a word in a `with` statement
    """`with cotangent(x) as x_bar:` runs its body in the backward pass, where the cotangent of `x` is known.

    The body may look at the cotangent, print it, stop in a debugger, or replace it by assigning `x_bar`. The cotangent
    is the sum of what all uses of `x` behind the block contribute. In an emitted derivative the body stands in the
    reverse sweep; on the dynamic graph it is a hook. In a plain call of the function, and in forward mode, the body
    does not run. It may read variables of the function, and assign none but `x_bar` and names of its own.

    >>> import numpy as np
    >>> import sourcead
    >>> def f(x):
    ...     y = x * x
    ...     with sourcead.cotangent(y) as y_bar:
    ...         y_bar = np.clip(y_bar, -1.0, 1.0)
    ...     return 10.0 * y
    >>> float(sourcead.grad(f)(3.0)), f(3.0)
    (6.0, 90.0)
    """

    takes_traced = True

    def __init__(self, x: Any) -> None:
        self.x = x

    def __enter__(self) -> Any:
        frame = sys._getframe(1)
        if isinstance(self.x, Variable):
            self._attach(frame, self.x)
        elif any(isinstance(leaf, Variable) and node_of(leaf) is not None for leaf in flatten(self.x)[0]):
            raise SourceADError(
                "the cotangent of a container is asked for, and on the dynamic graph only arrays and numbers have one",
                "Ask for the cotangent of each entry, by a name of its own.",
            )
        # Python runs the body unless something is raised in it: the trace function raises before its first step.
        self.before, self.kept = sys.gettrace(), (frame.f_trace, frame.f_trace_opcodes)
        frame.f_trace_opcodes = True
        frame.f_trace = _skip
        sys.settrace(_ignore)
        return None

    def _attach(self, frame: types.FrameType, x: Any) -> None:
        """Put the body on the way that the gradient of `x` takes.

        What is computed from a traced value before the block keeps the old node, and is not seen; a Tensor's hook sees
        the gradient of all its uses.
        """
        node = node_of(x)
        if node is None:
            return
        if not isinstance(x, Hooks.face):
            node = x._node = Input(node, x._data, type(x))
        node.hooked().add("on_value", _hook(frame, x))

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        sys.settrace(self.before)
        frame = sys._getframe(1)
        frame.f_trace, frame.f_trace_opcodes = self.kept
        return kind is _Skipped


def cotangent_block(number: int, x: Any, *reads: Any) -> None:
    """What stands for a block in a core program; nothing calls it."""
    raise AssertionError("internal error in blocks: the statement of a block is not run")


inactive(cotangent, cotangent_block)


def _skip(frame: types.FrameType, event: str, argument: Any) -> Any:
    raise _Skipped


def _ignore(frame: types.FrameType, event: str, argument: Any) -> Any:
    return None


def _hook(frame: types.FrameType, x: Any) -> Callable[[Any], Any]:
    """The body of the block that a frame is about to enter, as a hook on the gradient of `x`."""
    body = _body(frame)
    tensors = isinstance(x, Hooks.face)
    values = {n: v._data if isinstance(v, Variable) and not tensors else v for n, v in frame.f_locals.items()}
    run = types.FunctionType(body.__code__, {**frame.f_globals, **values}, body.__name__)

    def hook(gradient: Any) -> Any:
        if tensors:
            return run(gradient)
        # In a function on arrays the cotangent is an array.
        result = run(gradient._data if gradient._node is None else gradient)
        if not isinstance(result, Variable):
            result = np.asarray(result, dtype=gradient._data.dtype)
        return result if isinstance(result, Hooks.face) else Hooks.face.wrap(result)

    return hook


def _body(frame: types.FrameType) -> types.FunctionType:
    """The body of the `with` statement that a frame is in, as a function of the cotangent that gives it back."""
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = "".join(linecache.getlines(file, frame.f_globals))
    found = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.With) and node.lineno <= line <= (node.items[-1].context_expr.end_lineno or line)
    ]
    if len(found) != 1:
        raise SourceADError(
            "the text of this `with cotangent(...)` block cannot be found",
            "Put the function in a file, with one such block a line.",
        )
    target = found[0].items[0].optional_vars
    name = target.id if isinstance(target, ast.Name) else "_"
    module = ast.parse(f"def block({name}):\n    return {name}")
    made = module.body[0]
    assert isinstance(made, ast.FunctionDef), "internal error in blocks: no function"
    made.body[:0] = found[0].body
    scope: dict[str, Any] = {}
    exec(compile(module, file, "exec", dont_inherit=True), scope)
    return scope["block"]
