"""Functions made of functions, under the names of `torch.func`: gradients, Jacobians, products, and a map over batches.

Arguments and values may be nested tuples, lists and dicts of Tensors. Derivatives nest to any order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from runtime import transforms
from runtime.errors import NotScalar, ShapeMismatch
from runtime.nn.substitution import functional_call
from runtime.operations.joining import stack
from runtime.operations.shape import reshape
from runtime.structure import flatten
from runtime.tensor import Tensor

__all__ = ["functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "vjp", "vmap"]

Function = Callable[..., Any]


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """`func(*primals)`, and the function that takes a cotangent of it to the tuple of cotangents of the primals.

    With `has_aux` the function returns a pair, whose second part is returned third and carries no derivative.
    """
    value, pullback = transforms.vjp(func, *primals)
    if not has_aux:
        return value, pullback
    out, aux = value
    return out, lambda cotangent: pullback((cotangent, 0.0)), aux


def jvp(func: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False) -> Any:
    """`func(*primals)` and its derivative along `tangents`; with `has_aux` a third result, as for `vjp`."""
    value, dot = transforms.jvp(func, primals, tangents)
    return (value[0], dot[0], value[1]) if has_aux else (value, dot)


def grad_and_value(func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Function:
    """The function that gives the gradient of the scalar `func` by its arguments `argnums`, and its value.

    With `has_aux` the function returns a pair of which only the first part is differentiated; the value is the pair.
    Raises NotScalar where that is not a Tensor of one number.
    """

    @functools.wraps(func)
    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        value, pullback = _along(func, argnums, args, kwargs)
        out = value[0] if has_aux else value
        if not isinstance(out, Tensor) or out.numel() != 1:
            raise NotScalar("grad is for functions that return one number as a Tensor", "Use vjp or jacrev.")
        one = Tensor.wrap(np.ones_like(out._data))
        found = pullback((one, 0.0) if has_aux else one)
        return (found if isinstance(argnums, tuple) else found[0]), value

    return both


def grad(func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Function:
    """The gradient alone; with `has_aux` the pair of it and the second part of the value. See `grad_and_value`."""
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def jacrev(func: Function, argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False) -> Function:
    """The Jacobian of `func` by its arguments `argnums`, of shape `value.shape + argument.shape`: a walk backward for
    each element of the value."""

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        value, pullback = _along(func, argnums, args, kwargs)
        outs, rebuild = flatten(value[0] if has_aux else value)
        blocks = []
        for k, out in enumerate(outs):
            rows = []
            for seed in _basis(out):
                bars: Any = rebuild([seed if j == k else 0.0 for j in range(len(outs))])
                rows.append(pullback((bars, 0.0) if has_aux else bars))
            blocks.append(_joined(rows, out, lambda part, out: reshape(part, (*out.shape, *part.shape[1:])), argnums))
        found = rebuild(blocks)
        return (found, value[1]) if has_aux else found

    return jacobian


def jacfwd(func: Function, argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False) -> Function:
    """The Jacobian as `jacrev` has it, by a walk forward for each element of the arguments."""

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        run, picked = _of(func, argnums, args, kwargs)
        given, rebuild = flatten(picked)
        blocks, value = [], None
        for k, x in enumerate(given):
            columns = []
            for seed in _basis(x):
                dots = rebuild([seed if j == k else 0.0 for j in range(len(given))])
                value, dot = transforms.jvp(run, picked, dots)
                columns.append(flatten(dot[0] if has_aux else dot)[0])
            blocks.append(columns)
        outs, rebuild_value = flatten(value[0] if has_aux else value)  # type: ignore[index]
        found = []
        for number, out in enumerate(outs):
            parts = []
            for columns, x in zip(blocks, given):
                one = stack([_dense(column[number], out) for column in columns], -1)
                parts.append(reshape(one, (*out.shape, *x.shape)))
            tree = rebuild(parts)
            found.append(tree if isinstance(argnums, tuple) else tree[0])
        jacobians = rebuild_value(found)
        return (jacobians, value[1]) if has_aux else jacobians  # type: ignore[index]

    return jacobian


def hessian(func: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """The matrix of second derivatives of `func`: forward over reverse mode."""
    return jacfwd(jacrev(func, argnums), argnums)


def vmap(
    func: Function, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Function:
    """`func` for each entry of a batch: `in_dims` says along which axis of each argument it lies, None for the same
    argument every time; the values are stacked along `out_dims`. It is one call an entry, which `chunk_size` does not
    change. Raises ShapeMismatch where the arguments' batches differ in size, or where none has one.
    """

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, rebuild = flatten(args)
        axes = _axes(in_dims, args)
        sizes = {x.shape[axis] for x, axis in zip(leaves, axes) if axis is not None}
        if len(sizes) != 1:
            raise ShapeMismatch(f"vmap needs batches of one size, these have {sorted(sizes)}", "Check in_dims.")
        results = []
        for k in range(sizes.pop()):
            entry = [x if axis is None else x.select(axis, k) for x, axis in zip(leaves, axes)]
            results.append(flatten(func(*rebuild(entry), **kwargs)))
        if not results:
            raise ShapeMismatch("vmap of an empty batch has no value", "Give it at least one entry.")
        places = _axes_of_values(out_dims, len(results[0][0]))
        return results[0][1]([stack(parts, axis) for parts, axis in zip(zip(*[r[0] for r in results]), places)])

    return mapped


def _axes(dims: Any, args: tuple[Any, ...]) -> list[int | None]:
    """The axis of the batch for each leaf of the arguments; `dims` may stop above the leaves."""
    each = dims if isinstance(dims, tuple) else (dims,) * len(args)
    found: list[int | None] = []
    for dim, argument in zip(each, args, strict=True):
        leaves = flatten(argument)[0]
        if isinstance(dim, (tuple, list)):
            found += _axes(tuple(dim), tuple(argument))
        elif isinstance(dim, dict):
            found += _axes(
                tuple(dim[key] for key in sorted(argument)), tuple(argument[key] for key in sorted(argument))
            )
        else:
            found += [dim if isinstance(leaf, Tensor) else None for leaf in leaves]
    return found


def _axes_of_values(dims: Any, count: int) -> Sequence[int]:
    return dims if isinstance(dims, tuple) else (dims,) * count


def _of(
    func: Function, argnums: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Function, tuple[Any, ...]]:
    """`func` as a function of the chosen arguments only, and these."""
    numbers = [k % len(args) for k in (argnums if isinstance(argnums, tuple) else (argnums,))]

    def run(*chosen: Any) -> Any:
        given = list(args)
        for k, x in zip(numbers, chosen):
            given[k] = x
        return func(*given, **kwargs)

    return run, tuple([args[k] for k in numbers])


def _along(func: Function, argnums: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    run, chosen = _of(func, argnums, args, kwargs)
    return transforms.vjp(run, *chosen)


def _basis(x: Any) -> list[Tensor]:
    """A Tensor shaped as `x` for each of its elements, 1 there and 0 elsewhere."""
    shape = tuple(x.shape)
    return [Tensor.wrap(row.reshape(shape)) for row in np.eye(x.numel(), dtype=x._data.dtype)]


def _dense(part: Any, like: Any) -> Any:
    return part if isinstance(part, Tensor) else Tensor.wrap(np.zeros_like(like._data))


def _joined(rows: list[Any], out: Any, shaped: Any, argnums: Any) -> Any:
    """The rows of a Jacobian, trees of the arguments, as one tree of blocks."""
    columns = list(zip(*[flatten(row)[0] for row in rows]))
    rebuild = flatten(rows[0])[1]
    tree = rebuild([shaped(stack(parts), out) for parts in columns])
    return tree if isinstance(argnums, tuple) else tree[0]
