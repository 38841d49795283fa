"""Steps that know only the signs of gradients, and averaged steps: Rprop (Riedmiller and Braun 1993), ASGD (Polyak and
Juditsky 1992)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from runtime.optim.optimizer import Optimizer, buffer, decayed, memory, refuse_negative
from runtime.tensor import Tensor


class Rprop(Optimizer):
    """`p = p - sign(g) * s`: each element's step s grows while its gradient keeps its sign, and shrinks where it turns.

    `etas` are the factors of shrinking and growing, `step_sizes` the bounds. Where the sign turns nothing is done.
    """

    ways: ClassVar[dict[str, Any]] = {"capturable": False, "foreach": None, "differentiable": False}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, dict(lr=lr, etas=etas, step_sizes=step_sizes, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `prev` is the last gradient and `step_size` the steps."""
        g = np.array(-gradient if group["maximize"] else gradient)
        state["step"] = state.get("step", 0) + 1
        last, size = buffer(state, "prev", parameter), buffer(state, "step_size", parameter, group["lr"])
        turned = last * g
        low, high = group["etas"]
        size *= np.where(turned > 0, high, np.where(turned < 0, low, 1.0)).astype(size.dtype)
        np.clip(size, *group["step_sizes"], out=size)
        g[turned < 0] = 0.0
        memory(parameter)[...] -= np.sign(g) * size
        last[...] = g


class ASGD(Optimizer):
    """Gradient descent with falling steps whose mean from step `t0` on is kept as `ax` in the state.

    `p = p * (1 - lambd * eta) - eta * g` with `eta = lr / (1 + lambd * lr * step) ** alpha`.
    """

    ways: ClassVar[dict[str, Any]] = {"capturable": False, "foreach": None, "differentiable": False}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr, weight_decay=weight_decay)
        options = dict(lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay)
        super().__init__(params, dict(options, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `ax` is the mean, `eta` and `mu` the next step's size and weight."""
        p = memory(parameter)
        g = decayed(gradient, p, group)
        step = state["step"] = state.get("step", 0) + 1
        mean = buffer(state, "ax", parameter)
        eta, mu = state.get("eta", group["lr"]), state.get("mu", 1.0)
        p *= 1.0 - group["lambd"] * eta
        p -= eta * g
        mean += (p - mean) * mu
        state["eta"] = group["lr"] / (1.0 + group["lambd"] * group["lr"] * step) ** group["alpha"]
        state["mu"] = 1.0 / max(1.0, step - group["t0"])
