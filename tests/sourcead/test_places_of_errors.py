"""Every error names the user's line: in regions, kernels, library calls, derivatives of derivatives."""

import ast
import importlib
import pickle
import textwrap
import traceback
from pathlib import Path

import numpy as np
import pytest

import runtime
import sourcead
from runtime.places import Origin

X = np.array([0.3, -0.7, 1.1])
DIRECTION = np.ones(3)

# The line that has to be named ends in `# here`. Forward mode finds an array of integers where it is made.
PROGRAMS = {
    "region of a larger function": """
        def f(x):
            y = 2.0 * x
            try:
                z = y * y
                w = np.frombuffer(z)  # here
            except ZeroDivisionError:
                w = y
            return np.sum(w)
    """,
    "function defined inside and called in a region": """
        def f(x):
            def cut(v):
                return np.frombuffer(v)  # here
            y = 2.0 * x
            try:
                y = cut(y)
            except ZeroDivisionError:
                pass
            return np.sum(y)
    """,
    "user's function called in a region": """
        def cut(v):
            return np.frombuffer(v)  # here


        def f(x):
            y = 2.0 * x
            try:
                y = cut(y)
            except ZeroDivisionError:
                pass
            return np.sum(y)
    """,
    "kernel": """
        def f(x):
            kept = np.zeros(3, dtype=int)  # made
            for i in range(3):
                kept[i] = x[i]  # here
            return np.sum(kept * x)
    """,
    "kernel in a function that is called": """
        def fill(x):
            kept = np.zeros(3, dtype=int)  # made
            for i in range(3):
                kept[i] = x[i]  # here
            return kept * x


        def f(x):
            return np.sum(fill(x)) + np.sum(fill(2.0 * x))
    """,
    "entry that is changed under two names": """
        def f(x):
            parts = [2.0 * x]
            part = parts[0] if len(x) else x
            parts[0] *= x  # here
            return np.sum(parts[0] * part)
    """,
    "function of a library": """
        def f(x):
            import scipy.linalg
            y = 2.0 * x
            z = scipy.linalg.hessenberg(np.outer(y, y))  # here
            return np.sum(z)
    """,
    "function told in terms of others": """
        def f(x):
            m = np.outer(x, x)
            u, s, vh = np.linalg.svd(m[:2])  # here
            return np.sum(s)
    """,
    "function told in terms of others, in place": """
        def f(x):
            a = np.zeros(3, dtype=int)
            np.fill_diagonal(a, x)  # here
            return np.sum(a)
    """,
    "adjoint": """
        def f(x):
            y = np.sin(x)
            with sourcead.cotangent(y) as y_bar:
                y_bar = y_bar[:2]  # here
            return np.sum(y)
    """,
    "statement of several lines": """
        def f(x):
            kept = np.zeros(3, dtype=int)
            kept[
                0
            ] = x[0]  # here
            return np.sum(kept * x)
    """,
}
# A statement stands where it begins.
LINES_ABOVE = {"statement of several lines": 2}
CASES = [(name, way) for name in PROGRAMS for way in ("reverse", "forward", "second order")]
CASES = [(name, way) for name, way in CASES if name != "adjoint" or way == "reverse"]


def written(tmp_path, monkeypatch, text, name="subject_of_places"):
    """The module of a text, from a file of its own."""
    (tmp_path / f"{name}.py").write_text("import numpy as np\n\nimport sourcead\n\n" + textwrap.dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(importlib.sys.modules, name, raising=False)
    importlib.invalidate_caches()
    return importlib.import_module(name)


def marked(module, name, way):
    """The number of the line that has to be named."""
    lines = open(module.__file__).read().splitlines()
    mark = "# made" if way == "forward" and "# made" in PROGRAMS[name] else "# here"
    return next(k for k, line in enumerate(lines, 1) if line.endswith(mark)) - LINES_ABOVE.get(name, 0)


@pytest.mark.parametrize("name, way", CASES)
def test_the_users_line_is_named(tmp_path, monkeypatch, name, way):
    module = written(tmp_path, monkeypatch, PROGRAMS[name])
    with pytest.raises(sourcead.SourceADError) as caught:
        if way == "reverse":
            sourcead.grad(module.f)(X)
        elif way == "forward":
            sourcead.tangent(module.f)(X, DIRECTION)
        else:
            first = sourcead.grad(module.f)
            sourcead.grad(lambda x: np.sum(first(x) ** 2))(X)
    error = caught.value
    assert error.fact and error.cure
    assert error.origin.file == module.__file__
    assert error.origin.line == marked(module, name, way)
    assert str(error).startswith(f"{module.__file__}:{error.origin.line}:")


def test_a_call_with_arguments_that_do_not_fit_is_named_where_it_stands():
    df = sourcead.grad(lambda x: np.sum(x * x))
    with pytest.raises(sourcead.NotDifferentiable) as caught:
        df(3)
    assert caught.value.origin.text == "df(3)" and caught.value.origin.file == __file__
    with pytest.raises(sourcead.UnknownArgument) as caught:
        sourcead.grad(df.primal, "z")
    assert caught.value.origin.text == 'sourcead.grad(df.primal, "z")'


def test_tensors():
    x = runtime.tensor([1.0], requires_grad=True)
    with pytest.raises(sourcead.SourceADError) as caught:
        x.numpy()
    assert caught.value.origin == Origin(__file__, caught.value.origin.line, 9, "x.numpy()")


def test_places_travel_to_other_processes():
    df = sourcead.grad(lambda x: x)
    with pytest.raises(sourcead.NotScalar) as caught:
        df(X)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is sourcead.NotScalar and again.__traceback__ is None
    assert again.origin == caught.value.origin is not None and str(again) == str(caught.value)


def test_exceptions_of_the_user_pass_unchanged():
    given = KeyError("mine")

    def f(x):
        if x[0] > 0.0:
            raise given
        return np.sum(x)

    with pytest.raises(KeyError) as caught:
        sourcead.grad(f)(X)
    assert caught.value is given and given.args == ("mine",) and not hasattr(given, "__notes__")


def sources():
    """The trees of all modules by file."""
    root = Path(sourcead.__file__).parent.parent
    files = [*root.glob("sourcead/**/*.py"), *root.glob("runtime/**/*.py")]
    return {file.relative_to(root): ast.parse(file.read_text()) for file in files}


def every_error(trees):
    """The names of all classes of errors of ours."""
    found = {"SourceADError"}
    while True:
        more = {
            node.name
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and found & {b.id for b in node.bases if isinstance(b, ast.Name)}
        }
        if more <= found:
            return found
        found |= more


def test_every_error_is_made_with_a_cure():
    trees = sources()
    names = every_error(trees)
    assert {"ShapeMismatch", "Refused", "GradcheckError"} <= names
    bare = []
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                given = [*node.args[1:2], *[k.value for k in node.keywords if k.arg == "cure"]]
                starred = any(isinstance(a, ast.Starred) for a in node.args)
                if not starred and (not given or isinstance(given[0], ast.Constant) and not given[0].value):
                    bare.append(f"{file}:{node.lineno}: {ast.unparse(node)[:90]}")
    assert not bare, "\n".join(bare)


def misfit(x):
    y = 2.0 * x
    try:
        z = y @ np.ones(7)
    except ZeroDivisionError:
        z = y
    return np.sum(z)


def long_misfit(x, another_rather_long_name, yet_another_rather_long_name):
    y = 2.0 * x
    w = np.sum(y * another_rather_long_name + another_rather_long_name * yet_another_rather_long_name + y @ np.ones(7))
    return w * w


@pytest.mark.parametrize(
    "f, args, line",
    [(misfit, (), "z = y @ np.ones(7)"), (long_misfit, (X, X), "w = np.sum(")],
    ids=["region", "broken line"],
)
def test_errors_of_numpy_show_the_users_statement(f, args, line):
    with pytest.raises(ValueError) as caught:
        sourcead.grad(f)(X, *args)
    frames = [frame for frame in traceback.extract_tb(caught.tb) if frame.filename.startswith("<sourcead")]
    number = next(k for k, text in enumerate(open(__file__), 1) if line in text and "(misfit" not in text)
    assert frames and f"# test_places_of_errors.py:{number}" in frames[-1].line
    assert line in frames[-1].line
