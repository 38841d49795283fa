"""Emitted modules: the text runs alone, the living function reads the user's own objects, and it pickles."""

from __future__ import annotations

import builtins
import copy
import importlib
import inspect
import linecache
import math
import os
import pickle
import re
import subprocess
import sys
import traceback
import types

import gast
import numpy as np
import pytest

import sourcead
from runtime.kernels import unbroadcast
from sourcead.backend import recipes
from sourcead.backend.binding import LiveNamespace, module_path
from sourcead.backend.highlight import highlight
from sourcead.backend.module import Emitted, assemble, load
from sourcead.frontend.source import find

MODEL = """\
import math
import numpy as np
import numpy.linalg as la
from numpy import exp

rate = 0.5
table = {"a": 2.0}


def helper(x):
    return 3.0 * x


def loss(x):
    return np.sum(helper(x) * rate)


class Scale:
    factor = 4.0
"""

GRADIENT = """
def loss_bwd(x, out_bar):
    return unbroadcast(helper(out_bar) * rate * Scale.factor, x)


def loss_grad(x, out_bar=1.0):
    \"\"\"Gradient of loss with respect to x.\"\"\"
    x_bar = loss_bwd(x, out_bar)
    return x_bar * exp(0.0 * x) * math.cos(0.0) * table["a"] + 0.0 * la.norm(x) + 0.0 * len(np.shape(x))
"""


@pytest.fixture
def model(tmp_path, monkeypatch):
    (tmp_path / "the_model.py").write_text(MODEL)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    monkeypatch.delitem(sys.modules, "the_model", raising=False)
    yield importlib.import_module("the_model")
    sys.modules.pop("the_model", None)


def functions(text):
    return gast.parse(text).body


def of_model(model, text=GRADIENT, main="loss_grad"):
    used = {"helper", "rate", "Scale", "exp", "math", "table", "la", "np"}
    names = {name: getattr(model, name) for name in used} | {"unbroadcast": unbroadcast}
    return Emitted(functions(text), main, names, {name: vars(model) for name in used})


def alone(source, code, path):
    """What `source` followed by `code` prints in a fresh interpreter."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(path), os.getcwd()])}
    done = subprocess.run(
        [sys.executable, "-c", f"{source}\n{code}"], capture_output=True, text=True, env=environment, cwd=str(path)
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# The text


def test_text_imports_what_it_reads(model):
    assert assemble(of_model(model)).splitlines()[:7] == [
        "import math",
        "import numpy as np",
        "import numpy.linalg as la",
        "import the_model",
        "from numpy import exp",
        "from runtime.kernels import unbroadcast",
        "from the_model import Scale, helper",
    ]


def test_text_runs_alone_and_agrees(model, tmp_path):
    loss_grad = load(of_model(model), primal=model.loss)
    assert loss_grad(2.0) == 12.0
    assert alone(loss_grad.source, "print(loss_grad(2.0))", tmp_path) == "12.0"


def test_data_is_read_live(model, tmp_path):
    loss_grad = load(of_model(model), primal=model.loss)
    model.rate = 5.0
    model.table = {"a": 1.0}
    assert loss_grad(2.0) == 60.0
    assert "the_model.rate" in loss_grad.source and 'the_model.table["a"]' in loss_grad.source
    assert alone(loss_grad.source, "the_model.rate = 5.0; print(loss_grad(2.0))", tmp_path) == "120.0"


def test_name_of_the_module_gives_way_to_a_local(model):
    text = "def loss_grad(the_model):\n    return the_model * rate\n"
    loss_grad = load(of_model(model, text), primal=model.loss)
    assert loss_grad.source.startswith("import the_model as the_model_\n") and loss_grad(2.0) == 1.0


def test_locals_and_comprehensions_hide_data(model):
    text = (
        "def inner(rate):\n    return rate + 1.0\n"
        "def loss_grad(x):\n    return [rate for rate in [inner(x)]][0] + rate * x\n"
    )
    loss_grad = load(of_model(model, text), primal=model.loss)
    assert loss_grad(2.0) == 4.0
    assert "[rate for rate in [inner(x)]][0] + the_model.rate * x" in loss_grad.source


def test_member_of_a_package_is_imported_from_its_parent():
    emitted = Emitted(
        functions("def f(x):\n    return linalg.norm(x)\n"), "f", {"linalg": np.linalg}, {"linalg": {"linalg": 0}}
    )
    assert assemble(emitted).startswith("from numpy import linalg\n")
    assert load(emitted, primal=len)(np.array([3.0, 4.0])) == 5.0


def test_renamed_function_is_imported_under_its_new_name(model):
    model.sine = math.sin
    emitted = Emitted(functions("def f(x):\n    return sine(x)\n"), "f", {"sine": math.sin}, {"sine": vars(model)})
    assert assemble(emitted).startswith("from math import sin as sine\n")


def test_script_is_imported_by_the_name_of_its_file(tmp_path):
    script = (
        "import gast\nimport numpy as np\nfrom sourcead.backend.module import Emitted, load\n"
        "runs = []\nrate = 2.0\ndef f(x): return rate * x\n"
        "def helper(x): return x\n"
        "if __name__ == '__main__':\n"
        "    text = 'def f_grad(x):\\n    return rate * helper(1.0)\\n'\n"
        "    names = {'rate': rate, 'helper': helper}\n"
        "    g = load(Emitted(gast.parse(text).body, 'f_grad', names, {k: globals() for k in names}), primal=f)\n"
        "    rate = 7.0\n"
        "    print(g(1.0), '|' + g.source)\n"
    )
    (tmp_path / "fitting.py").write_text(script)
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, "fitting.py"], capture_output=True, text=True, env=environment, cwd=str(tmp_path)
    )
    value, source = done.stdout.split("|", 1)
    assert value.strip() == "7.0", done.stderr
    assert source.startswith("import fitting\nfrom fitting import helper\n")
    assert alone(source, "print(f_grad(1.0))", tmp_path) == "2.0"


# Closures and namespaces that cannot be imported


def closure_of(scale):
    def f(x):
        return scale * x

    def change(value):
        nonlocal scale
        scale = value

    return f, change


def test_closure_variables_are_parameters_and_the_users_own_cells(tmp_path):
    f, change = closure_of(3.0)
    emitted = Emitted(
        functions("def f_grad(x, out_bar=1.0):\n    return np.multiply(scale, out_bar)\n"),
        "f_grad",
        {"np": np},
        {},
        {"scale": f.__closure__[0]},
    )
    f_grad = load(emitted, primal=f)
    assert f_grad(1.0) == 3.0
    change(8.0)
    assert f_grad(1.0) == 8.0 and any(cell is f.__closure__[0] for cell in f_grad.__closure__)
    assert "def make_f_grad(scale):\n    def f_grad(x, out_bar=1.0):\n" in f_grad.source
    assert alone(f_grad.source, "print(make_f_grad(4.0)(1.0))", tmp_path) == "4.0"
    assert f_grad.__qualname__ == "make_f_grad.<locals>.f_grad"


def test_functions_that_cannot_be_imported_are_parameters():
    emitted = Emitted(
        functions("def a(x):\n    return local(x)\ndef f_grad(x):\n    return a(x)\n"),
        "f_grad",
        {"local": lambda x: 2.0 * x},
    )
    f_grad = load(emitted, primal=len)
    assert f_grad(3.0) == 6.0 and "def make_f_grad(local):" in f_grad.source


def test_data_of_a_notebook_is_read_live_from_a_session():
    cell = {"__name__": "__main__", "rate": 2.0}
    emitted = Emitted(functions("def f_grad(x):\n    return rate * x\n"), "f_grad", {"rate": 2.0}, {"rate": cell})
    f_grad = load(emitted, primal=len)
    cell["rate"] = 9.0
    assert f_grad(1.0) == 9.0
    assert "def make_f_grad(session):" in f_grad.source and "session.rate * x" in f_grad.source
    del cell["rate"]
    with pytest.raises(AttributeError, match="'rate' is not defined"):
        f_grad(1.0)


def test_live_namespace_is_a_module_and_copies_nothing():
    names = {"__name__": "cell", "a": 1}
    namespace = LiveNamespace(names)
    names["a"] = 2
    assert isinstance(namespace, types.ModuleType) and namespace.a == 2 and namespace.__name__ == "cell"


def test_module_path():
    assert module_path(vars(math)) == "math"
    assert module_path({"__name__": "math"}) is None
    assert module_path({}) is None


# The living function


def test_metadata(model):
    signature = inspect.Signature([inspect.Parameter("x", inspect.Parameter.POSITIONAL_ONLY)])
    loss_grad = load(of_model(model), primal=model.loss, signature=signature, docstring="Told.")
    assert loss_grad.primal is model.loss and loss_grad.__name__ == "loss_grad"
    assert inspect.signature(loss_grad) == signature and loss_grad.__doc__ == "Told."
    plain = load(of_model(model), primal=model.loss)
    assert plain.__doc__ == "Gradient of loss with respect to x."
    assert str(inspect.signature(plain)) == "(x, out_bar=1.0)"


def test_lines_show_in_tracebacks_and_to_inspect(model):
    loss_grad = load(of_model(model), primal=model.loss)
    with pytest.raises(TypeError) as caught:
        loss_grad(None, "text")
    shown = "".join(traceback.format_exception(caught.value))
    assert "x_bar = loss_bwd(x, out_bar)" in shown and "return unbroadcast(" in shown
    linecache.checkcache()
    assert inspect.getsource(loss_grad).startswith("def loss_grad(x, out_bar=1.0):")


def test_source_is_found_again(model):
    f, _ = closure_of(3.0)
    closed = Emitted(
        functions("def f_grad(x):\n    return np.sin(scale * x)\n"),
        "f_grad",
        {"np": np},
        {},
        {"scale": f.__closure__[0]},
    )
    for loaded in (load(of_model(model), primal=model.loss), load(closed, primal=f)):
        loaded(1.0)
        source = find(loaded)
        assert source.tree.name == loaded.__name__ and "".join(source.lines) == loaded.source


def test_one_text_is_kept_once_by_linecache(model):
    before = len(linecache.cache)
    first, second = (load(of_model(model), primal=model.loss) for _ in range(2))
    assert first.__code__.co_filename == second.__code__.co_filename and len(linecache.cache) <= before + 1


# Pickling

RECIPE = {"module": "the_model", "name": "loss", "transform": "grad", "options": {"wrt": [0]}}


def test_recipe_survives_the_name_of_a_module():
    name = recipes.module_name(RECIPE)
    assert recipes.recipe_of(name) == RECIPE and "." not in name.removeprefix("sourcead.emitted.")
    with pytest.raises(ValueError):
        recipes.recipe_of("sourcead.emitted.nothing")


def test_pickles_by_name_and_copies_to_itself(model):
    loss_grad = load(of_model(model), primal=model.loss, recipe=RECIPE)
    assert pickle.loads(pickle.dumps(loss_grad)) is loss_grad
    assert copy.copy(loss_grad) is loss_grad and copy.deepcopy([loss_grad])[0] is loss_grad
    assert load(of_model(model), primal=model.loss, recipe=RECIPE) is loss_grad


def test_other_objects_make_another_function(model):
    first = load(of_model(model), primal=model.loss, recipe=RECIPE)
    model.helper = lambda x: x
    second = load(of_model(model), primal=model.loss, recipe=RECIPE)
    assert second is not first and first(1.0) == 12.0 and second(1.0) == 4.0


def test_unpickles_in_a_fresh_process(model, tmp_path):
    loss_grad = load(of_model(model), primal=model.loss, recipe=RECIPE)
    (tmp_path / "kept.pickle").write_bytes(pickle.dumps({"jac": loss_grad}))
    code = (
        "import pickle, gast, importlib\n"
        "from sourcead.backend import recipes\n"
        "from sourcead.backend.module import Emitted, load\n"
        "def rebuild(recipe):\n"
        "    module = importlib.import_module(recipe['module'])\n"
        "    tree = gast.parse('def loss_grad(x):\\n    return rate * x\\n').body\n"
        "    emitted = Emitted(tree, 'loss_grad', {'rate': 0.5}, {'rate': vars(module)})\n"
        "    return load(emitted, primal=getattr(module, recipe['name']), recipe=recipe)\n"
        "recipes.register_rebuild(rebuild)\n"
        "jac = pickle.loads(open('kept.pickle', 'rb').read())['jac']\n"
        "print(jac(4.0), jac.primal.__name__, pickle.loads(pickle.dumps(jac)) is jac)\n"
    )
    assert alone("", code, tmp_path) == "2.0 loss True"


def test_function_that_an_emitted_one_calls_is_imported_from_its_module(model):
    loss_grad = load(of_model(model), primal=model.loss, recipe=RECIPE)
    loss_bwd = loss_grad.__globals__["loss_bwd"]
    emitted = Emitted(functions("def again(x):\n    return loss_bwd(x, 1.0)\n"), "again", {"loss_bwd": loss_bwd})
    assert f"from {recipes.module_name(RECIPE)} import loss_bwd\n" in assemble(emitted)
    assert importlib.import_module(loss_bwd.__module__).loss_bwd is loss_bwd


def test_without_a_recipe_pickling_fails_and_names_the_function(model):
    loss_grad = load(of_model(model), primal=model.loss)
    with pytest.raises((pickle.PicklingError, AttributeError), match="loss_grad"):
        pickle.dumps(loss_grad)


def test_no_other_module_is_found():
    for name in ("sourcead.emitted.nothing", "sourcead.emitted.bm90IGpzb24"):
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name)


# Our own mistakes


@pytest.mark.parametrize(
    ("emitted", "fact"),
    [
        (Emitted(functions("def f(x):\n    return g(x)\n"), "f"), "nothing is known of the name 'g'"),
        (Emitted(functions("def f(np):\n    return np\n"), "f", {"np": np}), "'np' is also a local"),
        (Emitted(functions("def f(x):\n    return x\n"), "g"), "do not have one 'g'"),
        (Emitted(functions("def f(x):\n    return x\n" * 2), "f"), "do not have one 'f'"),
        (Emitted(functions("def f(x):\n    return x\n"), "f", {"f": np}), "name both an emitted function"),
    ],
)
def test_internal_errors(emitted, fact):
    with pytest.raises(AssertionError, match=f"internal error in binding.*{fact}"):
        assemble(emitted)


# Colours


def test_highlight_adds_colour_only(monkeypatch):
    pytest.importorskip("pygments")
    text = "\ndef f(x):\n    return x + 1.0\n"
    coloured = highlight(text)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text


def test_highlight_without_pygments(monkeypatch):
    true_import = builtins.__import__

    def missing(name, *args, **kwargs):
        if name.partition(".")[0] == "pygments":
            raise ImportError(name)
        return true_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert highlight("x = 1\n") == "x = 1\n"


def test_data_whose_name_is_taken_is_read_under_the_name_that_it_has(tmp_path, monkeypatch):
    """Two modules have a `rate` each: one of them is called otherwise in the text, and read as what it is."""
    (tmp_path / "below.py").write_text("rate, rate2 = 3.0, 5.0\n\n\ndef scaled(x):\n    return x * rate\n")
    (tmp_path / "above.py").write_text(
        "from below import scaled\n\nrate, rate2 = 7.0, 11.0\n\n\ndef twice(x):\n    return scaled(x) * rate\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    above, below = importlib.import_module("above"), importlib.import_module("below")
    twice_grad = sourcead.grad(above.twice)
    assert twice_grad(0.5) == 21.0
    above.rate, below.rate = 2.0, 13.0
    assert twice_grad(0.5) == 26.0


def test_a_script_named_like_a_keyword_is_not_imported(tmp_path):
    """`lambda.py` runs, and nothing can import it."""
    script = tmp_path / "lambda.py"
    script.write_text(
        "import sourcead\n\nrate = 2.0\n\n\ndef f(x):\n    return x * x * rate\n\n\n"
        "made = sourcead.grad(f)\nprint(made(1.5))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "6.0\n"
