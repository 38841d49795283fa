"""Where the time goes: `profile` times operations forward and backward, `record_function` names parts of a program."""

from runtime.profiler.events import Average, Event, EventList
from runtime.profiler.session import ProfilerActivity, Session, profile, record_function

__all__ = ["Average", "Event", "EventList", "ProfilerActivity", "Session", "profile", "record_function"]
