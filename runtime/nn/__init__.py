"""Neural networks: Modules, their parameters, and the functions behind them, under PyTorch's names."""

from runtime.nn import functional, init
from runtime.nn.activations import ReLU
from runtime.nn.containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from runtime.nn.linear import Identity, Linear
from runtime.nn.module import Module
from runtime.nn.parameter import Buffer, Parameter
