"""Arrays known under several names: what is changed under one of them is right under the others, or refused."""

import dataclasses

import numpy as np
import pytest

import sourcead
from sourcead.errors import DerivativeLost, SharedArray

X = np.array([0.3, 0.7, -0.4, 0.9])


def cast(x):
    y = x * 1.0
    z = y.astype(float, copy=False)
    z[0] = 3.0
    return np.sum(y * y)


def wrapped(x):
    y = x * 1.0
    z = np.array(y, copy=None)
    z[0] = 3.0
    return np.sum(y * y)


def cleaned(x):
    y = x * 1.0
    z = np.nan_to_num(y, copy=False)
    z[0] = 3.0
    return np.sum(y * y)


def flat(x):
    y = x * 1.0
    z = y.flat
    z[0] = 3.0
    return np.sum(y * y)


def ordered(x):
    y = x * 1.0
    z = sorted([y], key=len)[0]
    z[0] = 3.0
    return np.sum(y * y)


def named(x):
    y = x * 1.0
    z = getattr(y, "T")  # noqa: B009
    z[0] = 3.0
    return np.sum(y * y)


@pytest.mark.parametrize("f", [cast, wrapped, cleaned, flat])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_views_that_are_easily_taken_for_copies(f, mode):
    with pytest.raises(sourcead.SourceADError):
        sourcead.grad(f)(X) if mode == "reverse" else sourcead.tangent(f)(X, X)


@pytest.mark.parametrize("f", [ordered, named])
def test_views_that_no_text_shows_are_seen_when_the_program_runs(f):
    expected = np.array([0.0, *2.0 * X[1:]])
    np.testing.assert_allclose(sourcead.grad(f)(X), expected)
    assert np.isclose(sourcead.tangent(f)(X, X)[1], expected @ X)


@sourcead.dynamic
def writes(y):
    y[0] = y[1] * 2
    return np.sum(y)


@sourcead.dynamic
def appends(items, v):
    items.append(v)
    return v


@sourcead.dynamic
def same(y):
    return y


@sourcead.dynamic
def inside(y):
    return y[1:3]


def calls_writer(x):
    y = x * 1.0
    return writes(y) * np.sum(y)


def calls_appender(x):
    items = [x[0]]
    t = appends(items, x[1])
    return items[-1] * x[2] * t


@pytest.mark.parametrize("f", [calls_writer, calls_appender])
def test_function_on_the_dynamic_graph_that_changes_an_argument_is_refused(f):
    with pytest.raises(SharedArray, match="changes an argument in place"):
        sourcead.grad(f)(X)
    with pytest.raises(SharedArray, match="changes an argument in place"):
        sourcead.tangent(f)(X, X)
    assert np.all(np.isfinite(sourcead.grad(f, dynamic="always")(X)))


@pytest.mark.parametrize("function", [same, inside])
@pytest.mark.parametrize("given", [X * 1.0, np.asfortranarray(X * 1.0), np.ones((4, 3)).T, np.ones((3, 4))[:, ::2]])
def test_argument_given_back_by_a_dynamic_function_is_the_argument(function, given):
    import runtime
    from sourcead.errors import SourceADError

    try:
        value, pullback = runtime.vjp(function, given)
    except SourceADError:
        assert function is inside and not (given.flags.c_contiguous or given.flags.f_contiguous)
        return
    assert np.array_equal(value, function(given))
    assert np.shares_memory(value, given) and value.strides == function(given).strides
    assert pullback(np.ones(value.shape))[0].shape == given.shape


def test_change_of_what_a_dynamic_function_gave_back_is_seen():
    def f(x):
        y = x * 1.0
        z = same(y)
        z[0] = 3.0
        return np.sum(y * y)

    expected = np.array([0.0, *2.0 * X[1:]])
    np.testing.assert_allclose(sourcead.grad(f)(X), expected)
    assert np.isclose(sourcead.tangent(f)(X, X)[1], expected @ X)


def scaled_second(x, y):
    y[0] = 2.0 * y[0]
    return np.sum(x * y)


@pytest.mark.parametrize("wrt", [0, 1, (0, 1)])
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_one_array_as_two_arguments_is_refused_where_one_is_changed(wrt, dynamic):
    x = np.array([1.0, 2.0, 3.0])
    gradient = sourcead.grad(scaled_second, wrt, dynamic=dynamic)
    gradient(x, x.copy())
    with pytest.raises(SharedArray):
        gradient(x, x)


def test_one_array_as_two_arguments_is_refused_in_forward_mode():
    x = np.array([1.0, 2.0, 3.0])
    with pytest.raises(SharedArray, match="`y` is changed in place while `x`"):
        sourcead.tangent(scaled_second)(x, x, np.ones(3))


def made_complex(x):
    z = x + 0j
    z[0] = z[1] * 1j
    return np.sum(np.real(z) ** 2) + np.sum(np.imag(z) ** 2)


def complex_from_the_start(x):
    z = x.astype(complex)
    z[0] = z[1] * 1j
    return np.sum(np.real(z) ** 2) + np.sum(np.imag(z) ** 2)


def test_a_real_tangent_has_no_room_for_complex_values():
    x = np.array([1.0, 2.0, 3.0])
    with pytest.raises(DerivativeLost, match="its tangent, which is real"):
        sourcead.tangent(made_complex)(x, np.ones(3))
    assert sourcead.tangent(complex_from_the_start)(x, np.ones(3))[1] == np.sum(sourcead.grad(made_complex)(x)) == 14.0


def views_in_a_list(x, y):
    items = [x, x.reshape(3)]
    items[0] += y
    return items


def parts_in_a_list(x, y):
    items = [x[:2], x[1:]]
    items[0][1] *= 3.0
    return np.sum(items[1] * y[:2])


@pytest.mark.parametrize("f", [views_in_a_list, parts_in_a_list])
def test_memory_that_stands_twice_in_a_list_is_refused_where_it_is_changed(f):
    x = np.array([1.0, 2.0, 3.0])
    with pytest.raises(SharedArray, match="twice"):
        sourcead.adjoint(f, (0, 1))(x, x * 2.0, f(x.copy(), x))


def test_equal_numbers_in_a_list_are_no_shared_memory():
    def f(x):
        items = [1, 1, x[0]]
        items[0] *= x[1]
        return items[0] + items[1] + items[2]

    assert np.array_equal(sourcead.grad(f)(np.array([1.0, 2.0])), [1.0, 1.0])


@dataclasses.dataclass
class Holder:
    a: object
    b: object


def array_in_an_object(x, y):
    held = Holder(x, 0.5)
    held.a[1] = y[0]
    return x


def list_in_an_object(x, y):
    entries = [x[0], x[1]]
    held = Holder(entries, 0.5)
    held.a.append(y[0])
    return np.sum(x) * entries[-1]


def test_an_array_in_an_object_is_followed_under_its_other_name():
    x, y, w = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.25, 0.75]), np.array([0.3, 0.7, 0.9])
    x_bar, y_bar = sourcead.adjoint(array_in_an_object, (0, 1))(x, y, w)
    np.testing.assert_array_equal(x_bar, [0.3, 0.0, 0.9])
    np.testing.assert_array_equal(y_bar, [0.7, 0.0, 0.0])
    _, dot = sourcead.tangent(array_in_an_object, (0, 1))(x, y, w, 2.0 * w)
    np.testing.assert_array_equal(dot, [0.3, 0.6, 0.9])


def test_a_list_in_an_object_is_followed_under_its_other_name():
    x, y, w = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.25, 0.75]), np.array([0.3, 0.7, 0.9])
    x_bar, y_bar = sourcead.grad(list_in_an_object, (0, 1))(x, y)
    np.testing.assert_array_equal(x_bar, np.full(3, y[0]))
    np.testing.assert_array_equal(y_bar, [np.sum(x), 0.0, 0.0])
    _, dot = sourcead.tangent(list_in_an_object, (0, 1))(x, y, w, 2.0 * w)
    assert dot == pytest.approx(np.sum(w) * y[0] + np.sum(x) * 2.0 * w[0])


def entry_scaled_without_a_derivative(x, y, choose):
    if choose:
        entries = [y, y + 1.0]
        entries[0] *= 0.5
    else:
        entries = [0.1, y]
        entries.append(x)
    return np.sum(y) + x[0]


def test_change_that_carries_no_derivative_is_seen_under_other_names():
    x, y = np.array([1.0, 2.0]), np.array([0.5, 0.25])
    with pytest.raises(SharedArray, match="is changed in place while `y`"):
        sourcead.value_and_grad(entry_scaled_without_a_derivative)(x, y, True)


def descend(ws, x):
    v = [np.zeros_like(w) for w in ws]
    m = {k: np.zeros_like(w) for k, w in enumerate(ws)}
    for _ in range(3):
        for i in range(len(ws)):
            m[i] = 0.5 * m[i] + ws[i]
            v[i] = 0.9 * v[i] + ws[i] * x + m[i]
            ws[i] = ws[i] - 0.1 * v[i]
    return sum(np.sum(w * w) for w in ws)


def listed(ws):
    v = [w for w in ws]
    v[0][0] = v[0][0] * 3.0
    return sum(np.sum(w * w) for w in ws)


def test_new_arrays_in_a_comprehension_share_nothing():
    source = sourcead.grad(descend).source
    assert "overlap" not in source and "taken_over" not in source
    ws = [np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.7, -0.4])]
    sourcead.check_grads(descend, (ws, 0.7))


def test_elements_in_a_comprehension_are_shared():
    ws = [np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.7, -0.4])]
    found = sourcead.grad(listed)(ws)
    np.testing.assert_allclose(found[0], [18.0, -4.0, 1.0])
    np.testing.assert_allclose(found[1], [0.6, 1.4, -0.8])


def test_gradients_that_may_be_one_array_are_copied_by_name():
    def f(a, b):
        for _ in range(2):
            a, b = b, a + b
        return a * b

    source = sourcead.grad(f, (0, 1)).source
    assert "own(" not in source
    first, second = sourcead.grad(f, (0, 1))(np.array(2.0), np.array(3.0))
    assert first is not second
    np.testing.assert_allclose([first, second], [13.0, 18.0])


def made_again_and_changed(m):
    total = 0.0
    for _ in range(2):
        z = m * 0.5
        z[2] = m[3] * 1.0
        total += np.sum(m * z)
    return total


def made_again_and_changed_by_a_view(m):
    total = 0.0
    for _ in range(2):
        z = m - 1.0
        v = z[1:]
        v *= m[0]
        total += np.sum(m * z)
    return total


def made_again_and_changed_in_a_loop(m):
    total = 0.0
    for _ in range(2):
        z = -m
        for j in range(2):
            z[j] = m[j + 1] * z[j]
        total += np.sum(z * z)
    return total


@pytest.mark.parametrize(
    "f", [made_again_and_changed, made_again_and_changed_by_a_view, made_again_and_changed_in_a_loop]
)
def test_what_adjoints_could_make_again_is_kept_where_it_is_changed(f):
    m, h = np.array([1.0, 2.0, 3.0, 5.0]), 1e-6
    expected = [(f(m + step) - f(m - step)) / (2 * h) for step in h * np.eye(4)]
    np.testing.assert_allclose(sourcead.grad(f)(m), expected, rtol=1e-6)
    direction = np.array([1.0, -0.5, 0.3, 0.7])
    gradient = sourcead.grad(f)
    slope = (gradient(m + h * direction) - gradient(m - h * direction)) / (2 * h)
    np.testing.assert_allclose(sourcead.tangent(gradient)(m, direction)[1], slope, rtol=1e-6)
