"""The operations against PyTorch: values, dtypes, shapes, gradients of first and second order, memory layouts."""

from __future__ import annotations

import array_rows
import elementwise_rows
import inplace_rows
import linalg_rows
import numpy as np
import pytest
import torch_comparison

torch = pytest.importorskip("torch")
# PyTorch has no second derivative of these, or NaN at a point of the samples where ours is the limit.
FIRST_ORDER_ONLY = {"cdist", "cdist 1", "pdist", "norm at 0", "sinc 0", "special.sinc 0"}
ROWS = elementwise_rows.ROWS | array_rows.ROWS | {f"linalg {name}": row for name, row in linalg_rows.ROWS.items()}
ROWS |= {f"in place {name}": row for name, row in inplace_rows.ROWS.items()}


@pytest.mark.parametrize("name", sorted(ROWS))
@pytest.mark.filterwarnings("ignore")
def test_values_and_derivatives(name):
    torch_comparison.compare(torch, ROWS[name], order=1 if name in FIRST_ORDER_ONLY else 2)


@pytest.mark.parametrize("name", sorted(ROWS))
@pytest.mark.filterwarnings("ignore")
def test_single_precision_in_any_memory_layout(name):
    torch_comparison.compare(torch, ROWS[name], np.float32, "scattered", order=1)
