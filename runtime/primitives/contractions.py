"""Rules of `np.einsum`: the cotangent of each operand is again a contraction, of the others with the result's."""

from __future__ import annotations

import numpy as np

from runtime.kernels import cast_cotangent, einsum_cotangent, filled, part_of, recast
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose
from runtime.primitives.sampling import normal

inactive(part_of, recast)


@transpose(np.einsum, wrt="*operands")
def einsum(z_bar, z, k, subscripts, *operands):
    return einsum_cotangent(k, subscripts, *operands, z_bar)


@transpose(np.einsum, wrt="*operands")
def einsum_optimized(z_bar, z, k, subscripts, *operands, optimize=False):
    return einsum_cotangent(k, subscripts, *operands, z_bar, optimize=optimize)


@transpose(np.einsum, wrt="*operands")
def einsum_typed(z_bar, z, k, subscripts, *operands, dtype=None, casting="safe", order="K", optimize=False):
    return cast_cotangent(einsum_cotangent(k, subscripts, *operands, z_bar, optimize=optimize), operands[k], dtype)


@reverse(einsum_cotangent, wrt="*values")
def einsum_cotangent_values(z_bar, z, j, k, subscripts, *values, optimize=False, roles=None):
    part, parts = part_of(roles, j, k), recast(roles, k, values)
    return filled(einsum_cotangent(part, subscripts, *values, z_bar, optimize=optimize, roles=parts), values[j])


@forward(einsum_cotangent, wrt="*values")
def einsum_cotangent_values_forward(value_dot, z, j, k, subscripts, *values, optimize=False, roles=None):
    parts = recast(roles, part_of(roles, j, k), values)
    return filled(einsum_cotangent(k, subscripts, *values, value_dot, optimize=optimize, roles=parts), z)


samples(
    np.einsum,
    lambda: [
        call("ij,jk->ik", normal(2, 3), normal(3, 4)),
        call("ij,jk", normal(2, 3), normal(3, 4)),
        call("ij,ij", normal(2, 3), normal(2, 3, seed=1)),
        call("ba", normal(2, 3)),
        call("ij->", normal(2, 3)),
        call("ij->j", normal(2, 3)),
        call("ii->", normal(3, 3)),
        call("ii", normal(3, 3)),
        call("ii->i", normal(3, 3)),
        call("iij,j->i", normal(2, 2, 3), normal(3)),
        call("i,i,i->", normal(3), normal(3, seed=1), normal(3, seed=2)),
        call("ij,k->i", normal(2, 3), normal(4)),
        call("...ij,...jk->...ik", normal(5, 2, 3), normal(3, 4)),
        call("...i,...i", normal(4, 5, 3), normal(1, 3)),
        call("i...->...", normal(2, 3)),
        call("ij,ij->ij", normal(2, 1), normal(2, 3)),
        call("ij , jk , kl -> il", normal(2, 3), normal(3, 4), normal(4, 2), optimize=True),
        call("ij,jk->ik", normal(2, 0), normal(0, 3)),
        call("ij,j->i", normal(2, 3, dtype=np.float32), normal(3, dtype=np.float32)),
        call(",ij->ij", 1.5, normal(2, 3)),
        call("ij,j->i", normal(2, 3, dtype=np.float32), normal(3), dtype=np.float64),
    ],
)
samples(
    einsum_cotangent,
    lambda: [
        call(0, "ij,jk->ik", normal(2, 3), normal(3, 4), normal(2, 4)),
        call(1, "ii,i->", normal(3, 3), normal(3), normal()),
        call(2, "ij,jk->ik", normal(2, 3), normal(3, 4), normal(2, 4)),
        call(0, "ij,jk->ik", normal(2, 3), normal(3, 4), normal(2, 4), normal(3, 4, seed=1), roles=(0, 3, 2)),
    ],
)
