"""The hand-written adjoint, the yardstick of every ratio."""

from __future__ import annotations

from benchmarks.peers.contender import Contender, as_given, version_of

CONTENDER = Contender("hand", version_of("numpy"), lambda program: program.hand, as_given)
