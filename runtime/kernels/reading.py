"""Which arguments a kernel reads by shape, dtype and structure only, whatever their values are.

Such an argument has no derivative, and no value of it has to be kept for the kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.kernels import (
    calculus,
    cotangent,
    elementwise,
    fourier,
    indexing,
    jacobians,
    joining,
    linear_algebra,
    products,
    quantiles,
    reductions,
    restoring,
    shape,
    sorting,
    special,
    strided,
)
from runtime.kernels.complex_parts import as_cotangent, as_gradient
from runtime.kernels.cotangent import entries_of, seeded, unbroadcast, zeros_like
from runtime.kernels.overlapping import handed_back
from runtime.kernels.tangent import blank_tangent, formed, matched, stretched, view_alike, zero_tangent

SHAPE_ARGUMENTS: dict[Callable[..., Any], tuple[int, ...]] = {
    unbroadcast: (1,),
    zeros_like: (0,),
    entries_of: (1,),
    seeded: (1,),
    as_cotangent: (1,),
    as_gradient: (1,),
    handed_back: (1,),
    zero_tangent: (0,),
    blank_tangent: (0,),
    stretched: (1,),
    view_alike: (1, 2, 3),
    matched: (1,),
    formed: (1,),
    calculus.trapezoid_left: (1,),
    calculus.trapezoid_right: (2,),
    calculus.slope_coefficients_back: (1,),
    calculus.moments: (1,),
    calculus.weights_along: (1,),
    calculus.weights_along_back: (1,),
    elementwise.from_real: (1,),
    elementwise.from_imag: (1,),
    elementwise.cast_cotangent: (1,),
    fourier.refit: (1,),
    fourier.full_length: (1,),
    fourier.half_length: (1,),
    indexing.scatter: (2,),
    indexing.untake: (2,),
    indexing.untake_along_axis: (2,),
    jacobians.columns_of_jacobian: (1, 2),
    jacobians.jacobian_of_columns: (1, 2),
    jacobians.jacobian_of_rows: (1, 2),
    jacobians.rows_of_jacobian: (1, 2),
    joining.filled: (1,),
    joining.carried: (1,),
    joining.unconcatenate: (1,),
    joining.unstack: (1,),
    joining.unvstack: (1,),
    joining.unhstack: (1,),
    joining.undstack: (1,),
    joining.uncolumn_stack: (1,),
    joining.unsplit: (1, 2),
    joining.unarray: (1,),
    linear_algebra.solve_like: (2,),
    linear_algebra.columns_outer: (2,),
    linear_algebra.columns_apply: (2,),
    products.matmul_left: (1,),
    products.matmul_right: (2,),
    products.dot_left: (1,),
    products.dot_right: (2,),
    products.inner_left: (1,),
    products.inner_right: (2,),
    products.tensordot_left: (1,),
    products.tensordot_right: (2,),
    products.kron_left: (1,),
    products.kron_right: (2,),
    products.cross_left: (1,),
    products.convolve_left: (1,),
    products.correlate_left: (1,),
    products.correlate_right: (2,),
    quantiles.first_axes: (0,),
    quantiles.last_axes: (0,),
    reductions.spread: (1,),
    reductions.count: (0,),
    reductions.freedom: (0,),
    reductions.from_rows: (1,),
    shape.undiag: (1,),
    shape.undiagonal: (1,),
    shape.untile: (1,),
    shape.unrepeat: (1,),
    shape.unpad: (1,),
    sorting.undiff: (1,),
    special.each_summand: (1,),
    strided.add_strided: (1,),
    strided.add_windows: (1,),
    special.listed: (1,),
}

# Further arguments that no derivative flows through: places, and values whose contents may count.
SILENT_ARGUMENTS: dict[Callable[..., Any], tuple[int, ...]] = {
    np.full_like: (0,),
    cotangent.like: (1,),
    cotangent.own: (1,),
    cotangent.take_written: (1,),
    cotangent.written_back: (1, 2),
    restoring.saved_item: (1,),
}
