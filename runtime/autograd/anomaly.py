"""`detect_anomaly`: every operation remembers its line, and the walk backward looks for NaN."""

from __future__ import annotations

from types import TracebackType

from runtime.modes import state
from runtime.observing import watch
from runtime.storage import users_line


class set_detect_anomaly:
    """Look for anomalies from now on, or no longer; until the end of the block where used as a context manager.

    Operations recorded meanwhile remember the user's line. An error in a node's step backward names that line, and with
    `check_nan` a NaN in the result of a step is such an error (`runtime.anomalies.AnomalyDetected`).
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = (state.locate, state.check_nan)
        _switch(bool(mode), bool(check_nan))

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        locate, check_nan = self._before
        _switch(locate is not None, check_nan)


class detect_anomaly:
    """Look for anomalies inside the block; see `set_detect_anomaly`."""

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan

    def __enter__(self) -> None:
        self._switched = set_detect_anomaly(True, self._check_nan)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._switched.__exit__(kind, error, where)


def is_anomaly_enabled() -> bool:
    """Whether this thread looks for anomalies."""
    return state.locate is not None


def is_anomaly_check_nan_enabled() -> bool:
    """Whether this thread looks for NaN where it looks for anomalies."""
    return state.locate is None or state.check_nan


def _switch(mode: bool, check_nan: bool) -> None:
    if mode and state.locate is None:
        watch.demand_care()
    elif not mode and state.locate is not None:
        watch.release_care()
    state.locate = users_line if mode else None
    state.check_nan = mode and check_nan
