"""Activations as Modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.creation import full
from runtime.nn import functional
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter


class Activation(Module):
    """Calls `function` with options that are attributes; `inplace` writes the result into the input."""

    function: Callable[..., Any]

    def __init__(self, inplace: bool | None = None, **options: Any) -> None:
        super().__init__()
        self._options = tuple(options)
        self._has_inplace = inplace is not None
        if self._has_inplace:
            self.inplace = bool(inplace)
        for name, value in options.items():
            setattr(self, name, value)

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape unless the activation says otherwise."""
        options = {name: getattr(self, name) for name in self._options}
        if self._has_inplace and self.inplace:
            options["inplace"] = True
        return type(self).function(input, **options)

    def extra_repr(self) -> str:
        """The options, as printed."""
        texts = [f"{name}={getattr(self, name)!r}" for name in self._options]
        return ", ".join(texts + ["inplace=True"] * (self._has_inplace and self.inplace))


class ReLU(Activation):
    """The input where it is above 0, elsewhere 0."""

    function = staticmethod(functional.relu)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class ReLU6(Activation):
    """The input held between 0 and 6."""

    function = staticmethod(functional.relu6)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class Hardtanh(Activation):
    """The input held between two values."""

    function = staticmethod(functional.hardtanh)

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace, min_val=min_val, max_val=max_val)


class LeakyReLU(Activation):
    """The input above 0, `negative_slope` times it below."""

    function = staticmethod(functional.leaky_relu)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace, negative_slope=negative_slope)


class ELU(Activation):
    """The input above 0, `alpha * (exp(x) - 1)` below."""

    function = staticmethod(functional.elu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace, alpha=alpha)


class CELU(Activation):
    """The input above 0, `alpha * (exp(x / alpha) - 1)` below."""

    function = staticmethod(functional.celu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace, alpha=alpha)


class SELU(Activation):
    """ELU with the two constants that keep mean and variance."""

    function = staticmethod(functional.selu)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class SiLU(Activation):
    """`x * sigmoid(x)`."""

    function = staticmethod(functional.silu)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class Mish(Activation):
    """`x * tanh(softplus(x))`."""

    function = staticmethod(functional.mish)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class Hardsigmoid(Activation):
    """0 below -3, 1 above 3, straight between."""

    function = staticmethod(functional.hardsigmoid)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class Hardswish(Activation):
    """`x * hardsigmoid(x)`."""

    function = staticmethod(functional.hardswish)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class Threshold(Activation):
    """The input above a threshold, `value` elsewhere."""

    function = staticmethod(functional.threshold)

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace, threshold=threshold, value=value)


class RReLU(Activation):
    """The input above 0, below it times a slope that is random between two bounds in training, else their mean."""

    function = staticmethod(functional.rrelu)

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__(inplace, lower=lower, upper=upper)

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        return functional.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class Sigmoid(Activation):
    """`1 / (1 + exp(-x))`."""

    function = staticmethod(functional.sigmoid)

    def __init__(self) -> None:
        super().__init__()


class LogSigmoid(Activation):
    """`log(sigmoid(x))`, exact in both tails."""

    function = staticmethod(functional.logsigmoid)

    def __init__(self) -> None:
        super().__init__()


class Tanh(Activation):
    """The hyperbolic tangent."""

    function = staticmethod(functional.tanh)

    def __init__(self) -> None:
        super().__init__()


class Tanhshrink(Activation):
    """`x - tanh(x)`."""

    function = staticmethod(functional.tanhshrink)

    def __init__(self) -> None:
        super().__init__()


class Softsign(Activation):
    """`x / (1 + |x|)`."""

    function = staticmethod(functional.softsign)

    def __init__(self) -> None:
        super().__init__()


class Softplus(Activation):
    """`log(1 + exp(beta * x)) / beta`, and x itself above the threshold."""

    function = staticmethod(functional.softplus)

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(beta=beta, threshold=threshold)


class GELU(Activation):
    """The input times the normal distribution function of it."""

    function = staticmethod(functional.gelu)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__(approximate=approximate)


class GLU(Activation):
    """The first half of an axis times the sigmoid of the second."""

    function = staticmethod(functional.glu)

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim=dim)


class _Shrink(Activation):
    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def extra_repr(self) -> str:
        """The bound, as printed."""
        return str(self.lambd)


class Hardshrink(_Shrink):
    """The input, and 0 where it is between -lambd and lambd."""

    function = staticmethod(functional.hardshrink)


class Softshrink(_Shrink):
    """The input moved toward 0 by `lambd`, and 0 where it would pass it."""

    function = staticmethod(functional.softshrink)


class _AlongAxis(Activation):
    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)


class Softmax(_AlongAxis):
    """`exp(x) / sum(exp(x))` along an axis."""

    function = staticmethod(functional.softmax)


class Softmin(_AlongAxis):
    """The softmax of `-x`."""

    function = staticmethod(functional.softmin)


class LogSoftmax(_AlongAxis):
    """The logarithm of softmax."""

    function = staticmethod(functional.log_softmax)


class Softmax2d(Activation):
    """Softmax over the channels of an input (batch, channels, height, width) or without batch."""

    function = staticmethod(functional.softmax)

    def __init__(self) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        return functional.softmax(input, -3)


class PReLU(Module):
    """The input above 0, a trained slope times it below: one slope for all or one a channel."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(full((num_parameters,), init, dtype=dtype))

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        return functional.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """The number of slopes, as printed."""
        return f"num_parameters={self.num_parameters}"
