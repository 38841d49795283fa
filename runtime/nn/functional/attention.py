"""Attention. Source: Vaswani et al. 2017, section 3.2."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import kernels
from runtime.lifting import call
from runtime.nn.functional.dropout import dropout
from runtime.nn.functional.losses import plain


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Any:
    """`softmax(query @ key.T * scale + mask) @ value`.

    query (..., targets, width), key (..., sources, width), value (..., sources, out). `attn_mask` is True where a
    source may be seen, or numbers that are added to the scores; `is_causal` lets a target see no later source.
    `scale` is `1 / sqrt(width)` unless given.
    """
    weights = attention_weights(query, key, attn_mask, is_causal, scale)
    return call(np.matmul, dropout(weights, dropout_p) if dropout_p else weights, value)


def attention_weights(query: Any, key: Any, attn_mask: Any, is_causal: bool, scale: float | None) -> Any:
    """How much each target looks at each source, shape (..., targets, sources)."""
    scale = 1.0 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = call(np.matmul, query * scale, call(np.swapaxes, key, -1, -2))
    if is_causal:
        if attn_mask is not None:
            raise ValueError("give attn_mask or is_causal, not both")
        attn_mask = np.tri(scores.shape[-2], scores.shape[-1], dtype=bool)
    return call(kernels.softmax, masked(scores, attn_mask))


def masked(scores: Any, mask: Any) -> Any:
    """Scores with minus infinity where a mask of bools is False, or plus a mask of numbers."""
    if mask is None:
        return scores
    seen = plain(mask)
    return call(np.where, seen, scores, -np.inf) if seen.dtype == bool else scores + mask
