"""Data sets, orders, batches and loaders."""

from __future__ import annotations

import collections

import numpy as np
import pytest

import runtime as torch
from runtime.utils import data


class Squares(data.Dataset):
    def __init__(self, count=10):
        self.count = count

    def __getitem__(self, index):
        return index, float(index * index)

    def __len__(self):
        return self.count


def test_batches_in_order():
    batches = list(data.DataLoader(Squares(), batch_size=4))
    assert [x.tolist() for x, _ in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches[0][1].dtype == torch.float64 and batches[0][0].dtype == torch.int64
    loader = data.DataLoader(Squares(), batch_size=4, drop_last=True)
    assert len(loader) == len(list(loader)) == 2
    assert len(data.DataLoader(Squares(), batch_size=4)) == 3


def test_shuffling_is_a_permutation_that_the_seed_decides():
    def run(seed):
        loader = data.DataLoader(Squares(50), batch_size=7, shuffle=True, generator=torch.Generator().manual_seed(seed))
        return [[k for x, _ in loader for k in x.tolist()] for _ in range(2)]

    first, second = run(3)
    assert sorted(first) == sorted(second) == list(range(50)) and first != second
    assert run(3) == [first, second] != run(4)
    torch.manual_seed(5)
    one = [k for x, _ in data.DataLoader(Squares(50), 7, shuffle=True) for k in x.tolist()]
    torch.manual_seed(5)
    assert one == [k for x, _ in data.DataLoader(Squares(50), 7, shuffle=True) for k in x.tolist()]


@pytest.mark.parametrize("workers", [0, 3])
def test_threads_change_nothing(workers):
    loader = data.DataLoader(Squares(23), batch_size=2, num_workers=workers)
    assert [k for x, _ in loader for k in x.tolist()] == list(range(23))


def test_what_a_thread_raises_arrives():
    class Broken(Squares):
        def __getitem__(self, index):
            return 1 // (index - 5)

    with pytest.raises(ZeroDivisionError):
        list(data.DataLoader(Broken(), num_workers=2))


def test_tensors_side_by_side():
    x, y = torch.tensor(np.arange(12.0).reshape(6, 2)), torch.tensor(np.arange(6))
    rows = data.TensorDataset(x, y)
    assert len(rows) == 6 and rows[1][0].tolist() == [2.0, 3.0] and rows[1][1].item() == 1
    (a, b), *_ = data.DataLoader(rows, batch_size=4)
    assert a.tolist() == x.tolist()[:4] and b.tolist() == [0, 1, 2, 3]
    some = data.Subset(rows, [5, 0, 3])
    assert [b.tolist() for _, b in data.DataLoader(some, batch_size=2)] == [[5, 0], [3]]
    plain = data.Subset(Squares(), [5, 0])
    assert next(iter(data.DataLoader(plain, 2)))[0].tolist() == [5, 0]
    with pytest.raises(ValueError, match="size mismatch"):
        data.TensorDataset(x, y[:2])


def test_splits_share_nothing_and_leave_nothing_out():
    for lengths in ([6, 4], [0.55, 0.45]):
        parts = data.random_split(Squares(), lengths, torch.Generator().manual_seed(0))
        assert [len(part) for part in parts] == [6, 4]
        assert sorted(part[k][0] for part in parts for k in range(len(part))) == list(range(10))
    with pytest.raises(ValueError, match="sum"):
        data.random_split(Squares(), [5, 4])


def test_sets_one_after_the_other():
    both = Squares(3) + Squares(2)
    assert len(both) == 5 and [both[k][0] for k in range(5)] == [0, 1, 2, 0, 1] and both[-1][0] == 1
    with pytest.raises(IndexError):
        both[5]


def test_streams():
    class Stream(data.IterableDataset):
        def __iter__(self):
            return iter([1.0, 2.0, 3.0])

    assert [x.tolist() for x in data.DataLoader(Stream(), batch_size=2)] == [[1.0, 2.0], [3.0]]
    assert list(data.DataLoader(Stream(), batch_size=None)) == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="order"):
        data.DataLoader(Stream(), shuffle=True)


def test_orders():
    def seeded():
        return torch.Generator().manual_seed(0)

    assert sorted(data.RandomSampler(range(5), generator=seeded())) == list(range(5))
    assert len(list(data.RandomSampler(range(5), num_samples=12, generator=seeded()))) == 12
    drawn = list(data.RandomSampler(range(3), replacement=True, num_samples=100, generator=seeded()))
    assert set(drawn) == {0, 1, 2}
    assert sorted(data.SubsetRandomSampler([7, 8, 9], seeded())) == [7, 8, 9]
    drawn = list(data.WeightedRandomSampler([0.0, 1.0, 3.0], 4000, generator=seeded()))
    assert drawn.count(0) == 0 and abs(drawn.count(2) - 3000) < 150
    assert list(data.BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    loader = data.DataLoader(Squares(), batch_sampler=[[1, 2], [3]])
    assert [x.tolist() for x, _ in loader] == [[1, 2], [3]]
    assert [x for x, _ in data.DataLoader(Squares(), batch_size=None, sampler=[4, 2])] == [4, 2]


def test_all_kinds_of_samples_are_put_together():
    Pair = collections.namedtuple("Pair", "x y")
    batch = data.default_collate([Pair({"a": np.float32(k)}, (f"t{k}", torch.ones(2) * k)) for k in range(3)])
    assert isinstance(batch, Pair) and batch.x["a"].tolist() == [0.0, 1.0, 2.0]
    assert batch.y[0] == ["t0", "t1", "t2"] and batch.y[1].shape == (3, 2)
    assert data.default_collate([True, False]).dtype == torch.bool
    with pytest.raises(TypeError, match="object"):
        data.default_collate([object()])
    with pytest.raises(RuntimeError, match="equal size"):
        data.default_collate([(1,), (1, 2)])


def test_gradients_flow_through_a_batch():
    w = torch.ones(2, requires_grad=True)
    data.default_collate([w, w * 2.0]).sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]


def test_options_that_exclude_each_other():
    with pytest.raises(ValueError, match="exclusive"):
        data.DataLoader(Squares(), shuffle=True, sampler=[1])
    with pytest.raises(ValueError, match="exclusive"):
        data.DataLoader(Squares(), batch_size=2, batch_sampler=[[1]])
    with pytest.raises(ValueError, match="positive"):
        data.DataLoader(Squares(), batch_size=0)


def test_progress_is_shown(capsys):
    pytest.importorskip("tqdm")
    loader = data.DataLoader(Squares(), batch_size=3, progress="epoch 1")
    for k, _ in enumerate(loader):
        loader.report(loss=f"{k}.5")
    shown = capsys.readouterr().err
    assert "epoch 1" in shown and "4" in shown and "loss=3.5" in shown
    list(data.DataLoader(Squares(), batch_size=3))
    loader.report(loss=1.0)
    assert capsys.readouterr().err == ""
