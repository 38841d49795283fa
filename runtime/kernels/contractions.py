"""Cotangents of the operands of `np.einsum`."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from runtime.kernels.cotangent import unbroadcast


def einsum_cotangent(k: int, subscripts: Any, *values: Any, optimize: Any = False, roles: Any = None) -> Any:
    """Cotangent of operand `k` in `np.einsum(subscripts, *operands)`, where `values` are the operands and then `g`,
    which has the shape of the result.

    It is again a sum of products: of `g` and the other operands. Operand `k` is read for its shape and dtype only.
    An index that only operand `k` has was summed out, so its cotangent repeats along it; an index that it has twice
    puts its cotangent on a diagonal.

    The contraction of all operands with `g` is a number, linear in each; the kernel gives its derivative in number
    `k`, and `g` counts as the last. So its own derivatives are the same kernel with other parts: `roles[i]` is the
    position in `values` of what plays operand `i`. Where a value has no part, `k` is -1 or `roles` empty, and the
    result is 0.0.
    """
    if k < 0 or roles == []:
        return 0.0
    slots = list(values) if roles is None else [values[role] for role in roles]
    terms, result = _terms(subscripts, [np.ndim(x) for x in slots[:-1]])
    terms = [*terms, result]
    shape = np.shape(slots[k])
    axes = "".join(dict.fromkeys(terms[k]))
    sizes = tuple(shape[terms[k].index(axis)] for axis in axes)
    others = [(term, x) for j, (term, x) in enumerate(zip(terms, slots)) if j != k]
    known = "".join(axis for axis in axes if any(axis in term for term, _ in others))
    inputs = ",".join(term for term, _ in others)
    product = np.einsum(f"{inputs}->{known}", *(x for _, x in others), optimize=optimize)
    product = np.expand_dims(product, [j for j, axis in enumerate(axes) if axis not in known])
    stretched = [j for j, (have, want) in enumerate(zip(np.shape(product), sizes)) if want == 1 != have]
    product = np.sum(product, axis=tuple(stretched), keepdims=True) if stretched else product
    if np.shape(product) != sizes:
        product = np.broadcast_to(product, sizes).copy()
    if len(axes) < len(terms[k]):
        out = np.zeros_like(product, shape=shape)
        np.einsum(f"{terms[k]}->{axes}", out)[...] = product
        product = out
    return unbroadcast(product, slots[k])


def by_letters(given: Any) -> tuple[Any, ...]:
    """The arguments of `np.einsum(x, [0, 1], y, [1, 2], [0, 2])` as those of `np.einsum("AB,BC->AC", x, y)`."""

    def spell(axes: Any) -> str:
        return "".join("..." if k is Ellipsis else chr(ord("A") + k if k < 26 else ord("a") + k - 26) for k in axes)

    pairs = len(given) // 2
    subscripts = ",".join(spell(given[2 * k + 1]) for k in range(pairs))
    return (subscripts + "->" + spell(given[-1]) if len(given) % 2 else subscripts, *given[: 2 * pairs : 2])


def recast(roles: Any, k: int, values: Any) -> list[int]:
    """The roles where a value that comes after all `values` plays number `k`; none for a `k` of -1."""
    if k < 0:
        return []
    parts = list(range(len(values)) if roles is None else roles)
    parts[k] = len(values)
    return parts


def part_of(roles: Any, j: int, k: int) -> int:
    """Which number the value at position `j` plays, or -1 for none: number `k` is played by nothing but its shape."""
    if roles is not None and j not in roles:
        return -1
    part = j if roles is None else list(roles).index(j)
    return -1 if part == k else part


def _terms(subscripts: Any, ranks: list[int]) -> tuple[list[str], str]:
    """The axes of each operand and of the result, one letter an axis: no ellipsis, no implicit result."""
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    spare = [letter for letter in string.ascii_letters if letter not in subscripts]
    widths = [rank - len(term.replace("...", "")) if "..." in term else 0 for term, rank in zip(terms, ranks)]
    dots = "".join(spare[: max(widths)])
    if not arrow:
        letters = left.replace(",", "").replace(".", "")
        result = "..." + "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    # An ellipsis stands for the last axes that broadcast, as in every NumPy operation.
    filled = [term.replace("...", dots[len(dots) - width :]) for term, width in zip(terms, widths)]
    return filled, result.replace("...", dots)
