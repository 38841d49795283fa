"""Dataclasses and named tuples that compute: defaults, factories, `__post_init__`, `replace`, `_replace`, `_asdict`."""

import dataclasses
from typing import NamedTuple

import numpy as np
from catalogue import program


@dataclasses.dataclass
class Body:
    mass: float
    radius: float = 0.5
    marks: list = dataclasses.field(default_factory=list)
    density: float = dataclasses.field(init=False)

    def __post_init__(self):
        self.density = self.mass / self.radius**3

    def momentum(self, v):
        return self.mass * v + self.density


@program(lambda: (0.7, 0.4), wrt=(0, 1))
def post_init(mass, radius):
    body = Body(mass, radius=radius * 2.0)
    body.marks.append(body.density)
    return body.momentum(radius) * body.marks[0]


@program(lambda: (0.7,), note="defaults of fields")
def defaults(mass):
    return Body(mass).density + Body(mass * mass, marks=[mass]).marks[0]


@dataclasses.dataclass(frozen=True)
class State:
    x: float
    v: float = 0.0

    def step(self, dt):
        return dataclasses.replace(self, x=self.x + dt * self.v, v=self.v - dt * self.x)

    @property
    def energy(self):
        return self.x**2 + self.v**2


@program(lambda: (0.7, 4), lambda: (0.7, 0))
def frozen_state(x, n):
    state = State(x, v=x * x)
    for _ in range(n):
        state = state.step(0.1)
    return state.energy * state.x


@program(lambda: (State(0.7, 0.2), 3))
def frozen_state_passed_in(state: State, n):
    for _ in range(n):
        state = state.step(0.3)
    return state.energy * state.v


@program(lambda: (State(0.7, 0.2),), scalar=False)
def replaced(state: State):
    return dataclasses.replace(state, v=state.x * state.v)


class Pair(NamedTuple):
    first: float
    second: float

    def swapped(self):
        return Pair(self.second, self.first * 2.0)

    @property
    def product(self):
        return self.first * self.second


@program(lambda: (0.7, 0.2), wrt=(0, 1))
def named_tuple_methods(a, b):
    pair = Pair(a, b * b).swapped()
    return pair.product * pair.first + pair[1]


@program(lambda: (Pair(0.7, 0.2),))
def named_tuple_passed_in(pair: Pair):
    return pair.swapped().product + pair.first


@program(lambda: (Pair(0.7, 0.2),))
def named_tuple_replaced(pair: Pair):
    moved = pair._replace(first=pair.first * pair.second)
    return moved.first * np.sin(moved.second)


@program(lambda: (Pair(0.7, 0.2),))
def named_tuple_as_dict(pair: Pair):
    entries = pair._asdict()
    return entries["first"] * entries["second"] ** 2


@dataclasses.dataclass
class Model:
    weight: np.ndarray
    inner: State

    def predict(self, x):
        return np.tanh(self.weight @ x) * self.inner.energy


@program(lambda: (Model(np.linspace(-0.5, 0.5, 4).reshape(2, 2), State(0.3, 0.4)), np.array([0.4, -0.7])), wrt=(0, 1))
def nested_model(model: Model, x):
    return np.sum(model.predict(x) ** 2)
