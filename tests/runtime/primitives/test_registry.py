"""The laws of the rule table."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.primitives import registry
from runtime.primitives.registry import (
    RegistrationError,
    accepts,
    attribute,
    bind,
    call,
    forward,
    inactive,
    is_inactive,
    lookup,
    lookup_attribute,
    lookup_method,
    method,
    partial,
    reverse,
    rules,
    sample_calls,
    samples,
    select,
    transpose,
    view,
)


def operation(x, y):
    return x * y


def slope(z, x, y):
    return y


def pull(z_bar, z, x, y):
    return z_bar * y


@pytest.fixture(autouse=True)
def own_table(monkeypatch):
    """Each test registers in a table of its own."""
    for name in ("_rules", "_samples", "_methods", "_attributes"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))
    monkeypatch.setattr(registry, "_inactive", set(registry._inactive))


def test_a_partial_makes_an_elementwise_rule():
    partial(operation, wrt="x")(slope)
    rule = lookup(operation)
    assert (rule.kind, rule.active, rule.partials["x"]) == ("elementwise", ("x",), [slope])
    assert rule in list(rules())


def test_registering_returns_the_rule_text_itself():
    assert partial(operation, wrt="x")(slope) is slope
    assert reverse(bind, wrt="x")(pull) is pull


def test_registering_one_argument_twice_is_an_error():
    partial(operation, wrt="x")(slope)
    with pytest.raises(RegistrationError, match="already registered"):
        partial(operation, wrt="x")(slope)


def test_a_second_form_with_other_parameters_is_allowed_and_comes_second():
    def plain(z_bar, z, a):
        return z_bar

    def full(z_bar, z, a, axis=None):
        return z_bar

    reverse(operation, wrt="a")(plain)
    reverse(operation, wrt="a")(full)
    texts = lookup(operation).reverse["a"]
    assert select(texts, 2, (1.0,), {}) is plain
    assert select(texts, 2, (1.0,), {"axis": 0}) is full
    assert select(texts, 2, (1.0,), {"keepdims": True}) is None


@pytest.mark.parametrize("register", [transpose, reverse, forward])
def test_an_operation_has_one_kind(register):
    partial(operation, wrt="x")(slope)
    with pytest.raises(RegistrationError, match="is registered as elementwise"):
        register(operation, wrt="x")(pull)


def test_a_rule_names_an_argument_it_has():
    with pytest.raises(RegistrationError, match="no parameter named 'w'"):
        partial(operation, wrt="w")(slope)


def test_a_rule_has_its_leading_parameters():
    with pytest.raises(RegistrationError, match="at least 2 leading parameters"):
        reverse(operation, wrt="x")(lambda z_bar: z_bar)


def test_an_active_operation_cannot_be_declared_inactive():
    partial(operation, wrt="x")(slope)
    with pytest.raises(RegistrationError, match="cannot be declared inactive"):
        inactive(operation)


def test_an_inactive_operation_cannot_get_a_rule():
    inactive(operation)
    assert is_inactive(operation)
    with pytest.raises(RegistrationError, match="declared inactive"):
        partial(operation, wrt="x")(slope)


def test_what_cannot_be_hashed_is_in_no_table():
    assert lookup([]) is None
    assert not is_inactive([])


def test_binding_leaves_out_what_the_call_leaves_out():
    def text(z_bar, z, a, axis=None, *, keepdims=False):
        return z_bar

    assert bind(text, 2, (1.0,), {}) == {"a": 1.0}
    assert bind(text, 2, (1.0, 0), {"keepdims": True}) == {"a": 1.0, "axis": 0, "keepdims": True}
    assert bind(text, 2, (1.0, 0, True), {}) is None
    assert not accepts(text, 2, (1.0,), {"out": None})


def test_starred_operands_bind_to_a_tuple():
    def text(z_bar, z, k, *operands):
        return z_bar

    reverse(operation, wrt="*operands")(text)
    assert bind(text, 3, (1.0, 2.0), {}) == {"operands": (1.0, 2.0)}


def test_methods_attributes_and_views():
    partial(operation, wrt="x")(slope)
    method("twist", operation)
    attribute("twisted", operation)
    view(operation, of="x")
    assert lookup_method("twist") is operation
    assert lookup_attribute("twisted") is operation
    assert lookup_method("unknown") is None and lookup_attribute("unknown") is None
    assert lookup(operation).view_of == "x"


def test_sample_calls_are_made_afresh():
    samples(operation, lambda: [call(np.zeros(2), axis=1, wrt=("x",), note="n")])
    (first,), (second,) = sample_calls(operation), sample_calls(operation)
    assert first.args[0] is not second.args[0]
    assert (first.kwargs, first.wrt, first.note) == ({"axis": 1}, ("x",), "n")


def test_array_methods_are_the_functions_of_their_names():
    for name in ("sum", "mean", "prod", "max", "min", "var", "std", "cumsum", "cumprod", "clip", "copy", "round"):
        assert lookup_method(name) is getattr(np, name)


def test_methods_that_write_to_the_array_have_no_function():
    for name in ("sort", "fill", "put", "partition", "resize", "itemset", "setfield"):
        assert lookup_method(name) is None


def test_every_method_takes_its_arguments_as_the_function_does():
    a = np.array([[3.0, 1.0, 2.0], [0.5, 4.0, 1.5]])
    for name in ("sum", "mean", "prod", "max", "min", "var", "std", "cumsum", "cumprod", "argmax", "all", "argsort"):
        np.testing.assert_array_equal(getattr(a, name)(1), lookup_method(name)(a, 1))
    np.testing.assert_array_equal(a.clip(1.0, 2.0), lookup_method("clip")(a, 1.0, 2.0))
    np.testing.assert_array_equal(a.round(1), lookup_method("round")(a, 1))
    assert lookup_method("astype")(a, np.float32).dtype == np.float32
