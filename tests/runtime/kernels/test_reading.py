"""Arguments said to be read by shape only: other values of the same shape change nothing."""

from __future__ import annotations

import numpy as np
import pytest

import runtime.primitives
from runtime.kernels.reading import SHAPE_ARGUMENTS
from runtime.primitives.registry import lookup, sample_calls

assert runtime.primitives


def other_values(tree):
    if isinstance(tree, (list, tuple)):
        return type(tree)(other_values(part) for part in tree)
    if isinstance(tree, dict):
        return {key: other_values(part) for key, part in tree.items()}
    return 7.5 if isinstance(tree, float) else np.full_like(tree, 7)


def same(a, b):
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return np.shape(a) == np.shape(b) and np.array_equal(a, b)


@pytest.mark.parametrize("kernel", SHAPE_ARGUMENTS, ids=lambda kernel: kernel.__name__)
def test_values_of_shape_arguments_are_not_read(kernel):
    for row in sample_calls(kernel):
        args = list(row.args)
        for position in SHAPE_ARGUMENTS[kernel]:
            args[position] = other_values(args[position])
        assert same(kernel(*args, **row.kwargs), kernel(*row.args, **row.kwargs)), row


@pytest.mark.parametrize("kernel", SHAPE_ARGUMENTS, ids=lambda kernel: kernel.__name__)
def test_shape_arguments_have_no_rule(kernel):
    rule = lookup(kernel)
    if rule is not None:
        text = next(iter(rule.reverse.values()))[0]
        names = text.__code__.co_varnames[2 : text.__code__.co_argcount]
        assert not {names[k] for k in SHAPE_ARGUMENTS[kernel]} & set(rule.active)
        assert sample_calls(kernel)
