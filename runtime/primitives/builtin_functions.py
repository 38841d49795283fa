"""Rules of Python's own functions of numbers, and of sums, products and distances of lists of them.

`divmod`, which returns two results, has no rule and is refused; so is `pow` with a modulus.
"""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from runtime.kernels import (
    divide_or_zero,
    each_summand,
    listed,
    one_array,
    power_log,
    product_of_others,
    real_sign,
    scaled_power,
    unbroadcast,
)
from runtime.primitives.registry import call, forward, partial, reverse, samples, transpose, view
from runtime.primitives.sampling import binary_rows, normal, unary_rows

_function: Any

# Single numbers, or arrays


@partial(builtins.abs, wrt="x")
def absolute(z, x):
    return real_sign(x)


@partial(builtins.pow, wrt="base")
def pow_base(z, base, exp):
    return scaled_power(exp, base, exp - 1)


@partial(builtins.pow, wrt="exp")
def pow_exp(z, base, exp):
    return power_log(base, exp)


@partial(builtins.float, wrt="x")
@partial(np.float64, wrt="x")
@partial(np.float32, wrt="x")
def number(z, x):
    return 1.0


# Of an array of that dtype they return a view.
view(np.float64, of="x")
view(np.float32, of="x")


# Sums, products and distances of several numbers


@reverse(builtins.sum, wrt="iterable")
def sum_items(z_bar, z, iterable):
    return each_summand(z_bar, iterable)


@reverse(builtins.sum, wrt="iterable")
def sum_items_from(z_bar, z, iterable, start):
    return each_summand(z_bar, iterable)


@reverse(builtins.sum, wrt="start")
def sum_start(z_bar, z, iterable, start):
    return unbroadcast(z_bar, start)


@forward(builtins.sum, wrt="iterable")
def sum_items_tangent(iterable_dot, z, iterable):
    return sum(iterable_dot)


@forward(builtins.sum, wrt="iterable")
def sum_items_from_tangent(iterable_dot, z, iterable, start):
    return sum(iterable_dot) + np.zeros_like(z)


@forward(builtins.sum, wrt="start")
def sum_start_tangent(start_dot, z, iterable, start):
    return start_dot + np.zeros_like(z)


@reverse(math.fsum, wrt="seq")
def fsum(z_bar, z, seq):
    return each_summand(z_bar, seq)


@forward(math.fsum, wrt="seq")
def fsum_tangent(seq_dot, z, seq):
    return math.fsum(seq_dot)


@transpose(each_summand, wrt="g")
def each_summand_transpose(z_bar, z, g, items):
    return sum(z_bar) + np.zeros_like(g)


@reverse(math.prod, wrt="iterable")
def prod(z_bar, z, iterable, *, start=1):
    return listed(z_bar * start * product_of_others(one_array(iterable), 0), iterable)


@forward(math.prod, wrt="iterable")
def prod_tangent(iterable_dot, z, iterable, *, start=1):
    return start * np.sum(product_of_others(one_array(iterable), 0) * one_array(iterable_dot), axis=0)


@reverse(math.prod, wrt="start")
def prod_start(z_bar, z, iterable, *, start=1):
    return unbroadcast(z_bar * math.prod(iterable), start)


@forward(math.prod, wrt="start")
def prod_start_tangent(start_dot, z, iterable, *, start=1):
    return start_dot * math.prod(iterable)


@reverse(math.dist, wrt="p")
def dist_p(z_bar, z, p, q):
    return listed(z_bar * divide_or_zero(np.asarray(p) - np.asarray(q), z), p)


@reverse(math.dist, wrt="q")
def dist_q(z_bar, z, p, q):
    return listed(z_bar * divide_or_zero(np.asarray(q) - np.asarray(p), z), q)


@forward(math.dist, wrt="p")
def dist_p_tangent(p_dot, z, p, q):
    return divide_or_zero(np.sum((np.asarray(p) - np.asarray(q)) * np.asarray(p_dot)), z)


@forward(math.dist, wrt="q")
def dist_q_tangent(q_dot, z, p, q):
    return divide_or_zero(np.sum((np.asarray(q) - np.asarray(p)) * np.asarray(q_dot)), z)


@reverse(one_array, wrt="items")
def one_array_reverse(z_bar, z, items):
    return listed(z_bar, items)


@forward(one_array, wrt="items")
def one_array_forward(items_dot, z, items):
    return one_array(items_dot)


@transpose(listed, wrt="g")
def listed_transpose(z_bar, z, g, items):
    return np.asarray(z_bar)


samples(builtins.abs, unary_rows())
samples(builtins.pow, binary_rows(0.3, 3.0))
samples(builtins.pow, lambda: [call(normal(3), 2), call(-1.5, 3), call(0.0, 2), call(0.0, 0), call(0.0, 1)])
for _function in (builtins.float, np.float64):
    samples(_function, lambda: [call(1.5), call(normal()), call(np.float32(0.5))])
samples(np.float32, lambda: [call(1.5), call(np.float32(0.5)), call(np.asarray(0.5, dtype=np.float32))])
samples(
    builtins.sum,
    lambda: [
        call([1.0, 2.0, 3.0]),
        call((1.0, 2.0)),
        call([normal(3), normal(3, seed=1)]),
        call([1.0, normal(3)]),
        call(normal(3)),
        call(normal(2, 3)),
        call([1.0, 2.0], 0.5),
        call([normal(3), 2.0], 0.5),
        call([1.0, 2.0], normal(3)),
    ],
)
samples(math.fsum, lambda: [call([1.0, 2.0, 3.0]), call((1.0, 2.0)), call(normal(3))])
samples(each_summand, lambda: [call(1.5, [1.0, 2.0], wrt=("g",)), call(normal(3), [1.0, normal(3)], wrt=("g",))])
samples(each_summand, lambda: [call(normal(3), normal(2, 3), wrt=("g",))])
samples(
    math.prod,
    lambda: [
        call([1.5, 2.0, 3.0]),
        call([0.0, 2.0, 3.0]),
        call((0.0, 2.0, 0.0), start=2.0),
        call(normal(3)),
        call([normal(3), normal(3, seed=1)]),
    ],
)
samples(math.dist, lambda: [call([1.0, 2.0], [0.5, -1.0]), call(normal(3), normal(3, seed=1)), call((1.0,), (2.0,))])
samples(math.dist, lambda: [call([1.0, 2.0], [1.0, 2.0], note="edge: a cone where the points meet")])
samples(one_array, lambda: [call([1.0, 2.0, 3.0]), call([normal(3), normal(3)])])
samples(listed, lambda: [call(normal(3), [1.0, 2.0, 3.0], wrt=("g",)), call(normal(3), normal(3), wrt=("g",))])
