"""Methods with the names of methods of arrays, of objects whose class the text does not tell: refused, never zero."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead


class Cell:
    def __init__(self, a):
        self.a = a

    def any(self):
        return self.a * self.a

    def all(self):
        return 2.0 * self.a

    def keys(self):
        return self.a**3

    def index(self):
        return 3.0 * self.a

    def argmax(self):
        return 5.0 * self.a

    def count(self, k):
        return self.a * k

    def get(self, k):
        return self.a**2 * k


def of_any(cell):
    return cell.any()


def of_all(cell):
    return cell.all() * cell.a


def of_keys(cell):
    return sum([cell.keys()])


def of_index(cell):
    y = cell.index()
    return y * y


def of_argmax(cell):
    return 2.0 * cell.argmax()


def of_count(cell):
    return cell.count(3.0)


def of_get(cell):
    return cell.get(3.0)


def of_an_entry(cell):
    cells = [cell]
    return cells[0].any()


PROGRAMS = [of_any, of_all, of_keys, of_index, of_argmax, of_count, of_get, of_an_entry]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_refused_unless_the_class_is_told(f):
    for derivative in (lambda: sourcead.grad(f)(Cell(0.7)), lambda: sourcead.tangent(f)(Cell(0.7), Cell(1.0))):
        with pytest.raises(sourcead.SourceADError) as caught:
            derivative()
        assert caught.value.cure
    step = 1e-6
    expected = (f(Cell(0.7 + step)) - f(Cell(0.7 - step))) / (2.0 * step)
    found = sourcead.grad(f, dynamic="always")(Cell(0.7))
    assert found.a == pytest.approx(expected, rel=1e-7)


def test_methods_of_arrays_are_those_of_arrays():
    def f(x):
        k = x.argmax()
        return np.sum(x * x[k]) * bool(x.any())

    x = np.array([0.3, 0.7, -0.4])
    expected = x[1] * np.ones(3) + np.array([0.0, x.sum(), 0.0])
    np.testing.assert_allclose(sourcead.grad(f)(x), expected)


class Scaled:
    def __getitem__(self, index):
        return 2.0 * index[0]


def of_an_item(x, table):
    y = table[x, 1.0]
    return np.sum(y * y)


def of_an_item_made_by_default(x, joined=np.r_):
    y = joined[x, 1.0]
    return np.sum(y * y)


def of_an_entry(x, table):
    return np.sum(table[x.astype(int)] * x)


@pytest.mark.parametrize(
    "f, given", [(of_an_item, (Scaled(),)), (of_an_item, (np.r_,)), (of_an_item_made_by_default, ())]
)
@pytest.mark.parametrize("transform", [sourcead.grad, sourcead.value_and_grad, sourcead.hessian])
def test_a_class_that_computes_with_its_index_is_refused(f, given, transform):
    with pytest.raises(sourcead.SourceADError, match="an index of a"):
        transform(f)(np.array([1.5, 2.5]), *given)


def test_a_table_is_read_by_what_carries_a_derivative():
    table = np.array([3.0, 5.0, 7.0])
    x = np.array([1.5, 0.5])
    assert np.array_equal(sourcead.grad(of_an_entry)(x, table), [5.0, 3.0])
    assert np.array_equal(sourcead.jacobian(sourcead.grad(of_an_entry))(x, table), np.zeros((2, 2)))
    assert sourcead.jvp(lambda x: of_an_entry(x, table), (x,), (np.ones(2),))[1] == 8.0
