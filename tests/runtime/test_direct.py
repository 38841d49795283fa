"""NumPy's functions by the short way: the same values, shapes, types and errors as NumPy's own."""

import numpy as np
import pytest

from runtime.direct import DIRECT

RANDOM = np.random.default_rng(0)
MATRIX = RANDOM.standard_normal((5, 7))
LONG = RANDOM.standard_normal((40, 128)).astype(np.float32)
WITH_NAN = LONG.copy()
WITH_NAN[3, 100] = np.nan
ARRAYS = {
    "matrix": MATRIX,
    "single": MATRIX.astype(np.float32),
    "transposed": MATRIX.T,
    "gaps": MATRIX[::2, 1::3],
    "whole": np.arange(12).reshape(3, 4),
    "complex": MATRIX + 1j,
    "rows": LONG,
    "rows with NaN": WITH_NAN,
    "rows with gaps": LONG[:, ::2],
    "three axes": LONG.reshape(10, 4, 128),
}
REDUCTIONS = [np.sum, np.prod, np.max, np.min, np.mean]
HOW = [(), (0,), (-1,), (1,), ((0, 1),)]


def same(function, *args, **kwargs):
    wanted, found = function(*args, **kwargs), DIRECT[function](*args, **kwargs)
    assert type(found) is type(wanted)
    for a, b in zip(found, wanted) if isinstance(wanted, list) else [(found, wanted)]:
        np.testing.assert_array_equal(a, b)
        assert a.shape == b.shape and a.dtype == b.dtype


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("function", REDUCTIONS, ids=lambda f: f.__name__)
def test_reductions(function, array):
    for args in HOW:
        for keepdims in (False, True):
            if function is np.mean:
                wanted = np.mean(ARRAYS[array], *args, keepdims=keepdims)
                found = DIRECT[np.mean](ARRAYS[array], *args, keepdims=keepdims)
                np.testing.assert_allclose(found, wanted, rtol=1e-6)
                assert found.dtype == wanted.dtype and np.shape(found) == wanted.shape
            else:
                same(function, ARRAYS[array], *args, keepdims=keepdims)


def test_whether_any_holds():
    for array in (MATRIX > 2.0, MATRIX > 9.0, MATRIX.T > 2.0, MATRIX, np.zeros((0, 3), bool), np.array(True)):
        same(np.any, array)
        same(np.any, array, 0 if array.ndim else None)


@pytest.mark.parametrize("array", ARRAYS)
def test_variances(array):
    for args in HOW:
        for ddof in (0, 1, 1.5):
            same(np.var, ARRAYS[array], *args, ddof=ddof)
            same(np.var, ARRAYS[array], *args, ddof=ddof, keepdims=True)


@pytest.mark.parametrize("array", [a for a in ARRAYS if a != "whole"])
def test_lengths(array):
    x = ARRAYS[array]
    for axis in (None, 0, -1, (0, 1)):
        for order in (2, 1):
            wanted = np.linalg.vector_norm(x, axis=axis, keepdims=True, ord=order)
            found = DIRECT[np.linalg.vector_norm](x, axis=axis, keepdims=True, ord=order)
            np.testing.assert_allclose(found, wanted, rtol=1e-6)
            assert found.dtype == wanted.dtype and found.shape == wanted.shape


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_reading_along_an_axis(axis):
    same(np.take_along_axis, MATRIX, np.argsort(MATRIX, axis), axis)
    same(np.take_along_axis, MATRIX, np.argmax(MATRIX, axis, keepdims=True), axis)


def test_reading_along_an_axis_beyond_it():
    with pytest.raises(IndexError):
        DIRECT[np.take_along_axis](MATRIX, np.full((5, 1), 7), 1)
    with pytest.raises(ValueError, match="dimensions"):
        DIRECT[np.take_along_axis](MATRIX, np.array([1, 2]), 1)


@pytest.mark.parametrize("places", [(2,), (), (1, 1, 3), (3, 1), (-2,), (9,)])
def test_pieces(places):
    for axis in (0, 1, -1):
        same(np.split, MATRIX, places, axis)
        for piece in DIRECT[np.split](MATRIX, places, axis):
            assert piece.base is MATRIX


def test_the_largest_of_no_element_is_refused():
    with pytest.raises(ValueError, match="zero-size"):
        DIRECT[np.max](np.zeros((3, 0)), -1)
