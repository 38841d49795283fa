"""Facts about core programs: activity, shapes, aliases, liveness, what must be recorded."""
