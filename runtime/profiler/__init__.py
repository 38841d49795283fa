"""Where the time goes: `profile` times operations forward and backward, `record_function` names parts of a program."""

from runtime.profiler.events import Average, Event, EventList
from runtime.profiler.scheduled import ProfilerAction, ProfilerActivity, profile, schedule, tensorboard_trace_handler
from runtime.profiler.session import Session, record_function

__all__ = [
    "Average",
    "Event",
    "EventList",
    "ProfilerAction",
    "ProfilerActivity",
    "Session",
    "profile",
    "record_function",
    "schedule",
    "tensorboard_trace_handler",
]
