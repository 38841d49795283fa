"""What users of PyTorch do, tried on `runtime` and compared with what PyTorch answers.

PyTorch's answers stand in `answers_of_torch.json`. Where torch is installed they are compared with it once more;
`REWRITE_ANSWERS=1` writes the file anew. Where `runtime` means to differ, the behaviour says why, and what it answers.
"""

import json
import os
import pathlib
import re
import warnings

import numpy as np
import pytest
from behaviours import BEHAVIOURS, DIFFERENCES

import runtime
from runtime.errors import SourceADError

# Words of our own messages, and of NumPy's about shapes and indices that do not fit.
OWN_WORDS = re.compile(
    "expect|cannot|can't|could not|allowed|compatible|match|neither|needs|is not|must|only|bounds|refuses|^no$"
)
ANSWERS = pathlib.Path(__file__).with_name("answers_of_torch.json")


def plain(value):
    """An answer as JSON holds it."""
    if hasattr(value, "detach"):
        value = value.detach().resolve_conj().resolve_neg().numpy()
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind == "c":
            return {"real": value.real.tolist(), "imag": value.imag.tolist()}
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def answer(name, module):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return plain(BEHAVIOURS[name](module))
    except (AttributeError, IndexError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        return {"raises": type(error).__name__}


def same(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and ("raises" in one or all(same(one[key], other[key]) for key in one))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=2e-6, abs=1e-7, nan_ok=True)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_the_answer_is_that_of_torch(name):
    expected = json.loads(ANSWERS.read_text())[name]
    found = answer(name, runtime)
    if name in DIFFERENCES:
        reason, ours = DIFFERENCES[name]
        assert same(found, ours), f"meant: {ours}\nruntime: {found}"
        assert not same(expected, ours) and reason, f"this no longer differs from torch: {expected}"
    else:
        assert same(found, expected), f"torch: {expected}\nruntime: {found}"


def test_there_are_as_many_behaviours_as_we_say():
    assert len(BEHAVIOURS) > 450
    assert BEHAVIOURS.keys() >= DIFFERENCES.keys()


def test_errors_of_the_engine_are_ours():
    """An error of these behaviours is a SourceADError or the TypeError of a wrong argument, never an accident."""
    for name, function in BEHAVIOURS.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(runtime)
        except (SourceADError, AttributeError, TypeError) as error:
            assert str(error), name
        except (IndexError, RuntimeError, ValueError) as error:
            assert OWN_WORDS.search(str(error)), f"{name}: {error}"


def test_torch_still_answers_so():
    torch = pytest.importorskip("torch")
    answers = {name: answer(name, torch) for name in BEHAVIOURS}
    if os.environ.get("REWRITE_ANSWERS"):
        lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in answers.items()]
        ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    expected = json.loads(ANSWERS.read_text())
    assert expected.keys() == answers.keys()
    assert not [name for name in answers if not same(answers[name], expected[name])]
