"""`torch.random`: the default generator's seed and state, and a block that leaves them as they were."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from runtime.generator import default_generator, manual_seed
from runtime.operations.draws import get_rng_state, initial_seed, seed, set_rng_state

__all__ = ["default_generator", "fork_rng", "get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state"]


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:
    """Whatever is drawn inside, the default generator goes on after the block where it stood before."""
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)
