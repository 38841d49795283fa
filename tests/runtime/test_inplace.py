"""Writes to Tensors: in-place operators, index assignment, views, versions."""

import numpy as np
import pytest

import runtime
from runtime.errors import DerivativeLost, SharedArray


def variable(array):
    return runtime.tensor(np.asarray(array, float), requires_grad=True)


def gradient(f, *arrays):
    leaves = [variable(array) for array in arrays]
    f(*leaves).backward()
    return [leaf.grad.tolist() for leaf in leaves]


def test_in_place_operators():
    def f(x, y):
        z = x * 1.0
        z += y
        z *= y
        z -= x
        z /= 2.0
        return np.sum(z)

    assert gradient(f, [1.0, 2.0], [3.0, 4.0]) == [[1.0, 1.5], [3.5, 5.0]]


def test_index_assignment():
    def f(x, y):
        z = x * 2.0
        z[1] = y[0] * y[0]
        z[2:] = y[1:]
        return np.sum(z * z)

    gx, gy = gradient(f, [1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 5.0])
    assert gx == [8.0, 0.0, 0.0, 0.0] and gy == [108.0, 8.0, 10.0]


def test_assignment_broadcasts_and_the_cotangent_is_summed():
    def f(x):
        z = runtime.zeros(2, 3, dtype=float)
        z[:] = x
        z[1, :2] = x[0]
        return np.sum(z * np.arange(6.0).reshape(2, 3))

    assert gradient(f, [1.0, 2.0, 3.0]) == [[7.0, 1.0, 7.0]]


def test_where_an_index_repeats_only_the_last_write_counts():
    def f(x):
        z = runtime.zeros(3, dtype=float)
        z[np.array([0, 0, 2])] = x
        return np.sum(z * np.array([1.0, 10.0, 100.0]))

    assert gradient(f, [1.0, 2.0, 3.0]) == [[0.0, 1.0, 100.0]]


def test_an_index_array_may_change_after_the_write():
    def f(x):
        z, where = runtime.zeros(3, dtype=float), np.array([1])
        z[where] = x[0]
        read = z[where]
        where += 1
        return np.sum(read * z[1])

    assert gradient(f, [3.0]) == [[6.0]]


def test_an_operand_array_may_change_after_it_was_used():
    def f(x):
        weights = np.array([1.0, 2.0])
        y = x * weights
        weights += 100.0
        return np.sum(y)

    assert gradient(f, [1.0, 1.0]) == [[1.0, 2.0]]


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x[1:],
        lambda x: x[1:][:1],
        lambda x: x.T[:, 1:],
        lambda x: np.reshape(x, (-1,))[2:4],
        lambda x: np.reshape(x.T, (2, 2)).T,
        lambda x: np.ravel(x),
        lambda x: x[1, 0, None][0] if isinstance(x, runtime.Tensor) else x[1, :1],
        lambda x: np.split(x, 2)[1],
        lambda x: np.expand_dims(x, 0)[0, 1],
        lambda x: np.flip(x, 0)[0],
        lambda x: np.swapaxes(x, 0, 1)[1],
    ],
)
def test_a_write_through_a_view_reaches_its_base(view):
    start = np.array([[1.0, 2.0], [3.0, 4.0]])
    weights = np.array([[1.0, 10.0], [100.0, 1000.0]])

    def f(np_, x):
        y = x * x
        part = view(y)
        part *= 5.0
        part *= part
        return np.sum(y * weights)

    x = variable(start)
    f(np, x).backward()
    plain = start.copy()

    def value(p):
        y = p * p
        part = view(y)
        part *= 5.0
        part *= part
        return np.sum(y * weights)

    numeric = np.zeros_like(plain)
    for place in np.ndindex(plain.shape):
        step = np.zeros_like(plain)
        step[place] = 1e-6
        numeric[place] = (value(plain + step) - value(plain - step)) / 2e-6
    assert np.allclose(x.grad.detach().numpy(), numeric, rtol=1e-5, atol=1e-2)


def test_a_view_sees_a_later_write_to_its_base():
    def f(x):
        y = x * 1.0
        row = y[0]
        y *= 3.0
        other = y[0]
        other += x[1]
        return np.sum(row * np.array([1.0, 2.0]))

    assert gradient(f, [[1.0, 2.0], [3.0, 4.0]]) == [[[3.0, 6.0], [1.0, 2.0]]]


def test_writes_are_differentiated_twice():
    x = variable([1.0, 2.0, 3.0])
    y = x * x
    y[1] = x[0] * x[0] * x[2]
    y[1:] *= x[0]
    (g,) = runtime.autograd.grad(np.sum(y), x, create_graph=True)
    (h,) = runtime.autograd.grad(np.sum(g * np.array([1.0, 1.0, 1.0])), x)
    # The sum is x0^2 + x0^3 x2 + x0 x2^2.
    assert g.tolist() == [2 + 9 + 9, 0, 1 + 6]
    assert h.tolist() == [(2 + 18) + 0 + (3 + 6), 0, (3 + 6) + 2]


def test_a_leaf_that_wants_a_gradient_is_not_written_to():
    x = variable([1.0, 2.0])
    with pytest.raises(SharedArray, match="leaf"):
        x += 1.0
    with pytest.raises(SharedArray, match="leaf"):
        x[0] = 1.0
    with pytest.raises(SharedArray, match="view of a leaf"):
        x[1:].fill_(0.0)
    with runtime.no_grad():
        x -= 1.0
    assert x.tolist() == [0.0, 1.0] and x.is_leaf


def test_a_kept_value_that_changed_is_refused():
    x = variable([1.0, 2.0])
    y = x * 2.0
    z = np.exp(y) * y
    y += 1.0
    with pytest.raises(SharedArray, match="version 1"):
        np.sum(z).backward()


def test_a_kept_value_that_changed_through_a_view_or_detached_is_refused():
    for write in (lambda y: y[:1].fill_(0.0), lambda y: y.detach().fill_(0.0)):
        x = variable([1.0, 2.0])
        y = x * 2.0
        z = y * y
        write(y)
        with pytest.raises(SharedArray):
            np.sum(z).backward()


def test_a_write_that_no_rule_minds_is_right():
    def f(x):
        y = x * 2.0
        z = y + 1.0
        y *= 5.0
        return np.sum(z) + np.sum(y)

    assert gradient(f, [1.0, 2.0]) == [[12.0, 12.0]]


def test_versions_count_writes_of_all_views():
    y = variable([1.0, 2.0]) * 2.0
    part = y[1:]
    part += 1.0
    y[0] = 0.0
    assert y._version == part._version == 2


def test_shapes_and_dtypes_that_do_not_fit():
    y = variable([1.0, 2.0]) * 1.0
    with pytest.raises(ValueError):
        y += np.ones((2, 2))
    whole = runtime.tensor([1, 2])
    with pytest.raises(DerivativeLost):
        whole[0] = y[0]
    with pytest.raises(DerivativeLost):
        y[0] = variable([1.0])[0] * 1j


def test_storing_in_a_plain_array_is_an_error():
    x, plain = variable([1.0, 2.0]), np.zeros(2)
    with pytest.raises(DerivativeLost):
        plain[:] = x
    # As in PyTorch, one number may leave the graph, with a warning.
    with pytest.warns(UserWarning, match="detach"):
        plain[0] = x[0]
    assert plain.tolist() == [1.0, 0.0]
    with pytest.raises(DerivativeLost):
        plain += x
    with pytest.raises(DerivativeLost):
        np.add.at(plain, [0], x[:1])
    assert plain.tolist() == [1.0, 0.0]


def test_adding_at_repeated_indices():
    def f(x):
        y = x * 1.0
        np.add.at(y, [0, 0, 1], x[0] * x)
        return np.sum(y * np.array([1.0, 10.0, 100.0]))

    # y0 = x0 + x0 x0 + x0 x1, y1 = x1 + x0 x2, y2 = x2
    assert gradient(f, [1.0, 2.0, 3.0]) == [[1 + 2 + 2 + 30, 1 + 10, 10 + 100]]


def test_an_operand_may_look_into_the_memory_that_is_written_to():
    # PyTorch refuses these; what is kept is copied before the write here.
    def by_a_view(x):
        y = x * 2.0
        view = y.reshape(2, 2)
        y *= view.reshape(-1)
        return np.sum(view**2)

    def overlapping(x):
        y = x * 2.0
        y[1:3].mul_(y[0:2])
        return np.sum(y)

    assert gradient(by_a_view, [1.0, 2.0, 3.0, 4.0]) == [[64.0, 512.0, 1728.0, 4096.0]]
    assert gradient(overlapping, [1.0, 2.0, 3.0, 4.0]) == [[10.0, 16.0, 8.0, 2.0]]


def test_what_was_kept_before_another_write_is_not_mended_by_a_later_one():
    w = variable([3.0, 4.0])
    y = runtime.ones(2, dtype=runtime.float64) * 2.0
    product = y * w
    y.add_(1.0)
    y.copy_(product)
    with pytest.raises(SharedArray):
        np.sum(y).backward()


def test_a_long_chain_of_views():
    x = variable([1.0, 2.0, 3.0])
    y = x * 1.0
    view = y
    for _ in range(3000):
        view = view[:]
    y *= 2.0
    view[0] = 0.0
    np.sum(view * view).backward()
    assert x.grad.tolist() == [0.0, 16.0, 24.0]


def test_constants_added_at_an_index_in_forward_mode():
    def f(x, p):
        y = x * 1.0
        np.subtract.at(y, [1, 1], 1.5)
        np.add.at(y, np.array([0, 2]), [0.5, 0.25])
        np.add.at(y, [0], p)
        return np.sum(y * y) * p

    x = np.array([0.3, 0.7, -0.4])
    value, slope = runtime.jvp(f, (x, 0.8), (np.ones(3), 1.0))
    assert value == f(x, 0.8)
    assert np.isclose(slope, (f(x + 1e-6, 0.8 + 1e-6) - f(x - 1e-6, 0.8 - 1e-6)) / 2e-6)
