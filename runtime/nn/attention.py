"""Attention as Modules. Source: Vaswani et al. 2017."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.creation import zeros
from runtime.errors import ShapeMismatch
from runtime.lifting import call
from runtime.nn import functional, init
from runtime.nn.functional.attention import attention_weights
from runtime.nn.functional.losses import plain
from runtime.nn.linear import Linear
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear; the name is PyTorch's for the last layer of attention, which prints it."""


class MultiheadAttention(Module):
    """Several attentions side by side, each over its part of the width, and a last linear layer.

    Inputs have shape (time, batch, embed_dim), with `batch_first` (batch, time, embed_dim), or (time, embed_dim).
    Keys and values may have widths of their own, `kdim` and `vdim`.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim % num_heads:
            raise ValueError("embed_dim must be divisible by num_heads")
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        self._one_weight = self.kdim == embed_dim and self.vdim == embed_dim
        widths = {"q_proj_weight": embed_dim, "k_proj_weight": self.kdim, "v_proj_weight": self.vdim}
        one = Parameter(zeros(3 * embed_dim, embed_dim, dtype=dtype)) if self._one_weight else None
        self.register_parameter("in_proj_weight", one)
        for name, width in widths.items():
            own = None if self._one_weight else Parameter(zeros(embed_dim, width, dtype=dtype))
            self.register_parameter(name, own)
        self.register_parameter("in_proj_bias", Parameter(zeros(3 * embed_dim, dtype=dtype)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, dtype=dtype)
        for weight in self._parameters.values():
            if weight is not None and weight.ndim == 2:
                init.xavier_uniform_(weight)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """What each query collects of the values, and (unless not `need_weights`) how much it looked at each.

        Masks are True where a query must not look, or numbers that are added to the scores: `key_padding_mask` of
        shape (batch, sources), `attn_mask` of shape (targets, sources) or (batch * heads, targets, sources). The
        weights are the mean over the heads if `average_attn_weights`.
        """
        if query.ndim not in (2, 3):
            raise ShapeMismatch(
                f"queries have 2 axes, or 3 with a batch, not shape {tuple(query.shape)}",
                "Give the axes (length, batch, embedding), or (length, embedding) without a batch.",
            )
        if is_causal and attn_mask is None:
            raise ValueError("is_causal says what attn_mask is, so attn_mask must be given too")
        lone = query.ndim == 2
        inputs = [x[None] if lone else x if self.batch_first else call(np.swapaxes, x, 0, 1)
                  for x in (query, key, value)]  # fmt: skip
        batch, targets = inputs[0].shape[:2]
        sources = inputs[1].shape[1]
        q, k, v = self._projected(inputs)
        mask = self._mask(key_padding_mask, attn_mask, batch, sources)
        weights = attention_weights(q, k, mask, False, None)
        shown = weights
        if self.dropout and self.training:
            weights = shown = functional.dropout(weights, self.dropout)
        together = call(np.swapaxes, call(np.matmul, weights, v), 1, 2)
        z = self.out_proj(call(np.reshape, together, (batch, targets, self.embed_dim)))
        z = z[0] if lone else z if self.batch_first else call(np.swapaxes, z, 0, 1)
        if not need_weights:
            return z, None
        shown = call(np.mean, shown, axis=1) if average_attn_weights else shown
        return z, shown[0] if lone else shown

    def _projected(self, inputs: list[Any]) -> list[Any]:
        """Queries, keys and values of each head: shape (batch, heads, time, head_dim)."""
        n = self.embed_dim
        if self._one_weight:
            weights = [self.in_proj_weight[k * n : (k + 1) * n] for k in range(3)]
        else:
            weights = [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]
        biases = [None if self.in_proj_bias is None else self.in_proj_bias[k * n : (k + 1) * n] for k in range(3)]
        found = []
        for x, weight, bias in zip(inputs, weights, biases):
            y = functional.linear(x, weight, bias)
            y = call(np.reshape, y, (*y.shape[:2], self.num_heads, self.head_dim))
            found.append(call(np.swapaxes, y, 1, 2))
        return found

    def _mask(self, padding: Any, mask: Any, batch: int, sources: int) -> Any:
        """Both masks as numbers that are added to the scores, shape (batch or 1, heads or 1, targets or 1, sources)."""
        total: Any = None
        if padding is not None:
            total = call(np.reshape, _added(padding), (batch, 1, 1, sources))
        if mask is not None:
            numbers = _added(mask)
            if numbers.ndim == 3:
                numbers = call(np.reshape, numbers, (batch, self.num_heads, *numbers.shape[1:]))
            total = numbers if total is None else total + numbers
        return total


def _added(mask: Any) -> Any:
    """A mask as numbers to add: minus infinity where bools are True."""
    seen = plain(mask)
    return np.where(seen, np.float32(-np.inf), np.float32(0.0)) if seen.dtype == bool else mask
