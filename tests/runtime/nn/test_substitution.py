"""Modules called with other parameters."""

from __future__ import annotations

import numpy as np
import pytest

import runtime as torch
import sourcead
from runtime import nn
from runtime.nn.utils import functional_call

X = np.random.default_rng(0).standard_normal((5, 3))


def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()


def test_gradients_flow_to_the_values_and_the_module_stays_as_it_was():
    net = model()
    own = dict(net.named_parameters())
    values = {name: (p.detach() * 2.0).requires_grad_() for name, p in own.items()}
    functional_call(net, values, torch.tensor(X)).sum().backward()
    assert all(value.grad is not None for value in values.values())
    assert all(p.grad is None for p in own.values())
    assert dict(net.named_parameters()) == own
    other = model()
    with torch.no_grad():
        for p in other.parameters():
            p *= 2.0
    other(torch.tensor(X)).sum().backward()
    for name, p in other.named_parameters():
        np.testing.assert_allclose(values[name].grad.numpy(), p.grad.numpy(), rtol=1e-12)


def test_the_module_is_restored_after_a_failure():
    net = model()
    own = dict(net.named_parameters())
    with pytest.raises(ValueError):
        functional_call(net, {"0.weight": torch.ones(7, 7, dtype=torch.float64)}, torch.tensor(X))
    assert dict(net.named_parameters()) == own
    with pytest.raises(KeyError, match="0.wait"):
        functional_call(net, {"0.wait": torch.ones(1)}, torch.tensor(X))


def test_shared_parameters_are_replaced_everywhere():
    layer = nn.Linear(2, 2, bias=False)
    net = nn.Sequential(layer, layer)
    x = torch.ones(1, 2)
    assert functional_call(net, {"0.weight": torch.eye(2) * 3.0}, x).tolist() == [[9.0, 9.0]]


def test_the_compiler_differentiates_by_the_parameters():
    net = model()
    arrays = {name: p.detach().numpy().copy() for name, p in net.named_parameters()}

    def loss(parameters):
        return (functional_call(net, parameters, X) ** 2).sum()

    found = sourcead.grad(loss, dynamic="always")(arrays)
    (net(torch.tensor(X)) ** 2).sum().backward()
    for name, p in net.named_parameters():
        np.testing.assert_allclose(found[name], p.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Linear(3, 2),
        nn.LayerNorm(3),
        nn.Conv1d(5, 2, 2, padding=1),
        nn.Sequential(nn.Linear(3, 4), nn.MaxPool1d(2), nn.Flatten()),
        nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Dropout(0.0), nn.Softmax(1)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_the_compiler_s_form_of_a_layer_has_the_same_gradients(layer):
    layer = layer.double()
    form, x = sourcead.functional(layer), torch.tensor(X)
    values = {name: p.detach() for name, p in layer.named_parameters()}
    found = sourcead.grad(lambda parameters, x: (form(parameters, x) ** 3).sum())(values, x)
    layer.zero_grad()
    (layer(x) ** 3).sum().backward()
    for name, p in layer.named_parameters():
        np.testing.assert_allclose(found[name].numpy(), p.grad.numpy(), rtol=1e-9, atol=1e-12)
