"""Golden files: what is emitted for programs written as users write, kept to be read and reviewed like code.

Each file beside this one is the `.source` of one derivative, and it is right: run on its own, it agrees with finite
differences. `REWRITE_GOLDEN=1 pytest tests/golden` writes what is emitted now, for a person to read the diff.
"""

from __future__ import annotations

import copy
import os
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optree
import programs
import pytest

import sourcead

HERE = Path(__file__).parent
RANDOM = np.random.default_rng(20)


def normal(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape)


@dataclass(frozen=True)
class Golden:
    """One golden file: its name, the transform, the function, `wrt`, and arguments at which it must be right."""

    name: str
    transform: Callable[..., Any]
    function: Callable[..., Any]
    wrt: str | tuple[str, ...]
    arguments: tuple[Any, ...]

    def emitted(self) -> Any:
        return self.transform(self.function, self.wrt)

    @property
    def places(self) -> list[int]:
        """Positions of the arguments that are differentiated."""
        names = self.function.__code__.co_varnames
        return [names.index(n) for n in ([self.wrt] if isinstance(self.wrt, str) else self.wrt)]


MLP = (normal(3, 4), normal(4), normal(4, 2), normal(2), normal(5, 3), normal(5, 2))
LOGISTIC = (normal(3), 0.2, normal(6, 3), np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0]), 0.1)
RNN = (normal(3, 2), normal(3, 3), normal(3), normal(4, 2), normal(4, 3))
ENERGY = (normal(8), 0.2, 3)
FIT = (np.array([0.3, 1.2]), np.linspace(0.0, 2.0, 7), normal(7), 0.5)
RIDGE = ({"w": normal(3), "b": 0.4}, normal(5, 3), normal(5))

GOLDEN = [
    Golden("mlp_loss_grad", sourcead.grad, programs.mlp_loss, ("W1", "b1", "W2", "b2"), MLP),
    Golden("root_grad", sourcead.grad, programs.root, "a", (2.0,)),
    Golden("root_tangent", sourcead.tangent, programs.root, "a", (2.0,)),
    Golden("energy_grad_u0", sourcead.grad, programs.energy, "u0", ENERGY),
    Golden("energy_grad_c", sourcead.grad, programs.energy, "c", ENERGY),
    Golden("energy_grad_u0_c", sourcead.grad, programs.energy, ("u0", "c"), ENERGY),
    Golden("length_grad", sourcead.grad, programs.length, "p", (normal(6, 3),)),
    Golden("fit_grad", sourcead.grad, programs.fit, "theta", FIT),
    Golden("settled_grad", sourcead.grad, programs.settled, "x", (normal(4),)),
    Golden("logistic_loss_grad", sourcead.grad, programs.logistic_loss, ("w", "b"), LOGISTIC),
    Golden("rnn_loss_grad", sourcead.grad, programs.rnn_loss, ("Wx", "Wh", "b"), RNN),
    Golden("first_passage_grad", sourcead.grad, programs.first_passage, "x", (0.4, np.full(9, 0.5), 1.5)),
    Golden("smoothness_grad", sourcead.grad, programs.smoothness, "p", (normal(3), 0.3)),
    Golden("ridge_grad", sourcead.grad, programs.ridge, "params", RIDGE),
    Golden("gaussian_nll_value_and_grad", sourcead.value_and_grad, programs.gaussian_nll, ("mu", "log_sigma"),
           (0.3, -0.2, normal(5))),
    Golden("softmax_adjoint", sourcead.adjoint, programs.softmax, ("x", "temperature"), (normal(4), 0.7)),
    Golden("pendulum_grad", sourcead.grad, programs.pendulum, "theta", (0.5, 0.1, 4)),
]  # fmt: skip
CASES = pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
SECOND = HERE / "pendulum_grad_grad.py"


def compare_or_rewrite(path: Path, source: str) -> None:
    if os.environ.get("REWRITE_GOLDEN"):
        path.write_text(source, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == source


@CASES
def test_emitted_as_kept(golden: Golden):
    compare_or_rewrite(HERE / f"{golden.name}.py", golden.emitted().source)


def test_second_order_emitted_as_kept():
    compare_or_rewrite(SECOND, sourcead.grad(sourcead.grad(programs.pendulum)).source)


def test_every_file_here_is_compared():
    kept = {path.stem for path in HERE.glob("*.py")} - {"programs", "test_golden"}
    assert kept == {golden.name for golden in GOLDEN} | {SECOND.stem}


@CASES
def test_kept_file_is_right(golden: Golden):
    run = kept_function(golden.name, golden.emitted().__name__)
    before = copy.deepcopy(golden.arguments)
    if golden.transform is sourcead.tangent:
        check_tangent(golden, run)
    else:
        check_gradient(golden, run)
    assert optree.tree_all(optree.tree_map(np.array_equal, before, golden.arguments)), "an argument was changed"


def test_kept_second_order_file_is_right():
    second = kept_function(SECOND.stem, SECOND.stem)
    first = kept_function("pendulum_grad", "pendulum_grad")
    np.testing.assert_allclose(second(0.5, 0.1, 4), slope(lambda t: first(t, 0.1, 4), 0.5), rtol=1e-6)


def kept_function(stem: str, name: str) -> Callable[..., Any]:
    """A function of a golden file, from the text as it lies there now."""
    return runpy.run_path(str(HERE / f"{stem}.py"))[name]


def check_gradient(golden: Golden, run: Callable[..., Any]) -> None:
    value = golden.function(*golden.arguments)
    cotangent = np.cos(np.arange(np.size(value))).reshape(np.shape(value))
    if golden.transform is sourcead.adjoint:
        found = run(*golden.arguments, cotangent)
    elif golden.transform is sourcead.value_and_grad:
        given, found = run(*golden.arguments)
        np.testing.assert_allclose(given, value, rtol=1e-14)
    else:
        found = run(*golden.arguments)
    for place, gradient in zip(golden.places, [found] if isinstance(golden.wrt, str) else found, strict=True):
        wanted = numeric(golden, place, cotangent)
        assert optree.tree_structure(gradient) == optree.tree_structure(golden.arguments[place])
        for one, other in zip(optree.tree_leaves(gradient), wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=2e-6, atol=1e-8)


def check_tangent(golden: Golden, run: Callable[..., Any]) -> None:
    (argument,) = golden.arguments
    value, moved = run(argument, 1.0)
    assert value == golden.function(argument)
    np.testing.assert_allclose(moved, slope(golden.function, argument), rtol=1e-6)


def numeric(golden: Golden, place: int, cotangent: np.ndarray) -> list[np.ndarray]:
    """Central differences of `sum(cotangent * f)`, one array for each leaf of the argument."""
    leaves, structure = optree.tree_flatten(golden.arguments[place])
    found = []
    for k, leaf in enumerate(leaves):
        result = np.zeros(np.shape(leaf))
        for index in np.ndindex(np.shape(leaf)):

            def along(step: float) -> float:
                moved = np.array(leaf)
                moved[index] += step
                changed = [*leaves[:k], moved if np.ndim(leaf) else float(moved), *leaves[k + 1 :]]
                arguments = list(golden.arguments)
                arguments[place] = optree.tree_unflatten(structure, changed)
                return float(np.sum(cotangent * golden.function(*arguments)))

            result[index] = slope(along, 0.0)
        found.append(result)
    return found


def slope(function: Callable[[float], float], at: float) -> float:
    """Central difference of the sixth order."""
    h = 1e-3
    weights = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
    return sum(w * (function(at + k * h) - function(at - k * h)) for k, w in weights.items()) / h
