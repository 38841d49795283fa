"""Objects whose class the text does not tell: what their operators mean is theirs, and never taken for NumPy's."""

import numpy as np
import pytest
import scipy.sparse

import sourcead


class Length:
    """Has operators that do anything but add."""

    def __init__(self, metres):
        self.metres = metres

    def __add__(self, other):
        return Length(self.metres * (self.metres if isinstance(other, float) else other.metres))

    def __sub__(self, other):
        return self + other

    def __neg__(self):
        return Length(self.metres**3)

    def total(self):
        return self.metres * 1.0


class Width(Length):
    pass


def total(length):
    return length.metres * 1.0


def shifted(length):
    length = length + 1.0
    if length is None:
        return length
    return length


def field_of_a_sum(v):
    u = v + 1.0
    return u.metres


def field_of_a_negative(v):
    u = -v
    return u.metres


def field_of_itself_increased(v):
    v += Length(2.0)
    return v.metres


def method_of_a_sum(v):
    u = v + 1.0
    return u.total()


HANDS = [total]


def handed_to_a_function(v):
    return HANDS[0](v + 1.0)


def in_a_list(v):
    us = [v + 1.0]
    return us[0].metres


def in_a_dict(v):
    u = {"a": v + 1.0}
    return u["a"].total()


def from_a_list(v):
    us = []
    us.append(v + 1.0)
    s = 0.0
    for u in us:
        s += u.metres
    return s


def under_try(v):
    u = v + 1.0
    try:
        return u.metres * 1.0
    except ValueError:
        return 0.0


def from_a_function(v):
    return total(shifted(v))


def of_two_classes(p):
    v = Length(p)
    if p > 100.0:
        v = Width(p)
    u = v + Length(3.0)
    return u.metres


def under_the_same_name(p):
    v = Length(p)
    w = v
    v = w - w
    return v.metres


pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass")
STEP = 1e-6
OBJECTS = [
    field_of_a_sum, field_of_a_negative, field_of_itself_increased, method_of_a_sum, handed_to_a_function, in_a_list,
    in_a_dict, from_a_list, under_try, from_a_function,
]  # fmt: skip


@pytest.mark.parametrize("f", OBJECTS, ids=lambda f: f.__name__)
def test_an_argument_of_any_class_is_right_or_refused(f):
    expected = (f(Length(0.7 + STEP)) - f(Length(0.7 - STEP))) / (2 * STEP)
    for ask in (
        lambda: sourcead.grad(f)(Length(0.7)).metres,
        lambda: sourcead.tangent(f)(Length(0.7), Length(1.0))[1],
        lambda: sourcead.grad(f, dynamic="always")(Length(0.7)).metres,
    ):
        try:
            assert ask() == pytest.approx(expected, rel=1e-6)
        except sourcead.SourceADError as error:
            assert "class" in str(error)


@pytest.mark.parametrize("f", [of_two_classes, under_the_same_name], ids=lambda f: f.__name__)
def test_an_object_made_inside_is_right(f):
    expected = (f(0.7 + STEP) - f(0.7 - STEP)) / (2 * STEP)
    assert sourcead.grad(f)(0.7) == pytest.approx(expected, rel=1e-6)
    assert sourcead.tangent(f)(0.7, 1.0)[1] == pytest.approx(expected, rel=1e-6)


def annotated(v: Length):
    u = v + 1.0
    return u.total()


def test_a_class_that_is_told_is_right():
    assert sourcead.grad(annotated)(Length(0.7)).metres == pytest.approx(1.4)


class Strange:
    """Operators, an element and a truth that no number has."""

    def __init__(self, size):
        self.size_of = size

    def __add__(self, other):
        return Strange(self.size_of * other)

    def __mul__(self, other):
        return self.size_of**2 * other

    def __matmul__(self, other):
        return self.size_of**2 * other.size_of

    def __neg__(self):
        return Strange(self.size_of**3)

    def __abs__(self):
        return Strange(self.size_of**4)

    def __getitem__(self, place):
        if place > 1:
            raise IndexError(place)
        return self.size_of ** (place + 1)

    def __len__(self):
        return 2

    def __iadd__(self, other):
        return Strange(self.size_of * other)

    def value(self):
        return self.size_of * 1.0


MAKERS = [Strange]


def made(x):
    try:
        return Strange(x)
    except ZeroDivisionError:
        return None


def sum_of_what_a_call_gives(x):
    u = MAKERS[0](x) + 1.5
    return u.value()


def sum_of_what_a_region_gives(x):
    thing = made(x)
    u = thing + 1.5
    return u.value()


def from_a_dict(x):
    held = {"k": made(x)}
    u = held["k"] + 1.5
    return u.value()


def negated(x):
    thing = made(x)
    u = -thing
    return u.value()


def absolute(x):
    thing = made(x)
    u = abs(thing)
    return u.value()


def element_of_it(x):
    thing = made(x)
    return thing[1] * 2.0


def every_element(x):
    total = 0.0
    for v in made(x):
        total = total + v
    return total


def unpacked(x):
    a, b = made(x)
    return a * b


def chosen_and_read(x):
    thing = made(x)
    return (thing if x > 0.0 else None)[1]


def product_with_itself(x):
    thing = made(x)
    return thing @ thing


def increased(x):
    thing = made(x)
    thing += 2.0
    return thing.size_of


def given_to_a_function(x):
    return enlarged(made(x)).value()


def enlarged(thing):
    return thing + 2.0


FROM_REGIONS = [
    sum_of_what_a_call_gives, sum_of_what_a_region_gives, from_a_dict, negated, absolute, element_of_it, every_element,
    unpacked, chosen_and_read, product_with_itself, increased, given_to_a_function,
]  # fmt: skip


@pytest.mark.parametrize("f", FROM_REGIONS, ids=lambda f: f.__name__)
def test_what_the_dynamic_graph_gives_is_right_or_refused(f):
    expected = (f(0.7 + STEP) - f(0.7 - STEP)) / (2 * STEP)
    for ask in (
        lambda: sourcead.grad(f)(0.7),
        lambda: sourcead.tangent(f)(0.7, 1.0)[1],
        lambda: sourcead.grad(f, dynamic="always")(0.7),
    ):
        try:
            assert ask() == pytest.approx(expected, rel=1e-6)
        except sourcead.SourceADError as error:
            assert error.cure


def test_fields_of_what_the_dynamic_graph_gives_are_right():
    def f(x):
        thing = made(x * x)
        return thing.size_of * thing.size_of

    assert sourcead.grad(f)(0.7) == pytest.approx(4 * 0.7**3)
    assert sourcead.tangent(f)(0.7, 1.0)[1] == pytest.approx(4 * 0.7**3)


# Classes that extend arrays, numbers and containers


class Doubling(np.ndarray):
    def __add__(self, other):
        return np.multiply(np.asarray(self), other)


class Squaring(float):
    def __add__(self, other):
        return float(self) * float(self) * other


class SquaredEntries(list):
    def __getitem__(self, place):
        return list.__getitem__(self, place) ** 2


class SquaredValues(dict):
    def __getitem__(self, key):
        return dict.__getitem__(self, key) ** 2


MATRIX = np.matrix([[1.0, 2.0], [3.0, 4.0]])
MASKED = np.ma.masked_array([1.0, 2.0], mask=[0, 1])


def read(path):
    return np.ma.masked_array([1.0, 2.0], mask=[0, 1])


def test_arguments_of_classes_that_extend_others_are_refused():
    for f, argument in [
        (lambda v: np.sum(v + np.ones(2)), np.array([0.7, 1.2]).view(Doubling)),
        (lambda v: v + 2.0, Squaring(0.7)),
        (lambda v: v[0] * 3.0, SquaredEntries([0.7, 1.2])),
        (lambda v: v["a"] * 3.0, SquaredValues(a=0.7)),
        (lambda v: np.sum(v * v), MATRIX),
        (lambda v: np.sum(v**2), MASKED),
    ]:
        with pytest.raises(sourcead.SourceADError, match="its operators are not those of"):
            sourcead.grad(f)(argument)
        with pytest.raises(sourcead.SourceADError, match="its operators are not those of"):
            sourcead.tangent(f)(argument, argument)
    for f, argument in [(lambda v: np.sum(v * v), MATRIX), (lambda v: np.sum(v**2), MASKED)]:
        with pytest.raises(sourcead.SourceADError, match="its operators are not those of"):
            sourcead.grad(f, dynamic="always")(argument)


def with_a_matrix(x, m):
    return np.sum(m * x.reshape(2, 1))


def with_a_matrix_of_the_module(x):
    return np.sum(MATRIX * x.reshape(2, 1))


def with_masked_data(x, m):
    return np.sum(m * x * x)


def with_a_masked_array_made_inside(x):
    return np.sum(np.ma.masked_array([1.0, 2.0], mask=[0, 1]) * x * x)


def with_masked_data_that_is_read(x):
    weights = read("weights")
    return np.sum(weights * x * x)


def stored_in_a_masked_array(x):
    kept = np.ma.zeros(2)
    kept += x * x
    return kept.sum()


@pytest.mark.parametrize("dynamic", ["auto", "always"])
@pytest.mark.parametrize(
    ("f", "data"),
    [
        (with_a_matrix, (MATRIX,)),
        (with_a_matrix_of_the_module, ()),
        (with_masked_data, (MASKED,)),
        (with_a_masked_array_made_inside, ()),
        (with_masked_data_that_is_read, ()),
        (stored_in_a_masked_array, ()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_matrices_and_masked_arrays_beside_what_varies_are_refused(f, data, dynamic):
    x = np.array([0.5, 0.7])
    with pytest.raises(sourcead.SourceADError) as caught:
        sourcead.grad(f, dynamic=dynamic)(x, *data)
    assert caught.value.cure


class Grid:
    """Its elements are computed, and its sum is not NumPy's."""

    def __init__(self, values):
        self.values = values

    def __getitem__(self, place):
        return self.values[place] ** 2

    def __add__(self, other):
        return Grid(self.values * other)


def elements_of_data(x, grid):
    return x[0] * grid[1] + x[1] * grid.values[0]


SPARSE = scipy.sparse.csr_matrix(np.array([[1.0, 2.0], [3.0, 4.0]]))


def sparse_of(n):
    return scipy.sparse.csr_matrix(np.eye(n) * 2.0)


def times_sparse(x):
    return np.sum((SPARSE * x) ** 2)


def times_given(x, a):
    return np.sum((a * x) ** 2)


def times_made(x):
    a = sparse_of(2)
    return np.sum((a * x) ** 2)


def times_made_by_the_library(x):
    a = scipy.sparse.diags([1.0, 2.0])
    return np.sum((a * x) ** 2)


@pytest.mark.parametrize(
    ("f", "data"),
    [(times_sparse, ()), (times_given, (SPARSE,)), (times_made, ()), (times_made_by_the_library, ())],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_sparse_matrices_that_multiply_by_a_star_are_refused(f, data):
    x = np.array([0.5, 0.7])
    for ask in (lambda: sourcead.grad(f)(x, *data), lambda: sourcead.tangent(f)(x, *data, x)):
        with pytest.raises(sourcead.SourceADError) as caught:
            ask()
        assert caught.value.cure


def product_with_made(x):
    a = sparse_of(2)
    return np.sum((a @ x) ** 2)


def test_sparse_matrices_in_products_are_right():
    assert np.allclose(sourcead.grad(product_with_made)(np.array([0.5, 0.7])), [4.0, 5.6])


def test_what_is_asked_of_data_is_right():
    assert np.allclose(sourcead.grad(elements_of_data)(np.array([0.5, 0.7]), Grid(np.array([2.0, 3.0]))), [9.0, 2.0])
