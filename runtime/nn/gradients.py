"""Gradients held within bounds, and parameters as one vector."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from runtime.lifting import call
from runtime.tensor import Tensor


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Tensor:
    """Scale all gradients together, in place, so that their common norm is at most `max_norm`.

    Returns the norm before. Raises RuntimeError for one that is not finite, if asked to.
    """
    gradients = _gradients(parameters)
    total = get_total_norm(gradients, norm_type)
    if error_if_nonfinite and not np.isfinite(total._data):
        raise RuntimeError(f"the total norm of order {norm_type} for gradients is not finite, so it cannot be clipped")
    scale = max_norm / (float(total._data) + 1e-6)
    if not scale >= 1.0:
        for gradient in gradients:
            gradient.before_write()
            gradient._data *= scale
    return total


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Hold every element of all gradients between -clip_value and clip_value, in place."""
    for gradient in _gradients(parameters):
        gradient.before_write()
        np.clip(gradient._data, -clip_value, clip_value, out=gradient._data)


def get_total_norm(tensors: Iterable[Tensor], norm_type: float = 2.0) -> Tensor:
    """The norm of order `norm_type` of all elements of all Tensors together, without history."""
    arrays = [tensor._data for tensor in tensors]
    if not arrays:
        return Tensor.wrap(np.float32(0.0))
    norms = [np.linalg.norm(array.ravel(), norm_type) for array in arrays]
    return Tensor.wrap(np.linalg.norm(np.array(norms, norms[0].dtype), norm_type))


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements in one row, through which gradients flow."""
    return call(np.concatenate, [call(np.reshape, parameter, (-1,)) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Put the elements of a row, as `parameters_to_vector` gives them, into the parameters."""
    place = 0
    for parameter in parameters:
        count = math.prod(parameter.shape)
        parameter.data = vec.detach()._data[place : place + count].reshape(parameter.shape)
        place += count


def _gradients(parameters: Any) -> list[Tensor]:
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [parameter.grad for parameter in given if parameter.grad is not None]
