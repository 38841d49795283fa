"""Gradients held within bounds, and parameters as one vector."""

from __future__ import annotations

import numpy as np
import pytest

import runtime as torch
from runtime import nn


def model():
    found = nn.Linear(2, 2)
    found.weight.grad, found.bias.grad = torch.tensor([[3.0, 0.0], [0.0, 4.0]]), torch.tensor([0.0, 12.0])
    return found


def test_the_norm_is_clipped_together():
    layer = model()
    assert nn.utils.clip_grad_norm_(layer.parameters(), 6.5).item() == 13.0
    np.testing.assert_allclose(layer.bias.grad.numpy(), [0.0, 6.0], rtol=1e-6)
    np.testing.assert_allclose(layer.weight.grad.numpy(), [[1.5, 0.0], [0.0, 2.0]], rtol=1e-6)
    assert nn.utils.clip_grad_norm_(layer.parameters(), 100.0).item() == pytest.approx(6.5, rel=1e-6)
    np.testing.assert_allclose(layer.bias.grad.numpy(), [0.0, 6.0], rtol=1e-6)
    assert nn.utils.clip_grad_norm_(model().parameters(), 1.0, float("inf")).item() == 12.0
    assert nn.utils.clip_grad_norm_(model().bias, 1.0, 1).item() == 12.0
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0


def test_a_norm_that_is_not_finite():
    layer = model()
    layer.bias.grad[0] = float("nan")
    with pytest.raises(RuntimeError, match="finite"):
        nn.utils.clip_grad_norm_(layer.parameters(), 1.0, error_if_nonfinite=True)
    assert np.isnan(nn.utils.clip_grad_norm_(layer.parameters(), 1.0).item())


def test_values_are_clipped_each():
    layer = model()
    nn.utils.clip_grad_value_(layer.parameters(), 3.5)
    assert layer.weight.grad.tolist() == [[3.0, 0.0], [0.0, 3.5]] and layer.bias.grad.tolist() == [0.0, 3.5]


def test_parameters_as_one_row_and_back():
    layer = nn.Linear(2, 3)
    row = nn.utils.parameters_to_vector(layer.parameters())
    assert row.shape == (9,)
    (row * row).sum().backward()
    np.testing.assert_allclose(layer.weight.grad.numpy(), 2.0 * layer.weight.detach().numpy())
    nn.utils.vector_to_parameters(torch.arange(9.0), layer.parameters())
    assert layer.weight.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]] and layer.bias.tolist() == [6.0, 7.0, 8.0]
    assert isinstance(layer.weight, nn.Parameter) and layer.weight.requires_grad
