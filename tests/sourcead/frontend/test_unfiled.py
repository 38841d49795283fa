"""Functions that came from no file: the prompt, standard input, `python -c`, `exec`."""

from __future__ import annotations

import os
import subprocess
import sys
import types

import gast
import numpy as np
import pytest

import sourcead
from sourcead.errors import NoSource
from sourcead.frontend import unfiled
from sourcead.frontend.source import find


def text(function):
    return gast.unparse(find(function).tree.body[-1]).strip()


def typed(monkeypatch, *history):
    """A history of the prompt, and what its last statement made."""
    lines = [line for statement in history for line in statement.splitlines()]
    readline = types.SimpleNamespace(
        get_current_history_length=lambda: len(lines), get_history_item=lambda k: lines[k - 1]
    )
    monkeypatch.setitem(sys.modules, "readline", readline)
    names = {"np": np, "twice": lambda f: f, "__name__": "__main__"}
    exec(compile(history[-1] + "\n", "<stdin>", "exec"), names)
    return names


def test_statement_of_the_history(monkeypatch):
    names = typed(monkeypatch, "x = 1", "def f(x):\n    return 2.0 * x", "def f(x):\n    y = x\n    return 3.0 * y")
    assert text(names["f"]) == "return 3.0 * y"


def test_decorated_function_and_lambdas_of_the_history(monkeypatch):
    assert text(typed(monkeypatch, "@twice\ndef f(x):\n    return x")["f"]) == "return x"
    names = typed(monkeypatch, "g = [lambda x: x * 2,\n     lambda x: x * 3]")
    assert [text(f) for f in names["g"]] == ["return x * 2", "return x * 3"]


def test_branches_belong_to_their_statement(monkeypatch):
    names = typed(monkeypatch, "if 1:\n    def f(x):\n        return x * 5\nelse:\n    f = 1")
    assert text(names["f"]) == "return x * 5"


def test_a_history_of_other_code_is_not_believed(monkeypatch):
    names = typed(monkeypatch, "def f(x):\n    return {}.0 * x".format(len("ab")))
    typed(monkeypatch, "def f(x):\n    return 3.0 * x")
    with pytest.raises(NoSource, match="is not known"):
        find(names["f"])


def test_prompt_of_python():
    pty = pytest.importorskip("pty")
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(PYTHONPATH=os.getcwd(), TERM="dumb", PYTHON_BASIC_REPL="1")
        os.execv(sys.executable, [sys.executable, "-i"])
    lines = ["import sourcead", "def f(x):", "    y = x * x", "    return 3.0 * y", ""]
    lines += ["print('slope', sourcead.grad(f)(2.0), sourcead.grad(lambda x: x**3)(1.0))"]
    os.write(terminal, "\n".join([*lines, "exit()", ""]).encode())
    said = b""
    try:
        while part := os.read(terminal, 4096):
            said += part
    except OSError:  # what reading a terminal gives where the other end has gone
        pass
    os.waitpid(child, 0)
    assert "slope 12.0 3.0" in said.decode()


def test_text_that_was_given_to_exec():
    names = {}
    cell = "def f(x, k=2.0):\n    return x**k\ng = lambda x: x**3\n"
    exec(cell, names)
    assert sourcead.grad(names["f"])(3.0) == 6.0 and sourcead.grad(names["g"])(1.0) == 3.0


def cells(*texts):
    names = {"sourcead": sourcead}
    for cell in texts:
        exec(cell, names)
    return names


def test_text_that_is_gone_is_remembered_once_found():
    names = cells("def f(x):\n    return x * x * 7.5\n", "df = sourcead.grad(f)")
    assert sourcead.grad(names["f"])(2.0) == names["df"](2.0) == 30.0


def test_defaults_are_those_of_the_function():
    made = [cells(f"def f(x, k{default}):\n    return x * k * 1.25\nsourcead.grad(f)")["f"] for default in ("", "=2.0")]
    assert [find(f).tree.args.defaults != [] for f in made] == [False, True]
    assert sourcead.grad(made[1])(1.0) == 2.5


def test_code_that_nothing_holds_is_refused():
    names = {}
    exec("".join(["def f(x):\n", f"    return {len('ab')} * x - 0.84{len('abc')}72"]), names)
    with pytest.raises(NoSource, match="is not known") as caught:
        find(names["f"])
    assert "file" in caught.value.cure


def test_command_line_and_standard_input(tmp_path):
    code = "import sourcead\ndef f(x):\n    return x * x\nprint(sourcead.grad(f)(3.0))\n"
    script = tmp_path / "script"
    script.write_text(code)
    options = {"capture_output": True, "text": True, "cwd": os.getcwd()}
    assert subprocess.run([sys.executable, "-c", code], **options).stdout == "6.0\n"
    with script.open() as given:
        assert subprocess.run([sys.executable], stdin=given, **options).stdout == "6.0\n"


def test_candidates_name_the_function():
    held = "def candidate(x): return x"
    other = "def another(x): return x"
    names = {}
    exec(held, names)
    found = list(unfiled.texts(names["candidate"]))
    assert held in found and other not in found
