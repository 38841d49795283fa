"""Gradient descent by hand."""

from __future__ import annotations

import numpy as np
import pytest

import runtime as torch
from runtime import nn, optim


def test_a_plain_step():
    p = nn.Parameter(torch.ones(2))
    (p * p).sum().backward()
    optimizer = optim.SGD([p], lr=0.25)
    optimizer.step()
    np.testing.assert_array_equal(p.detach().numpy(), [0.5, 0.5])
    optimizer.zero_grad()
    assert p.grad is None
    optimizer.step()
    np.testing.assert_array_equal(p.detach().numpy(), [0.5, 0.5])


def test_a_step_changes_what_a_graph_still_needs_and_that_is_noticed():
    p = nn.Parameter(torch.ones(2))
    y = (p * p).sum()
    y.backward(retain_graph=True)
    optim.SGD([p], lr=0.25).step()
    with pytest.raises(torch.SourceADError, match="changed"):
        y.backward()


def test_groups_have_options_of_their_own():
    a, b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
    optimizer = optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.25)
    (a + b).sum().backward()
    assert optimizer.step(lambda: 7.0) == 7.0
    assert (a.item(), b.item()) == (0.75, 0.5)
    with pytest.raises(ValueError, match="more than one"):
        optimizer.add_param_group({"params": [a]})
    with pytest.raises(TypeError, match="no option speed"):
        optimizer.add_param_group({"params": [nn.Parameter(torch.ones(1))], "speed": 1})


@pytest.mark.parametrize("bad", [dict(lr=-1.0), dict(momentum=-1.0), dict(nesterov=True)])
def test_options_that_make_no_sense(bad):
    with pytest.raises(ValueError):
        optim.SGD([nn.Parameter(torch.ones(1))], **bad)


def test_what_cannot_be_trained():
    p = nn.Parameter(torch.ones(1))
    for params, error in (([], ValueError), (p, TypeError), ([3.0], TypeError), ([p * 2.0], ValueError)):
        with pytest.raises(error):
            optim.SGD(params, lr=0.1)
