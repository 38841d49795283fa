"""Rules of the elementwise functions with kinks (abs, maximum, clip, where, remainders), of complex parts, of casts.

Conventions: ties of maximum and minimum share evenly, also on the bounds of clip, which is a minimum of a maximum;
abs'(0) = 0; a NaN that maximum hands on counts as taken from the operand that is NaN; at the jumps of a remainder the
slope is that of the branch the value lies on.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels import (
    astype,
    cast_cotangent,
    cast_tangent,
    clip_high_share,
    clip_low_share,
    clip_share,
    divide_or_zero,
    from_imag,
    from_real,
    real_sign,
    taken_from,
    unbroadcast,
    zero_slope,
)
from runtime.primitives.registry import (
    attribute,
    call,
    forward,
    inactive,
    method,
    partial,
    reverse,
    samples,
    transpose,
    view,
)
from runtime.primitives.sampling import binary_rows, normal, unary_rows

_function: Any

inactive(real_sign, zero_slope, taken_from, clip_share, clip_low_share, clip_high_share)

# Sign and absolute value


@partial(np.absolute, wrt="x")
@partial(np.fabs, wrt="x")
def absolute(z, x):
    return real_sign(x)


@partial(np.sign, wrt="x")
def sign(z, x):
    return zero_slope(x)


@partial(np.copysign, wrt="x")
def copysign_x(z, x, y):
    return real_sign(x) * np.copysign(1.0, y)


@partial(np.copysign, wrt="y")
def copysign_y(z, x, y):
    return 0.0


@partial(np.heaviside, wrt="x")
def heaviside_x(z, x, y):
    return 0.0


@partial(np.heaviside, wrt="y")
def heaviside_y(z, x, y):
    return np.equal(x, 0.0)


@partial(math.nextafter, wrt="x1")
@partial(np.nextafter, wrt="x1")
def nextafter_x1(z, x1, x2):
    return 1.0


@partial(math.nextafter, wrt="x2")
@partial(np.nextafter, wrt="x2")
def nextafter_x2(z, x1, x2):
    return 0.0


@partial(np.ldexp, wrt="x")
def ldexp(z, x, n):
    return np.ldexp(1.0, n)


for _function in (np.absolute, np.fabs, np.sign):
    samples(_function, unary_rows())
for _function in (np.copysign, np.heaviside):
    samples(_function, binary_rows())
samples(np.absolute, lambda: [call(np.array([0.0, -2.0]), note="kink")])
samples(np.heaviside, lambda: [call(np.array([0.0, 1.0, -1.0]), normal(3), wrt=("y",))])
samples(math.nextafter, lambda: [call(0.5, 1.0)])
samples(np.nextafter, lambda: [call(normal(3), normal(2, 3)), call(0.5, 1.0), call(normal(2), 3.0)])
samples(np.ldexp, lambda: [call(normal(3), 2), call(normal(3), np.array([1, 0, -2])), call(0.5, 3)])
samples(np.ldexp, lambda: [call(normal(3, dtype=np.float32), np.array([1, 0, -2], dtype=np.int32))])

# Choosing between operands


@partial(np.maximum, wrt="x")
@partial(np.minimum, wrt="x")
@partial(np.fmax, wrt="x")
@partial(np.fmin, wrt="x")
def extremum_x(z, x, y):
    return taken_from(x, y, z)


@partial(np.maximum, wrt="y")
@partial(np.minimum, wrt="y")
@partial(np.fmax, wrt="y")
@partial(np.fmin, wrt="y")
def extremum_y(z, x, y):
    return taken_from(y, x, z)


@partial(np.clip, wrt="a")
def clip(z, a, a_min=None, a_max=None):
    return clip_share(a, a_min, a_max)


@partial(np.clip, wrt="a_min")
def clip_low(z, a, a_min=None, a_max=None):
    return clip_low_share(a, a_min, a_max)


@partial(np.clip, wrt="a_max")
def clip_high(z, a, a_min=None, a_max=None):
    return clip_high_share(a, a_min, a_max)


@partial(np.clip, wrt="a")
def clip_between(z, a, *, min=None, max=None):
    return clip_share(a, min, max)


@partial(np.clip, wrt="min")
def clip_above(z, a, *, min=None, max=None):
    return clip_low_share(a, min, max)


@partial(np.clip, wrt="max")
def clip_below(z, a, *, min=None, max=None):
    return clip_high_share(a, min, max)


@reverse(np.where, wrt="x")
def where_x(z_bar, z, condition, x, y):
    return unbroadcast(np.where(condition, z_bar, 0.0), x)


@reverse(np.where, wrt="y")
def where_y(z_bar, z, condition, x, y):
    return unbroadcast(np.where(condition, 0.0, z_bar), y)


@forward(np.where, wrt="x")
def where_x_tangent(x_dot, z, condition, x, y):
    return np.where(condition, x_dot, np.zeros_like(z))


@forward(np.where, wrt="y")
def where_y_tangent(y_dot, z, condition, x, y):
    return np.where(condition, np.zeros_like(z), y_dot)


@partial(np.nan_to_num, wrt="x")
def nan_to_num(z, x, *, nan=0.0, posinf=None, neginf=None):
    return np.isfinite(x)


method("clip", np.clip)
for _function in (np.maximum, np.minimum, np.fmax, np.fmin):
    samples(_function, binary_rows())
    samples(_function, lambda: [call(np.array([1.0, 2.0]), np.array([1.0, 3.0]), note="kink"), call(2.0, 2.0)])
samples(
    np.clip,
    lambda: [
        call(normal(2, 3), -0.5, 0.5),
        call(normal(2, 3), -0.5, None),
        call(normal(2, 3), None, 0.5),
        call(normal(2, 3), a_min=None, a_max=0.5),
        call(normal(2, 3), normal(3, seed=1) - 1.0, normal(2, 1, seed=2) + 1.0),
        call(np.array([-3.0, 0.1, 3.0]), np.array([-1.0, -1.0, -1.0]), np.array([1.0, 1.0, 1.0])),
        call(normal(3, dtype=np.float32), -0.5, 0.5),
        call(0.3, -0.5, 0.1),
        call(normal(0, 3), 0.0, 1.0),
        call(np.array([0.5, 0.2]), -0.5, 0.5, wrt=("a",), note="kink: on the upper bound"),
    ],
)
if np.lib.NumpyVersion(np.__version__) >= "2.1.0":
    samples(np.clip, lambda: [call(normal(2, 3), min=-0.5, max=0.5), call(normal(4), max=normal(4, seed=1))])
samples(
    np.where,
    lambda: [
        call(normal(2, 3) > 0, normal(3, seed=1), normal(2, 1, seed=2)),
        call(normal(3) > 0, 2.0, normal(2, 3)),
        call(normal(2, 3) > 0, 2.0, 3.0),
        call(True, 2.0, normal(3)),
        call(normal(3) > 0, normal(3, dtype=np.float32), normal(3, dtype=np.float32)),
        call(normal(3) > 0, normal(3, dtype=np.float32), 0.0),
        call(np.zeros((0, 3), bool), normal(3), 1.0),
        call(normal(3) > 0, normal(3), normal(3) + 1j),
    ],
)
samples(
    np.nan_to_num,
    lambda: [
        call(normal(3)),
        call(np.array([np.nan, 1.0, np.inf]), note="edge: no differences of NaN"),
        call(np.array([-np.inf, 1.0]), posinf=3.0, neginf=-3.0, note="edge: no differences of infinity"),
    ],
)

# Remainders


@partial(np.remainder, wrt="x")
@partial(np.fmod, wrt="x")
def remainder_x(z, x, y):
    return 1.0


@partial(np.remainder, wrt="y")
def remainder_y(z, x, y):
    return -np.floor_divide(x, y)


@partial(np.fmod, wrt="y")
def fmod_y(z, x, y):
    return -np.rint((x - z) / y)


for _function in (np.remainder, np.fmod):
    samples(_function, binary_rows(0.5, 2.0))
    samples(_function, lambda: [call(np.array([5.3, -5.3, 5.3, -5.3]), np.array([2.0, 2.0, -2.0, -2.0]))])
    samples(_function, lambda: [call(-7.5, 2.0)])

# Parts of complex numbers, in the pairing Re(x_bar * x_dot)


@reverse(np.real, wrt="val")
def real(z_bar, z, val):
    return from_real(z_bar, val)


@forward(np.real, wrt="val")
def real_tangent(val_dot, z, val):
    return np.real(val_dot)


@reverse(np.imag, wrt="val")
def imag(z_bar, z, val):
    return from_imag(z_bar, val)


@forward(np.imag, wrt="val")
def imag_tangent(val_dot, z, val):
    return np.imag(val_dot)


@reverse(np.conjugate, wrt="x")
def conjugate(z_bar, z, x):
    return np.conjugate(z_bar)


@forward(np.conjugate, wrt="x")
def conjugate_tangent(x_dot, z, x):
    return np.conjugate(x_dot)


@reverse(np.angle, wrt="x")
def angle(z_bar, z, x):
    return divide_or_zero(from_imag(z_bar, x), x)


@forward(np.angle, wrt="x")
def angle_tangent(x_dot, z, x):
    return np.imag(divide_or_zero(x_dot, x))


@transpose(from_real, wrt="g")
def from_real_transpose(z_bar, z, g, x):
    return np.real(z_bar)


@transpose(from_imag, wrt="g")
def from_imag_transpose(z_bar, z, g, x):
    return np.imag(z_bar)


view(np.real, of="val")
view(np.imag, of="val")
# `x.conj()` of a real array is the array itself.
view(np.conjugate, of="x")
for _name, _function in (("conj", np.conjugate), ("conjugate", np.conjugate)):
    method(_name, _function)
attribute("real", np.real)
attribute("imag", np.imag)
for _function in (np.real, np.imag, np.conjugate, np.angle):
    samples(_function, lambda: [call(normal(3) + 1j * normal(3, seed=1)), call(normal(2, 3)), call(1.5)])
    samples(_function, lambda: [call(normal(3, dtype=np.float32)), call(np.asarray(1j * normal(3), np.complex64))])
for _function in (from_real, from_imag):
    samples(_function, lambda: [call(normal(3), normal(3) + 1j, wrt=("g",)), call(normal(3), normal(3), wrt=("g",))])

# Casts and copies. `copy=False` is not accepted: whether its result is the array itself is known too late.


@reverse(astype, wrt="x")
def astype_reverse(z_bar, z, x, dtype):
    return cast_cotangent(z_bar, x, dtype)


@forward(astype, wrt="x")
def astype_forward(x_dot, z, x, dtype):
    return cast_tangent(x_dot, dtype)


@reverse(cast_tangent, wrt="x_dot")
def cast_tangent_reverse(z_bar, z, x_dot, dtype):
    return cast_cotangent(z_bar, x_dot, dtype)


@forward(cast_tangent, wrt="x_dot")
def cast_tangent_forward(t_dot, z, x_dot, dtype):
    return cast_tangent(t_dot, dtype)


@reverse(cast_cotangent, wrt="g")
def cast_cotangent_reverse(z_bar, z, g, x, dtype):
    return cast_tangent(z_bar, dtype)


@forward(cast_cotangent, wrt="g")
def cast_cotangent_forward(g_dot, z, g, x, dtype):
    return cast_cotangent(g_dot, x, dtype)


@transpose(np.copy, wrt="a")
def copy(z_bar, z, a, order="K"):
    return z_bar


_CASTS = (astype, np.astype) if hasattr(np, "astype") else (astype,)
if hasattr(np, "astype"):
    reverse(np.astype, wrt="x")(astype_reverse)
    forward(np.astype, wrt="x")(astype_forward)
method("astype", astype)
method("copy", np.copy)
for _function in (*_CASTS, cast_tangent):
    samples(
        _function,
        lambda: [
            call(normal(3), np.float32),
            call(normal(3, dtype=np.float32), np.float64),
            call(normal(3), np.complex128),
            call(normal(2, 0), float),
        ],
    )
for _function in _CASTS:
    samples(_function, lambda: [call(np.array([0.5, 1.5]), int)])
samples(
    cast_cotangent,
    lambda: [
        call(normal(3, dtype=np.float32), normal(3), np.float32, wrt=("g",)),
        call(normal(3), normal(3, dtype=np.float32), np.float64, wrt=("g",)),
        call(normal(3) + 1j, normal(3), np.complex128, wrt=("g",)),
    ],
)
samples(np.copy, lambda: [call(normal(2, 3)), call(2.0), call(normal(3, dtype=np.float32))])
