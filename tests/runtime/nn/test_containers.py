"""Containers of Modules and Parameters."""

from __future__ import annotations

import pytest

import runtime as torch
from runtime import nn


def test_a_sequence_reads_and_changes_like_a_list():
    a, b, c = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)
    row = nn.Sequential(a, b)
    row.append(c)
    assert len(row) == 3 and list(row) == [a, b, c] and row[-1] is c
    assert list(row[1:]) == [b, c] and isinstance(row[1:], nn.Sequential)
    assert row.pop(1) is b and list(row) == [a, c] and list(row._modules) == ["0", "1"]
    row.insert(1, b)
    row[1] = nn.Identity()
    del row[0]
    assert [type(module).__name__ for module in row] == ["Identity", "Linear"]
    with pytest.raises(IndexError):
        row[2]


def test_named_steps():
    row = nn.Sequential({"wide": nn.Linear(2, 3), "flat": nn.ReLU()})
    assert list(dict(row.named_children())) == ["wide", "flat"]
    assert row.wide is row[0]
    assert row(torch.ones(1, 2)).shape == (1, 3)


def test_a_list_groups_what_prints_alike():
    row = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU()])
    assert repr(row) == ("ModuleList(\n  (0-1): 2 x Linear(in_features=2, out_features=2, bias=True)\n  (2): ReLU()\n)")
    row += [nn.Identity()]
    assert len(row + row) == 8 and len(row[1:]) == 3
    assert len(list(row.parameters())) == 4
    with pytest.raises(NotImplementedError):
        row(1.0)


def test_a_dict_of_modules():
    table = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ReLU()})
    table["c"] = nn.Identity()
    assert list(table) == list(table.keys()) == ["a", "b", "c"] and "b" in table
    assert type(table.pop("b")) is nn.ReLU and len(table) == 2
    assert [name for name, _ in table.named_parameters()] == ["a.weight", "a.bias"]
    table.update([("d", nn.ReLU())])
    assert [name for name, _ in table.items()] == ["a", "c", "d"]


def test_lists_and_dicts_of_parameters():
    row = nn.ParameterList([torch.ones(2), nn.Parameter(torch.zeros(3))])
    row.append(torch.ones(1))
    assert len(row) == 3 and all(isinstance(p, nn.Parameter) for p in row)
    assert [name for name, _ in row.named_parameters()] == ["0", "1", "2"]
    assert len(row[:2]) == 2 and row[-1].shape == (1,)
    table = nn.ParameterDict({"w": torch.ones(2)})
    table["b"] = torch.zeros(1)
    assert sorted(table.keys()) == ["b", "w"] and table["w"].requires_grad
    assert "(w): Parameter containing: [torch.FloatTensor of size 2]" in repr(table)
    assert "(1): Parameter containing: [torch.float32 of size 3]" in repr(row)
