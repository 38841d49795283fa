"""What users mark in their functions: constants, regions of the dynamic graph, what is computed again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import runtime
from runtime.primitives import registry
from runtime.structure import flatten
from runtime.tracing import call
from runtime.variable import Variable

Function = Callable[..., Any]


def stop_gradient(x: Any) -> Any:
    """`x` itself, treated as a constant: no derivative flows through."""
    leaves, rebuild = flatten(x)
    if not any(isinstance(leaf, Variable) for leaf in leaves):
        return x
    return rebuild([_constant(leaf) if isinstance(leaf, Variable) else leaf for leaf in leaves])


def _constant(x: Any) -> Any:
    if isinstance(x, runtime.Tensor):
        return x.detach()
    return type(x).wrap(x._data.copy() if isinstance(x._data, np.ndarray) else x._data)


stop_gradient.takes_traced = True  # type: ignore[attr-defined]


def dynamic(f: Function) -> Function:
    """Mark a function to be run on the dynamic graph wherever a derivative goes through it."""

    @functools.wraps(f)
    def run(*args: Any, **kwargs: Any) -> Any:
        # Traced as a user's function is, also where this module is an installed one.
        return call(f, *args, **kwargs)

    run.__dynamic__ = True  # type: ignore[attr-defined]
    return run


def checkpoint(f: Function) -> Function:
    """Mark a function to be computed again in the reverse sweep wherever it is called.

    A call keeps its arguments only, and not what its adjoint reads; that takes one more evaluation of the function.
    Use it as a decorator, or as `checkpoint(layer)(x)`. In forward mode, in plain calls and on the dynamic graph it
    changes nothing, nor for a function that changes its arguments or reads variables of a function around it, whose
    body is written out in place of the call.

    >>> import numpy as np
    >>> import sourcead
    >>> @sourcead.checkpoint
    ... def layer(x):
    ...     for _ in range(100):
    ...         x = np.sin(x) + x
    ...     return x
    >>> def loss(x):
    ...     return np.sum(layer(layer(x)))
    >>> bool(np.all(np.isfinite(sourcead.grad(loss)(np.ones(3)))))
    True
    """

    @functools.wraps(f)
    def run(*args: Any, **kwargs: Any) -> Any:
        return call(f, *args, **kwargs)

    run.__checkpoint__ = f  # type: ignore[attr-defined]
    return run


dynamic.marks_functions = checkpoint.marks_functions = True  # type: ignore[attr-defined]
registry.inactive(stop_gradient)
