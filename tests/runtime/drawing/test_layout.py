"""Layered layout: edges lead downward, boxes do not overlap, little crosses."""

import itertools

import numpy as np
import pytest

from runtime.drawing.layout import GAP_X, arrange, spread


def random_graph(seed, count=25):
    rng = np.random.default_rng(seed)
    edges = [(int(rng.integers(0, k)), k) for k in range(1, count) for _ in range(rng.integers(1, 4))]
    return {k: (float(rng.integers(20, 120)), float(rng.integers(15, 40))) for k in range(count)}, edges


@pytest.mark.parametrize("seed", range(6))
def test_edges_lead_downward_and_boxes_keep_apart(seed):
    sizes, edges = random_graph(seed)
    placed = arrange(sizes, edges)
    for upper, lower in edges:
        bottom = placed.centres[upper][1] + sizes[upper][1] / 2
        assert bottom < placed.centres[lower][1] - sizes[lower][1] / 2
        route = placed.routes[upper, lower]
        assert route[0] == placed.centres[upper] and route[-1] == placed.centres[lower]
        assert [y for _, y in route] == sorted(y for _, y in route)
    for a, b in itertools.combinations(sizes, 2):
        (x, y), (other_x, other_y) = placed.centres[a], placed.centres[b]
        if y == other_y:
            assert abs(x - other_x) >= (sizes[a][0] + sizes[b][0]) / 2 + GAP_X - 1e-9
    for name, (width, height) in sizes.items():
        x, y = placed.centres[name]
        assert -1e-9 <= x - width / 2 and x + width / 2 <= placed.width + 1e-9
        assert -1e-9 <= y - height / 2 and y + height / 2 <= placed.height + 1e-9


def test_a_chain_stands_upright():
    placed = arrange(dict.fromkeys("abcd", (30.0, 20.0)), [("a", "b"), ("b", "c"), ("c", "d")])
    assert len({x for x, _ in placed.centres.values()}) == 1


def test_lines_that_need_not_cross_do_not():
    edges = [("a", "z"), ("b", "y"), ("c", "x"), ("x", "end"), ("y", "end"), ("z", "end")]
    placed = arrange(dict.fromkeys(["a", "b", "c", "x", "y", "z", "end"], (30.0, 20.0)), edges)
    upper = sorted("abc", key=lambda name: placed.centres[name][0])
    lower = sorted("zyx", key=lambda name: placed.centres[name][0])
    assert [dict(edges)[name] for name in upper] == lower


def test_inputs_stand_beside_their_use():
    edges = [("x", "f"), ("f", "g"), ("g", "h"), ("w", "h")]
    placed = arrange(dict.fromkeys(["x", "f", "g", "h", "w"], (30.0, 20.0)), edges)
    assert placed.centres["w"][1] == placed.centres["g"][1]


def test_nothing_to_draw():
    assert arrange({}, []).width == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_spread_is_the_least_squares_solution(seed):
    from_scipy = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(seed)
    wanted, apart = rng.uniform(0, 10, 6), rng.uniform(0.5, 3, 5)
    found = spread(list(wanted), list(apart))
    assert all(b - a >= d - 1e-9 for a, b, d in zip(found, found[1:], apart))
    best = from_scipy.minimize(
        lambda x: np.sum((x - wanted) ** 2),
        np.cumsum([0.0, *apart]) * 2,
        constraints=[{"type": "ineq", "fun": lambda x: np.diff(x) - apart}],
        tol=1e-12,
    )
    np.testing.assert_allclose(found, best.x, atol=1e-4)
