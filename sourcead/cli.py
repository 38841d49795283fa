"""The `sourcead` command: look at emitted source, write it to a file, check it against finite differences.

Exit codes: 0 all is well, 1 a derivative disagrees with finite differences, 2 a mistake in what was asked or in the
user's own code. Mistakes are printed to the error stream as place, fact and cure; `--traceback` shows the rest.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sourcead import api
from sourcead.backend.highlight import highlight
from sourcead.comparison import compare
from sourcead.doctor import report, version
from sourcead.errors import SourceADError
from sourcead.report import profile
from sourcead.target import Target, evaluate_arguments, load

MODES: dict[str, Callable[..., Any]] = {
    "grad": api.grad,
    "value_and_grad": api.value_and_grad,
    "adjoint": api.adjoint,
    "tangent": api.tangent,
}
FINE, MISMATCH, MISTAKE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141


class OutputRefused(SourceADError, OSError):
    """The file that emitted source should be written to cannot be written, or is the user's own source."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (by default the process's own) and return the exit code."""
    try:
        options = _parser().parse_args(argv)
        code = options.run(options)
        sys.stdout.flush()
        return code
    except SourceADError as error:
        if options.traceback:
            traceback.print_exception(error)
        else:
            print(error, file=sys.stderr)
        return MISTAKE
    except BrokenPipeError:
        # The reader has gone. Python flushes stdout once more at exit and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sourcead", description="Derivatives of Python functions, as Python source.")
    parser.add_argument("--version", action="version", version=f"sourcead {version('sourcead') or '(not installed)'}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    show = commands.add_parser("show", help="print the emitted source of a derivative")
    _add_target(show, "the first parameter")
    _add_mode(show)
    show.add_argument("--no-color", action="store_true", help="plain text also on a terminal")
    show.set_defaults(run=_show)

    emit = commands.add_parser("emit", help="write the emitted source of a derivative to a module")
    _add_target(emit, "the first parameter")
    _add_mode(emit)
    emit.add_argument("-o", "--output", required=True, type=Path, metavar="OUT.py", help="the module to write")
    emit.set_defaults(run=_emit)

    check = commands.add_parser("check", help="compare reverse and forward mode with finite differences")
    _add_target(check, "every floating-point argument")
    _add_arguments(check)
    check.add_argument("--rows", type=int, default=10, metavar="N", help="elements printed per argument (default 10)")
    check.set_defaults(run=_check)

    profile = commands.add_parser("profile", help="time and memory of a derivative, by the function's own lines")
    _add_target(profile, "the first parameter")
    _add_mode(profile)
    _add_arguments(profile)
    profile.add_argument("--calls", type=int, metavar="N", help="how often to run it (default: for 0.2 seconds)")
    profile.set_defaults(run=_profile)

    explain = commands.add_parser("explain", help="every line: emitted, dynamic or inactive, and what is kept")
    _add_target(explain, "the first parameter")
    explain.add_argument("--args", metavar="EXPRESSIONS", help="arguments to run at, to tell the bytes that are kept")
    explain.add_argument("--no-color", action="store_true", help="plain text also on a terminal")
    explain.set_defaults(run=_explain)

    doctor = commands.add_parser("doctor", help="print versions, optional extras and devices")
    doctor.set_defaults(run=_doctor, traceback=False)
    return parser


def _add_target(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument("target", metavar="FILE_OR_MODULE:FUNCTION", help="model.py:loss or package.model:Net.loss")
    command.add_argument("--wrt", metavar="NAME", help=f"parameter, position, or several: W,b (default: {default})")
    command.add_argument("--traceback", action="store_true", help="show where a mistake was found inside sourcead")


def _add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--args",
        required=True,
        metavar="EXPRESSIONS",
        help="the function's arguments as Python, with `np` and the function's module in scope: \"np.ones(3), 2.0\"",
    )


def _add_mode(command: argparse.ArgumentParser) -> None:
    command.add_argument("--mode", choices=tuple(MODES), default="grad", help="which derivative (default grad)")


def _wrt(text: str | None) -> Any:
    """`--wrt` as the transforms take it: a name, a position, or a tuple of these."""
    if text is None:
        return 0
    names = tuple(int(part) if part.isdecimal() else part for part in text.replace(" ", "").split(","))
    return names if len(names) > 1 else names[0]


def _emitted(options: argparse.Namespace, target: Target) -> str:
    return MODES[options.mode](target.function, _wrt(options.wrt)).source


def _show(options: argparse.Namespace) -> int:
    source = _emitted(options, load(options.target))
    print(highlight(source) if _wants_colour(options) else source, end="" if source.endswith("\n") else "\n")
    return FINE


def _emit(options: argparse.Namespace) -> int:
    target = load(options.target)
    out: Path = options.output
    if target.file is not None and out.exists() and out.samefile(target.file):
        raise OutputRefused(f"{out} is the file that {target.name} is defined in", "Name another file after -o.")
    source = _emitted(options, target)
    try:
        out.write_text(source, encoding="utf-8")
    except OSError as error:
        raise OutputRefused(f"{out}: {error.strerror}", "Name a file that can be written.") from error
    print(out)
    return FINE


def _check(options: argparse.Namespace) -> int:
    target = load(options.target)
    arguments = evaluate_arguments(options.args, target)
    wrt = None if options.wrt is None else _wrt(options.wrt)
    comparison = compare(target.function, arguments, wrt, options.rows)
    print(comparison)
    return FINE if comparison.agrees else MISMATCH


def _profile(options: argparse.Namespace) -> int:
    target = load(options.target)
    arguments = evaluate_arguments(options.args, target)
    print(profile(MODES[options.mode](target.function, _wrt(options.wrt)), *arguments, calls=options.calls))
    return FINE


def _explain(options: argparse.Namespace) -> int:
    target = load(options.target)
    arguments = () if options.args is None else evaluate_arguments(options.args, target)
    found = api.explain(target.function, _wrt(options.wrt), *arguments)
    if _wants_colour(options) and importlib.util.find_spec("rich") is not None:
        importlib.import_module("rich").print(found)
    else:
        print(found)
    return FINE


def _doctor(options: argparse.Namespace) -> int:
    print(report())
    return FINE


def _wants_colour(options: argparse.Namespace) -> bool:
    """Colour only where a person looks: see https://no-color.org."""
    plain = options.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain
