"""Arguments: defaults, keywords, *args, **kwargs, positional-only, keyword-only; pytrees in and out."""

from collections import namedtuple
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from catalogue import program

Point = namedtuple("Point", "x y")


class State(NamedTuple):
    position: np.ndarray
    velocity: np.ndarray
    time: float = 0.0


@dataclass
class Layer:
    weight: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class Model:
    hidden: Layer
    out: Layer
    scale: float


@program(lambda: (0.5,), lambda: (0.5, 3.0))
def default_argument(x, power=2.0):
    return x**power


@program(lambda: (0.5,), kwargs=lambda: {"power": 3.0}, wrt=(0, "power"))
def keyword_argument(x, power=2.0):
    return x**power


@program(lambda: (0.5,), kwargs=lambda: {"shift": 3.0, "scale": 0.2}, wrt=("scale", "x"))
def keyword_only(x, *, scale, shift=1.0):
    return np.exp(x * scale) + shift * scale


@program(lambda: (0.5, 0.7), wrt=(0, 1))
def positional_only(x, y, /, z=2.0):
    return x * y**z


@program(lambda: (0.5, 0.7, 0.9), lambda: (0.5,), wrt=0, note="the rest of the arguments given or not")
def star_args(x, *others):
    total = x
    for o in others:
        total = total * o + x
    return total


@program(lambda: (0.5,), kwargs=lambda: {"a": 2.0, "b": 3.0})
def star_kwargs(x, **options):
    return x * options["a"] + x ** options["b"] + len(options)


@program(lambda: (0.5, 0.7, 2.0), kwargs=lambda: {"offset": 1.5})
def star_both(x, *args, scale=2.0, **kwargs):
    total = scale * x
    for a in args:
        total *= a + x
    return total + kwargs.get("offset", 0.0) * x + kwargs.get("other", 1.0)


def weighted(a, b, *, weight=1.0):
    return a * b * weight


@program(lambda: (0.5, 0.7), wrt=(0, 1))
def calls_with_stars(x, y):
    pair = (x, y)
    options = {"weight": x * 2.0}
    return weighted(*pair, **options) + weighted(*[y, x]) + weighted(b=y, a=x, weight=3.0)


@program(lambda: ({"a": 0.5, "b": np.array([1.0, 2.0]), "c": [0.3, (np.array([[0.1]]), 4.0)]},))
def nested_tree(p):
    return p["a"] * np.sum(p["b"]) + p["c"][0] ** 2 * p["c"][1][0][0, 0] * p["c"][1][1]


@program(lambda: (Point(0.5, np.array([1.0, 2.0])),))
def named_tuple_argument(p):
    x, y = p
    return p.x * np.sum(p.y**2) + x * y[0]


@program(lambda: (State(np.array([0.5, 1.0]), np.array([1.0, 2.0])),))
def typed_named_tuple(s):
    for _ in range(3):
        s = State(s.position + 0.1 * s.velocity, s.velocity - 0.1 * np.sin(s.position), s.time + 0.1)
    return np.sum(s.position * s.velocity) + s.time


@program(lambda: (State(np.array([0.5, 1.0]), np.array([1.0, 2.0]), 2.0),), scalar=False, may_refuse=True)
def named_tuple_result(s):
    moved = s._replace(time=s.time * 2.0)
    return State(position=moved.position * moved.time, velocity=s.velocity, time=moved.time)


@program(
    lambda: (Layer(np.linspace(-0.4, 0.5, 6).reshape(2, 3), np.array([0.1, 0.2])), np.array([0.3, 0.4, -0.2])),
)
def dataclass_argument(layer, x):
    return np.sum(np.tanh(layer.weight @ x + layer.bias))


@program(
    lambda: (
        Model(
            Layer(np.linspace(-0.4, 0.5, 6).reshape(2, 3), np.array([0.1, 0.2])),
            Layer(np.array([[0.7, -0.3]]), np.array([0.05])),
            1.5,
        ),
        np.array([0.3, 0.4, -0.2]),
    ),
    wrt=(0, 1),
)
def nested_dataclass(model, x):
    h = np.tanh(model.hidden.weight @ x + model.hidden.bias)
    return (model.out.weight @ h + model.out.bias)[0] * model.scale


@program(lambda: (Layer(np.array([[0.5]]), np.array([0.2])),), scalar=False)
def dataclass_result(layer):
    return Layer(weight=layer.weight * 2.0 + layer.bias, bias=layer.bias**2)


@program(lambda: (Layer(np.array([0.5, 0.1]), np.array([0.2, 0.7])),), may_refuse=True)
def dataclass_field_assigned(layer):
    layer.weight = layer.weight * layer.bias
    layer.bias = layer.weight + 1.0
    return np.sum(layer.weight * layer.bias)


@program(lambda: ({}, 0.5), wrt=1)
def empty_dict(options, x):
    return x * options.get("scale", 2.0)


@program(lambda: (0.5, "cubic"), lambda: (0.5,))
def string_argument(x, kind="square"):
    return x**3 if kind == "cubic" else x**2


@program(lambda: ([0.5, np.array([0.1, 0.9])], (0.3, np.array([[1.0]]))), scalar=False, wrt=(0, 1))
def trees_in_and_out(a, b):
    return {"u": a[0] * b[0], "v": (a[1] * b[1][0, 0], [a[0], 3])}


@program(lambda: (0.5, 7), lambda: (0.5, True), note="integer arguments take part but are not asked for")
def integer_argument(x, n):
    return x * n + n


@program(lambda: (np.array([0.5, 0.2]), np.array([3, 4])))
def integer_array_argument(x, counts):
    return np.sum(x**counts * counts)


@program(lambda: (np.array([0.5, 0.2]),))
def annotated(x: np.ndarray, scale: float = 2.0) -> Any:
    """Even a docstring with code in it: `y = x`."""
    y: Any = x * scale
    total: float
    total = np.sum(y * x)
    return total
