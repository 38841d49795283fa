"""Rules of the arithmetic of cotangents, which every emitted gradient uses and the next order differentiates."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    accumulate,
    apart,
    as_cotangent,
    as_gradient,
    carried,
    contents,
    distinct,
    entries_of,
    given_up,
    handed_back,
    like,
    narrowed,
    number_in,
    overlap,
    own,
    private,
    refreshed,
    require_array,
    require_class,
    require_constant,
    require_count,
    require_elements,
    require_entries,
    require_fields,
    require_floats,
    require_inexact,
    require_items,
    require_key,
    require_no_method,
    require_numbers,
    require_plain,
    require_real,
    require_real_data,
    require_room,
    saved,
    saved_item,
    seeded,
    sequence,
    sequence_dot,
    take_out,
    take_written,
    taken_over,
    takes_back,
    unbroadcast,
    unit,
    unresized,
    widened,
    written_back,
    zeros_like,
)
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(
    zeros_like,
    unit,
    require_array,
    require_class,
    require_constant,
    require_elements,
    require_entries,
    require_fields,
    require_floats,
    require_inexact,
    require_items,
    require_no_method,
    require_numbers,
    require_plain,
    require_real_data,
    require_real,
    require_count,
    require_key,
    require_room,
    unresized,
    apart,
    distinct,
    number_in,
    overlap,
    takes_back,
)


@transpose(unbroadcast, wrt="g")
def unbroadcast_g(z_bar, z, g, x):
    return carried(z_bar, g)


view(unbroadcast, of="g")
samples(
    unbroadcast,
    lambda: [
        call(normal(2, 3), normal(3)),
        call(normal(2, 3), normal(2, 1)),
        call(normal(2, 3), 1.5),
        call(normal(4, 2, 3), normal(1, 3)),
        call(normal(3), normal(3)),
        call(normal(2, 3, dtype=np.float32), normal(3, dtype=np.float32)),
    ],
)


@transpose(narrowed, wrt="g")
def narrowed_g(z_bar, z, g, number):
    return widened(z_bar, g, number)


view(narrowed, of="g")
samples(narrowed, lambda: [call(normal(2, 3), 1.5), call(normal(2, 3), None), call(0.5, 2.0)])


@transpose(widened, wrt="g")
def widened_g(z_bar, z, g, like, number):
    return narrowed(z_bar, number)


view(widened, of="g")
samples(widened, lambda: [call(0.7, normal(2, 3), 1.5), call(normal(2, 3), normal(2, 3), None)])


# The structure of the argument is the structure of the result in all of these, so a cotangent passes unchanged.


@transpose(own, wrt="g")
def own_g(z_bar, z, g, x):
    return z_bar


@transpose(entries_of, wrt="g")
def entries_of_g(z_bar, z, g, x):
    return z_bar


view(entries_of, of="g")


@transpose(like, wrt="g")
def like_g(z_bar, z, g, x):
    return z_bar


@transpose(take_out, wrt="place")
def take_out_place(z_bar, z, place):
    return z_bar


@transpose(saved, wrt="value")
def saved_value(z_bar, z, value):
    return z_bar


@transpose(contents, wrt="value")
def contents_value(z_bar, z, value):
    return z_bar


# What they are put back into holds the objects of the value again.
view(contents, of="value")


@transpose(saved_item, wrt="u")
def saved_item_u(z_bar, z, u, index):
    return written_back(z_bar, u, index)


@transpose(private, wrt="value")
def private_value(z_bar, z, value):
    return z_bar


@reverse(sequence, wrt="items")
def sequence_items(z_bar, z, items):
    return z_bar


@forward(sequence, wrt="items")
def sequence_items_dot(items_dot, z, items):
    return sequence_dot(items_dot)


@transpose(sequence_dot, wrt="items_dot")
def sequence_dot_items_dot(z_bar, z, items_dot):
    return z_bar


@transpose(seeded, wrt="cotangent")
def seeded_cotangent(z_bar, z, cotangent, result):
    return z_bar


# Both conjugate what belongs to complex numbers; in the pairing Re(x_bar * x_dot) each is its own transpose.


@transpose(as_gradient, wrt="g")
def as_gradient_g(z_bar, z, g, x):
    return as_gradient(z_bar, x)


@transpose(as_cotangent, wrt="cotangent")
def as_cotangent_cotangent(z_bar, z, cotangent, result):
    return as_cotangent(z_bar, result)


view(as_gradient, of="g")
view(as_cotangent, of="cotangent")
view(sequence, of="items")
view(sequence_dot, of="items_dot")
view(seeded, of="cotangent")


@reverse(accumulate, wrt="a")
def accumulate_a(z_bar, z, a, b):
    return z_bar


@reverse(accumulate, wrt="b")
def accumulate_b(z_bar, z, a, b):
    return z_bar


@forward(accumulate, wrt="a")
def accumulate_a_dot(a_dot, z, a, b):
    return a_dot


@forward(accumulate, wrt="b")
def accumulate_b_dot(b_dot, z, a, b):
    return b_dot


@transpose(take_written, wrt="u_bar")
def take_written_u_bar(z_bar, z, u_bar, index):
    return written_back(z_bar, u_bar, index)


@transpose(written_back, wrt="g")
def written_back_g(z_bar, z, g, u, index):
    return take_written(z_bar, index)


# Moving cotangents along shared memory: linear in both, and the zero where nothing is shared.


@reverse(taken_over, wrt="bar")
def taken_over_bar(z_bar, z, bar, other_bar, shared):
    return z_bar


@reverse(taken_over, wrt="other_bar")
def taken_over_other_bar(z_bar, z, bar, other_bar, shared):
    return handed_back(z_bar, other_bar, shared)


@forward(taken_over, wrt="bar")
def taken_over_bar_dot(bar_dot, z, bar, other_bar, shared):
    return bar_dot


@forward(taken_over, wrt="other_bar")
def taken_over_other_bar_dot(other_bar_dot, z, bar, other_bar, shared):
    return taken_over(zeros_like(z), other_bar_dot, shared)


@reverse(refreshed, wrt="other_dot")
def refreshed_other_dot(z_bar, z, other_dot, dot, shared):
    return given_up(z_bar, shared)


@reverse(refreshed, wrt="dot")
def refreshed_dot(z_bar, z, other_dot, dot, shared):
    return taken_over(zeros_like(dot), z_bar, shared)


@forward(refreshed, wrt="other_dot")
def refreshed_other_dot_dot(other_dot_dot, z, other_dot, dot, shared):
    return given_up(other_dot_dot, shared)


@forward(refreshed, wrt="dot")
def refreshed_dot_dot(dot_dot, z, other_dot, dot, shared):
    return handed_back(dot_dot, z, shared)


@transpose(given_up, wrt="other_bar")
def given_up_other_bar(z_bar, z, other_bar, shared):
    return given_up(z_bar, shared)


@transpose(handed_back, wrt="g")
def handed_back_g(z_bar, z, g, other_bar, shared):
    return taken_over(zeros_like(g), z_bar, shared)


def _halves():
    """A cotangent of six elements, one of three, and what an array and every second element of it share."""
    x = np.zeros(6)
    return normal(6), normal(3), overlap(x, x[::2])


samples(taken_over, lambda: [call(*_halves()), call(normal(3), normal(3), None)])
samples(given_up, lambda: [call(_halves()[1], _halves()[2]), call(normal(3), None)])
samples(handed_back, lambda: [call(*_halves()), call(normal(3), normal(3), None)])
samples(refreshed, lambda: [call(_halves()[1], *_halves()[::2]), call(normal(3), normal(3), None)])
view(taken_over, of="bar")
view(refreshed, of="other_dot")
view(given_up, of="other_bar")

for kernel in (take_out, saved, contents, private, sequence, sequence_dot):
    samples(kernel, lambda: [call(normal(2, 3)), call(normal(3, dtype=np.float32))])
samples(like, lambda: [call(normal(2, 3), normal(2, 3))])
samples(saved_item, lambda: [call(normal(4), 2), call(normal(4, 3), slice(1, 3))])
samples(entries_of, lambda: [call([1.5, 2.5], [0.5, 1.0])])
for _function in (as_gradient, as_cotangent):
    samples(_function, lambda: [call(normal(2, 3), normal(2, 3)), call(normal(3) + 1j, normal(3) + 1j)])
samples(own, lambda: [call(normal(2, 3), normal(2, 3))])
samples(seeded, lambda: [call(normal(2, 3), normal(2, 3))])
samples(accumulate, lambda: [call(normal(2, 3), normal(2, 3)), call(1.5, 2.0)])
samples(
    take_written,
    lambda: [
        call(normal(4), np.array([1, 2, 1])),
        call(normal(4, 3), slice(1, 3)),
        call(normal(3), np.array([True, False, True])),
    ],
)
samples(written_back, lambda: [call(normal(3), normal(4), np.array([1, 2, 1]))])
