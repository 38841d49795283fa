"""docs/torch-names.md lists each public name of PyTorch and says truly whether the runtime has it.

The names are kept in docs/torch-names.json, taken from an installed torch, so that the page is tested without one.
`REWRITE_PAGES=1 pytest tests/test_torch_names_page.py` writes the page, and with torch installed the list too.
"""

from __future__ import annotations

import importlib
import json
import os
import types
import typing
from pathlib import Path

import pytest

import runtime

DOCS = Path(__file__).parent.parent / "docs"
LIST, PAGE = DOCS / "torch-names.json", DOCS / "torch-names.md"
REWRITE = bool(os.environ.get("REWRITE_PAGES"))
SPACES = (
    "torch", "torch.Tensor", "torch.nn.functional", "torch.linalg", "torch.fft", "torch.special", "torch.nn",
    "torch.nn.init", "torch.nn.utils", "torch.nn.utils.rnn", "torch.optim", "torch.optim.lr_scheduler",
    "torch.utils.data", "torch.autograd", "torch.autograd.functional", "torch.autograd.graph",
)  # fmt: skip
# Parts of PyTorch that the runtime is not about; what they name is listed by itself.
ELSEWHERE = (
    "sparse", "quant", "q_", "fbgemm", "mkldnn", "cudnn", "miopen", "autocast", "sym_", "Sym", "Storage", "ipu", "xla",
    "xpu", "mps", "mtia", "maia", "hpu", "vulkan", "Type", "jit", "fused_moving", "fake_", "nested", "indices_copy",
    "crow", "ccol", "values_copy", "qint", "quint", "bits", "float8", "float4", "Int8", "4x2", "2x4", "parse_",
    "import_ir", "Stream", "Event", "batch_norm_", "dense", "coalesce", "native_", "mm_", "hsmm", "spmm", "saddmm",
    "smm", "hspmm",
    "dsmm", "Tensor", "storage", "bfloat", "thread", "deterministic", "vmap", "compile", "cond", "while_loop",
    "scaled_mm",
)  # fmt: skip
HEAD = """# The names of PyTorch

Which public names of PyTorch {version} the runtime has: `import runtime as torch`, and those under "here" are found.
This page is written by its test, from [the list of names](torch-names.json).

| module | here | not here | of other parts |
|---|---|---|---|
"""


def belongs_elsewhere(name: str) -> bool:
    return any(part in name for part in ELSEWHERE)


def find(name: str):
    """An object by its dotted name, where `torch` stands for the runtime."""
    found = runtime
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found


def page_text() -> str:
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    lines, sections = [HEAD.format(version=listed["version"])], []
    for space in SPACES:
        holder = find(space)
        names = listed["names"][space]
        here = [name for name in names if hasattr(holder, name)]
        missing = [name for name in names if name not in here]
        other = [name for name in missing if belongs_elsewhere(name)]
        missing = [name for name in missing if name not in other]
        lines.append(f"| `{space}` | {len(here)} | {len(missing)} | {len(other)} |\n")
        sections.append(f"\n## {space}\n")
        for title, group in (("Here", here), ("Not here", missing), ("Of other parts, not here", other)):
            if group:
                sections.append(f"\n{title}: {', '.join(f'`{name}`' for name in group)}.\n")
    return "".join(lines + sections)


def public_names(holder) -> list[str]:
    """Names without an underscore in front that are neither modules nor borrowed from the standard library."""
    found = []
    for name in sorted(dir(holder)):
        value = None if name.startswith("_") else getattr(holder, name, None)
        if isinstance(value, (typing.TypeVar, typing.ParamSpec, type(typing.Any))) or name in ("annotations", "inf"):
            continue
        home = str(getattr(value, "__module__", "torch") or "torch").split(".")[0]
        borrowed = home != "torch" and not isinstance(value, types.BuiltinFunctionType) and callable(value)
        if not name.startswith("_") and not isinstance(value, types.ModuleType) and not borrowed:
            found.append(name)
    return found


def collected():
    torch = pytest.importorskip("torch")
    names = {}
    for space in SPACES:
        module, _, last = space.rpartition(".")
        holder = getattr(importlib.import_module(module), last) if module else torch
        names[space] = public_names(holder)
    return {"version": torch.__version__.split("+")[0], "names": names}


def test_the_list_is_that_of_the_installed_torch():
    found = collected()
    if REWRITE:
        LIST.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
    kept = json.loads(LIST.read_text(encoding="utf-8"))
    if found["version"] != kept["version"]:
        pytest.skip(f"the list is of torch {kept['version']}")
    assert found == kept


def test_the_page_is_true():
    text = page_text()
    if REWRITE:
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


def test_there_are_as_many_operations_as_promised():
    listed = json.loads(LIST.read_text(encoding="utf-8"))["names"]
    assert sum(hasattr(runtime, name) for name in listed["torch"]) >= 400
    assert sum(hasattr(runtime.Tensor, name) for name in listed["torch.Tensor"]) >= 400
