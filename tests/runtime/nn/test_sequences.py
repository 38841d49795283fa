"""Batches of sequences of different lengths, against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

import runtime
from runtime import nn


def program(library, kind, ordered, hidden):
    """Outputs, last states and gradients of a recurrent layer over packed sequences."""
    rng = np.random.default_rng(0)
    lengths = [4, 3, 1] if ordered else [1, 4, 3]
    sequences = [library.tensor(rng.standard_normal((n, 2)), requires_grad=True) for n in lengths]
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    source = getattr(torch.nn, kind)(2, 3, num_layers=2, bidirectional=True).double()
    layer = source
    if library is not torch:
        layer = getattr(nn, kind)(2, 3, num_layers=2, bidirectional=True).double()
        layer.load_state_dict({key: runtime.tensor(value.numpy()) for key, value in source.state_dict().items()})
    utils = library.nn.utils.rnn
    start = None
    if hidden:
        h = library.tensor(rng.standard_normal((4, 3, 3)))
        start = (h, h * 0.5) if kind == "LSTM" else h
    packed = utils.pack_sequence(sequences, enforce_sorted=ordered)
    out, state = layer(packed, start)
    padded, counts = utils.pad_packed_sequence(out, padding_value=0.5)
    states = list(state) if kind == "LSTM" else [state]
    total = (padded * padded).sum() + sum((part * part * part).sum() for part in states)
    total.backward()
    found = [packed.data, packed.batch_sizes, padded, counts, *states]
    found += [sequence.grad for sequence in sequences] + [p.grad for p in layer.parameters()]
    return [x.detach().numpy() for x in found]


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_packed_sequences_are_pytorch_s(kind, ordered, hidden):
    torch = pytest.importorskip("torch")
    for a, b in zip(program(runtime, kind, ordered, hidden), program(torch, kind, ordered, hidden), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_padding_on_either_side():
    rows = [runtime.ones(1), runtime.ones(3)]
    assert nn.utils.rnn.pad_sequence(rows, batch_first=True).tolist() == [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    left = nn.utils.rnn.pad_sequence(rows, True, 9.0, "left")
    assert left.tolist() == [[9.0, 9.0, 1.0], [1.0, 1.0, 1.0]]
    assert nn.utils.rnn.pad_sequence(rows).shape == (3, 2)


def test_each_sequence_is_as_if_it_were_alone():
    layer = nn.LSTM(2, 3, bidirectional=True).double()
    rows = [runtime.tensor(np.random.default_rng(n).standard_normal((n, 2))) for n in (2, 4)]
    out, _ = layer(nn.utils.rnn.pack_sequence(rows, enforce_sorted=False))
    padded, counts = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=5)
    assert counts.tolist() == [2, 4] and padded.shape == (2, 5, 6)
    for row, found in zip(rows, padded):
        alone, _ = layer(row)
        np.testing.assert_allclose(found[: len(row)].detach().numpy(), alone.detach().numpy(), rtol=1e-12)


def test_lengths_that_do_not_fit():
    x = runtime.ones(3, 2, 1)
    for bad, error in (([4, 1], ValueError), ([3], ValueError), ([2, 0], ValueError), ([1, 3], RuntimeError)):
        with pytest.raises(error):
            nn.utils.rnn.pack_padded_sequence(x, bad)
