"""The second derivative of every rule, on the dynamic graph: the rules differentiate each other.

For each row of samples that has smooth second differences there, the derivative of the gradient along a random
direction against central differences of the gradient. A row whose note begins with "edge" or "kink" has none.
"""

from __future__ import annotations

import numpy as np
import pytest

import runtime
import runtime.kernels
from runtime.lifting import call
from runtime.primitives.registry import Call, Rule, bind, rules, sample_calls, select

# NumPy hands no Tensor on from these: the graph refuses them. They are linear, so their second derivative is 0.
WITHOUT_PROTOCOL = {np.array, np.asarray, np.ascontiguousarray, np.asfortranarray, np.float64, np.full, np.full_like}
# Its second derivative needs the inverse, and a sample has none.
OF_REGULAR_MATRICES_ONLY = {runtime.kernels.cofactor}
RULES = sorted(
    (rule for rule in rules() if rule.function not in WITHOUT_PROTOCOL | OF_REGULAR_MATRICES_ONLY),
    key=lambda rule: (rule.name, str(getattr(rule.function, "__module__", ""))),
)
STEP = 1e-6


def slots(rule: Rule):
    """Each row with the places of its double-precision arrays that the rule differentiates in."""
    for row in sample_calls(rule.function):
        if row.note.startswith(("edge", "kink")):
            continue
        for wrt in rule.active:
            texts = (rule.partials if rule.kind == "elementwise" else rule.reverse).get(wrt, [])
            leading = (1 if rule.kind == "elementwise" else 2) + wrt.startswith("*")
            text = select(texts, leading, row.args, row.kwargs)
            if text is None or row.wrt is not None and wrt not in row.wrt or wrt.startswith("*"):
                continue
            value = bind(text, leading, row.args, row.kwargs).get(wrt)
            if isinstance(value, np.ndarray) and value.dtype == np.float64 and value.size:
                yield row, wrt, value


def gradient(rule: Rule, row: Call, value: np.ndarray, at: np.ndarray, cotangent: np.ndarray):
    """The argument as a Tensor at another point, and the gradient of the sum of the results times `cotangent`."""
    x = runtime.as_tensor(np.array(at))
    x.requires_grad = True
    args = [x if a is value else a for a in row.args]
    kwargs = {key: x if a is value else a for key, a in row.kwargs.items()}
    y = np.sum(call(rule.function, *args, **kwargs) * cotangent)
    return x, runtime.autograd.grad(y, [x], create_graph=True)[0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_second_derivative(rule):
    rng = np.random.default_rng(3)
    for row, wrt, value in slots(rule):
        z = rule.function(*row.args, **row.kwargs)
        if not isinstance(z, (np.ndarray, np.generic)) or z.dtype != np.float64:
            continue
        cotangent, direction = rng.standard_normal(z.shape), rng.standard_normal(value.shape)
        x, g = gradient(rule, row, value, value, cotangent)
        slope = np.sum(g * direction)
        curvature = 0.0
        if slope.requires_grad:
            (h,) = runtime.autograd.grad(slope, [x], allow_unused=True)
            curvature = 0.0 if h is None else float(np.sum(h.detach().numpy() * direction))
        _, ahead = gradient(rule, row, value, value + STEP * direction, cotangent)
        _, behind = gradient(rule, row, value, value - STEP * direction, cotangent)
        numeric = np.sum((ahead.detach().numpy() - behind.detach().numpy()) * direction) / (2 * STEP)
        np.testing.assert_allclose(curvature, numeric, rtol=2e-4, atol=1e-5, err_msg=f"{rule.name} wrt {wrt} at {row}")
