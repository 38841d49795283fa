"""Weights computed from other parameters before each call: weight and spectral normalisation of modules."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.hooks import RemovableHandle
from runtime.modes import no_grad
from runtime.nn.parameter import Parameter
from runtime.operation import apply
from runtime.operations.draws import randn


class _Computed:
    """A hook before `forward` that puts the computed weight on the module; `handle` takes it away."""

    handle: RemovableHandle

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = dim

    def weight(self, module: Any) -> Any:
        """The weight, recorded."""
        raise NotImplementedError

    def __call__(self, module: Any, inputs: Any) -> None:
        object.__setattr__(module, self.name, self.weight(module))


class _WeightNorm(_Computed):
    """`weight = weight_g * weight_v / |weight_v|`. Source: Salimans and Kingma 2016."""

    def weight(self, module: Any) -> Any:
        g, v = (getattr(module, f"{self.name}_{part}") for part in "gv")
        return v * (g / length_of(v, self.dim))


def length_of(v: Any, dim: int | None) -> Any:
    """The lengths of the slices at the places of `dim`, of the whole where it is None."""
    others = tuple(k for k in range(v.ndim) if dim is None or k != dim % v.ndim)
    squares = apply(np.sum, (v * v,), {} if dim is None else {"axis": others, "keepdims": True})
    return apply(np.sqrt, (squares,))


class _SpectralNorm(_Computed):
    """`weight = weight_orig / sigma`, its largest singular value by power iteration. Source: Miyato et al. 2018."""

    def __init__(self, name: str, dim: int, rounds: int, eps: float) -> None:
        super().__init__(name, dim)
        self.rounds = rounds
        self.eps = eps

    def matrix(self, weight: Any) -> Any:
        """The weight as a matrix, `dim` its rows."""
        moved = apply(np.moveaxis, (weight, self.dim, 0)) if self.dim else weight
        return apply(np.reshape, (moved, (moved.shape[0], -1)))

    def weight(self, module: Any) -> Any:
        weight = getattr(module, f"{self.name}_orig")
        matrix = self.matrix(weight)
        u, v = (getattr(module, f"{self.name}_{part}") for part in "uv")
        if module.training:
            with no_grad():
                for _ in range(self.rounds):
                    v.copy_(self._unit(matrix.T @ u))
                    u.copy_(self._unit(matrix @ v))
            # Later iterations must not change what this call keeps.
            u, v = u.clone(), v.clone()
        return weight / (u @ (matrix @ v))

    def _unit(self, x: Any) -> Any:
        return x / np.maximum(np.linalg.norm(x._data), self.eps)


def _hooks(module: Any, kind: type[_Computed], name: str) -> list[tuple[int, Any]]:
    return [
        (number, hook.function)
        for number, hook in module._forward_pre_hooks.items()
        if isinstance(hook.function, kind) and hook.function.name == name
    ]


def _install(module: Any, hook: _Computed) -> Any:
    if _hooks(module, type(hook), hook.name):
        raise SourceADError(f"`{hook.name}` is normalised already", "Remove that first.")
    hook.handle = module.register_forward_pre_hook(hook)
    hook(module, ())
    return module


def weight_norm(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Replace a parameter by its length (`weight_g`) and direction (`weight_v`); returns the module.

    `dim` is the axis whose places have lengths of their own; None is one length for all.
    """
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(length_of(weight, dim)))
    module.register_parameter(f"{name}_v", Parameter(weight.detach().clone()))
    return _install(module, _WeightNorm(name, dim))


def remove_weight_norm(module: Any, name: str = "weight") -> Any:
    """Make the weight a parameter again. Raises ValueError where it is none that `weight_norm` replaced."""
    return _removed(module, _WeightNorm, name, ("g", "v"))


def spectral_norm(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Any:
    """Divide a parameter by its largest singular value before each call; returns the module.

    `dim` is the axis of its rows: 0, and 1 for transposed convolutions.
    """
    weight = getattr(module, name)
    rows = dim if dim is not None else int(getattr(module, "transposed", False))
    hook = _SpectralNorm(name, rows, n_power_iterations, eps)
    matrix = hook.matrix(weight.detach())
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    for part, count in zip("uv", matrix.shape):
        module.register_buffer(f"{name}_{part}", hook._unit(randn(count, dtype=weight.dtype)))
    return _install(module, hook)


def remove_spectral_norm(module: Any, name: str = "weight") -> Any:
    """Make the weight a parameter again. Raises ValueError where it is none that `spectral_norm` replaced."""
    return _removed(module, _SpectralNorm, name, ("orig", "u", "v"))


def _removed(module: Any, kind: type[_Computed], name: str, parts: tuple[str, ...]) -> Any:
    found = _hooks(module, kind, name)
    if not found:
        raise ValueError(f"`{name}` is not normalised in {module}")
    hook = found[0][1]
    hook.handle.remove()
    weight = hook.weight(module).detach()
    delattr(module, name)
    for part in parts:
        delattr(module, f"{name}_{part}")
    module.register_parameter(name, Parameter(weight))
    return module
