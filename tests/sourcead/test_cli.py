"""The command line, called both as a function and as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sourcead
from sourcead.cli import main

ROOT = Path(__file__).parent.parent.parent
MODEL = """
import numpy as np


def squash(x):
    return np.tanh(0.5 * x)


def loss(w, x):
    r = squash(x @ w) - 1.0
    return np.sum(r * r)


def scale(x, factor=3.0):
    return factor * np.sin(x)


class Network:
    @staticmethod
    def energy(h):
        return 0.5 * np.sum(h * h)


LIMIT = 3


def typed(n: int):
    return 2 * n
"""
WRONG = """
import numpy as np

from runtime.primitives.registry import partial


def cube(x):
    return x**3


@partial(cube, wrt="x")
def cube_x(z, x):
    return 2.0 * x


def loss(x):
    return np.sum(cube(x))
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's file; what the command does to `sys.path` and `sys.modules` is undone."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cli_model.py"
    path.write_text(MODEL, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "cli_model", raising=False)
    yield path
    sys.modules.pop("cli_model", None)


def run(*arguments: str, folder: Path, **options) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    command = [sys.executable, "-m", "sourcead", *arguments]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(command, cwd=folder, text=True, env=environment, **options)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the error stream says about a command that must be refused."""
    assert main(arguments) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in error
    return error


def on_terminal(*arguments: str, folder: Path, **env: str) -> str:
    """What a command writes when its output is a terminal."""
    reader, writer = os.openpty()
    unset = {"NO_COLOR": "", "TERM": "xterm"}
    done = run(*arguments, folder=folder, stdout=writer, env={**unset, **env})
    os.close(writer)
    assert done.returncode == 0, done.stderr
    text = b""
    while True:
        try:
            chunk = os.read(reader, 65536)
        except OSError:  # Linux reports the closed end of a terminal as an error
            break
        if not chunk:
            break
        text += chunk
    os.close(reader)
    return text.decode()


@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "adjoint", "tangent"])
def test_show_prints_what_the_transform_emits(model, capsys, mode):
    assert main(["show", f"{model}:loss", "--mode", mode]) == 0
    shown = capsys.readouterr().out
    assert shown.rstrip() == getattr(sourcead, mode)(sys.modules["cli_model"].loss).source.rstrip()


@pytest.mark.parametrize(("text", "wrt"), [("x", "x"), ("1", 1), ("w,x", ("w", "x")), ("1, w", (1, "w"))])
def test_wrt_takes_names_and_positions(model, capsys, text, wrt):
    assert main(["show", f"{model}:loss", "--wrt", text]) == 0
    assert capsys.readouterr().out.rstrip() == sourcead.grad(sys.modules["cli_model"].loss, wrt).source.rstrip()


def test_a_dotted_name_reaches_into_classes(model, capsys):
    assert main(["show", f"{model}:Network.energy"]) == 0
    assert "with respect to h" in capsys.readouterr().out


def test_a_module_is_found_from_the_current_folder(model):
    package = model.parent / "cli_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inner.py").write_text("from .deep import two\n\ndef f(x):\n    return two * x\n")
    (package / "deep.py").write_text("two = 2.0\n")
    done = run("show", "cli_package.inner:f", folder=model.parent)
    assert done.returncode == 0, done.stderr
    assert "def f_grad(x" in done.stdout
    done = run("show", "cli_package/inner.py:f", folder=model.parent)
    assert done.returncode == 2
    assert "package.module:FUNCTION" in done.stderr


def test_what_a_module_prints_stays_out_of_the_source(model):
    model.write_text("print('loading')\n" + MODEL)
    done = run("show", f"{model.name}:loss", folder=model.parent)
    assert "loading" not in done.stdout
    assert "loading" in done.stderr
    compile(done.stdout, "emitted", "exec")


def test_a_pipe_gets_plain_text(model):
    done = run("show", "cli_model.py:loss", folder=model.parent)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout


def test_a_terminal_gets_colour(model):
    assert "\x1b[" in on_terminal("show", "cli_model.py:loss", folder=model.parent)


@pytest.mark.parametrize(("option", "env"), [("--no-color", {}), (None, {"NO_COLOR": "1"}), (None, {"TERM": "dumb"})])
def test_colour_can_be_turned_off(model, option, env):
    arguments = ["show", "cli_model.py:loss", *([option] if option else [])]
    assert "\x1b" not in on_terminal(*arguments, folder=model.parent, **env)


def test_a_closed_pipe_is_quiet(model):
    reader, writer = os.pipe()
    os.close(reader)
    done = run("show", "cli_model.py:loss", folder=model.parent, stdout=writer)
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 141


def test_emit_writes_a_module_that_runs(model, capsys):
    assert main(["emit", f"{model}:loss", "-o", "loss_grad.py"]) == 0
    assert capsys.readouterr().out == "loss_grad.py\n"
    x = "np.arange(6.0).reshape(3, 2) / 7"
    script = f"import numpy as np, loss_grad; print(loss_grad.loss_grad(np.ones(2), {x}).tolist())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=model.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    step = 1e-6
    loss, data = sys.modules["cli_model"].loss, np.arange(6.0).reshape(3, 2) / 7
    numeric = [(loss(np.ones(2) + d, data) - loss(np.ones(2) - d, data)) / (2 * step) for d in step * np.eye(2)]
    np.testing.assert_allclose(eval(done.stdout), numeric, rtol=1e-6)


def test_emit_does_not_overwrite_the_users_source(model, capsys):
    assert "is the file that loss is defined in" in refused(capsys, "emit", f"{model}:loss", "-o", str(model))
    assert model.read_text() == MODEL


def test_emit_into_a_folder_that_is_not_there(model, capsys):
    error = refused(capsys, "emit", f"{model}:loss", "-o", "nowhere/out.py")
    assert "nowhere/out.py" in error and "Name a file" in error


def test_check_prints_a_row_an_element(model, capsys):
    assert main(["check", f"{model}:loss", "--args", "np.ones(2), np.eye(2) * LIMIT"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["argument", "index", "reverse", "forward", "numeric"]
    assert [line.split()[0] for line in lines[1:7]] == ["w"] * 2 + ["x"] * 4
    assert "6 of 6 elements" in lines[-1]


def test_check_takes_arrays_as_results_and_defaults_as_given(model, capsys):
    assert main(["check", f"{model}:scale", "--args", "np.linspace(0, 1, 5)"]) == 0
    assert "5 of 5 elements" in capsys.readouterr().out


def test_check_of_one_argument(model, capsys):
    assert main(["check", f"{model}:loss", "--args", "np.ones(2), np.eye(2)", "--wrt", "x"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:-1]
    assert {row.split()[0] for row in rows} == {"x"}


def test_check_of_many_elements_prints_some_and_a_direction(model, capsys):
    assert main(["check", f"{model}:loss", "--args", "np.ones(50), np.eye(50)", "--wrt", "w", "--rows", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("w") for line in lines) == 5
    assert any("direction" in line for line in lines)
    assert "4 of 50 elements" in lines[-1]


def test_check_finds_a_wrong_derivative(model):
    model.write_text(WRONG)
    done = run("check", "cli_model.py:loss", "--args", "np.array([0.5, 2.0])", folder=model.parent)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("differs") >= 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("cli_model.py", "FILE.py:FUNCTION"),
        ("absent.py:loss", "there is no file absent.py"),
        ("cli_model.py:los", "It defines: squash, loss, scale, typed."),
        ("cli_model.py:LIMIT", "is not a function but of type int"),
        ("no_such_module_here:f", "there is no module 'no_such_module_here'"),
    ],
)
def test_a_target_that_is_not_there(model, capsys, target, says):
    assert says in refused(capsys, "show", target)


def test_a_file_whose_name_is_taken(model, capsys):
    (model.parent / "random.py").write_text("def f(x):\n    return x\n")
    assert "Rename the file" in refused(capsys, "show", "random.py:f")


def test_an_error_in_the_users_file_names_its_line(model, capsys):
    model.write_text("import numpy as np\n\nbroken = np.nothing\n")
    error = refused(capsys, "show", "cli_model.py:loss")
    assert error.startswith(f"{model}:3:") and "AttributeError" in error and "broken = np.nothing" in error


def test_a_syntax_error_in_the_users_file_names_its_line(model, capsys):
    model.write_text("def loss(x):\n    return x +\n")
    error = refused(capsys, "show", "cli_model.py:loss")
    assert error.startswith(f"{model}:2:") and "SyntaxError" in error


def test_a_module_that_failed_is_not_kept(model, capsys):
    model.write_text("import numpy as np\n\nbroken = np.nothing\n")
    refused(capsys, "show", "cli_model.py:loss")
    assert "cli_model" not in sys.modules


def test_arguments_that_are_not_python(model, capsys):
    assert "SyntaxError" in refused(capsys, "check", "cli_model.py:loss", "--args", "np.ones(2")


def test_arguments_that_do_not_fit(model, capsys):
    assert "TypeError" in refused(capsys, "check", "cli_model.py:loss", "--args", "1.0, 2.0, 3.0")


def test_a_function_that_fails_at_its_arguments(model, capsys):
    error = refused(capsys, "check", "cli_model.py:loss", "--args", "np.ones(2), np.ones((3, 4))")
    assert "ValueError" in error and f"{model}:10:" in error


def test_nothing_to_differentiate(model, capsys):
    assert "floating" in refused(capsys, "check", "cli_model.py:typed", "--args", "3")


def test_an_unknown_parameter(model, capsys):
    assert "nothing" in refused(capsys, "show", "cli_model.py:loss", "--wrt", "nothing")


def test_traceback_is_shown_when_asked_for(model, capsys):
    assert main(["show", "cli_model.py:los", "--traceback"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_usage(capsys):
    for arguments in ([], ["nonsense"], ["show"], ["show", "a.py:f", "--mode", "sideways"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
        assert "usage: sourcead" in capsys.readouterr().err


def test_doctor_and_version(tmp_path):
    done = run("doctor", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"python", "numpy", "gast", "astor", "optree", "numba", "device"} <= {
        line.split()[0] for line in done.stdout.splitlines()
    }
    assert np.__version__ in done.stdout
    assert run("--version", folder=tmp_path).stdout.strip().count(".") == 2


def test_explain(tmp_path):
    text = (
        "import numpy as np\n\n\ndef loss(x, n):\n    for _ in range(n):\n        x = np.sin(x) * x\n"
        "    return np.sum(x)\n"
    )
    (tmp_path / "model.py").write_text(text)
    done = run("explain", "model.py:loss", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "grad of loss with respect to x" in done.stdout and "emitted" in done.stdout
    done = run("explain", "model.py:loss", "--args", "np.ones(3), 2", folder=tmp_path)
    assert done.returncode == 0 and " B in all" in done.stdout
    done = run("explain", "model.py:loss", "--wrt", "y", folder=tmp_path)
    assert done.returncode == 2 and "no argument 'y'" in done.stderr
