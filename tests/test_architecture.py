"""The laws of the code's shape: which way imports point, how long files are, what is typed and documented."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("runtime", "sourcead")

# From the bottom to the top; a module may import from its own layer and from those before it. The longest matching
# name counts. Modules at the top of `runtime` that are not named here belong to "runtime"; the two packages' own
# `__init__` files are faces, and stand above all that they hand on.
FACES = {"runtime": "runtime.autograd", "sourcead": "sourcead.comparison"}
LAYERS = [
    ("runtime.places",),
    ("runtime.errors",),
    ("runtime.records", "runtime.structure", "runtime.meanings"),
    ("runtime.kernels",),
    ("runtime.primitives",),
    ("runtime",),
    ("runtime.autograd", "runtime.func", "runtime.nn", "runtime.optim", "runtime.utils"),
    ("sourcead.errors",),
    ("sourcead.frontend",),
    ("sourcead.analysis",),
    ("sourcead.transform",),
    ("sourcead.optimize",),
    ("sourcead.backend",),
    ("sourcead.compiler", "sourcead.driving", "sourcead.options", "sourcead.report"),
    ("sourcead.api", "sourcead.marks", "sourcead"),
    (
        "sourcead.anomaly",
        "sourcead.comparison",
        "sourcead.doctor",
        "sourcead.graph_nodes",
        "sourcead.target",
    ),
    ("sourcead.cli", "sourcead.__main__"),
]
OPTIONAL = {"cupy", "cupyx", "matplotlib", "numba", "pygments", "rich", "safetensors", "scipy", "tqdm"}
LONGEST = 400
REASON = "Longer than 400 lines because"
VAGUE = re.compile(r"(^|_)(utils?|helpers?|misc|managers?|common|new|v2)(_|$)")
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK|placeholder)\b")


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"


@cache
def modules() -> dict[str, Module]:
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def own_nodes(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported: not those in functions, nor those for type checkers."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from own_nodes(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from own_nodes(handler.body)


def imported(module: Module, node: ast.stmt) -> list[str]:
    """Full names of our own modules that an import statement reads."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.name.split(".") + ([""] if module.is_package else [])
            base = ".".join([*parts[: -node.level], *([node.module] if node.module else [])])
        below = [f"{base}.{alias.name}" for alias in node.names]
        names = [name if name in modules() else base for name in below]
    else:
        names = []
    return [name for name in names if name.split(".")[0] in PACKAGES]


@cache
def arrows() -> dict[str, set[str]]:
    return {
        module.name: {name for node in own_nodes(module.tree.body) for name in imported(module, node)} - {module.name}
        for module in modules().values()
    }


def layer(name: str) -> int:
    name = FACES.get(name, name)
    best = max((prefix for row in LAYERS for prefix in row if (name + ".").startswith(prefix + ".")), key=len)
    return next(k for k, row in enumerate(LAYERS) if best in row)


def test_the_packages_are_found():
    assert {"sourcead.errors", "runtime.primitives.registry"} <= set(modules())


def test_the_layer_of_a_module_is_the_longest_matching_name():
    assert layer("runtime.errors") < layer("runtime.primitives.registry") < layer("runtime.tensor")
    assert layer("runtime.tensor") < layer("sourcead.frontend.source") < layer("sourcead.cli")


def test_runtime_never_imports_sourcead():
    guilty = [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules().values()
        if module.name.startswith("runtime")
        for node in ast.walk(module.tree)
        if any(name.startswith("sourcead") for name in imported(module, node))  # type: ignore[arg-type]
    ]
    assert not guilty


def test_imports_point_down():
    up = [f"{name} -> {other}" for name, others in arrows().items() for other in others if layer(other) > layer(name)]
    assert not up


def test_imports_make_no_circle():
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in sorted(arrows().get(name, ())):
                visit(other, [*path, name])
            done.add(name)

    for name in modules():
        visit(name, [])


def test_imports_inside_functions_are_for_optional_extras_only():
    inside = []
    for module in modules().values():
        outside = {id(node) for node in own_nodes(module.tree.body)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in outside:
                source = node.names[0].name if isinstance(node, ast.Import) else node.module or "."
                typing_only = id(node) in type_checking_imports(module)
                if source.split(".")[0] not in OPTIONAL and not typing_only:
                    inside.append(f"{module.path.relative_to(ROOT)}:{node.lineno}: {source}")
    assert not inside


def type_checking_imports(module: Module) -> set[int]:
    blocks = [node for node in ast.walk(module.tree) if isinstance(node, ast.If)]
    return {
        id(inner)
        for block in blocks
        if "TYPE_CHECKING" in ast.unparse(block.test)
        for statement in block.body
        for inner in ast.walk(statement)
    }


def test_the_core_needs_no_optional_extra():
    """An optional extra may be imported at the top only of a module that nothing imports at its own top."""
    needed = {other for others in arrows().values() for other in others}
    guilty = [
        f"{module.name}: {name}"
        for module in modules().values()
        if module.name in needed
        for node in module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if name.split(".")[0] in OPTIONAL
    ]
    assert not guilty


def test_long_files_give_their_reason():
    long = {
        str(module.path.relative_to(ROOT)): count
        for module in modules().values()
        if (count := len(module.path.read_text(encoding="utf-8").splitlines())) > LONGEST
        and REASON not in (ast.get_docstring(module.tree) or "")
    }
    assert not long


def test_modules_say_what_they_are():
    assert not [name for name, module in modules().items() if not ast.get_docstring(module.tree)]


def test_init_files_only_hand_names_on():
    def hands_on(node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign):
            return all(isinstance(target, ast.Name) and target.id.startswith("_") for target in node.targets)
        if isinstance(node, ast.FunctionDef):
            return node.name == "__getattr__"
        return isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )

    guilty = [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules().values()
        if module.is_package
        for node in module.tree.body
        if not hands_on(node)
    ]
    assert not guilty


def test_every_folder_of_code_is_a_package():
    folders = {module.path.parent for module in modules().values()}
    assert not [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]


def test_file_names_say_one_thing():
    """PyTorch's own names are exempt; these folders only hand on what stands elsewhere."""
    vague = [name for name in modules() if VAGUE.search(name.rpartition(".")[2])]
    assert set(vague) == {"runtime.nn.utils", "runtime.optim.swa_utils", "runtime.utils"}
    assert all(modules()[name].is_package for name in vague)


def test_no_module_takes_the_name_of_a_standard_one():
    """The families of rules are exempt: they are named after NumPy's own modules."""
    guilty = [
        name
        for name in modules()
        if name.rpartition(".")[2] in sys.stdlib_module_names and not name.startswith("runtime.primitives.")
    ]
    assert not [name for name in guilty if not name.endswith("__main__")]


def test_nothing_is_caught_that_is_not_understood():
    guilty = [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]
    assert not guilty


def test_nothing_is_left_for_later():
    guilty = [
        f"{module.path.relative_to(ROOT)}:{number}"
        for module in modules().values()
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), 1)
        if LATER.search(line)
    ]
    assert not guilty


def public_functions(module: Module) -> Iterator[tuple[str, ast.FunctionDef, bool]]:
    """Name, definition and whether it is a method, of what other modules may call. Rules are not called by name."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not is_rule(module, node):
            yield node.name, node, False
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner, True


def is_rule(module: Module, node: ast.FunctionDef) -> bool:
    kinds = {"partial", "transpose", "reverse", "forward", "define"}
    return module.name.startswith("runtime.") and any(
        ast.unparse(d).split("(")[0] in kinds for d in node.decorator_list
    )


@pytest.mark.parametrize("name", sorted(modules()))
def test_public_functions_are_typed(name: str):
    bare = []
    for label, node, is_method in public_functions(modules()[name]):
        arguments = node.args
        static = any(ast.unparse(d) == "staticmethod" for d in node.decorator_list)
        named = [*arguments.posonlyargs, *arguments.args][1 if is_method and not static else 0 :]
        every = [*named, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
        if node.returns is None or any(argument.annotation is None for argument in every):
            bare.append(f"{label} (line {node.lineno})")
    assert not bare


@pytest.mark.parametrize("name", sorted(modules()))
def test_public_functions_and_classes_are_documented(name: str):
    module = modules()[name]
    silent = [
        label for label, node, is_method in public_functions(module) if not is_method and not ast.get_docstring(node)
    ]
    classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    assert not silent + [node.name for node in classes if not ast.get_docstring(node)]


def test_test_files_have_names_of_their_own():
    # Without packages under tests/ two files of one name are one module to pytest.
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
