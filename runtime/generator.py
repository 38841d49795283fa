"""Random numbers: `Generator`, the one that functions use when none is given, and `manual_seed`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


class Generator:
    """A stream of random numbers that starts from a seed. The stream is NumPy's PCG64, made when it is first read."""

    __slots__ = ("_seed", "_stream")

    def __init__(self, device: Any = "cpu") -> None:
        self._seed = 0
        self._stream: np.random.Generator | None = None
        self.seed()

    @property
    def stream(self) -> np.random.Generator:
        """NumPy's generator."""
        if self._stream is None:
            self._stream = np.random.default_rng(self._seed % 2**64)
        return self._stream

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`; returns the generator."""
        self._seed = int(seed)
        self._stream = None
        return self

    def seed(self) -> int:
        """Start again from a seed that nobody knows yet; returns it."""
        self.manual_seed(int.from_bytes(os.urandom(8)) >> 1)
        return self._seed

    def initial_seed(self) -> int:
        """The seed of the last start."""
        return self._seed

    def get_state(self) -> dict[str, Any]:
        """Where the stream stands."""
        return {"seed": self._seed, "stream": self.stream.bit_generator.state}

    def set_state(self, state: dict[str, Any]) -> Generator:
        """Go on from where `get_state` found the stream; returns the generator."""
        self.manual_seed(state["seed"])
        self.stream.bit_generator.state = state["stream"]
        return self


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the default generator from `seed`; returns it."""
    return default_generator.manual_seed(seed)


def stream_of(generator: Generator | None) -> np.random.Generator:
    """NumPy's generator behind `generator`, or behind the default one for None."""
    return (default_generator if generator is None else generator).stream
