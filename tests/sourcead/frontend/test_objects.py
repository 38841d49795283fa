"""Objects of known classes: source in, core out; what is checked when a derivative runs; each refusal."""

import dataclasses
import textwrap

import numpy as np
import pytest

import sourcead
from sourcead.analysis.activity import varied
from sourcead.backend.printing import to_text
from sourcead.errors import DerivativeLost, NotDifferentiable, SharedArray, SourceADError, Unsupported
from sourcead.frontend.core import check_core
from sourcead.frontend.lower import lower
from sourcead.frontend.names import Namespace
from sourcead.frontend.source import find
from sourcead.frontend.syntax import names_written
from sourcead.transform.operations import resolve


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def energy(self, x):
        return self.stiffness * x * x

    @property
    def softness(self):
        return 1.0 / self.stiffness

    def wear(self, by):
        self.stiffness -= by


class Stiff(Spring):
    def energy(self, x):
        return super().energy(x) + x


class Vector:
    def __init__(self, a):
        self.a = a

    def __add__(self, other):
        return Vector(self.a * other.a)


@dataclasses.dataclass
class Point:
    x: float

    @property
    def square(self):
        return self.x**2


GLOBAL = Spring(2.0)


def assert_core(function, expected, wrt=("x",)):
    namespace = Namespace()
    core = lower(find(function), namespace, wrt)
    variables = names_written(core.body) | set(core.parameters)

    def static(node):
        return resolve(node, namespace, variables)

    check_core(core.body, varied(core.body, set(wrt), static), static)
    assert to_text(core.body) == textwrap.dedent(expected).lstrip("\n")


def test_construction_is_a_new_object_and_stores():
    def f(x):
        spring = Spring(x)
        return spring.stiffness * x

    assert_core(
        f,
        """
        spring = Spring.__new__(Spring)
        spring.stiffness = x
        spring2 = spring
        t = spring2.stiffness
        result = t * x
        """,
    )


def test_methods_and_properties_are_functions_of_the_class():
    def f(x, spring: Spring):
        return spring.energy(x) * spring.softness

    assert_core(
        f,
        """
        require_class(spring, Spring)
        t = spring.stiffness
        t2 = t * x
        result = t2 * x
        t3 = spring.stiffness
        result2 = 1.0 / t3
        result3 = result * result2
        """,
        ("x", "spring"),
    )


def test_super_is_the_function_above():
    def f(x, spring: Stiff):
        return spring.energy(x)

    assert_core(
        f,
        """
        require_class(spring, Stiff)
        t = spring.stiffness
        t2 = t * x
        result = t2 * x
        result3 = result + x
        """,
        ("x", "spring"),
    )


def test_fields_are_updated_in_place():
    def f(x):
        spring = Spring(2.0)
        spring.wear(x)
        return spring.stiffness

    assert_core(
        f,
        """
        spring = Spring(2.0)
        spring.stiffness -= x
        result = spring.stiffness
        """,
    )


def annotated(s: Spring, x):
    return s.energy(x) * x


def test_the_class_is_checked_when_the_derivative_runs():
    df = sourcead.grad(annotated, 1)
    assert df(Spring(2.0), 3.0) == 54.0
    with pytest.raises(DerivativeLost, match="class Spring, and was given a Stiff"):
        df(Stiff(2.0), 3.0)


def test_a_method_replaced_in_the_object_is_found():
    spring = Spring(2.0)
    spring.energy = lambda x: x
    with pytest.raises(DerivativeLost, match="`energy` of a Spring is replaced"):
        sourcead.grad(annotated, 1)(spring, 3.0)


def of_global(x):
    return GLOBAL.energy(x)


def test_an_object_of_the_module_is_read_when_the_derivative_runs(monkeypatch):
    df = sourcead.grad(of_global)
    assert df(3.0) == 12.0
    monkeypatch.setattr(GLOBAL, "stiffness", 5.0)
    assert df(3.0) == 30.0
    monkeypatch.setitem(globals(), "GLOBAL", Stiff(2.0))
    with pytest.raises(DerivativeLost):
        df(3.0)


def test_the_callers_objects_stay_as_they_are():
    def f(s: Spring, x):
        s.wear(x)
        return s.stiffness**2

    spring = Spring(2.0)
    gradient = sourcead.grad(f)(spring, 0.5)
    assert (type(gradient), gradient.stiffness, spring.stiffness) == (Spring, 3.0, 2.0)


def test_gradients_keep_what_carries_no_derivative():
    class Model:
        def __init__(self):
            self.weight = np.array([1.0, 2.0])
            self.name, self.rng, self.depth = "small", np.random.default_rng(0), 3

    def f(model):
        return np.sum(model.weight**2) * model.depth

    model = Model()
    gradient = sourcead.grad(f)(model)
    np.testing.assert_array_equal(gradient.weight, [6.0, 12.0])
    assert (gradient.name, gradient.rng, gradient.depth) == ("small", model.rng, 0)


def test_second_order_has_the_structure_of_the_object():
    def f(s: Spring, x):
        return s.stiffness**3 * x

    gradient = sourcead.grad(f)
    twice = sourcead.adjoint(gradient)(Spring(2.0), 0.5, Spring(1.0))
    assert (type(twice), twice.stiffness) == (Spring, 6.0)


def test_methods_of_unknown_classes_run_on_the_dynamic_graph():
    def f(s, x):
        return s.energy(x)

    df = sourcead.grad(f, (0, 1))
    assert "dynamic" in df.source
    of_object, of_x = df(Stiff(2.0), 3.0)
    assert (of_object.stiffness, of_x) == (9.0, 13.0)


def unknown_operator(v):
    return (v + v).a


def unknown_property(p):
    return p.square


def test_operators_of_an_unknown_class_run_on_the_dynamic_graph():
    df = sourcead.grad(unknown_operator)
    assert "an operator on an object whose class is not known" in df.source
    assert df(Vector(3.0)).a == 6.0
    assert sourcead.tangent(unknown_operator)(Vector(3.0), Vector(1.0)) == (9.0, 6.0)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_property_of_an_unknown_class_is_not_taken_for_a_field(mode):
    with pytest.raises(DerivativeLost, match="known ahead of time"):
        sourcead.grad(unknown_property)(Point(3.0)) if mode == "reverse" else sourcead.tangent(unknown_property)(
            Point(3.0), Point(3.0)
        )


class Clock:
    def __init__(self):
        self.time = 1.0

    def tick(self):
        self.time += 1.0
        return self.time


def effect_of_unknown(clock, x):
    y = x * clock.time
    clock.tick()
    return y * clock.time


def value_of_unknown(clock, x):
    y = x * clock.time
    return y * clock.tick()


def array_field(x):
    clock = Clock()
    clock.size = x
    return clock.size


class Strange:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, 2.0 * value)


def strange_store(x):
    strange = Strange()
    strange.x = x
    return strange.x


class Endless:
    def __getitem__(self, place):
        return 2.0

    def __len__(self):
        return 2


def looped_without_iter(x):
    endless = Endless()
    endless.x = x
    return sum(v * x for v in endless)


@pytest.mark.parametrize(
    ("function", "wrt", "fact"),
    [
        (effect_of_unknown, 1, "`tick` may change `clock`"),
        (value_of_unknown, 1, "`tick` may change `clock`"),
        (array_field, 0, "also the name of an attribute of arrays"),
        (strange_store, 0, "runs code of its own"),
    ],
)
def test_refusal(function, wrt, fact):
    with pytest.raises(Unsupported, match=fact) as caught:
        sourcead.grad(function, wrt, dynamic="never")
    assert caught.value.origin is not None and caught.value.cure


class Node:
    def __init__(self, value, rest):
        self.value, self.rest = value, rest


def changed_along_a_list(x):
    first = Node(x, Node(x * x, None))
    node = first
    while node is not None:
        node.value = node.value * 2.0
        node = node.rest
    return first.value * first.rest.value


def one_object_under_two_fields(x):
    inner = Node(x, None)
    outer = Node(inner, inner)
    outer.value.value = x * x
    return outer.rest.value


def one_array_in_two_objects(x):
    values = np.zeros(2)
    first = Node(values, None)
    second = Node(values, first)
    second.value[0] = x
    return first.value[0] * x


@pytest.mark.parametrize("function", [changed_along_a_list, one_object_under_two_fields, one_array_in_two_objects])
def test_what_is_changed_under_one_of_two_names_is_right_or_refused(function):
    expected = (function(3.0 + 1e-6) - function(3.0 - 1e-6)) / 2e-6
    try:
        assert sourcead.grad(function)(3.0) == pytest.approx(expected, rel=1e-6)
    except SharedArray as error:
        assert error.cure


def test_an_element_that_is_replaced_keeps_its_old_name():
    def f(x):
        nodes = [Node(x, None), Node(2.0 * x, None)]
        node = nodes[0]
        nodes[0] = nodes[1]
        node.value = node.value * x
        return node.value + nodes[0].value

    assert sourcead.grad(f)(3.0) == 8.0


def test_an_object_that_holds_itself_is_refused():
    node = Node(2.0, None)
    node.rest = node
    with pytest.raises(NotDifferentiable, match="holds itself"):
        sourcead.grad(lambda n: n.value**2)(node)


def test_refusals_are_ours():
    with pytest.raises(SourceADError):
        sourcead.grad(looped_without_iter, dynamic="never")(2.0)


class Named:
    """A spring with a name and a count, which carry nothing."""

    def __init__(self, name, stiffness):
        self.name, self.stiffness, self.calls = name, stiffness, 3

    def __call__(self, x):
        return self.stiffness * x * x / self.calls if self.name == "soft" else x


def swung(spring, x):
    return np.sin(spring(x)) * spring(x * 2.0) * spring.stiffness


def test_a_gradient_with_text_in_it_is_a_direction():
    spring, x, step = Named("soft", 0.7), 0.5, 1e-6

    def slope(stiffness):
        return sourcead.grad(swung)(Named("soft", stiffness), x).stiffness

    gradient = sourcead.grad(swung)(spring, x)
    assert (gradient.name, gradient.calls) == ("soft", 0)
    value, dot = sourcead.tangent(swung)(spring, x, gradient)
    assert value == swung(spring, x) and dot == pytest.approx(gradient.stiffness**2)
    curvature = (slope(0.7 + step) - slope(0.7 - step)) / (2 * step)
    turned = sourcead.adjoint(sourcead.grad(swung))(spring, x, gradient)
    assert turned.stiffness == pytest.approx(curvature * gradient.stiffness, rel=1e-7)
    with pytest.raises(NotDifferentiable, match="type str, which has no derivative"):
        sourcead.tangent(swung)(spring, x, Named("stiff", 1.0))
