"""Adam and its relatives: steps scaled by running means of the gradient and of its square.

Sources: Kingma and Ba 2015 (Adam, Adamax), Loshchilov and Hutter 2019 (AdamW), Reddi et al. 2018 (amsgrad), Dozat 2016
(NAdam), Liu et al. 2020 (RAdam).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from runtime.optim.optimizer import Optimizer, buffer, decayed, memory, refuse_betas, refuse_negative
from runtime.tensor import Tensor


def _with_decay(gradient: np.ndarray, p: np.ndarray, group: dict[str, Any], decoupled: bool) -> np.ndarray:
    """The gradient to follow: with the decay in it, or, `decoupled`, without it, and the parameter itself shrinks."""
    if not decoupled:
        return decayed(gradient, p, group)
    if group["weight_decay"]:
        p *= 1.0 - group["lr"] * group["weight_decay"]
    return -gradient if group["maximize"] else gradient


def _running_means(
    state: dict[str, Any], parameter: Tensor, g: np.ndarray, betas: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The running means of the gradient and of its square, moved toward `g`."""
    beta1, beta2 = betas
    mean, square = buffer(state, "exp_avg", parameter), buffer(state, "exp_avg_sq", parameter)
    mean += (1.0 - beta1) * (g - mean)
    square *= beta2
    square += (1.0 - beta2) * (g * g)
    return mean, square


class _Adam(Optimizer):
    ways: ClassVar[dict[str, Any]] = {"foreach": None, "capturable": False, "differentiable": False, "fused": None}

    def __init__(
        self,
        params: Any,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        amsgrad: bool,
        maximize: bool,
        decoupled_weight_decay: bool,
        ways: dict[str, Any],
    ) -> None:
        refuse_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        refuse_betas(betas)
        options: dict[str, Any] = dict(lr=lr, betas=tuple(betas), eps=eps, weight_decay=weight_decay)
        options |= dict(amsgrad=amsgrad, maximize=maximize, decoupled_weight_decay=decoupled_weight_decay)
        super().__init__(params, options, ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `exp_avg` and `exp_avg_sq` are the running means."""
        p = memory(parameter)
        beta1, beta2 = group["betas"]
        g = _with_decay(gradient, p, group, group["decoupled_weight_decay"])
        step = state["step"] = state.get("step", 0) + 1
        mean, square = _running_means(state, parameter, g, group["betas"])
        if group["amsgrad"]:
            largest = buffer(state, "max_exp_avg_sq", parameter)
            square = np.maximum(largest, square, out=largest)
        scale = np.sqrt(square)
        scale /= math.sqrt(1.0 - beta2**step)
        scale += group["eps"]
        np.divide(mean, scale, out=scale)
        scale *= group["lr"] / (1.0 - beta1**step)
        p -= scale


class Adam(_Adam):
    """`p = p - lr * m / (sqrt(v) + eps)`, where m and v are running means of g and of g * g, corrected at the start.

    `weight_decay` adds to the gradient, or shrinks the parameter where it is decoupled. `amsgrad` uses the largest v so
    far.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
        **ways: Any,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay, ways)


class AdamW(_Adam):
    """Adam whose `weight_decay` shrinks the parameter itself: `p = p * (1 - lr * weight_decay)` before each step."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize, True, ways)


class Adamax(Optimizer):
    """Adam with the largest gradient, slowly forgotten, in the place of the root of the mean square."""

    ways: ClassVar[dict[str, Any]] = {"foreach": None, "capturable": False, "differentiable": False}

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        refuse_betas(betas)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `exp_inf` is the largest gradient."""
        p = memory(parameter)
        beta1, beta2 = group["betas"]
        g = decayed(gradient, p, group)
        step = state["step"] = state.get("step", 0) + 1
        mean, largest = buffer(state, "exp_avg", parameter), buffer(state, "exp_inf", parameter)
        mean += (1.0 - beta1) * (g - mean)
        largest *= beta2
        np.maximum(largest, np.abs(g) + group["eps"], out=largest)
        p -= group["lr"] / (1.0 - beta1**step) * mean / largest


class NAdam(Optimizer):
    """Adam with Nesterov's momentum, whose strength grows by a schedule of rate `momentum_decay`."""

    ways: ClassVar[dict[str, Any]] = {"foreach": None, "capturable": False, "differentiable": False}

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        refuse_betas(betas)
        options = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        super().__init__(params, dict(options, decoupled_weight_decay=decoupled_weight_decay, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; `mu_product` is the product of all momenta so far."""
        p = memory(parameter)
        beta1, beta2 = group["betas"]
        g = _with_decay(gradient, p, group, group["decoupled_weight_decay"])
        step = state["step"] = state.get("step", 0) + 1
        now, later = (beta1 * (1.0 - 0.5 * 0.96 ** (k * group["momentum_decay"])) for k in (step, step + 1))
        product = state["mu_product"] = state.get("mu_product", 1.0) * now
        mean, square = _running_means(state, parameter, g, group["betas"])
        scale = np.sqrt(square / (1.0 - beta2**step)) + group["eps"]
        p -= group["lr"] * (1.0 - now) / (1.0 - product) * g / scale
        p -= group["lr"] * later / (1.0 - product * later) * mean / scale


class RAdam(Optimizer):
    """Adam that scales its steps only once the mean square is known well enough."""

    ways: ClassVar[dict[str, Any]] = {"foreach": None, "capturable": False, "differentiable": False}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        refuse_betas(betas)
        options = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
        super().__init__(params, dict(options, decoupled_weight_decay=decoupled_weight_decay, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; the means are Adam's."""
        p = memory(parameter)
        beta1, beta2 = group["betas"]
        g = _with_decay(gradient, p, group, group["decoupled_weight_decay"])
        step = state["step"] = state.get("step", 0) + 1
        mean, square = _running_means(state, parameter, g, group["betas"])
        corrected = mean / (1.0 - beta1**step)
        longest = 2.0 / (1.0 - beta2) - 1.0
        length = longest - 2.0 * step * beta2**step / (1.0 - beta2**step)
        if length > 5.0:
            share = (length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length)
            corrected *= math.sqrt(share) * math.sqrt(1.0 - beta2**step) / (np.sqrt(square) + group["eps"])
        p -= group["lr"] * corrected
