"""The emitted gradient of the program as it stands."""

from __future__ import annotations

from benchmarks.peers.contender import Contender, as_given, version_of
from sourcead import SourceADError, grad

CONTENDER = Contender(
    "sourcead",
    version_of("sourcead"),
    lambda program: grad(program.loss, program.asked),
    as_given,
    refuses=(SourceADError,),
)
