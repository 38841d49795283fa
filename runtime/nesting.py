"""Results and arguments that are nested lists: values by number or place, and their tangents and cotangents.

`nest` is the number of a value, or a list of nests. The float 0.0 is the zero of every structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def take_apart(z: Any, values: list[Any]) -> Any:
    """Append the values in nested lists and tuples to `values`; returns their nest."""
    if isinstance(z, (list, tuple)):
        return [take_apart(part, values) for part in z]
    values.append(z)
    return len(values) - 1


def in_the_form_of(z: Any, results: Iterator[Any]) -> Any:
    """The results in the lists and tuples of `z`."""
    if not isinstance(z, (list, tuple)):
        return next(results)
    parts = [in_the_form_of(part, results) for part in z]
    return parts if isinstance(z, list) else type(z)(*parts) if hasattr(z, "_fields") else tuple(parts)


def path_to(nest: Any, number: int) -> tuple[int, ...]:
    """The indices that lead to a value; none where there is only one."""
    if not isinstance(nest, list):
        return ()
    for k, part in enumerate(nest):
        if part == number:
            return (k,)
        if isinstance(part, list) and (path := path_to(part, number)):
            return (k, *path)
    return ()


def arranged(nest: Any, values: Any) -> Any:
    """Flat values in the lists of a call's result; `nest` has the number of a value in each place."""
    return [arranged(part, values) for part in nest] if isinstance(nest, list) else values[nest]


def follow(bar: Any, path: tuple[int, ...]) -> Any:
    """The part of a nested list's cotangent at `path`; 0.0 is the zero of every structure."""
    for k in path:
        if type(bar) is float:
            return None
        bar = bar[k]
    return bar


def nested(primal: Any, path: tuple[int, ...], dots: dict[tuple[int, ...], Any]) -> Any:
    """Tangents by place as the tangent of a whole argument: lists as in the argument, 0.0 for zero."""
    if path in dots:
        return 0.0 if dots[path] is None else dots[path]
    if isinstance(primal, (list, tuple)):
        return [nested(element, (*path, k), dots) for k, element in enumerate(primal)]
    return 0.0


def added(one: Any, other: Any) -> Any:
    """Sum of two tangents of one structure."""
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return [added(a, b) for a, b in zip(one, other)]
    if type(one) is float and one == 0.0:
        return other
    return one if type(other) is float and other == 0.0 else one + other


def in_order(nest: Any, dot: Any, values: list[Any]) -> None:
    """Append the tangents in nested lists to `values`, in the order of the results' numbers."""
    if not isinstance(nest, list):
        values.append(dot)
        return
    for k, part in enumerate(nest):
        in_order(part, 0.0 if type(dot) is float else dot[k], values)
