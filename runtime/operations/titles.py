"""PyTorch's names for the nodes of operations that it has one rule for, and that are composed of several here.

The last node takes the name of the whole, as it is printed in `grad_fn=<LerpBackward0>` and in errors; the nodes behind
it keep their own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from runtime.graph import Pick
from runtime.variable import Variable

F = TypeVar("F", bound=Callable[..., Any])


def named(title: str | Callable[..., str | None]) -> Callable[[F], F]:
    """Decorates an operation: the node of its result, or of the first of several, is called `title`.

    A `title` that is a function gets the arguments of the call, and may answer None to leave the node as it is.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def method(*args: Any, **kwargs: Any) -> Any:
            found = function(*args, **kwargs)
            first = found[0] if isinstance(found, tuple) and found else found
            node = first._node if isinstance(first, Variable) else None
            # A result may be the argument itself.
            if node is not None and not any(isinstance(x, Variable) and x._node is node for x in args):
                name = title if isinstance(title, str) else title(*args, **kwargs)
                if name is not None:
                    node = node.sources[0] if isinstance(node, Pick) else node
                    kind: Any = type(node)
                    node.__class__ = _renamed(kind, name)
            return found

        return method  # type: ignore[return-value]

    return decorate


@functools.cache
def _renamed(kind: Any, title: str) -> Any:
    """The same nodes under another name."""
    return type(title, (kind,), {"__slots__": (), "title": title, "name": lambda self: title})
