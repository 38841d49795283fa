"""Objects whose class the text does not tell: what their operators mean is theirs, and never taken for NumPy's."""

import pytest

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
