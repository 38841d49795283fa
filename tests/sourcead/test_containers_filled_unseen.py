"""Lists and objects that are filled by a method or function that a call is given, or by one under another name."""

import functools
import operator

import numpy as np
import oracle
import pytest

import sourcead

X = np.array([0.5, 0.3, 0.8])


class Stack:
    def __init__(self):
        self.items = []

    def push(self, v):
        self.items.append(v)
        return len(self.items)


def by_a_mapped_method(x):
    kept = []
    try:
        list(map(kept.append, x))
    except ZeroDivisionError:
        kept.append(2.0)
    u = sum(kept)
    return u * u * x[1]


def by_a_mapped_method_of_an_object(x):
    stack = Stack()
    try:
        list(map(stack.push, x))
    except ZeroDivisionError:
        stack.push(2.0)
    u = sum(stack.items)
    return u * u * x[1]


def by_a_partial_method(x):
    kept = []
    functools.partial(kept.append)(x[0])
    u = sum(kept)
    return u * u * x[1]


def by_a_method_under_another_name(x):
    try:
        kept = []
        add = kept.append
        add(x[0])
    except ZeroDivisionError:
        kept = [2.0]
    u = sum(kept)
    return u * u * x[1]


def by_a_method_caller(x):
    try:
        kept = []
        operator.methodcaller("append", x[0])(kept)
    except ZeroDivisionError:
        kept = [2.0]
    u = sum(kept)
    return u * u * x[1]


def by_a_lambda(x):
    try:
        kept = []
        (lambda to, v: to.append(v))(kept, x[0])
    except ZeroDivisionError:
        kept = [2.0]
    u = sum(kept)
    return u * u * x[1]


def by_a_default(x):
    try:
        kept = []

        def add(to=kept):
            to.append(x[0])

        add()
    except ZeroDivisionError:
        kept = [2.0]
    u = sum(kept)
    return u * u * x[1]


def by_further_arguments(x):
    try:
        kept = []

        def add(*given, **named):
            given[0].append(given[1] * named["by"])

        add(kept, x[0], by=2.0)
    except ZeroDivisionError:
        kept = [2.0]
    u = sum(kept)
    return u * u * x[1]


@pytest.mark.parametrize(
    "f",
    [
        by_a_mapped_method,
        by_a_mapped_method_of_an_object,
        by_a_partial_method,
        by_a_method_under_another_name,
        by_a_method_caller,
        by_a_lambda,
        by_a_default,
        by_further_arguments,
    ],
)
def test_what_is_put_in_unseen_keeps_its_derivative(f):
    expected = oracle.gradient(f, X)
    assert np.allclose(sourcead.grad(f)(X), expected)
    assert np.isclose(sourcead.tangent(f)(X, np.ones(3))[1], expected.sum())
    assert np.allclose(sourcead.grad(f, dynamic="always")(X), expected)
