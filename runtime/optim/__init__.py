"""Optimizers under PyTorch's names."""

from runtime.optim import lr_scheduler
from runtime.optim.adagrad import Adadelta, Adagrad, RMSprop
from runtime.optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from runtime.optim.lbfgs import LBFGS
from runtime.optim.optimizer import Optimizer
from runtime.optim.sgd import SGD
from runtime.optim.signs import ASGD, Rprop
