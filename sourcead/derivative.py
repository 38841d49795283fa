"""Rules of one's own: for one's functions and for other libraries' (docs/add-a-rule.md)."""

from runtime.primitives.registry import call, forward, inactive, partial, reverse, samples, transpose, view

__all__ = ["call", "forward", "inactive", "partial", "reverse", "samples", "transpose", "view"]
