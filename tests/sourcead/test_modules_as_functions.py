"""Modules as functions of their parameters: the same values, gradients as source, refusals."""

import inspect

import numpy as np
import pytest

import runtime
import runtime.nn as nn
import runtime.nn.functional as F
import sourcead
from sourcead.errors import Unsupported

RNG = np.random.default_rng(5)


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(3, 4)
        self.relu = nn.ReLU()
        self.layer2 = nn.Linear(4, 2)
        self.gain = nn.Parameter(runtime.ones(2))
        self.slope = 0.5
        self.more = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Softmax(dim=1))
        self.list = nn.ModuleList([nn.Linear(2, 2, bias=False) for _ in range(2)])

    def scaled(self, x):
        return x * self.gain

    def forward(self, x, extra=0.0):
        x = self.layer1(x)
        x = self.relu(x)
        x = self.scaled(self.layer2(x)) * self.slope
        for layer in self.list:
            if self.training:
                x = layer(x) + x
        return self.more(x) + extra


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(F.relu(self.first(x)))


class Convolved(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.flat = nn.Flatten()
        self.head = nn.Linear(18, 2)

    def forward(self, x):
        return self.head(self.flat(F.relu(self.conv(x))))


def numbers(*shape):
    return runtime.tensor(RNG.standard_normal(shape).astype(np.float32))


MODELS = {"tiny": (Tiny, (5, 3)), "tied": (Tied, (4, 3)), "convolved": (Convolved, (2, 1, 5, 5))}


@pytest.mark.parametrize("name", MODELS)
def test_gradients_are_those_of_the_module(name):
    make, shape = MODELS[name]
    model, x = make(), numbers(*shape)
    forward = sourcead.functional(model)
    params = {key: value.detach() for key, value in model.named_parameters()}

    def loss(params, x):
        y = forward(params, x)
        return runtime.mean(y * y)

    wanted = model(x)
    np.testing.assert_allclose(forward(params, x).numpy(), wanted.detach().numpy(), rtol=1e-6)
    runtime.mean(wanted * wanted).backward()
    value, found = sourcead.value_and_grad(loss)(params, x)
    np.testing.assert_allclose(value.item(), runtime.mean(wanted * wanted).item(), rtol=1e-6)
    assert found.keys() == params.keys()
    for key, parameter in model.named_parameters():
        np.testing.assert_allclose(np.asarray(found[key]), parameter.grad.numpy(), rtol=1e-4, atol=1e-6)


def test_the_derivative_is_source():
    forward = sourcead.functional(Tiny())
    text = sourcead.adjoint(forward).source
    assert 'params["layer1.weight"]' in text and "runtime.vjp" not in text
    assert "def tiny(params, x, extra=0.0):" in inspect.getsource(forward)


def test_a_module_is_its_functional_form():
    model, x = Tied(), numbers(4, 3)
    params = {key: value.detach() for key, value in model.named_parameters()}
    assert set(params) == {"first.weight", "first.bias", "second.bias"}
    value, pullback = sourcead.vjp(model, params, x)
    np.testing.assert_allclose(np.asarray(value), model(x).detach().numpy(), rtol=1e-6)
    bars = pullback(np.ones((4, 3), np.float32))[0]
    model(x).sum().backward()
    np.testing.assert_allclose(np.asarray(bars["first.weight"]), model.first.weight.grad.numpy(), rtol=1e-4, atol=1e-6)


def test_training_with_parameters_as_a_tree():
    model, x, y = Tiny(), numbers(16, 3), numbers(16, 2)
    forward = sourcead.functional(model)

    def loss(params, x, y):
        return F.mse_loss(forward(params, x), y)

    step = sourcead.value_and_grad(loss)
    params = {key: value.detach() for key, value in model.named_parameters()}
    first, _ = step(params, x, y)
    for _ in range(60):
        value, gradient = step(params, x, y)
        params = {key: params[key] - 0.1 * gradient[key] for key in params}
    assert value.item() < first.item()


def test_attributes_are_read_each_time():
    model, x = Tiny(), numbers(2, 3)
    forward = sourcead.functional(model)
    params = dict(model.named_parameters())
    model.eval()
    model.slope = 2.0
    np.testing.assert_allclose(forward(params, x).detach().numpy(), model(x).detach().numpy(), rtol=1e-6)


class Counting(nn.Module):
    def forward(self, x):
        self.calls = 1
        return x


class Parent(Tied):
    def forward(self, x):
        return super().forward(x)


class Passing(Tied):
    def forward(self, x):
        return apply_to(self, x)


def apply_to(model, x):
    return model.first(x)


def hooked():
    model = nn.Linear(2, 2)
    model.register_forward_hook(lambda *args: None)
    return model


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Counting, "set while it runs"),
        (Parent, "enclosing|super"),
        (Passing, "used as a value"),
        (hooked, "hooks"),
        (lambda: nn.LSTM(2, 2), "no functional form"),
    ],
)
def test_what_has_no_functional_form_is_refused(make, said):
    with pytest.raises(Unsupported, match=said):
        sourcead.functional(make())
