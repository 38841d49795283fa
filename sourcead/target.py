"""Find the function that a command line names, and the arguments that it gives as text.

Both run the user's own code. What that code raises is reported at the user's line, not at ours.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np

from runtime.places import Origin, last_line
from sourcead.errors import SourceADError


class TargetNotFound(SourceADError, LookupError):
    """The command line names a file, module or function that is not there."""


class UserCodeFailed(SourceADError, RuntimeError):
    """The user's own module, function or argument expression raised an error."""


@dataclass(frozen=True)
class Target:
    """A function named on the command line: the function, its dotted name, its module and the file it came from."""

    function: Callable[..., Any]
    name: str
    module: ModuleType
    file: Path | None


class UserCode:
    """Report whatever the block raises as the user's mistake, at the last line of the user's code that ran.

    Our own errors pass through, as do `KeyboardInterrupt` and `SystemExit`.
    """

    def __init__(self, doing: str, cure: str) -> None:
        self.doing = doing
        self.cure = cure

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, SourceADError):
            return
        said = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        raise UserCodeFailed(f"{self.doing} raised {said}", self.cure, _last_line(error, trace)) from error


def _last_line(error: BaseException, trace: TracebackType | None) -> Origin | None:
    """The user's line that an error passed through last; a syntax error names its own."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno and os.path.exists(error.filename):
        return Origin(error.filename, error.lineno, error.offset or 1, (error.text or "").strip())
    return last_line(trace)


def load(text: str) -> Target:
    """The function that `FILE.py:NAME` or `MODULE:NAME` names; NAME may be dotted (`Class.method`).

    A file is imported under its stem with its folder on `sys.path`, so that what is emitted can import from it. What
    the module prints while it is imported goes to the error stream, to keep the output clean.

    Raises: TargetNotFound, UserCodeFailed.
    """
    place, colon, name = text.rpartition(":")
    if not colon or not place or not name:
        raise TargetNotFound(f"{text!r} does not name a function", "Write FILE.py:FUNCTION or MODULE:FUNCTION.")
    doing = f"importing {place}"
    cure = "Mend the module, or, if it is part of a package, name it as package.module:FUNCTION."
    with contextlib.redirect_stdout(sys.stderr), UserCode(doing, cure):
        module = _import_file(Path(place)) if place.endswith(".py") or os.sep in place else _import_module(place)
    return Target(_member(module, name, text), name, module, _file_of(module))


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise TargetNotFound(f"there is no file {path}", "Check the path.")
    path = path.resolve()
    name = path.stem
    known = sys.modules.get(name)
    if known is not None and _file_of(known) == path:
        return known
    if known is not None or name in sys.stdlib_module_names:
        raise TargetNotFound(f"{path} cannot be imported: the module name {name!r} is taken", "Rename the file.")
    _put_first_on_path(path.parent)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetNotFound(f"{path} is not a Python file", "Name a file that ends in .py.")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    complete = False
    try:
        spec.loader.exec_module(module)
        complete = True
    finally:
        if not complete:
            del sys.modules[name]
    return module


def _import_module(name: str) -> ModuleType:
    _put_first_on_path(Path.cwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise
        fact = f"there is no module {error.name!r}"
        raise TargetNotFound(fact, "Run the command from the folder that holds it, or name the file.") from error


def _put_first_on_path(folder: Path) -> None:
    """Put `folder` first on `sys.path`, and leave it there: the user's functions may import when they are called."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _file_of(module: ModuleType) -> Path | None:
    file = getattr(module, "__file__", None)
    return Path(file).resolve() if file else None


def _member(module: ModuleType, name: str, text: str) -> Callable[..., Any]:
    found: Any = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            own = [key for key, value in vars(module).items() if _is_function_of(module, key, value)]
            cure = f"It defines: {', '.join(own)}." if own else "It defines no functions."
            raise TargetNotFound(f"{text}: {module.__name__} has no {name!r}", cure) from None
    if not callable(found):
        raise TargetNotFound(f"{text} is not a function but of type {type(found).__name__}", "Name a function.")
    return found


def _is_function_of(module: ModuleType, name: str, value: Any) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")


def evaluate_arguments(text: str, target: Target) -> tuple[Any, ...]:
    """The values of comma-separated Python expressions, with `np` and the names of the target's module in scope.

    Raises: UserCodeFailed.
    """
    with UserCode(f"--args {text!r}", 'Write the arguments as Python expressions: --args "np.ones(3), 2.0".'):
        return eval(f"_arguments({text})", {"np": np, **vars(target.module), "_arguments": lambda *args: args})
