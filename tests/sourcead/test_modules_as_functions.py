"""Modules as functions of their parameters: the same values, gradients as source, refusals."""

import inspect

import numpy as np
import pytest

import runtime
import runtime.nn as nn
import runtime.nn.functional as F
import sourcead
from sourcead.errors import SharedArray, Unsupported

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
        return super().forward(x) * 2.0


class Passing(Tied):
    def forward(self, x):
        return apply_to(self, x)


def apply_to(model, x):
    return model.first(x)


def doubled(module, args, output):
    return output * module.weight.sum()


def hooked():
    model = nn.Linear(3, 3)
    model.register_forward_hook(doubled)
    return model


def hooked_before():
    model = nn.Linear(3, 3)
    model.register_forward_pre_hook(lambda module, args: (args[0] * 3.0,))
    return model


def hooked_behind():
    model = nn.Linear(3, 3)
    model.register_full_backward_hook(lambda *args: None)
    return model


def of_last(model):
    return nn.Sequential(nn.Linear(3, 3), nn.Tanh(), model)


OTHERS = {
    "super": (Parent, (4, 3)),
    "used as a value": (Passing, (4, 3)),
    "hook": (hooked, (4, 3)),
    "hook before": (hooked_before, (4, 3)),
    "hook inside": (lambda: of_last(hooked()), (4, 3)),
    "LSTM": (lambda: nn.LSTM(3, 2), (4, 2, 3)),
    "GRU": (lambda: nn.GRU(3, 2, 2, bidirectional=True), (4, 2, 3)),
    "LSTM inside": (lambda: of_last(nn.LSTM(3, 2)), (4, 2, 3)),
    "LSTMCell": (lambda: nn.LSTMCell(3, 2), (4, 3)),
    "batch norm": (lambda: of_last(nn.BatchNorm1d(3).eval()), (4, 3)),
    "layer norm": (lambda: of_last(nn.LayerNorm(3)), (4, 3)),
    "transformer": (lambda: nn.TransformerEncoderLayer(4, 2, 8, 0.0), (3, 2, 4)),
}


def first(y):
    return y[0] if isinstance(y, tuple) else y


@pytest.mark.parametrize("name", OTHERS)
def test_other_modules_have_the_same_gradients(name):
    make, shape = OTHERS[name]
    model, x = make(), numbers(*shape)
    forward = sourcead.functional(model)
    params = {key: value.detach() for key, value in model.named_parameters()}

    def loss(params, x):
        y = forward(params, x)
        y = y[0] if isinstance(y, tuple) else y
        return runtime.mean(y * y)

    runtime.mean(first(model(x)) * first(model(x))).backward()
    _, found = sourcead.value_and_grad(loss)(params, x)
    for key, parameter in model.named_parameters():
        wanted = 0.0 if parameter.grad is None else parameter.grad.numpy()
        np.testing.assert_allclose(np.asarray(found[key]), wanted, rtol=1e-3, atol=1e-5)


def test_only_what_cannot_be_written_runs_on_the_graph():
    text = sourcead.adjoint(sourcead.functional(of_last(nn.LSTM(3, 2)))).source
    assert "np.tanh" in text and "runtime.vjp(" in text and 'params["2.weight_hh_l0"]' in text


def test_running_statistics_in_training_are_refused():
    model = nn.BatchNorm1d(3)
    forward = sourcead.functional(model)
    params = {key: value.detach() for key, value in model.named_parameters()}
    with pytest.raises(SharedArray, match="changes an argument"):
        sourcead.grad(lambda params, x: runtime.sum(forward(params, x)))(params, numbers(4, 3))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Counting, "set while it runs"),
        (hooked_behind, "backward hooks"),
    ],
)
def test_what_has_no_functional_form_is_refused(make, said):
    with pytest.raises(Unsupported, match=said):
        sourcead.functional(make())
