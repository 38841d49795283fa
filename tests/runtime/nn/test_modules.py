"""What a Module owns, what it does with it, and how it prints."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import runtime as torch
from runtime import nn
from runtime.errors import SourceADError, StateMismatch


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.act = nn.ReLU()
        self.rest = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2, bias=False))
        self.register_buffer("seen", torch.zeros(2))
        self.register_buffer("scratch", torch.ones(1), persistent=False)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.rest(self.act(self.first(x))) * self.scale


NAMES = ["scale", "first.weight", "first.bias", "rest.0.weight", "rest.0.bias", "rest.2.weight"]


def test_owned_things_are_found_by_name_in_order():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == NAMES
    assert [name for name, _ in net.named_buffers()] == ["seen", "scratch"]
    assert [name for name, _ in net.named_children()] == ["first", "act", "rest"]
    assert [name for name, _ in net.named_modules()] == ["", "first", "act", "rest", "rest.0", "rest.1", "rest.2"]
    assert [name for name, _ in net.named_parameters(prefix="net", recurse=False)] == ["net.scale"]
    assert net.get_submodule("rest.2") is net.rest[2]
    assert net.get_parameter("first.bias") is net.first.bias
    assert net.get_buffer("seen") is net.seen
    with pytest.raises(AttributeError):
        net.get_parameter("first.missing")


def test_a_shared_module_counts_once():
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, nn.ReLU(), layer)
    assert len(list(net.parameters())) == 2
    assert [name for name, _ in net.named_parameters(remove_duplicate=False)] == [
        "0.weight", "0.bias", "2.weight", "2.bias",
    ]  # fmt: skip
    assert len(list(net.children())) == 2


def test_assignment_decides_what_is_owned():
    net = Net()
    with pytest.raises(TypeError, match="Parameter or None"):
        net.scale = torch.ones(1)
    net.scale = None
    assert "scale" not in dict(net.named_parameters()) and net.scale is None
    net.seen = torch.ones(2)
    assert dict(net.named_buffers())["seen"] is net.seen
    del net.first
    with pytest.raises(AttributeError, match="first"):
        net.first  # noqa: B018
    net.first = 5
    assert net.first == 5
    net.seen = nn.Linear(1, 1)
    assert "seen" not in dict(net.named_buffers()) and "seen" in dict(net.named_children())
    assert "seen" in dir(net)


def test_names_that_cannot_be_registered():
    net = Net()
    for name in ("a.b", ""):
        with pytest.raises(KeyError):
            net.register_parameter(name, None)
    with pytest.raises(KeyError, match="already has"):
        net.register_buffer("forward", None)


def test_init_must_be_called_first():
    class Early(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(SourceADError, match="super"):
        Early()


def test_it_prints_as_pytorch_does():
    assert repr(Net()) == (
        "Net(\n"
        "  (first): Linear(in_features=3, out_features=4, bias=True)\n"
        "  (act): ReLU()\n"
        "  (rest): Sequential(\n"
        "    (0): Linear(in_features=4, out_features=4, bias=True)\n"
        "    (1): ReLU()\n"
        "    (2): Linear(in_features=4, out_features=2, bias=False)\n"
        "  )\n"
        ")"
    )
    assert repr(nn.Identity(5, key=1)) == "Identity()"


def test_modes_reach_all():
    net = Net()
    assert net.training and net.eval() is net
    assert not any(module.training for module in net.modules())
    assert all(module.training for module in net.train().modules())
    net.requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())
    visited = []
    net.apply(lambda module: visited.append(type(module).__name__))
    assert visited == ["Linear", "ReLU", "Linear", "ReLU", "Linear", "Sequential", "Net"]


def test_gradients_are_forgotten_or_zeroed():
    net = Net()
    net(torch.ones(1, 3)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert all(np.all(p.grad.numpy() == 0.0) for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_state_goes_out_and_in_again():
    net, other = Net(), Net()
    state = net.state_dict()
    assert list(state) == ["scale", "seen", *NAMES[1:]]
    assert repr(other.load_state_dict(state)) == "<All keys matched successfully>"
    for name, value in other.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), state[name].numpy())
    assert other.first.weight.requires_grad
    x = torch.ones(2, 3)
    np.testing.assert_array_equal(net(x).detach().numpy(), other(x).detach().numpy())


def test_states_that_do_not_fit_are_refused_and_change_nothing():
    net = Net()
    state = dict(net.state_dict())
    before = net.first.bias.detach().numpy().copy()
    missing = {name: value for name, value in state.items() if name != "scale"}
    with pytest.raises(StateMismatch, match="missing keys: scale"):
        net.load_state_dict({**missing, "first.bias": torch.full((4,), 9.0)})
    with pytest.raises(StateMismatch, match="unexpected keys: other"):
        net.load_state_dict({**state, "other": torch.ones(1)})
    with pytest.raises(StateMismatch, match=r"size mismatch for first.bias: .*\(5,\)"):
        net.load_state_dict({**state, "first.bias": torch.ones(5)}, strict=False)
    np.testing.assert_array_equal(net.first.bias.detach().numpy(), before)
    found = net.load_state_dict({**missing, "other": torch.ones(1)}, strict=False)
    assert found == (["scale"], ["other"])
    assert net.load_state_dict(state, assign=True).missing_keys == []
    assert isinstance(net.first.bias, nn.Parameter)


def test_hooks_see_and_change_the_call():
    layer = nn.Linear(2, 2)
    seen = []
    handle = layer.register_forward_pre_hook(lambda module, args: seen.append(("before", args)) or (args[0] * 2.0,))
    with layer.register_forward_hook(lambda module, args, out: out + 1.0):
        x = torch.ones(1, 2)
        changed = layer(x)
        np.testing.assert_allclose(changed.detach().numpy(), layer.forward(x * 2.0).detach().numpy() + 1.0, rtol=1e-6)
    handle.remove()
    handle.remove()
    np.testing.assert_array_equal(layer(x).detach().numpy(), layer.forward(x).detach().numpy())
    assert len(seen) == 1


def test_hooks_may_take_keywords_stand_first_and_run_after_failures():
    class Fails(nn.Module):
        def forward(self, x, scale=1.0):
            if scale == 0.0:
                raise ZeroDivisionError
            return x / scale

    module, order = Fails(), []
    module.register_forward_pre_hook(lambda m, args, kwargs: (args, {"scale": 4.0, **kwargs}), with_kwargs=True)
    module.register_forward_hook(lambda m, args, kwargs, out: order.append(kwargs), with_kwargs=True)
    module.register_forward_hook(lambda m, args, out: order.append(out is None), prepend=True, always_call=True)
    assert module(8.0) == 2.0
    assert order == [False, {"scale": 4.0}]
    with pytest.raises(ZeroDivisionError):
        module(8.0, scale=0.0)
    assert order[2:] == [True]


def test_copies_and_pickles_are_independent():
    net = Net()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert isinstance(other.first.weight, nn.Parameter)
        other.first.weight.data[...] = 0.0
        assert np.any(net.first.weight.detach().numpy() != 0.0)
        assert list(dict(other.named_parameters())) == NAMES


def test_dtype_changes_in_place():
    net = Net()
    weight = net.first.weight
    net.double()
    assert net.first.weight is weight and weight.dtype == np.float64 and net.seen.dtype == np.float64
    assert net(torch.ones(1, 3, dtype=np.float64)).dtype == np.float64


def test_parameters_share_memory_and_print_their_kind():
    data = torch.ones(2)
    parameter = nn.Parameter(data)
    data[0] = 5.0
    assert parameter.detach().numpy()[0] == 5.0
    assert repr(parameter) == "Parameter containing:\ntensor([5., 1.], requires_grad=True)"
    assert type(parameter * 2.0) is torch.Tensor
