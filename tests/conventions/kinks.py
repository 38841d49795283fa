"""The points where mathematics leaves a choice: an expression of ours, and the same of PyTorch's and of JAX's.

None stands where the other library has no such function. `python tests/conventions/kinks.py` runs those two, where
they are installed, and prints what they give as the text of `elsewhere.json`.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class Kink(NamedTuple):
    """An expression and a point, in NumPy, in PyTorch (`T`) and in JAX (`jnp`)."""

    ours: str
    at: str
    torch: str | None
    jax: str | None


def _same(ours: str, at: str) -> Kink:
    """An expression whose functions have one name in all three."""
    return Kink(ours, at, ours.replace("np.", "T."), ours.replace("np.", "jnp."))


KINKS = [
    _same("np.abs(x)", "x = 0.0"),
    _same("np.sign(x)", "x = 0.0"),
    Kink("np.heaviside(x, 0.5)", "x = 0.0", "T.heaviside(x, T.tensor(0.5, dtype=x.dtype))", "jnp.heaviside(x, 0.5)"),
    _same("np.sqrt(x)", "x = 0.0"),
    Kink("np.cbrt(x)", "x = 0.0", None, "jnp.cbrt(x)"),
    _same("np.log(x)", "x = np.float64(0.0)"),
    _same("np.log1p(x)", "x = np.float64(-1.0)"),
    _same("1.0 / x", "x = np.float64(0.0)"),
    Kink("np.arcsin(x)", "x = 1.0", "T.asin(x)", "jnp.arcsin(x)"),
    Kink("np.arccos(x)", "x = 1.0", "T.acos(x)", "jnp.arccos(x)"),
    Kink("np.arccosh(x)", "x = 1.0", "T.acosh(x)", "jnp.arccosh(x)"),
    Kink("np.arctanh(x)", "x = np.float64(1.0)", "T.atanh(x)", "jnp.arctanh(x)"),
    _same("x**0", "x = 0.0"),
    _same("x**1", "x = 0.0"),
    _same("x**2", "x = 0.0"),
    _same("x**0.5", "x = np.float64(0.0)"),
    _same("x**y", "x = 0.0, y = 0.0"),
    _same("x**y", "x = 0.0, y = 0.5"),
    _same("x**y", "x = 0.0, y = 1.0"),
    _same("x**y", "x = 0.0, y = 2.0"),
    _same("x**y", "x = -2.0, y = 3.0"),
    _same("np.maximum(x, y)", "x = 1.0, y = 1.0"),
    _same("np.minimum(x, y)", "x = 1.0, y = 1.0"),
    Kink("np.maximum(x, 0.0)", "x = 0.0", "T.relu(x)", "jax.nn.relu(x)"),
    _same("np.fmax(x, y)", "x = 1.0, y = 1.0"),
    _same("np.fmin(x, y)", "x = 1.0, y = 1.0"),
    Kink("np.maximum(x, y)", "x = nan, y = 1.0", "T.maximum(x, y)", "jnp.maximum(x, y)"),
    _same("np.clip(x, 0.0, 1.0)", "x = 0.0"),
    _same("np.clip(x, 0.0, 1.0)", "x = 1.0"),
    _same("np.clip(x, 0.0, 1.0)", "x = 2.0"),
    _same("np.max(x)", "x = np.array([1.0, 3.0, 3.0])"),
    _same("np.min(x)", "x = np.array([1.0, 1.0, 3.0])"),
    Kink("np.max(x, axis=0)", "x = np.array([3.0, 3.0, 3.0])", "T.amax(x, 0)", "jnp.max(x, axis=0)"),
    Kink("x[np.argmax(x)]", "x = np.array([1.0, 3.0, 3.0])", "T.max(x, 0).values", "x[jnp.argmax(x)]"),
    Kink("np.sort(x)[1]", "x = np.array([2.0, 2.0, 1.0])", "T.sort(x).values[1]", "jnp.sort(x)[1]"),
    Kink("np.median(x)", "x = np.array([2.0, 2.0, 1.0, 2.0])", "T.median(x)", "jnp.median(x)"),
    Kink("np.median(x)", "x = np.array([1.0, 2.0, 4.0, 3.0])", "T.median(x)", "jnp.median(x)"),
    _same("np.quantile(x, 0.5)", "x = np.array([1.0, 1.0, 3.0])"),
    _same("np.prod(x)", "x = np.array([2.0, 0.0, 3.0])"),
    _same("np.prod(x)", "x = np.array([2.0, 0.0, 0.0])"),
    Kink("np.cumprod(x)[2]", "x = np.array([2.0, 0.0, 3.0])", "T.cumprod(x, 0)[2]", "jnp.cumprod(x)[2]"),
    Kink("np.std(x)", "x = np.array([2.0, 2.0])", "T.std(x, correction=0)", "jnp.std(x)"),
    Kink("np.var(x)", "x = np.array([2.0, 2.0])", "T.var(x, correction=0)", "jnp.var(x)"),
    _same("np.linalg.norm(x)", "x = np.array([0.0, 0.0])"),
    Kink("np.linalg.norm(x, 1)", "x = np.array([0.0, 2.0])", "T.linalg.norm(x, 1)", "jnp.linalg.norm(x, 1)"),
    Kink(
        "np.linalg.norm(x, np.inf)",
        "x = np.array([2.0, -2.0])",
        "T.linalg.norm(x, float('inf'))",
        "jnp.linalg.norm(x, jnp.inf)",
    ),
    _same("np.hypot(x, y)", "x = 0.0, y = 0.0"),
    Kink("np.arctan2(x, y)", "x = 0.0, y = 0.0", "T.atan2(x, y)", "jnp.arctan2(x, y)"),
    _same("np.logaddexp(x, y)", "x = inf, y = inf"),
    _same("np.logaddexp(x, y)", "x = -inf, y = -inf"),
    _same("np.logaddexp(x, y)", "x = -inf, y = 0.0"),
    _same("np.where(x > 0.0, x, 2.0 * x)", "x = 0.0"),
    _same("np.where(x > 0.0, np.log(x), 0.0)", "x = np.float64(0.0)"),
    Kink("np.remainder(x, y)", "x = 7.5, y = 2.0", "T.remainder(x, y)", "jnp.remainder(x, y)"),
    Kink("np.remainder(x, y)", "x = 4.0, y = 2.0", "T.remainder(x, y)", "jnp.remainder(x, y)"),
    Kink("np.fmod(x, y)", "x = -7.5, y = 2.0", "T.fmod(x, y)", "jnp.fmod(x, y)"),
    Kink("x // y", "x = 7.5, y = 2.0", "T.floor_divide(x, y)", "x // y"),
    _same("np.floor(x)", "x = 1.5"),
    _same("np.floor(x)", "x = 1.0"),
    _same("np.round(x)", "x = 0.5"),
    _same("np.sinc(x)", "x = 0.0"),
    Kink("np.tan(x)", "x = inf", "T.tan(x)", "jnp.tan(x)"),
    _same("np.exp(x)", "x = -inf"),
    Kink("np.nan_to_num(x)", "x = nan", "T.nan_to_num(x)", "jnp.nan_to_num(x)"),
    Kink(
        "np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 3.0])",
        "x = 1.0",
        None,
        "jnp.interp(x, jnp.array([0.0, 1.0, 2.0]), jnp.array([0.0, 1.0, 3.0]))",
    ),
]
ELSEWHERE = Path(__file__).with_name("elsewhere.json")
NAMES: dict[str, Any] = {"np": np, "inf": np.inf, "nan": np.nan}


def point(kink: Kink) -> dict[str, Any]:
    """The arguments by name."""
    return eval(f"dict({kink.at})", NAMES)


def shown(values: Any) -> str:
    """Derivatives as the page shows them: six digits, and no negative zero."""
    return ", ".join(str((np.asarray(value, float).round(6) + 0.0).tolist()) for value in values)


def by_torch(kink: Kink) -> str | None:
    """The derivatives that PyTorch gives, as text; None where it has no such function."""
    torch = importlib.import_module("torch")
    if kink.torch is None:
        return None
    at = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in point(kink).items()}
    result = eval(kink.torch, {"T": torch, "float": float, **at})
    if not result.requires_grad:
        return "none"
    try:
        found = torch.autograd.grad(result, list(at.values()), allow_unused=True)
    except RuntimeError:
        # "derivative for ... is not implemented"
        return "none"
    return shown([torch.zeros_like(x) if g is None else g for g, x in zip(found, at.values())])


def by_jax(kink: Kink) -> str | None:
    """The derivatives that JAX gives, as text; None where it has no such function."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    if kink.jax is None:
        return None
    at = point(kink)
    scope = {"jnp": jax.numpy, "jax": jax}
    function = eval(f"lambda {', '.join(at)}: {kink.jax}", scope)
    return shown(jax.grad(function, tuple(range(len(at))))(*(jax.numpy.asarray(v) for v in at.values())))


if __name__ == "__main__":
    print(json.dumps([{"torch": by_torch(kink), "jax": by_jax(kink)} for kink in KINKS], indent=1))
