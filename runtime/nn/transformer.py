"""The transformer: layers of attention and of a small network, each added to its input. Source: Vaswani et al. 2017."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from runtime.nn import functional, init
from runtime.nn.attention import MultiheadAttention
from runtime.nn.containers import ModuleList
from runtime.nn.dropout import Dropout
from runtime.nn.linear import Linear
from runtime.nn.module import Module
from runtime.nn.normalization import LayerNorm
from runtime.tensor import Tensor


class _Layer(Module):
    """What layers of both halves have: attention over their own input, and a network of two linear layers."""

    attentions: tuple[str, ...]

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = functional.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        for name in self.attentions:
            attention = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype)
            setattr(self, name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype=dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype=dtype)
        self.norm_first = norm_first
        parts = len(self.attentions) + 1
        for k in range(1, parts + 1):
            setattr(self, f"norm{k}", LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype))
        for k in range(1, parts + 1):
            setattr(self, f"dropout{k}", Dropout(dropout))
        if isinstance(activation, str):
            if activation not in ("relu", "gelu"):
                raise RuntimeError(f"activation should be relu/gelu, not {activation}")
            activation = getattr(functional, activation)
        self.activation = activation

    def _added(self, x: Any, norm: Any, part: Any) -> Any:
        """The input plus what a part makes of it, normalised before or after."""
        return x + part(norm(x)) if self.norm_first else norm(x + part(x))

    def _fed_forward(self, x: Any) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Layer):
    """Attention over the input itself, then a network of two linear layers."""

    attentions = ("self_attn",)

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        """The result, of the input's shape; the masks are those of `MultiheadAttention`."""

        def attended(x: Any) -> Any:
            found, _ = self.self_attn(x, x, x, src_key_padding_mask, False, src_mask, is_causal=is_causal)
            return self.dropout1(found)

        x = self._added(src, self.norm1, attended)
        return self._added(x, self.norm2, lambda y: self.dropout2(self._fed_forward(y)))


class TransformerDecoderLayer(_Layer):
    """Attention over the input itself, attention over what the encoder gave, then a network of two linear layers."""

    attentions = ("self_attn", "multihead_attn")

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Any:
        """The result, of the shape of `tgt`; the masks are those of `MultiheadAttention`."""

        def attended(x: Any) -> Any:
            found, _ = self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal)
            return self.dropout1(found)

        def looked_up(x: Any) -> Any:
            found, _ = self.multihead_attn(
                x, memory, memory, memory_key_padding_mask, False, memory_mask, is_causal=memory_is_causal
            )
            return self.dropout2(found)

        x = self._added(tgt, self.norm1, attended)
        x = self._added(x, self.norm2, looked_up)
        return self._added(x, self.norm3, lambda y: self.dropout3(self._fed_forward(y)))


class _Stack(Module):
    def _set(self, layer: Module, num_layers: int, norm: Module | None) -> None:
        Module.__init__(self)
        self.layers = ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def _through(self, x: Any, call_layer: Any) -> Any:
        for layer in self.layers:
            x = call_layer(layer, x)
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """Copies of a `TransformerEncoderLayer`, one after the other, and a normalisation at the end."""

    def __init__(self, encoder_layer: Module, num_layers: int, norm: Module | None = None, **ignored: Any) -> None:
        self._set(encoder_layer, num_layers, norm)

    def forward(
        self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool | None = None
    ) -> Any:
        """The result of the last layer."""
        return self._through(src, lambda layer, x: layer(x, mask, src_key_padding_mask, bool(is_causal)))


class TransformerDecoder(_Stack):
    """Copies of a `TransformerDecoderLayer`, one after the other, and a normalisation at the end."""

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        self._set(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        """The result of the last layer."""
        masks = (tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)
        causal = (bool(tgt_is_causal), memory_is_causal)
        return self._through(tgt, lambda layer, x: layer(x, memory, *masks, *causal))


class Transformer(Module):
    """An encoder and a decoder that looks at what the encoder gave."""

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = functional.relu,
        custom_encoder: Module | None = None,
        custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        options = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)

        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*options, dtype=dtype), num_encoder_layers, norm()
        )
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*options, dtype=dtype), num_decoder_layers, norm()
        )
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Any,
        tgt: Any,
        src_mask: Any = None,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        src_key_padding_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        """The decoder's result for `tgt`, which looks at the encoder's for `src`."""
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask,
            memory_mask,
            tgt_key_padding_mask,
            memory_key_padding_mask,
            tgt_is_causal,
            memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask to add to scores, which lets no place see a later one: minus infinity above the diagonal."""
        kind = np.float32 if dtype is None else np.dtype(dtype)
        return Tensor.wrap(np.triu(np.full((sz, sz), -np.inf, kind), 1))
