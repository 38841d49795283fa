"""Nested containers of values: tuple, list, dict, namedtuple, dataclass and object, through optree.

An object is taken apart into its attributes, and put together again without running its `__init__`. `None` is
structure, not a leaf.
"""

from __future__ import annotations

import copy
import functools
import types
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import optree

from runtime.errors import CotangentMismatch
from runtime.records import Entries, Fields, NamedEntries, fields_of, holds_itself, is_record, is_record_class, kind_of

_NAMESPACE = "sourcead"
_KNOWN = (list, tuple, dict, OrderedDict, defaultdict)
_registered: set[type] = set()


def flatten(tree: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves of a nested container, and the function that builds the same container from other leaves."""
    while True:
        try:
            leaves, structure = optree.tree_flatten(tree, namespace=_NAMESPACE)
        except RecursionError:
            raise holds_itself(type(tree)) from None
        # By its type: a traced value may answer `__class__` with another one.
        unknown = {type(leaf) for leaf in leaves if is_record(leaf) or _is_extended(leaf)} - _registered
        if not unknown:
            return leaves, functools.partial(optree.tree_unflatten, structure)
        for kind in unknown:
            apart, together = (_take_apart, _together) if is_record_class(kind) else (_contents, _refilled)
            optree.register_pytree_node(kind, apart, together(kind), namespace=_NAMESPACE)
            _registered.add(kind)


def _entries_apart(entries: Any) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    return tuple(entries), entries.fields


def _entries_together(fields: Any, parts: Any) -> Any:
    return Entries(parts, fields)


def _fields_apart(parts: Any) -> tuple[tuple[Any, ...], Any, tuple[str, ...]]:
    names = fields_of(parts)
    return tuple([getattr(parts, name) for name in names]), (kind_of(parts), names), names


def _fields_together(made: Any, parts: Any) -> Any:
    return Fields(made[0], **dict(zip(made[1], parts)))


# The cotangent of a list or object is a value of its own at the next order.
optree.register_pytree_node(Fields, _fields_apart, _fields_together, namespace=_NAMESPACE)  # type: ignore[arg-type]
optree.register_pytree_node(Entries, _entries_apart, _entries_together, namespace=_NAMESPACE)
optree.register_pytree_node(NamedEntries, _entries_apart, _entries_together, namespace=_NAMESPACE)


def paths(tree: Any) -> list[tuple[Any, ...]]:
    """Where each leaf stands: indices, keys and attribute names, from the outside in, in the order of `flatten`."""
    flatten(tree)
    return optree.tree_paths(tree, namespace=_NAMESPACE)


def _take_apart(record: Any) -> tuple[tuple[Any, ...], tuple[str, ...], tuple[str, ...]]:
    names = fields_of(record)
    return tuple([getattr(record, name) for name in names]), names, names


def _together(kind: type) -> Callable[[Any, Any], Any]:
    def build(names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
        record: Any = (
            types.SimpleNamespace.__new__(kind) if issubclass(kind, types.SimpleNamespace) else object.__new__(kind)
        )
        for name, value in zip(names, values):
            object.__setattr__(record, name, value)
        return record

    return build


def _is_extended(leaf: Any) -> bool:
    """Whether a leaf is an object of a class that extends a builtin container and holds nothing besides."""
    return isinstance(leaf, (list, tuple, dict)) and not getattr(leaf, "__dict__", None)


def _contents(held: Any) -> tuple[tuple[Any, ...], Any, tuple[Any, ...]]:
    if isinstance(held, dict):
        keys = tuple(held)
        return tuple([dict.__getitem__(held, key) for key in keys]), keys, keys
    return tuple(held), None, tuple(range(len(held)))


def _refilled(kind: type) -> Callable[[Any, Any], Any]:
    """Makes a container of a class without running any code of it."""

    def build(keys: Any, values: tuple[Any, ...]) -> Any:
        if issubclass(kind, tuple):
            return tuple.__new__(kind, values)
        made: Any = dict.__new__(kind) if issubclass(kind, dict) else list.__new__(kind)
        dict.update(made, zip(keys, values)) if issubclass(kind, dict) else list.extend(made, values)
        return made

    return build


def match(tree: Any, cotangent: Any) -> list[Any]:
    """Cotangents of the leaves of `tree`, in the order of `flatten`.

    `cotangent` has the structure of `tree`; a list may stand for a tuple, an object with the attributes for a
    dataclass, and the float 0.0 or None for the zero of a whole part. What a dict or list got later may have zeros.
    Raises CotangentMismatch where it does not fit.
    """
    if cotangent is None or type(cotangent) is float and cotangent == 0.0:
        return [0.0] * len(flatten(tree)[0])
    if tree is None:
        return []
    if isinstance(tree, (list, tuple)) and _is_open(tree):
        if not isinstance(cotangent, (list, tuple)):
            raise _mismatch(cotangent, tree)
        if len(cotangent) != len(tree):
            if isinstance(tree, tuple) or not _are_zero(list(cotangent)):
                raise _mismatch(cotangent, tree)
            cotangent = [0.0] * len(tree)
        return [leaf for part, bar in zip(tree, cotangent) for leaf in match(part, bar)]
    if isinstance(tree, dict) and _is_open(tree):
        if not isinstance(cotangent, dict) or not _are_zero([g for key, g in cotangent.items() if key not in tree]):
            raise _mismatch(cotangent, tree)
        return [leaf for key in _key_order(tree) for leaf in match(tree[key], cotangent.get(key, 0.0))]
    if is_record(tree):
        return [leaf for name in fields_of(tree) for leaf in match(getattr(tree, name), _part(cotangent, name, tree))]
    return [cotangent]


def _are_zero(cotangents: list[Any]) -> bool:
    return not any(np.any(leaf) for leaf in flatten(cotangents)[0])


def _is_open(tree: Any) -> bool:
    """Whether `flatten` takes a builtin container, or an object of a class that extends one, apart."""
    return type(tree) in _KNOWN or optree.is_namedtuple(tree) or type(tree) in _registered or _is_extended(tree)


def _key_order(tree: Any) -> list[Any]:
    """The keys of a mapping in the order of its leaves, which depends on the kind of mapping."""
    numbers = copy.copy(tree)
    keys = list(tree)
    numbers.update({key: k for k, key in enumerate(keys)})
    return [keys[k] for k in flatten(numbers)[0]]


def _part(cotangent: Any, name: str, tree: Any) -> Any:
    if isinstance(cotangent, dict):
        return cotangent.get(name, 0.0)
    if isinstance(cotangent, types.SimpleNamespace) or type(cotangent) is type(tree):
        return getattr(cotangent, name, 0.0)
    raise _mismatch(cotangent, tree)


def _mismatch(cotangent: Any, tree: Any) -> CotangentMismatch:
    return CotangentMismatch(
        f"a cotangent of type {type(cotangent).__name__} does not fit a value of type {type(tree).__name__}",
        "Give it the structure of the value: the same containers with the same lengths and keys.",
    )


def is_inexact(leaf: Any) -> bool:
    """Whether a derivative with respect to this leaf exists: floating or complex numbers and arrays."""
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind in "fc"
    return isinstance(leaf, (float, complex))


def carries_nothing(leaf: Any) -> bool:
    """Whether a leaf is plainly without derivative: whole numbers, texts, arrays and sets of them."""
    if type(leaf) in (set, frozenset):
        return all(carries_nothing(element) and not is_inexact(element) for element in leaf)
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind != "O"
    return isinstance(leaf, (int, str, bytes))
