"""Losses as Modules. `reduction` is "mean", "sum" or "none"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.nn import functional
from runtime.nn.module import Module
from runtime.tensor import Tensor


class Loss(Module):
    """Calls `function` with options that are attributes, those that are Tensors as buffers."""

    function: Callable[..., Any]

    def __init__(self, reduction: str = "mean", **options: Any) -> None:
        super().__init__()
        self.reduction = reduction
        self._options = tuple(options)
        for name, value in options.items():
            if isinstance(value, Tensor) or name in ("weight", "pos_weight"):
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """The loss of what the function takes, in most cases an `input` and a `target`."""
        options = {name: getattr(self, name) for name in self._options}
        return type(self).function(*inputs, **named, reduction=self.reduction, **options)


class MSELoss(Loss):
    """The squared difference."""

    function = staticmethod(functional.mse_loss)


class L1Loss(Loss):
    """The absolute difference."""

    function = staticmethod(functional.l1_loss)


class SmoothL1Loss(Loss):
    """`0.5 * d**2 / beta` for differences below `beta`, `|d| - 0.5 * beta` above."""

    function = staticmethod(functional.smooth_l1_loss)

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction, beta=beta)


class HuberLoss(Loss):
    """`0.5 * d**2` for differences below `delta`, `delta * (|d| - 0.5 * delta)` above."""

    function = staticmethod(functional.huber_loss)

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction, delta=delta)


class CrossEntropyLoss(Loss):
    """Minus the log-probability that scores give to their targets; see `functional.cross_entropy`."""

    function = staticmethod(functional.cross_entropy)

    def __init__(
        self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ) -> None:
        super().__init__(reduction, weight=weight, ignore_index=ignore_index, label_smoothing=label_smoothing)


class NLLLoss(Loss):
    """Minus the log-probability of the target's class; see `functional.nll_loss`."""

    function = staticmethod(functional.nll_loss)

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(reduction, weight=weight, ignore_index=ignore_index)


class BCELoss(Loss):
    """Cross-entropy of probabilities with targets from 0 to 1."""

    function = staticmethod(functional.binary_cross_entropy)

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction, weight=weight)


class BCEWithLogitsLoss(Loss):
    """Cross-entropy of the sigmoid of scores with targets from 0 to 1, stable."""

    function = staticmethod(functional.binary_cross_entropy_with_logits)

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(reduction, weight=weight, pos_weight=pos_weight)


class KLDivLoss(Loss):
    """`target * (log(target) - input)`; see `functional.kl_div`."""

    function = staticmethod(functional.kl_div)

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction, log_target=log_target)


class PoissonNLLLoss(Loss):
    """Minus the log-probability of counts under a Poisson distribution."""

    function = staticmethod(functional.poisson_nll_loss)

    def __init__(self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean") -> None:
        super().__init__(reduction, log_input=log_input, full=full, eps=eps)


class GaussianNLLLoss(Loss):
    """Minus the log-density of targets under normal distributions: takes means, targets and variances."""

    function = staticmethod(functional.gaussian_nll_loss)

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction, full=full, eps=eps)


class HingeEmbeddingLoss(Loss):
    """The input where the target is 1, `max(0, margin - input)` where it is -1."""

    function = staticmethod(functional.hinge_embedding_loss)

    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction, margin=margin)


class SoftMarginLoss(Loss):
    """`log(1 + exp(-target * input))`."""

    function = staticmethod(functional.soft_margin_loss)


class MultiLabelSoftMarginLoss(Loss):
    """The mean over classes of the cross-entropy of each class's own yes or no."""

    function = staticmethod(functional.multilabel_soft_margin_loss)

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction, weight=weight)


class MultiMarginLoss(Loss):
    """The mean over all other classes of `max(0, margin - own score + other score) ** p`."""

    function = staticmethod(functional.multi_margin_loss)

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction, p=p, margin=margin, weight=weight)


class _OfTwo(Loss):
    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction, margin=margin)


class MarginRankingLoss(_OfTwo):
    """`max(0, -target * (input1 - input2) + margin)`."""

    function = staticmethod(functional.margin_ranking_loss)


class CosineEmbeddingLoss(_OfTwo):
    """`1 - cos` where the target is 1, `max(0, cos - margin)` where it is -1."""

    function = staticmethod(functional.cosine_embedding_loss)


class TripletMarginLoss(Loss):
    """`max(0, |anchor - positive| - |anchor - negative| + margin)`: takes anchors, positives and negatives."""

    function = staticmethod(functional.triplet_margin_loss)

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction, margin=margin, p=p, eps=eps, swap=swap)


class MultiLabelMarginLoss(Loss):
    """A margin between the scores of own and of other classes; see `functional.multilabel_margin_loss`."""

    function = staticmethod(functional.multilabel_margin_loss)

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)


class TripletMarginWithDistanceLoss(Loss):
    """`TripletMarginLoss` with a distance of one's own."""

    function = staticmethod(functional.triplet_margin_with_distance_loss)

    def __init__(
        self, *, distance_function: Any = None, margin: float = 1.0, swap: bool = False, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction, distance_function=distance_function, margin=margin, swap=swap)


class CTCLoss(Loss):
    """Minus the log-probability of labellings, whatever their timing; see `functional.ctc_loss`."""

    function = staticmethod(functional.ctc_loss)

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction, blank=blank, zero_infinity=zero_infinity)
