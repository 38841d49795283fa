"""Tensors print as PyTorch prints them, character for character.

`printed_by_torch.txt` holds what PyTorch printed for the arrays below; `REWRITE_PRINTED=1` writes it anew, and needs
torch. Where torch is installed a few hundred random arrays are compared too.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import runtime
from runtime import printing

STORED = Path(__file__).with_name("printed_by_torch.txt")
RULER = "=" * 8
NAN, INF = np.nan, np.inf


def smooth(*shape, dtype=np.float32, scale=1.0):
    return (scale * np.sin(np.arange(1.0, 1.0 + np.prod(shape)))).reshape(shape).astype(dtype)


ARRAYS = {
    "number": np.array(2.5, np.float32),
    "whole number": np.array(3.0, np.float32),
    "large number": np.array(1e10, np.float32),
    "eight digits": np.array(12345678.0, np.float32),
    "int": np.array(7),
    "bool": np.array(True),
    "nan": np.array(NAN, np.float32),
    "vector": smooth(5),
    "long vector": smooth(40),
    "matrix": smooth(3, 4),
    "wide matrix": smooth(2, 25),
    "rank 3": smooth(2, 3, 4),
    "rank 4": smooth(2, 1, 2, 20, dtype=np.float64),
    "whole": np.float32([1, 2, -3]),
    "whole to 1000": np.float32([1, 1000]),
    "whole beyond 1000": np.float32([1, 2000]),
    "tiny": np.float32([1e-5, 1.0]),
    "small": np.float32([1e-4, 1e-2]),
    "range": np.float64([1e-3, 1e3]),
    "huge": smooth(4, scale=1e12),
    "minus zero": np.float32([0.0, -0.0]),
    "not finite": np.float32([NAN, INF, -INF, 1.5]),
    "not finite, whole": np.float32([NAN, 1.0, -INF]),
    "only nan": np.float32([NAN, NAN]),
    "half": smooth(3, dtype=np.float16),
    "double": smooth(3, dtype=np.float64),
    "ints": np.array([[1, -200], [30, 4]]),
    "int32": np.array([1, 2], np.int32),
    "uint8": np.array([1, 255], np.uint8),
    "bools": np.array([True, False]),
    "complex": np.complex64([1 + 2j, -3.5 - 4j]),
    "complex, large": np.complex64([1 + 2j, 3.5 - 4e5j]),
    "complex double": np.complex128([[1j, 2], [NAN, complex(0.0, INF)]]),
    "complex number": np.array(1 - 1j, np.complex64),
    "complex, many": np.exp(1j * np.arange(12)).astype(np.complex64),
    "empty": np.zeros(0, np.float32),
    "empty matrix": np.zeros((0, 3), np.float32),
    "empty int": np.zeros(0, np.int64),
    "empty bool matrix": np.zeros((2, 0), bool),
    "summary": smooth(1001),
    "summary of ints": np.arange(1001),
    "summary of rows": smooth(40, 50),
    "summary of ranks": smooth(8, 2, 100),
    "no summary": smooth(10, 100),
}
OPTIONS = {
    "": {},
    "precision": {"precision": 2},
    "sci": {"sci_mode": True},
    "no sci": {"sci_mode": False},
    "short": {"profile": "short"},
    "summaries": {"threshold": 5, "edgeitems": 2, "linewidth": 40},
}
CASES = [(array, option) for array in ARRAYS for option in OPTIONS if not option or ARRAYS[array].size < 100]


@pytest.fixture(autouse=True)
def default_options():
    yield
    runtime.set_printoptions(profile="default")


def heading(array, option, wanted):
    return f"{RULER} {array}; {option or 'default'}{'; requires grad' if wanted else ''}"


def can_require_grad(array):
    return ARRAYS[array].dtype.kind in "fc"


def stored():
    texts = {}
    for block in STORED.read_text(encoding="utf-8").split(RULER + " ")[1:]:
        name, _, text = block.partition("\n")
        texts[f"{RULER} {name}"] = text.rstrip("\n")
    return texts


def test_stored_texts_are_torchs_own():
    torch = pytest.importorskip("torch")
    blocks = []
    for array, option in CASES:
        for wanted in (False, True)[: 1 + can_require_grad(array)]:
            torch.set_printoptions(profile="default")
            torch.set_printoptions(**OPTIONS[option])
            text = repr(torch.from_numpy(ARRAYS[array].copy()).requires_grad_(wanted))
            blocks.append(f"{heading(array, option, wanted)}\n{text}\n")
    torch.set_printoptions(profile="default")
    if os.environ.get("REWRITE_PRINTED"):
        STORED.write_text("".join(blocks), encoding="utf-8")
    assert STORED.read_text(encoding="utf-8") == "".join(blocks)


@pytest.mark.parametrize(("array", "option"), CASES)
def test_prints_the_stored_text(array, option):
    texts = stored()
    runtime.set_printoptions(**OPTIONS[option])
    for wanted in (False, True)[: 1 + can_require_grad(array)]:
        tensor = runtime.from_numpy(ARRAYS[array]).requires_grad_(wanted)
        assert repr(tensor) == texts[heading(array, option, wanted)]


def random_array(rng):
    kind = rng.choice(["float32", "float64", "float16", "int64", "int32", "bool", "complex64", "complex128"])
    shape = tuple(int(n) for n in rng.choice([0, 1, 2, 3, 7, 8, 20, 50][int(rng.random() > 0.1) :], rng.integers(0, 4)))
    x = rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 9)
    if rng.random() < 0.3:
        x = x * 10.0 ** rng.integers(-4, 5, shape)
    if rng.random() < 0.3:
        x = np.round(x)
    if kind.startswith("complex"):
        x = x + 1j * rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 9)
    x = np.array(x)
    if kind[0] in "fc" and x.size:
        for value in (NAN, INF, -INF, 0.0, -0.0):
            if rng.random() < 0.2:
                x.flat[rng.integers(x.size)] = value
    with np.errstate(all="ignore"):
        return np.asarray(x.astype(kind))


@pytest.mark.parametrize("seed", range(8))
def test_random_arrays_print_as_in_torch(seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    for _ in range(60):
        x = random_array(rng)
        options = {"profile": "default"}
        if rng.random() < 0.5:
            options = {
                "precision": int(rng.integers(1, 8)),
                "threshold": int(rng.choice([5, 100, 1000])),
                "edgeitems": int(rng.integers(1, 5)),
                "linewidth": int(rng.choice([20, 60, 120])),
                "sci_mode": [None, True, False][rng.integers(3)],
            }
        wanted = x.dtype.kind in "fc" and rng.random() < 0.5
        try:
            torch.set_printoptions(**options)
            runtime.set_printoptions(**options)
            assert repr(runtime.from_numpy(x).requires_grad_(wanted)) == repr(
                torch.from_numpy(x.copy()).requires_grad_(wanted)
            )
        finally:
            torch.set_printoptions(profile="default")


class Named:
    def __init__(self, name):
        self._name = name

    def name(self):
        return self._name


def test_endings_go_into_the_last_line_where_they_fit():
    short, long = np.float32([1.5, 2.0]), smooth(8)
    assert (
        printing.tensor_text(short, Named("SinBackward0"), False) == "tensor([1.5000, 2.0000], grad_fn=<SinBackward0>)"
    )
    text = printing.tensor_text(long, Named("LinalgVectorNormBackward0"), False)
    assert text.endswith("],\n       grad_fn=<LinalgVectorNormBackward0>)")
    assert printing.tensor_text(short, None, False, device="cuda:0") == "tensor([1.5000, 2.0000], device='cuda:0')"
    assert printing.tensor_text(short, None, False, default=np.float64).endswith(", dtype=torch.float32)")


def test_options_are_kept_until_they_are_set_again():
    runtime.set_printoptions(precision=2, linewidth=100)
    runtime.set_printoptions(edgeitems=1)
    kept = printing.get_printoptions()
    assert (kept.precision, kept.linewidth, kept.edgeitems, kept.threshold) == (2, 100, 1, 1000)
    with pytest.raises(ValueError, match="profile"):
        runtime.set_printoptions(profile="fancy")
