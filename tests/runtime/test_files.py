"""Saving and loading without code in the file."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest

import runtime as torch
from runtime import nn, optim
from runtime.errors import MissingExtra, SourceADError

safetensors = pytest.importorskip("safetensors.numpy")


def test_a_model_comes_back(tmp_path):
    path = tmp_path / "model.safetensors"
    model, other = (nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU()) for _ in range(2))
    torch.save(model.state_dict(), path)
    other.load_state_dict(torch.load(path))
    x = torch.tensor(np.random.default_rng(0).standard_normal((5, 3)), dtype=torch.float32)
    np.testing.assert_array_equal(model(x).detach().numpy(), other(x).detach().numpy())


def test_other_programs_read_a_dict_of_tensors_and_we_read_theirs(tmp_path):
    path = tmp_path / "table.safetensors"
    torch.save({"a": torch.ones(2, 3).T, "b": torch.tensor(5)}, path)
    found = safetensors.load_file(path)
    assert found["a"].shape == (3, 2) and found["b"].shape == () and found["b"] == 5
    safetensors.save_file({"c": np.arange(3.0)}, path)
    assert torch.load(path)["c"].tolist() == [0.0, 1.0, 2.0]


def test_training_goes_on_where_it_stopped(tmp_path):
    def start():
        torch.manual_seed(0)
        model = nn.Linear(2, 1)
        steps = optim.Adam(model.parameters(), lr=0.1)
        return model, steps, optim.lr_scheduler.MultiStepLR(steps, [1, 3])

    def train(model, steps, schedule, count):
        x = torch.tensor([[1.0, 2.0], [3.0, -1.0]])
        for _ in range(count):
            steps.zero_grad()
            model(x).square().sum().backward()
            steps.step()
            schedule.step()

    whole = start()
    train(*whole, 4)
    first, second = start(), start()
    train(*first, 2)
    names = ("model", "steps", "schedule")
    torch.save({name: part.state_dict() for name, part in zip(names, first)}, tmp_path / "checkpoint")
    found = torch.load(tmp_path / "checkpoint")
    for name, part in zip(names, second):
        part.load_state_dict(found[name])
    train(*second, 2)
    np.testing.assert_array_equal(second[0].weight.detach().numpy(), whole[0].weight.detach().numpy())


def test_what_stands_around_tensors_comes_back_too():
    value = {
        "list": [1, 2.5, None, "text", True, float("inf")],
        "tuple": (torch.ones(2), [np.arange(2), {}]),
        3: {"a.b": torch.zeros(1), "a": {"b": torch.ones(1)}},
        "number": np.float64(1.5),
    }
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    found = torch.load(file)
    assert found["list"] == value["list"] and list(found) == ["list", "tuple", 3, "number"]
    assert isinstance(found["tuple"], tuple) and isinstance(found["tuple"][0], torch.Tensor)
    assert type(found["tuple"][1][0]) is np.ndarray and found["tuple"][1][1] == {}
    assert found[3]["a.b"].item() == 0.0 and found[3]["a"]["b"].item() == 1.0
    assert found["number"] == 1.5


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint8", "bool"])
def test_every_dtype_comes_back(dtype):
    file = io.BytesIO()
    torch.save(torch.tensor(np.array([[0, 1], [1, 0]], dtype)), file)
    file.seek(0)
    found = torch.load(file)
    assert found.numpy().dtype == dtype and found.tolist() == [[0, 1], [1, 0]]


def test_only_data_is_written(tmp_path):
    with pytest.raises(SourceADError, match="state_dict"):
        torch.save(nn.Linear(1, 1), tmp_path / "model")
    with pytest.raises(SourceADError, match="`a.0`, a function"):
        torch.save({"a": [len and (lambda: 0)]}, tmp_path / "model")
    with pytest.raises(SourceADError, match="key"):
        torch.save({(1, 2): 3}, tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_the_missing_library_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(MissingExtra, match=r"sourcead\[safetensors\]"):
        torch.save({}, tmp_path / "model")


def test_the_notes_are_json():
    file = io.BytesIO()
    torch.save([torch.ones(1), 2], file)
    content = file.getvalue()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert json.loads(header["__metadata__"]["structure"]) == ["list", [["tensor", "0"], 2]]
