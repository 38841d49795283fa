"""Stochastic gradient descent with momentum (Sutskever et al. 2013), as PyTorch defines it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from runtime.optim.optimizer import Optimizer, decayed, memory, refuse_negative
from runtime.tensor import Tensor


class SGD(Optimizer):
    """`v = momentum * v + (1 - dampening) * g`, `p = p - lr * v`; with `nesterov`, `p = p - lr * (g + momentum * v)`.

    `g` is the gradient plus `weight_decay * p`, negated for `maximize`. The first `v` is `g`.
    """

    ways: ClassVar[dict[str, Any]] = {"foreach": None, "differentiable": False, "fused": None}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        **ways: Any,
    ) -> None:
        refuse_negative(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0.0 or dampening != 0.0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        options = dict(lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay)
        super().__init__(params, dict(options, nesterov=nesterov, maximize=maximize), ways)

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """One step of one parameter; its velocity is kept as `momentum_buffer`."""
        p = memory(parameter)
        g = decayed(gradient, p, group)
        momentum = group["momentum"]
        if momentum:
            kept = state.get("momentum_buffer")
            if kept is None:
                kept = state["momentum_buffer"] = Tensor.wrap(np.array(g))
            else:
                kept._data *= momentum
                kept._data += (1.0 - group["dampening"]) * g
            g = g + momentum * kept._data if group["nesterov"] else kept._data
        p -= group["lr"] * g
