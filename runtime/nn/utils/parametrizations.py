"""PyTorch's place for normalisations of weights that are parametrizations."""

from runtime.nn.norms_of_weights import spectral_norm, weight_norm

__all__ = ["spectral_norm", "weight_norm"]
