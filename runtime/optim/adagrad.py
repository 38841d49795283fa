"""Steps scaled by the gradients so far: Adagrad (Duchi et al. 2011), RMSprop (Tieleman and Hinton 2012), Adadelta
(Zeiler 2012)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from runtime.optim.optimizer import Optimizer, buffer, decayed, memory, refuse_negative
from runtime.tensor import Tensor


class Adagrad(Optimizer):
    """`p = p - lr / (1 + (step - 1) * lr_decay) * g / (sqrt(sum of g * g) + eps)`."""

    ways: ClassVar[dict[str, Any]] = {"foreach": None, "differentiable": False, "fused": None}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )
        options = dict(lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay)
        options["initial_accumulator_value"] = initial_accumulator_value
        super().__init__(params, dict(options, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `sum` is the sum of squares."""
        p = memory(parameter)
        g = decayed(gradient, p, group)
        total = buffer(state, "sum", parameter, group["initial_accumulator_value"])
        step = state["step"] = state.get("step", 0) + 1
        total += g * g
        p -= group["lr"] / (1.0 + (step - 1) * group["lr_decay"]) * g / (np.sqrt(total) + group["eps"])


class RMSprop(Optimizer):
    """`p = p - lr * g / (sqrt(v) + eps)`, where v is a running mean of g * g.

    With `centered` the square of the running mean of g is taken off v; with `momentum` the steps are added up.
    """

    ways: ClassVar[dict[str, Any]] = {"capturable": False, "foreach": None, "differentiable": False}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)
        options = dict(lr=lr, momentum=momentum, alpha=alpha, eps=eps, weight_decay=weight_decay)
        super().__init__(params, dict(options, centered=centered, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `square_avg` is the mean of squares, `grad_avg` of the gradient."""
        p = memory(parameter)
        alpha = group["alpha"]
        g = decayed(gradient, p, group)
        state["step"] = state.get("step", 0) + 1
        square = buffer(state, "square_avg", parameter)
        square *= alpha
        square += (1.0 - alpha) * (g * g)
        if group["centered"]:
            mean = buffer(state, "grad_avg", parameter)
            mean += (1.0 - alpha) * (g - mean)
            square = square - mean * mean
        change = g / (np.sqrt(square) + group["eps"])
        if group["momentum"]:
            velocity = buffer(state, "momentum_buffer", parameter)
            velocity *= group["momentum"]
            velocity += change
            change = velocity
        p -= group["lr"] * change


class Adadelta(Optimizer):
    """`p = p - lr * g * sqrt(u + eps) / sqrt(v + eps)`, with u and v running means of squared steps and of g * g."""

    ways: ClassVar[dict[str, Any]] = {"capturable": False, "foreach": None, "differentiable": False}

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        super().__init__(params, dict(lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `square_avg` and `acc_delta` are the running means."""
        p = memory(parameter)
        rho, eps = group["rho"], group["eps"]
        g = decayed(gradient, p, group)
        state["step"] = state.get("step", 0) + 1
        square, steps = buffer(state, "square_avg", parameter), buffer(state, "acc_delta", parameter)
        square *= rho
        square += (1.0 - rho) * (g * g)
        change = np.sqrt(steps + eps) / np.sqrt(square + eps) * g
        steps *= rho
        steps += (1.0 - rho) * (change * change)
        p -= group["lr"] * change
