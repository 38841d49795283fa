"""The samples of PyTorch's own tests, beside torch itself: nothing is refused or different but what is known to be."""

import os
import warnings

import numpy as np
import pytest
from op_db import KNOWN, results

# Families that are quick; `OP_DB=1` tries all.
QUICK = (
    "flip unfold as_strided view_as_real view_as_complex unbind split chunk embedding_bag tensordot einsum gather fill"
    " scatter linspace logspace sgn addr linalg.lu linalg.lu_factor linalg.eig linalg.eigvals linalg.norm"
    " nn.functional.adaptive_max_pool1d nn.functional.conv_transpose2d nn.functional.multi_margin_loss"
    " nn.functional.hinge_embedding_loss nn.functional.poisson_nll_loss nn.functional.embedding_bag nn.functional.pad"
).split()


def test_samples_of_torch_are_equal_here():
    pytest.importorskip("torch")
    pytest.importorskip("expecttest")
    names = () if os.environ.get("OP_DB") else QUICK
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = results(names)
    wrong = {name: answer for name, answer in found.items() if answer and answer[0] != "missing" and name not in KNOWN}
    assert not wrong, wrong
    assert names == () or len(found) > 20
