"""Finding source: every kind of callable, every kind of place, and every refusal."""

from __future__ import annotations

import ast
import functools
import importlib
import linecache
import os
import subprocess
import sys

import gast
import numpy as np
import pytest

from sourcead.errors import NoSource
from sourcead.frontend.source import find

LINE = [lambda x: x * 2, lambda x: x * 3, lambda x, k=1: k * x, lambda x, k=2: k * x, lambda: 1, lambda: 2, lambda: lambda: 1]  # fmt: skip  # noqa: E501


def text(function):
    return gast.unparse(find(function).tree).strip()


def scaled(a, b=2.0, *rest, c=3.0, **options):
    return np.sin(a) * b + c


class Model:
    def __init__(self, rate):
        self.rate = rate

    def loss(self, x):
        return self.rate * x

    @classmethod
    def named(cls, x):
        return x + 1.0

    @staticmethod
    def plain(x):
        return x + 2.0

    def __call__(self, x):
        return x * self.rate


def doubling(function):
    @functools.wraps(function)
    def wrapper(x):
        return 2.0 * function(x)

    return wrapper


@doubling
def decorated(x):
    return np.exp(x)


@functools.lru_cache(
    maxsize=None,
)
def cached(x):
    return x * 5.0


def checked(x, y):
    assert (
        x > 0.0 and np.all(y > x)  # two lines
    ), f"not positive: {x}"

    def inner(z):
        assert z in [x, y], "neither"
        return z - x

    for i in range(3):
        assert i < 3
        x = x + inner(x) * i
    return np.log(x)


def load(tmp_path, name, body):
    path = tmp_path / f"{name}.py"
    path.write_text(body)
    sys.path.insert(0, str(tmp_path))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop(name, None)


def in_cell(source, file, **names):
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = {"__name__": "__main__", **names}
    for statement in ast.parse(source).body:  # one by one, as IPython does
        exec(compile(ast.Module([statement], []), file, "exec", dont_inherit=True), namespace)
    return namespace


# Kinds of callables


def test_function_has_fresh_tree_with_lines_of_the_file():
    source = find(scaled)
    assert source.function is scaled and source.name == "scaled" and source.bound == {}
    assert source.tree is not find(scaled).tree
    assert source.tree.lineno == scaled.__code__.co_firstlineno
    assert os.path.samefile(source.file, __file__)
    assert source.lines[source.tree.body[0].lineno - 1] == "    return np.sin(a) * b + c\n"


@pytest.mark.parametrize(
    ("index", "body"),
    list(enumerate(["x * 2", "x * 3", "k * x", "k * x", "1", "2", "lambda: 1"])),
)
def test_lambdas_of_one_line(index, body):
    tree = find(LINE[index]).tree
    assert isinstance(tree, gast.FunctionDef) and tree.name == "lambda_"
    assert gast.unparse(tree.body[0]).strip() == f"return {body}"
    assert [d.value for d in tree.args.defaults] == ([index - 1] if index in (2, 3) else [])


def test_lambda_inside_a_lambda():
    assert text(LINE[6]()).endswith("return 1")


def test_closures_and_nested_functions_of_one_name():
    def inner(x):
        return x + 1.0

    first = inner

    def inner(x):  # noqa: F811
        return x + 2.0

    assert text(first).endswith("x + 1.0") and text(inner).endswith("x + 2.0")


def test_function_defined_under_if():
    if np.pi > 3.0:

        def chosen(x):
            return x * 1.0
    else:

        def chosen(x):
            return x * 2.0

    assert text(chosen).endswith("x * 1.0")


def test_bound_method_gives_its_object():
    model = Model(3.0)
    source = find(model.loss)
    assert source.bound == {"self": model} and source.tree.name == "loss"


def test_class_method_static_method_and_callable_object():
    model = Model(3.0)
    assert find(Model.named).bound == {"cls": Model}
    assert find(model.plain).bound == {} and find(Model.plain).name == "plain"
    assert find(model).bound == {"self": model} and find(model).tree.name == "__call__"


def test_partials_nest():
    inner = functools.partial(scaled, 1.0, c=4.0)
    source = find(functools.partial(inner, 5.0, 6.0, c=7.0, d=8.0))
    assert source.function is scaled
    assert source.bound == {"a": 1.0, "b": 5.0, "rest": (6.0,), "c": 7.0, "options": {"d": 8.0}}


def test_partial_of_a_method():
    model = Model(2.0)
    assert find(functools.partial(model.loss, 1.0)).bound == {"self": model, "x": 1.0}


def test_decorator_that_changes_the_result_is_not_skipped():
    source = find(decorated)
    assert source.tree.name == "wrapper" and source.name == "decorated"
    assert source.function.__closure__[0].cell_contents is decorated.__wrapped__
    inner = find(decorated.__wrapped__).tree
    assert inner.decorator_list == [] and gast.unparse(inner.body[0]).strip() == "return np.exp(x)"


def test_cache_is_looked_through():
    source = find(cached)
    assert source.function is cached.__wrapped__ and source.tree.decorator_list == []


def test_compiled_function_of_numba():
    numba = pytest.importorskip("numba")
    assert find(numba.njit(scaled)).function is scaled


def test_function_whose_asserts_the_test_runner_rewrote():
    assert "assert x > 0.0" in text(checked)


def test_function_with_asserts_may_not_have_changed(tmp_path):
    body = "def f(x):\n    assert x\n    return x + 2.0\n"
    module = load(tmp_path, "asserts_too", body)
    (tmp_path / "asserts_too.py").write_text(body.replace("+", "-") + "# changed\n")
    linecache.checkcache()
    with pytest.raises(NoSource, match="has changed"):
        find(module.f)


# Places


def test_exec_with_registered_text():
    names = in_cell("rate = 2.0\ndef f(x):\n    return rate * x\n", "<made 1>")
    assert text(names["f"]).endswith("return rate * x") and find(names["f"]).file == "<made 1>"


def test_notebook_cell_with_imports_and_redefinition():
    first = in_cell("import numpy as np\ndef f(x):\n    return np.sin(x)\n", "<ipython-input-1-abc>")
    second = in_cell("def f(x):\n    return np.cos(x)\n", "<ipython-input-2-abc>", np=np)
    assert "np.sin" in text(first["f"]) and "np.cos" in text(second["f"])


def test_whole_module_with_imports_in_try(tmp_path):
    body = "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n\ndef f(x):\n    return np.sin(x)\n"
    assert "np.sin" in text(load(tmp_path, "guarded_imports", body).f)


def test_future_annotations(tmp_path):
    body = "from __future__ import annotations\ndef f(x: float):\n    def g(y: float): return y\n    return g(x)\n"
    assert text(load(tmp_path, "with_future", body).f).startswith("def f(x: float)")


def test_lambdas_without_column_information():
    code = (
        "import linecache\n"
        "text = 'a, b, c = lambda x: x * 2, lambda x: x * 3, lambda x: x * 3\\n'\n"
        "linecache.cache['<t>'] = (len(text), None, [text], '<t>')\n"
        "names = {}\nexec(compile(text, '<t>', 'exec'), names)\n"
        "import gast\nfrom sourcead.frontend.source import find\n"
        "print([gast.unparse(find(names[k]).tree.body[0]).strip() for k in 'abc'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", code], capture_output=True, text=True, cwd=os.getcwd()
    )
    assert done.stdout.strip() == "['return x * 2', 'return x * 3', 'return x * 3']", done.stderr


# Refusals


def test_file_changed_since_import(tmp_path):
    module = load(tmp_path, "goes_stale", "def f(x):\n    return 2.0 * x\n")
    (tmp_path / "goes_stale.py").write_text("def f(x):\n    return 3.0 * x\n# longer\n")
    linecache.checkcache()
    with pytest.raises(NoSource, match="has changed since it was imported") as caught:
        find(module.f)
    assert "Reload" in caught.value.cure and caught.value.origin.line == 1


def test_old_text_still_known_is_used(tmp_path):
    module = load(tmp_path, "stale_known", "def f(x):\n    return 2.0 * x\n")
    find(module.f)
    (tmp_path / "stale_known.py").write_text("def f(x):\n    return 3.0 * x\n# longer\n")
    assert text(module.f).endswith("2.0 * x")


def test_new_text_after_reload(tmp_path):
    module = load(tmp_path, "reloaded", "def f(x):\n    return 2.0 * x\n")
    find(module.f)
    module = load(tmp_path, "reloaded", "# moved\ndef f(x):\n    return 3.25 * x\n")
    assert text(module.f).endswith("3.25 * x")


@pytest.mark.parametrize("constants", ["1, 1.0", "0.0, -0.0", "1, True"])
def test_constants_that_compare_equal_are_told_apart(tmp_path, constants):
    old, new = constants.split(", ")
    name = f"constant_{abs(hash(constants))}"
    module = load(tmp_path, name, f"def f(x):\n    return x + {old}\n")
    (tmp_path / f"{name}.py").write_text(f"def f(x):\n    return x + {new}\n# changed\n")
    linecache.checkcache()
    with pytest.raises(NoSource):
        find(module.f)


@pytest.mark.parametrize(
    ("function", "fact"),
    [
        (len, "len has no Python source"),
        (np.sin, "sin has no Python source"),
        (Model, "Model is a class"),
        (3, "3 cannot be called"),
        (eval(compile("lambda x: x", "<nowhere>", "eval")), "is not known"),
        (functools.partial(scaled, 1.0, a=2.0), "does not accept the arguments"),
    ],
)
def test_refusal_names_fact_and_cure(function, fact):
    with pytest.raises(NoSource) as caught:
        find(function)
    assert fact in str(caught.value) and caught.value.cure


# Origins

PLACES = """\
def f(é, x):
    y = "é" + g(é); z = [
        x,
            1]
    for i in range(
        len(x)  # how: many
    ):  # for: each
        y = y[1:]
    while True: y = 0
    if x: pass
    else: pass
    with a as b, \\
         c as d:
        pass
    return (lambda q: q)(
        y)
"""


def test_origin_gives_place_and_text_of_statements():
    names = in_cell(PLACES, "<places>")
    source = find(names["f"])
    told = [(o.line, o.column, o.text) for o in map(source.origin, source.tree.body)]
    assert told == [
        (2, 5, 'y = "é" + g(é)'),
        (2, 21, "z = [\n    x,\n        1]"),
        (5, 5, "for i in range(\n    len(x)  # how: many\n):"),
        (9, 5, "while True:"),
        (10, 5, "if x:"),
        (12, 5, "with a as b, \\\n     c as d:"),
        (15, 5, "return (lambda q: q)(\n    y)"),
    ]
    assert str(source.origin(source.tree.body[0].value)) == "<places>:2:9"
    assert source.origin(source.tree).text == "def f(é, x):"
