"""`with cotangent(x) as x_bar:` in emitted code, on the dynamic graph, and in plain calls."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import runtime
import sourcead

X = np.array([1.0, 2.0])
SEEN: list = []


def clipped(x, limit):
    y = x * x
    z = np.sin(y)
    with sourcead.cotangent(y) as y_bar:
        y_bar = np.clip(y_bar, -limit, limit)
    return np.sum(10.0 * y + z)


def looked_at(x):
    y = x * x
    with sourcead.cotangent(y) as y_bar:
        SEEN.append(y_bar + 0.0)
    return np.sum(3.0 * y)


def normalised(x, n):
    for i in range(n):
        x = np.sin(x) * 2.0
        with sourcead.cotangent(x) as g:
            norm = np.max(np.abs(g))
            if norm > 0.5:
                g *= 0.5 / norm
    return np.sum(x)


def on_one_line(x):
    y = x * x
    with sourcead.cotangent(y) as y_bar:
        y_bar = 0.5 * y_bar  # noqa: E701
    return 4.0 * y


def silent(x):
    y = np.sin(x)
    with sourcead.cotangent(y):
        SEEN.append("silent")
    return y


def of_a_list(x):
    parts = [x * 2.0, x * 3.0]
    with sourcead.cotangent(parts) as parts_bar:
        parts_bar[0] = 0.0 * parts_bar[0]
    return np.sum(parts[0] * parts[1])


def of_an_argument(x, w):
    with sourcead.cotangent(x) as x_bar:
        x_bar = x_bar * w
    return np.sum(x * x)


@pytest.fixture(autouse=True)
def nothing_seen():
    SEEN.clear()


def expected_normalised(x, n):
    kept = []
    for _ in range(n):
        kept.append(x)
        x = np.sin(x) * 2.0
    g = np.ones_like(x)
    for x in reversed(kept):
        norm = np.max(np.abs(g))
        if norm > 0.5:
            g = g * 0.5 / norm
        g = 2.0 * g * np.cos(x)
    return g


EMITTED = {"dynamic": "auto"}
DYNAMIC = {"dynamic": "always"}


@pytest.mark.parametrize("options", [EMITTED, DYNAMIC], ids=["emitted", "dynamic"])
def test_replaced(options):
    # What is computed before the block is not seen by it.
    expected = 2.0 * X * (1.0 + np.cos(X * X))
    np.testing.assert_allclose(sourcead.grad(clipped, **options)(X, 1.0), expected)
    np.testing.assert_allclose(sourcead.grad(clipped, **options)(X, 100.0), 2.0 * X * (10.0 + np.cos(X * X)))


@pytest.mark.parametrize("options", [EMITTED, DYNAMIC], ids=["emitted", "dynamic"])
def test_changed_in_place_in_a_loop(options):
    np.testing.assert_allclose(sourcead.grad(normalised, **options)(X, 4), expected_normalised(X, 4))


@pytest.mark.parametrize("options", [EMITTED, DYNAMIC], ids=["emitted", "dynamic"])
def test_looked_at(options):
    np.testing.assert_allclose(sourcead.grad(looked_at, **options)(X), 6.0 * X)
    assert len(SEEN) == 1 and type(SEEN[0]) is np.ndarray
    np.testing.assert_array_equal(SEEN[0], [3.0, 3.0])


@pytest.mark.parametrize("options", [EMITTED, DYNAMIC], ids=["emitted", "dynamic"])
def test_numbers_one_line_and_no_name(options):
    assert sourcead.grad(on_one_line, **options)(3.0) == 12.0
    assert sourcead.grad(silent, **options)(0.5) == pytest.approx(np.cos(0.5))
    assert SEEN == ["silent"]


def test_the_body_does_not_run_in_a_plain_call_nor_in_forward_mode():
    before = sys.gettrace()
    assert looked_at(X) == 15.0 and on_one_line(3.0) == 36.0 and silent(0.0) == 0.0
    sourcead.tangent(looked_at)(X, np.ones(2))
    assert SEEN == [] and sys.gettrace() is before


def test_an_error_in_what_follows_the_block_is_seen():
    def f(x):
        with sourcead.cotangent(x) as x_bar:
            print(x_bar)
        raise ValueError("after")

    with pytest.raises(ValueError, match="after"):
        f(1.0)


def test_the_body_stands_in_the_reverse_sweep():
    source = sourcead.grad(clipped).source
    reverse = source.index("# with sourcead.cotangent(y) as y_bar:")
    assert source.index("    y = x * x") < reverse < source.index("np.clip(")
    assert "cotangent(" not in source.replace("# with sourcead.cotangent(y)", "")


def test_arguments_and_containers():
    np.testing.assert_allclose(sourcead.grad(of_an_argument)(X, 0.5), X)
    # d/dx of 2x * 3x is 12x; without the part of the first factor half of it is left.
    np.testing.assert_allclose(sourcead.grad(of_a_list)(X), 6.0 * X)


def test_what_does_not_vary_has_no_block():
    def f(x, y):
        with sourcead.cotangent(y) as y_bar:
            SEEN.append(y_bar)
        return x * y

    assert sourcead.grad(f)(2.0, 3.0) == 3.0 and SEEN == []


def test_derivatives_of_derivatives():
    def f(x):
        y = x * x
        with sourcead.cotangent(y) as y_bar:
            y_bar = 2.0 * y_bar
        return y * y

    # The gradient is 2 * (2 y) * 2 x = 8 x ** 3.
    assert sourcead.grad(f)(1.5) == pytest.approx(27.0)
    assert sourcead.grad(sourcead.grad(f))(1.5) == pytest.approx(24.0 * 1.5**2)


def test_tensors():
    t = runtime.tensor([1.0, 2.0], requires_grad=True)
    looked_at(t).backward()
    assert isinstance(SEEN[0], runtime.Tensor) and t.grad.tolist() == [6.0, 12.0]


def test_the_wrong_shape_is_an_error():
    def f(x):
        with sourcead.cotangent(x) as x_bar:
            x_bar = np.sum(x_bar)
        return np.sum(x * x)

    with pytest.raises(sourcead.CotangentMismatch):
        sourcead.grad(f)(X)


def test_refusals():
    def leaves(x):
        with sourcead.cotangent(x) as x_bar:
            return x_bar

    def outside(x):
        scale = 1.0
        with sourcead.cotangent(x) as x_bar:
            scale = x_bar
        return x * scale

    def several(x):
        y = 2.0 * x
        with sourcead.cotangent(x) as x_bar, sourcead.cotangent(y) as y_bar:
            print(x_bar, y_bar)
        return x * y

    for f, said in ((outside, "scale"), (several, "form"), (leaves, "leaves")):
        with pytest.raises(sourcead.SourceADError, match=said):
            sourcead.grad(f)(X)


def test_printing_and_logging_are_kept():
    def f(x):
        y = x * x
        print("y is", y)
        return np.sum(y)

    assert 'print("y is", y)' in sourcead.grad(f).source.replace("'", '"')


@pytest.mark.parametrize("options", [EMITTED, DYNAMIC], ids=["emitted", "dynamic"])
def test_stop_gradient(options):
    def f(x):
        return np.sum(x * sourcead.stop_gradient(np.sin(x)))

    np.testing.assert_allclose(sourcead.grad(f, **options)(X), np.sin(X))


def of_a_dict(x):
    held = {"a": x * 2.0}
    with sourcead.cotangent(held) as held_bar:
        held_bar["a"] = held_bar["a"] * 2.0
    return np.sum(held["a"] ** 2)


def test_the_cotangent_of_a_container_is_not_passed_over_on_the_graph():
    x = np.array([0.5, 1.5])
    assert np.allclose(sourcead.grad(of_a_dict)(x), 16.0 * x)
    with pytest.raises(sourcead.SourceADError, match="cotangent of a container") as caught:
        sourcead.grad(of_a_dict, dynamic="always")(x)
    assert caught.value.origin.text.startswith("with sourcead.cotangent(held)")
