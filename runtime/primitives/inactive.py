"""Operations whose result carries no derivative: shapes, comparisons, logic, counting, rounding, positions.

A rounding is constant wherever it is smooth, so its derivative is 0 and nothing flows through it. `np.sign` is not
here, because the sign of a complex number does vary.
"""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from runtime.kernels import constant, is_mapping, is_sequence, ranking
from runtime.kernels.places import (
    all_places,
    along_axis,
    counted,
    first_places,
    inserted_places,
    kept_places,
    running_places,
    strides_in_elements,
)
from runtime.primitives.registry import attribute, inactive, method

_function: Any

# Shapes and types
inactive(np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.isscalar, np.can_cast)
inactive(np.broadcast_shapes, np.finfo, np.iinfo, np.dtype, np.shares_memory, np.may_share_memory)
for _name, _function in (("shape", np.shape), ("ndim", np.ndim), ("size", np.size)):
    attribute(_name, _function)

# Comparison and logic
inactive(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
inactive(np.logical_and, np.logical_or, np.logical_not, np.logical_xor)
inactive(np.isfinite, np.isnan, np.isinf, np.isneginf, np.isposinf, np.signbit, np.iscomplex, np.isreal)
inactive(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin, np.all, np.any)
inactive(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift, np.gcd, np.lcm)

# Rounding
inactive(np.floor, np.ceil, np.trunc, np.rint, np.round, np.fix, np.floor_divide)
if np.around is not np.round:
    inactive(np.around)

# Positions and counts
inactive(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.lexsort, np.argpartition, np.argwhere)
inactive(np.nonzero, np.flatnonzero, np.count_nonzero, np.searchsorted, np.digitize, np.linalg.matrix_rank)
inactive(np.indices, np.diag_indices, np.diag_indices_from, np.tril_indices, np.triu_indices)
for _name, _function in (
    ("all", np.all),
    ("any", np.any),
    ("argmax", np.argmax),
    ("argmin", np.argmin),
    ("argsort", np.argsort),
    ("argpartition", np.argpartition),
    ("nonzero", np.nonzero),
    ("round", np.round),
    ("searchsorted", np.searchsorted),
):
    method(_name, _function)

inactive(all_places, along_axis, first_places, inserted_places, kept_places, running_places)
inactive(counted, strides_in_elements)
inactive(np.mask_indices, np.bitwise_count, np.spacing, math.ulp)

# Facts and texts
inactive(np.array2string, np.array_repr, np.array_str, np.base_repr, np.binary_repr, np.format_float_positional)
inactive(np.format_float_scientific, np.issubdtype, np.isdtype, np.isfortran, np.isnat, np.iterable, np.typename)
inactive(np.common_type, np.min_scalar_type, np.mintypecode, np.promote_types, np.einsum_path, np.info)

# Single numbers
inactive(math.floor, math.ceil, math.trunc, math.isfinite, math.isnan, math.isinf, math.isclose)
inactive(math.factorial, math.comb, math.perm, math.gcd, math.lcm, math.isqrt)

# Python
inactive(constant, is_mapping, is_sequence, ranking)
inactive(builtins.int, builtins.bool, builtins.round, builtins.len, builtins.isinstance, builtins.issubclass)
inactive(builtins.type, builtins.id, builtins.hash, builtins.callable, builtins.hasattr, builtins.range)
inactive(builtins.str, builtins.repr, builtins.format, builtins.print, builtins.ord, builtins.chr, builtins.bin)
