"""What users of PyTorch type, run with `import runtime as torch`: it prints what PyTorch prints, and fails as it fails.

Each file of `sessions` holds sessions, and below each what PyTorch printed and the kind of error that it ended with.
Numbers may differ in the last digits, which depend on the order of sums. `REWRITE_SESSIONS=1` writes the printed parts
anew, and needs torch; where torch is installed, they are compared with it once more.
"""

import ast
import builtins
import contextlib
import io
import os
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import runtime

FOLDER = Path(__file__).with_name("sessions")
CELL, PRINTS, RAISES = "======== ", "-------- prints\n", "-------- raises "
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)")
OWN_NAMES = re.compile(r"\b(?:torch|runtime)\.")
# Their errors that are no builtins.
KINDS = {"_LinAlgError": "RuntimeError", "GradcheckError": "RuntimeError", "ModuleAttributeError": "AttributeError"}


def read(path):
    """Name, program, printed text and kind of error of each session of a file."""
    for block in path.read_text(encoding="utf-8").split(CELL)[1:]:
        name, _, rest = block.partition("\n")
        program, _, answer = rest.partition(PRINTS)
        printed, _, kind = answer.partition(RAISES)
        yield name, program, printed, kind.strip()


SESSIONS = {(path.stem, name): rest for path in sorted(FOLDER.glob("*.txt")) for name, *rest in read(path)}


def play(program, module):
    """What a program prints, and the error that it ends with or None."""
    text = re.sub(r"^import torch$", f"import {module.__name__} as torch", program, flags=re.M)
    text = re.sub(r"\b(import|from) torch\b", rf"\1 {module.__name__}", text)
    names = {"torch": module, "nn": module.nn, "F": module.nn.functional, "np": np, "__name__": "session"}
    module.manual_seed(0)
    default = module.get_default_dtype()
    printed, error = io.StringIO(), None
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            exec(compile(ast.parse(text), "<session>", "exec"), names)
    except Exception as raised:  # Whatever it is, its kind is compared.
        error = raised
    finally:
        module.set_default_dtype(default)
        module.set_printoptions(profile="default")
    return OWN_NAMES.sub("", printed.getvalue()), error


def alike(one, other):
    """Whether texts are equal up to the last digits of numbers, and to how lines are filled."""
    if one == other:
        return True
    if NUMBER.sub("#", one).split() != NUMBER.sub("#", other).split():
        return False
    first, second = (np.array([float(n) for n in NUMBER.findall(text)]) for text in (one, other))
    return first.shape == second.shape and np.allclose(first, second, rtol=2e-4, atol=2e-4)


def kind_of(error):
    return "" if error is None else KINDS.get(type(error).__name__, type(error).__name__)


@pytest.mark.parametrize("which", SESSIONS, ids=" ".join)
def test_a_session_goes_as_with_torch(which):
    program, printed, kind = SESSIONS[which]
    pytest.importorskip("safetensors" if "torch.save" in program else "numpy")
    pytest.importorskip("scipy" if "bessel" in program or "igamma" in program else "numpy")
    found, error = play(program, runtime)
    if not kind:
        assert error is None, f"{type(error).__name__}: {error}"
    else:
        assert isinstance(error, getattr(builtins, kind)), f"torch raises {kind}, runtime {error!r}"
        assert str(error)
    assert alike(found, printed), f"torch:\n{printed}\nruntime:\n{found}"


def test_torch_still_prints_so():
    torch = pytest.importorskip("torch")
    files = {}
    different = []
    for (stem, name), (program, printed, kind) in SESSIONS.items():
        found, error = play(program, torch)
        ends = f"{RAISES}{kind_of(error)}\n" if error is not None else ""
        files.setdefault(stem, []).append(f"{CELL}{name}\n{program}{PRINTS}{found}{ends}")
        if not alike(found, printed) or kind_of(error) != kind:
            different.append(name)
    if os.environ.get("REWRITE_SESSIONS"):
        for stem, sessions in files.items():
            (FOLDER / f"{stem}.txt").write_text("".join(sessions), encoding="utf-8")
    else:
        assert not different


def test_there_are_as_many_sessions_as_we_say():
    assert len(SESSIONS) > 300
