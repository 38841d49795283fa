"""PyTorch's place for the profiler: `runtime.profiler` under the names that `torch.autograd.profiler` has."""

from runtime.profiler.events import Average as FunctionEventAvg
from runtime.profiler.events import Event as FunctionEvent
from runtime.profiler.events import EventList
from runtime.profiler.session import Session as profile
from runtime.profiler.session import record_function

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "profile", "record_function"]
