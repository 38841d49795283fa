"""What is known of an emitted program when it has run."""

from sourcead.report.timing import LineProfile, profile

__all__ = ["LineProfile", "profile"]
