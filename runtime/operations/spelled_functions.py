"""Functions and methods of Tensors, each as one expression of NumPy's for the arguments that it names."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime import kernels
from runtime.operations.spells import spells


@spells("add")
def _add(input: Any, other: Any) -> Any:
    return input + other


@spells("sub", "subtract")
def _sub(input: Any, other: Any) -> Any:
    return input - other


@spells("mul", "multiply")
def _mul(input: Any, other: Any) -> Any:
    return input * other


@spells("div", "divide", "true_divide")
def _div(input: Any, other: Any) -> Any:
    return input / other


@spells("pow")
def _pow(input: Any, exponent: Any) -> Any:
    return input**exponent


@spells("neg", "negative")
def _neg(input: Any) -> Any:
    return -input


@spells("matmul")
def _matmul(input: Any, other: Any) -> Any:
    return input @ other


@spells("mm", "bmm")
def _mm(input: Any, mat2: Any) -> Any:
    return input @ mat2


@spells("mv")
def _mv(input: Any, vec: Any) -> Any:
    return input @ vec


@spells("rsqrt")
def _rsqrt(input: Any) -> Any:
    return 1.0 / np.sqrt(input)


@spells("sum")
def _sum(input: Any) -> Any:
    return np.sum(input)


@spells("sum")
def _sum_along(input: Any, dim: Any) -> Any:
    return np.sum(input, axis=dim)


@spells("sum")
def _sum_keeping(input: Any, dim: Any, keepdim: Any) -> Any:
    return np.sum(input, axis=dim, keepdims=keepdim)


@spells("mean")
def _mean(input: Any) -> Any:
    return np.mean(input)


@spells("mean")
def _mean_along(input: Any, dim: Any) -> Any:
    return np.mean(input, axis=dim)


@spells("mean")
def _mean_keeping(input: Any, dim: Any, keepdim: Any) -> Any:
    return np.mean(input, axis=dim, keepdims=keepdim)


@spells("prod")
def _prod(input: Any) -> Any:
    return np.prod(input)


@spells("prod")
def _prod_along(input: Any, dim: Any) -> Any:
    return np.prod(input, axis=dim)


@spells("amax")
def _amax(input: Any, dim: Any) -> Any:
    return np.max(input, axis=dim)


@spells("amax")
def _amax_keeping(input: Any, dim: Any, keepdim: Any) -> Any:
    return np.max(input, axis=dim, keepdims=keepdim)


@spells("amin")
def _amin(input: Any, dim: Any) -> Any:
    return np.min(input, axis=dim)


@spells("max")
def _max(input: Any) -> Any:
    return np.max(input)


@spells("min")
def _min(input: Any) -> Any:
    return np.min(input)


@spells("logsumexp")
def _logsumexp(input: Any, dim: Any) -> Any:
    return kernels.logsumexp(input, dim)


@spells("softmax")
def _softmax(input: Any, dim: Any) -> Any:
    return kernels.softmax(input, dim)


@spells("log_softmax")
def _log_softmax(input: Any, dim: Any) -> Any:
    return kernels.log_softmax(input, dim)


@spells("cumsum")
def _cumsum(input: Any, dim: Any) -> Any:
    return np.cumsum(input, axis=dim)


@spells("where")
def _where(condition: Any, input: Any, other: Any) -> Any:
    return np.where(condition, input, other)


@spells("cat", "concat", "concatenate")
def _cat(tensors: Any, dim: Any = 0) -> Any:
    return np.concatenate(tensors, axis=dim)


@spells("stack")
def _stack(tensors: Any, dim: Any = 0) -> Any:
    return np.stack(tensors, axis=dim)


@spells("unsqueeze")
def _unsqueeze(input: Any, dim: Any) -> Any:
    return np.expand_dims(input, dim)


@spells("squeeze")
def _squeeze(input: Any) -> Any:
    return np.squeeze(input)


@spells("permute")
def _permute(input: Any, dims: Any) -> Any:
    return np.transpose(input, dims)


@spells("ravel", "flatten")
def _ravel(input: Any) -> Any:
    return np.ravel(input)


@spells("flatten")
def _flatten_axes(input: Any, start_dim: Any, end_dim: Any = -1) -> Any:
    return np.reshape(input, np.shape(input)[:start_dim] + (-1,) + np.shape(input)[end_dim:][1:])


@spells("clone")
def _clone(input: Any) -> Any:
    return np.copy(input)


@spells("flip")
def _flip(input: Any, dims: Any) -> Any:
    return np.flip(input, axis=dims)


@spells("view")
def _view(input: Any, *shape: Any) -> Any:
    return input.reshape(*shape)


@spells("t")
def _t(input: Any) -> Any:
    return np.transpose(input)


@spells("contiguous")
def _contiguous(input: Any) -> Any:
    return input


@spells("detach")
def _detach(input: Any) -> Any:
    return kernels.constant(input)


@spells("std")
def _std_along(input: Any, *, dim: Any) -> Any:
    return np.std(input, axis=dim, ddof=1)


@spells("std")
def _std_keeping(input: Any, *, dim: Any, keepdim: Any) -> Any:
    return np.std(input, axis=dim, ddof=1, keepdims=keepdim)


@spells("var")
def _var_along(input: Any, *, dim: Any) -> Any:
    return np.var(input, axis=dim, ddof=1)


@spells("var")
def _var_keeping(input: Any, *, dim: Any, keepdim: Any) -> Any:
    return np.var(input, axis=dim, ddof=1, keepdims=keepdim)


@spells("size")
def _size(input: Any) -> Any:
    return np.shape(input)


@spells("size")
def _size_along(input: Any, dim: Any) -> Any:
    return np.shape(input)[dim]


@spells("numel", "nelement")
def _numel(input: Any) -> Any:
    return np.size(input)


@spells("dim", "ndimension")
def _dim(input: Any) -> Any:
    return np.ndim(input)


@spells("norm")
def _norm(input: Any) -> Any:
    return np.linalg.norm(input)


@spells("movedim", "moveaxis")
def _movedim(input: Any, source: Any, destination: Any) -> Any:
    return np.moveaxis(input, source, destination)
