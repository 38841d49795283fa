"""Schedules of the learning rate under PyTorch's names."""

from runtime.optim.lr_scheduler.composed import ChainedScheduler, SequentialLR
from runtime.optim.lr_scheduler.cycles import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from runtime.optim.lr_scheduler.decay import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from runtime.optim.lr_scheduler.plateau import ReduceLROnPlateau
from runtime.optim.lr_scheduler.schedule import LRScheduler

_LRScheduler = LRScheduler
