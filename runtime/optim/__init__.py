"""Optimizers under PyTorch's names."""

from runtime.optim.optimizer import Optimizer
from runtime.optim.sgd import SGD
