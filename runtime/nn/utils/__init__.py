"""What PyTorch keeps under `nn.utils`."""

from runtime.nn.gradients import (
    clip_grad_norm_,
    clip_grad_value_,
    get_total_norm,
    parameters_to_vector,
    vector_to_parameters,
)
from runtime.nn.reparametrized import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm
from runtime.nn.substitution import functional_call
from runtime.nn.utils import parametrizations, parametrize, rnn
