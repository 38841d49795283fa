"""Methods and attributes of arrays."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from catalogue import program

Content = TypeVar("Content")


def table():
    return np.linspace(0.1, 1.2, 12).reshape(3, 4)


@program(lambda: (table(),))
def sums(x):
    return (x.sum(axis=0) ** 2).sum() + x.sum() * x.sum(axis=1, keepdims=True).sum() + x.sum(axis=(0, 1))


@program(lambda: (table(),))
def means(x):
    return (x.mean(axis=-1) ** 2).sum() + x.mean() + x.var(axis=0).sum() + x.std() + x.std(axis=1, ddof=1).sum()


@program(lambda: (table(),))
def products_and_extremes(x):
    return x.prod(axis=0).sum() + x.max(axis=1).sum() * x.min() + x.max() ** 2 + x.cumsum(axis=0)[-1, 0]


@program(lambda: (table(),))
def transposed(x):
    return (x.T @ x).sum() + (x.T[0] * x[:, 0]).sum() + x.transpose()[1, 2] ** 2 + x.transpose(1, 0)[3, 0] ** 2


@program(lambda: (table(),))
def reshaped(x):
    y = x.reshape(-1, 3)
    z = x.reshape((2, -1))
    w = x.ravel() * x.flatten()
    return (y[0] * y[-1]).sum() + (z**2).sum() + w.sum() + x.reshape(-1)[5]


@program(lambda: (table(),))
def shape_reading(x):
    rows, columns = x.shape
    scale = x.shape[0] / x.size + x.ndim + len(x)
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            total += x[i, j] ** (i + 1) * scale
    return total


@program(lambda: (table(),), scalar=False)
def method_chain(x):
    return x.copy().T.reshape(2, -1).sum(axis=1).clip(0.0, 3.5).reshape(2, 1)


@program(lambda: (table(),), scalar=False)
def swapped_and_squeezed(x):
    y = x[None].swapaxes(0, 2).squeeze()
    return y.repeat(2, axis=0)[::3]


@program(lambda: (table(), np.linspace(-1.0, 1.0, 4)), wrt=(0, 1))
def dot_method(a, b):
    return a.dot(b).dot(np.arange(3.0)) + a.trace() + a.diagonal().sum()


@program(lambda: (table(),))
def item_and_astype(x):
    return x.astype(np.float64).sum() + x[0, 1].item() * x.item(3) + x.item(1, 1)


@program(lambda: (table().astype(np.float32),), scalar=False)
def cast_up_and_down(x):
    return (x.astype(np.float64) ** 2).astype(x.dtype)


@program(lambda: (np.array([0.3, 0.9, 0.1]),))
def sort_functions(x):
    return (np.sort(x) * np.arange(3)).sum() + x[x.argmax()] * x[x.argmin()]


@program(lambda: (np.array([0.3, 0.9, 0.1]),), may_refuse=True)
def tolist(x):
    total = 0.0
    for v in x.tolist():
        total = total * v + v
    return total


@program(lambda: (np.array([0.3, 0.9, 0.1]),), note="real parts and conjugates of real arrays")
def real_parts(x):
    return (x.real * x.conj()).sum()


@program(lambda: (np.array([0.3, 0.9, 0.1]),))
def method_of_expression(x):
    return (x * x).sum() * (x + 1.0).prod() + np.exp(x).max()


@program(lambda: (table(),), note="a function taken off NumPy under another name")
def renamed_function(x):
    total = np.sum
    return total(x * x) * 2.0 + total(x[0])


@program(lambda: (table(),), may_refuse=True)
def ufunc_methods(x):
    return np.add.reduce(x, axis=None) ** 2 + np.multiply.reduce(x[0]) + np.add.accumulate(x[1])[2]


@program(lambda: (table(),), may_refuse=True, note="an array used through an iterator")
def iterator(x):
    rows = iter(x)
    first = next(rows)
    second = next(rows)
    return (first * second).sum()


@program(lambda: (table(),), may_refuse=True)
def flat_reading(x):
    total = 0.0
    for v in x.flat:
        total += v * v
    return total + x.flat[3]


class Box(Generic[Content]):
    def __init__(self, content):
        self.content = content

    def get(self, factor):
        return self.content * factor


@dataclass
class Pair(Generic[Content]):
    first: Content
    second: Content


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="generic classes with their parameters")
def parametrised_classes(x):
    box = Box[float](x[0])
    box.content = box.content * x[1]
    pair = Pair[float](x[1], second=box.get(x[2]))
    return pair.first * pair.second + sum(list[float](x))


class Sized:
    size = 3.0

    def __init__(self, width):
        self.width = width


class Resized(Sized):
    size = 5.0

    def __init__(self, width):
        super().__init__(width)
        self.base = super().size

    def area(self, height):
        above = super()
        return above.size * self.width * height

    def scaled(self, height):
        return super().size * height * height


@program(lambda: (1.5,))
def reads_what_the_class_above_holds(x):
    made = Resized(x)
    return made.area(x) * made.base + made.scaled(x) * made.size
