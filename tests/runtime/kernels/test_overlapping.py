"""Which memory two values share, and the cotangents that move along it."""

from types import SimpleNamespace

import numpy as np
import pytest

from runtime.errors import SharedArray
from runtime.kernels import given_up, handed_back, overlap, refreshed, taken_over

BASE = np.arange(24.0).reshape(4, 6)
VIEWS = [
    BASE,
    BASE[1:3],
    BASE[::-1, 1::2],
    BASE.T,
    BASE.reshape(2, 12)[1],
    BASE[2, 3:4].reshape(()),
    BASE[::2, ::-2].T,
    np.broadcast_to(BASE[1], (3, 6)),
]


def addresses(a):
    start, strides = a.__array_interface__["data"][0], a.strides
    return [start + sum(i * s for i, s in zip(index, strides)) for index in np.ndindex(a.shape)]


@pytest.mark.parametrize("a", VIEWS[:-1], ids=lambda v: str(v.shape))
@pytest.mark.parametrize("b", VIEWS, ids=lambda v: str(v.shape))
def test_what_views_share_moves_element_by_element(a, b):
    rng = np.random.default_rng(1)
    a_bar, b_bar = rng.normal(size=a.shape), rng.normal(size=b.shape)
    expected, rest = a_bar.copy().ravel(), b_bar.copy().ravel()
    mine = {address: k for k, address in enumerate(addresses(a))}
    for k, address in enumerate(addresses(b)):
        if address in mine:
            expected[mine[address]] += rest[k]
            rest[k] = 0.0
    shared = overlap(a, b)
    np.testing.assert_allclose(np.ravel(taken_over(a_bar, b_bar, shared)), expected)
    np.testing.assert_allclose(np.ravel(given_up(b_bar, shared)), rest)
    g = rng.normal(size=a.shape)
    back = handed_back(g, b_bar, shared)
    zero = np.zeros(a.shape)
    np.testing.assert_allclose(np.sum(g * taken_over(zero, b_bar, shared)), np.sum(back * b_bar))


def test_nothing_shared_changes_nothing():
    a, b = np.ones(3), np.ones(3)
    assert overlap(a, b) is None and overlap(1.0, a) is None and overlap(a, [b, 2.0, None]) is None
    assert taken_over(a, b, None) is a and given_up(b, None) is b and refreshed(b, a, None) is b


def test_parts_of_containers():
    a = np.ones(3)
    held = {"x": [2.0, a[1:]], "y": SimpleNamespace(z=a)}
    shared = overlap(a, held)
    bar = {"x": [1.0, np.array([1.0, 2.0])], "y": SimpleNamespace(z=np.array([10.0, 20.0, 30.0]))}
    np.testing.assert_allclose(taken_over(np.zeros(3), bar, shared), [10.0, 21.0, 32.0])
    rest = given_up(bar, shared)
    assert rest["x"][0] == 1.0 and not np.any(rest["x"][1]) and not np.any(rest["y"].z)
    np.testing.assert_allclose(bar["x"][1], [1.0, 2.0])


def test_a_list_known_under_two_names_moves_as_a_whole():
    inner = [1.0, 2.0]
    outer = [inner, [3.0]]
    shared = overlap(inner, outer)
    assert list(taken_over([1.0, 1.0], [[5.0, 7.0], [9.0]], shared)) == [6.0, 8.0]
    assert given_up([[5.0, 7.0], [9.0]], shared) == [0.0, [9.0]]


def test_the_tangent_of_a_view_follows():
    a = np.ones(4)
    point = (a[::2], 1.0)
    dot = refreshed((np.zeros(2), 5.0), np.arange(4.0), overlap(a, point))
    np.testing.assert_allclose(dot[0], [0.0, 2.0])
    assert isinstance(dot, tuple) and dot[1] == 5.0


def test_elements_that_overlap_in_part_are_refused():
    z = np.ones(3, dtype=complex)
    with pytest.raises(SharedArray, match="another kind") as error:
        overlap(z, z.real)
    assert error.value.cure
    raw = np.zeros(33, dtype=np.uint8)
    with pytest.raises(SharedArray, match="parts of its elements"):
        overlap(raw[:32].view(float), raw[1:].view(float))
    a = np.ones(3)
    with pytest.raises(SharedArray):
        overlap(a, a.flat)
