"""Objects of users' classes: made, changed, passed in, closed over; methods, properties, inheritance, operators."""

import numpy as np
from catalogue import program


class Spring:
    """A spring with a cubic term."""

    def __init__(self, stiffness, cubic=0.25):
        self.stiffness = stiffness
        self.cubic = cubic

    def force(self, x):
        return -self.stiffness * x - self.cubic * x**3

    def energy(self, x):
        return 0.5 * self.stiffness * x * x + 0.25 * self.cubic * x**4

    def work(self, x):
        return self.energy(x) - self.force(x) * x

    def __call__(self, x):
        return self.energy(x) * 2.0

    @property
    def softness(self):
        return 1.0 / self.stiffness

    @staticmethod
    def unit(x):
        return x * x

    @classmethod
    def of_softness(cls, softness):
        return cls(1.0 / softness, cubic=softness * softness)


class Damped(Spring):
    """A spring that loses energy; it overrides one method and one property."""

    def __init__(self, stiffness, damping):
        super().__init__(stiffness, cubic=damping * 0.5)
        self.damping = damping

    def force(self, x):
        return super().force(x) - self.damping * np.tanh(x)

    @property
    def softness(self):
        return super().energy(0.3) + self.damping


@program(lambda: (0.7, 0.2), wrt=(0, 1))
def made_and_called(k, c):
    spring = Spring(k * 2.0, c)
    return spring.energy(1.5) + spring.force(0.5) * spring(k)


@program(lambda: (0.7,))
def properties(k):
    spring = Spring(k)
    return spring.softness * spring.stiffness**2 + spring.softness


@program(lambda: (0.7,))
def class_and_static_methods(k):
    spring = Spring.of_softness(k)
    return spring.work(0.4) + Spring.unit(k) * spring.unit(2.0)


@program(lambda: (0.7, 0.4), wrt=(0, 1))
def inherited(k, d):
    spring = Damped(k, d)
    return spring.work(1.3) * spring.softness + spring(0.2)


@program(lambda: (Spring(0.7, 0.3), 0.5), wrt=(0, 1), note="the class stands in the annotation")
def passed_in(spring: Spring, x):
    return spring.work(x) + spring.softness * spring.cubic


@program(lambda: (Damped(0.7, 0.3), 0.5))
def subclass_passed_in(spring: Damped, x):
    return spring.work(x) * spring.softness


@program(lambda: (Spring(0.7, 0.3), 0.5), wrt=(0, 1), note="an object of any class that is called")
def any_object_called(spring, x):
    return spring(x) * spring(x * 2.0)


@program(lambda: ([Spring(0.7, 0.3), Spring(0.2, 0.4)], 0.5), wrt=(0, 1), note="the same from a list, under a name")
def any_objects_called(springs, x):
    for k in range(len(springs)):
        spring = springs[k]
        x = spring(x) + 0.1 * k
    return x


@program(lambda: (Spring(0.7, 0.3),), note="only fields are read, so no class need be known")
def fields_of_any_object(spring):
    return spring.stiffness * np.sin(spring.cubic)


@program(lambda: (Spring(0.7, 0.3), 0.5), scalar=False)
def object_returned(spring: Spring, x):
    return Spring(spring.stiffness * x, cubic=spring.cubic + spring.force(x))


STIFF = Spring(1.5, 0.2)


@program(lambda: (0.7,), note="an object of the module")
def object_of_the_module(x):
    return STIFF.work(x) + STIFF(x) + STIFF.stiffness * x * STIFF.softness


program(lambda: (0.7,), name="method_itself")(Damped(0.4, 0.1).work)
program(lambda: (Spring(0.4, 0.1), 0.7), wrt=(0, 1), name="method_of_the_class_itself")(Spring.work)


class Total:
    """Adds up what it is given, and keeps it."""

    def __init__(self):
        self.sum = 0.0
        self.values = []

    def add(self, v):
        self.sum += v * v
        self.values.append(v)
        return self.sum

    def mean(self):
        return self.sum / len(self.values)


@program(lambda: (np.linspace(0.2, 0.9, 4),))
def state_grows(x):
    total = Total()
    product = 1.0
    for v in x:
        product = product * total.add(v)
    return product * total.values[1] + total.mean()


@program(lambda: (0.7, 3), lambda: (0.7, 0), note="the state is read before and after it changes")
def read_between_changes(x, n):
    total = Total()
    total.add(x)
    y = x * total.sum
    for k in range(n):
        total.add(y * k)
        y = np.sin(y) + total.sum
    return y * total.sum


class Counter:
    """Counts; nothing in it carries a derivative."""

    def __init__(self):
        self.n = 1.0

    def tick(self):
        self.n += 1.0


@program(lambda: (1.3,), note="an object without derivative changes between two uses")
def inactive_state(x):
    counter = Counter()
    y = x * counter.n
    counter.tick()
    return y * y * counter.n


class Particle:
    """A mass point on a line."""

    def __init__(self, x, v):
        self.x = x
        self.v = v

    def step(self, dt):
        self.v = self.v - dt * np.sin(self.x)
        self.x += dt * self.v


@program(lambda: (0.7, 4), lambda: (0.7, 0))
def particles_in_a_list(x, n):
    particles = [Particle(x, 0.1), Particle(x * x, 0.2)]
    for _ in range(n):
        for p in particles:
            p.step(0.1)
    return particles[0].x * particles[1].v


@program(lambda: ([Particle(0.2, 0.4), Particle(-0.3, 0.1)], 0.1), wrt=(0, 1), note="the caller's stay as they are")
def particles_passed_in(particles: list[Particle], dt):
    for k in range(3):
        for i, p in enumerate(particles):
            p.step(dt * (i + 1))
    return sum(p.x * p.x + p.v for p in particles)


@program(lambda: (np.array([0.3, -0.2]),))
def arrays_in_an_object(x):
    p = Particle(x.copy(), np.zeros(2))
    for _ in range(3):
        p.step(0.2)
        p.v[0] = p.v[0] * p.x[1]
        p.x[1:] += p.v[:1]
    return np.sum(p.x * p.v)


@program(lambda: (0.7,), note="two names for one object")
def two_names(x):
    a = Particle(x, 1.0)
    b = a
    b.x = b.x * x
    a.v += b.x
    return a.x * b.v


@program(lambda: (0.7,), note="an object in an object, reached under two names")
def nested_object(x):
    total = Total()
    total.inner = Particle(x, x * x)
    inner = total.inner
    inner.x *= 3.0
    total.inner.v = inner.x * inner.v
    return total.inner.x + inner.v**2


@program(lambda: (0.7, True), lambda: (0.7, False), note="a field is stored in one branch only")
def stored_in_a_branch(x, sharp):
    p = Particle(x, x * x)
    if sharp:
        p.v = np.cos(p.x)
    elif x > 5.0:
        p.x = 0.0
    return p.x * p.v


def push(p, dx):
    p.x = p.x + dx
    return p.v * dx


@program(lambda: (0.7,), note="a function changes the object that it is given")
def changed_by_a_function(x):
    p = Particle(x, 2.0 * x)
    y = push(p, x) + push(p, 0.5)
    return y * p.x


@program(lambda: (0.7,), note="a function defined inside changes an object that carries no derivative before")
def changed_by_a_function_defined_inside(x):
    def push_by_x(p):
        p.v = p.v * x
        return p.v

    p = Particle(1.0, 2.0)
    y = push_by_x(p) + push_by_x(p)
    return y * p.v


class Vector:
    """A vector in the plane, with operators that are not NumPy's."""

    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b

    def __add__(self, other):
        return Vector(self.a + other.a, self.b + other.b)

    def __sub__(self, other):
        return Vector(self.a - other.a, self.b - other.b)

    def __mul__(self, scale):
        return Vector(self.a * scale, self.b * scale)

    __rmul__ = __mul__

    def __matmul__(self, other):
        return self.a * other.b - self.b * other.a

    def __neg__(self):
        return Vector(-self.a, -self.b)

    def __abs__(self):
        return np.sqrt(self.a**2 + self.b**2)

    def __len__(self):
        return 2

    def __getitem__(self, place):
        return self.a if place == 0 else self.b

    def __iter__(self):
        return iter((self.a, self.b))

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __iadd__(self, other):
        self.a += other.a
        self.b += 2.0 * other.b
        return self


@program(lambda: (0.7, 0.4), wrt=(0, 1))
def operators(x, y):
    v, w = Vector(x, y), Vector(y * y, 1.0)
    z = 2.0 * (v + w) - v * x
    return (z @ -w) * abs(z) + z[0] * z[1] * len(z)


@program(lambda: (0.7, 0.4), wrt=(0, 1), note="the operator in place is another one")
def updated_in_place(x, y):
    v = Vector(x, y)
    v += Vector(y, x * x)
    v += v
    return v.a * v.b


@program(lambda: (0.7, 0.4), lambda: (0.1, 0.4), wrt=(0, 1))
def compared(x, y):
    v, w = Vector(x, 0.2), Vector(y, 0.1)
    return (v + w) @ w if v < w else (v - w) @ v


@program(lambda: (0.7, 0.4), wrt=(0, 1))
def elements_of_an_object(x, y):
    product = 1.0
    for part in Vector(x, x * y):
        product = product * part + y
    return product


@program(lambda: (Vector(0.7, 0.2), Vector(0.1, 0.5)), wrt=(0, 1))
def vectors_passed_in(v: Vector, w: Vector):
    return (v + w * 2.0) @ v + abs(w)


class Dense:
    """A layer of a network."""

    def __init__(self, weight, bias):
        self.weight = weight
        self.bias = bias

    def __call__(self, x):
        return np.tanh(self.weight @ x + self.bias)


class Chain:
    """Layers one after the other."""

    def __init__(self, layers: list[Dense]):
        self.layers = layers

    def __iter__(self):
        return iter(self.layers)

    def __call__(self, x):
        for layer in self:
            x = layer(x)
        return x


@program(
    lambda: (
        Dense(np.linspace(-0.5, 0.5, 6).reshape(3, 2), np.array([0.1, -0.2, 0.0])),
        np.array([0.4, -0.7]),
    ),
    wrt=(0, 1),
)
def layer_passed_in(layer: Dense, x):
    return np.sum(layer(x) ** 2)


@program(lambda: (np.linspace(-0.5, 0.5, 4).reshape(2, 2), np.array([0.4, -0.7])), wrt=(0, 1))
def layers_in_an_object(weight, x):
    chain = Chain([Dense(weight, 0.1), Dense(weight.T, x)])
    return np.sum(chain(x))


class Node:
    """A node of a tree."""

    def __init__(self, value, children):
        self.value = value
        self.children = children


def weight_of(node):
    total = np.tanh(node.value)
    for child in node.children:
        total = total + node.value * weight_of(child)
    return total


@program(lambda: (Node(0.5, [Node(0.2, []), Node(0.9, [Node(1.5, [])])]),), note="recursion over a tree of objects")
def tree(node):
    return weight_of(node)


class Scaled:
    """A field of the class, not of the object."""

    factor = 3.0

    def __init__(self, x):
        self.x = x

    def value(self):
        return self.x * self.factor


@program(lambda: (Scaled(0.7),))
def field_of_the_class(scaled: Scaled):
    return scaled.value() ** 2 * scaled.factor


@program(lambda: (0.7,))
def set_by_name(x):
    p = Particle(x, 1.0)
    p.v = getattr(p, "x") * x  # noqa: B009
    setattr(p, "x", p.v * p.v)  # noqa: B010
    return p.x * p.v


class Temperature:
    """A property that is written."""

    def __init__(self, kelvin):
        self.kelvin = kelvin

    @property
    def celsius(self):
        return self.kelvin - 273.15

    @celsius.setter
    def celsius(self, value):
        self.kelvin = value + 273.15


@program(lambda: (300.0,))
def property_written(k):
    t = Temperature(k)
    t.celsius = t.celsius * 2.0
    t.celsius += 1.0
    return t.kelvin * t.celsius * 1e-4
