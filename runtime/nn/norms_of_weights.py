"""Weight and spectral normalisation as parametrizations, under the names of `torch.nn.utils.parametrizations`."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.modes import no_grad
from runtime.nn.module import Module
from runtime.nn.parametrized import register_parametrization, require_matrix
from runtime.nn.reparametrized import length_of
from runtime.operation import apply
from runtime.operations.draws import randn


class _WeightNorm(Module):
    """`g * v / |v|`. Source: Salimans and Kingma 2016."""

    def __init__(self, dim: int | None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, weight_g: Any, weight_v: Any) -> Any:
        """The weight from its length and direction."""
        return weight_v * (weight_g / length_of(weight_v, self.dim))

    def right_inverse(self, weight: Any) -> tuple[Any, Any]:
        """Length and direction of a weight."""
        return length_of(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Any:
    """Train the length (`original0`) and the direction (`original1`) of a parameter; returns the Module.

    `dim` is the axis whose places have lengths of their own; None is one length for all.
    """
    return register_parametrization(module, name, _WeightNorm(None if dim == -1 else dim), unsafe=True)


class _SpectralNorm(Module):
    """`weight / sigma`, its largest singular value by power iteration. Source: Miyato et al. 2018."""

    _u: Any
    _v: Any

    def __init__(self, weight: Any, n_power_iterations: int, dim: int, eps: float) -> None:
        super().__init__()
        require_matrix(weight)
        if n_power_iterations < 1:
            raise ValueError(f"n_power_iterations is at least 1, not {n_power_iterations}")
        self.dim = dim
        self.eps = eps
        self.n_power_iterations = n_power_iterations
        matrix = self._matrix(weight.detach())
        for name, count in zip(("_u", "_v"), matrix.shape):
            self.register_buffer(name, self._unit(randn(count, dtype=weight.dtype)))
        self._iterate(matrix, 15)

    def _matrix(self, weight: Any) -> Any:
        moved = apply(np.moveaxis, (weight, self.dim, 0)) if self.dim else weight
        return apply(np.reshape, (moved, (moved.shape[0], -1)))

    def _unit(self, x: Any) -> Any:
        return x / np.maximum(np.linalg.norm(x._data), self.eps)

    def _iterate(self, matrix: Any, rounds: int) -> None:
        with no_grad():
            for _ in range(rounds):
                self._u.copy_(self._unit(matrix @ self._v))
                self._v.copy_(self._unit(matrix.T @ self._u))

    def forward(self, weight: Any) -> Any:
        """The weight with 1 as its largest singular value."""
        matrix = self._matrix(weight)
        if self.training:
            self._iterate(matrix.detach(), self.n_power_iterations)
        # Later iterations must not change what this call keeps.
        u, v = self._u.clone(), self._v.clone()
        return weight / (u @ (matrix @ v))

    def right_inverse(self, value: Any) -> Any:
        """Any weight stands for itself."""
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Any:
    """Divide a parameter by its largest singular value whenever it is read; returns the Module.

    `dim` is the axis of its rows: 0, and 1 for transposed convolutions.
    """
    rows = dim if dim is not None else int(getattr(module, "transposed", False))
    return register_parametrization(module, name, _SpectralNorm(getattr(module, name), n_power_iterations, rows, eps))
