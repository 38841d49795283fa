"""L-BFGS: steps by Newton's method with a Hessian guessed from the last gradients.

Source: Nocedal and Wright, Numerical Optimization, 2nd edition, algorithm 7.4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.modes import no_grad
from runtime.optim.line_search import Point, strong_wolfe
from runtime.optim.optimizer import Optimizer, called, memory, number
from runtime.tensor import Tensor


class LBFGS(Optimizer):
    """Up to `max_iter` steps for each call of `step(closure)`, which needs the closure to compute loss and gradients.

    One group of parameters only. Without `line_search_fn="strong_wolfe"` every step has length `lr`.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if line_search_fn not in (None, "strong_wolfe"):
            raise ValueError("only 'strong_wolfe' is supported for line_search_fn")
        options: dict[str, Any] = dict(lr=lr, max_iter=max_iter, tolerance_grad=tolerance_grad)
        options["max_eval"] = max_iter * 5 // 4 if max_eval is None else max_eval
        options |= dict(tolerance_change=tolerance_change, history_size=history_size, line_search_fn=line_search_fn)
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params: list[Tensor] = self.param_groups[0]["params"]

    def advance(self, closure: Callable[[], Any] | None = None) -> Any:
        """Steps until one of the limits is reached. Returns the loss before the first."""
        if closure is None:
            raise TypeError("LBFGS.step needs a closure that computes the loss and its gradients")
        with no_grad():
            return self._descend(closure)

    def _descend(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        state = self.state_of(self._params[0])
        first = called(closure)
        loss, gradient = number(first), self._gradient()
        evaluations = 1
        state.setdefault("n_iter", 0)
        state["func_evals"] = state.get("func_evals", 0) + 1
        if np.max(np.abs(gradient)) <= group["tolerance_grad"]:
            return first
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = _direction(state, gradient, group["history_size"])
            start = Point(0.0, loss, gradient, float(gradient @ direction))
            state["prev_flat_grad"], state["prev_loss"] = gradient, loss
            state["d"] = direction
            state["t"] = t = group["lr"] * (min(1.0, 1.0 / np.sum(np.abs(gradient))) if state["n_iter"] == 1 else 1.0)
            if start.slope > -group["tolerance_change"]:
                break
            last = iteration == group["max_iter"]
            flat = False
            count = 0
            if group["line_search_fn"] is not None:
                found = strong_wolfe(self._along(closure, direction), start, t, float(np.max(np.abs(direction))))
                count = found.evaluations
                t, loss, gradient = found.point.t, found.point.value, found.point.gradient
                state["t"] = t
                self._move(t, direction)
                flat = bool(np.max(np.abs(gradient)) <= group["tolerance_grad"])
            else:
                self._move(t, direction)
                if not last:
                    loss, gradient, count = number(called(closure)), self._gradient(), 1
                    flat = bool(np.max(np.abs(gradient)) <= group["tolerance_grad"])
            evaluations += count
            state["func_evals"] += count
            small = np.max(np.abs(direction * t)) <= group["tolerance_change"]
            still = abs(loss - state["prev_loss"]) < group["tolerance_change"]
            if last or evaluations >= group["max_eval"] or flat or small or still:
                break
        return first

    def _gradient(self) -> np.ndarray:
        parts = [
            np.zeros(p._data.size, p._data.dtype) if p.grad is None else p.grad._data.ravel() for p in self._params
        ]
        return np.concatenate(parts)

    def _move(self, t: float, direction: np.ndarray) -> None:
        place = 0
        for parameter in self._params:
            data = memory(parameter)
            data += t * direction[place : place + data.size].reshape(data.shape)
            place += data.size

    def _along(self, closure: Callable[[], Any], direction: np.ndarray) -> Callable[[float], Point]:
        """The function on the line through the parameters, which are as before after each evaluation."""
        saved = [parameter._data.copy() for parameter in self._params]

        def evaluate(t: float) -> Point:
            self._move(t, direction)
            value, gradient = number(called(closure)), self._gradient()
            for parameter, data in zip(self._params, saved):
                memory(parameter)[...] = data
            return Point(t, value, gradient, float(gradient @ direction))

        return evaluate


def _direction(state: dict[str, Any], gradient: np.ndarray, most: int) -> np.ndarray:
    """Minus the gradient times the guessed inverse Hessian; takes the last change into the guess first."""
    if state["n_iter"] == 1:
        state["old_dirs"], state["old_stps"], state["ro"], state["H_diag"] = [], [], [], 1.0
        return -gradient
    changes, steps, weights = state["old_dirs"], state["old_stps"], state["ro"]
    change = gradient - state["prev_flat_grad"]
    step = state["d"] * state["t"]
    product = float(change @ step)
    if product > 1e-10:
        if len(changes) == most:
            for kept in (changes, steps, weights):
                kept.pop(0)
        changes.append(change)
        steps.append(step)
        weights.append(1.0 / product)
        state["H_diag"] = product / float(change @ change)
    q = -gradient
    shares = [0.0] * len(changes)
    for k in reversed(range(len(changes))):
        shares[k] = float(steps[k] @ q) * weights[k]
        q -= shares[k] * changes[k]
    q *= state["H_diag"]
    for k in range(len(changes)):
        q += steps[k] * (shares[k] - float(changes[k] @ q) * weights[k])
    return q
