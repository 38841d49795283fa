"""Rules of the arithmetic of tangents, which every emitted forward program uses and the next order differentiates."""

from __future__ import annotations

from runtime.kernels import blank_tangent, formed, matched, stretched, unbroadcast, view_alike, zero_tangent
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(zero_tangent, blank_tangent)


@transpose(stretched, wrt="x_dot")
def stretched_x_dot(z_bar, z, x_dot, x):
    return unbroadcast(z_bar, x_dot)


# The structure of the tangent is the structure of the result in these, so a cotangent passes unchanged.


@transpose(matched, wrt="x_dot")
def matched_x_dot(z_bar, z, x_dot, x):
    return z_bar


@transpose(formed, wrt="x_dot")
def formed_x_dot(z_bar, z, x_dot, x):
    return z_bar


@reverse(view_alike, wrt="z_dot")
def view_alike_z_dot(z_bar, z, z_dot, x_dot, y, x):
    return z_bar


# Not the operation itself: the second tangent need not lie in memory as the first tangent of another value does.
@forward(view_alike, wrt="z_dot")
def view_alike_z_dot_dot(z_dot_dot, z, z_dot, x_dot, y, x):
    return z_dot_dot


view(view_alike, of="z_dot")
samples(view_alike, lambda: [call(normal(6), normal(2, 3), normal(6), normal(2, 3)), call(1.5, 0.5, 2.0, 3.0)])
for _kernel in (stretched, matched, formed):
    view(_kernel, of="x_dot")
    samples(_kernel, lambda: [call(normal(2, 3), normal(2, 3)), call(normal(0, 2), normal(0, 2)), call(1.5, 2.5)])
samples(stretched, lambda: [call(normal(3), normal(2, 3)), call(normal(2, 1), normal(2, 3)), call(1.5, normal(2, 3))])
