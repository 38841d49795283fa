"""From a code object and the text of its file to the part of the syntax tree that it was compiled from.

A place alone is not proof: a file may have changed since it was imported, and several lambdas may share a line.
So the top-level statement that holds the function is compiled again, and the code must be the function's own.
"""

from __future__ import annotations
import __future__

import ast
import copy
import dis
import functools
import types
from collections.abc import Iterator

from sourcead.errors import NoSource, Origin

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Page:
    """The parsed text of one file or cell. A top-level statement is searched and compiled when it is asked about."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self.imports = _hidden(_module_imports(self.tree.body))
        self._functions: dict[ast.stmt, dict[tuple[str, int], list[FunctionNode]]] = {}
        self._codes: dict[tuple[ast.stmt, int], list[types.CodeType]] = {}

    def functions(self, name: str, line: int) -> list[tuple[FunctionNode, ast.stmt]]:
        """The functions of this name that begin in this line, each with the top-level statement that holds it."""
        return [
            (node, statement)
            for statement in self.tree.body
            if _first_line(statement) <= line <= (statement.end_lineno or line)
            for node in self._index(statement).get((name, line), [])
        ]

    def _index(self, statement: ast.stmt) -> dict[tuple[str, int], list[FunctionNode]]:
        index = self._functions.get(statement)
        if index is None:
            index = self._functions[statement] = {}
            for node in ast.walk(statement):
                if isinstance(node, FunctionNode):
                    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
                    index.setdefault((name, _first_line(node)), []).append(node)
        return index

    def codes(self, statement: ast.stmt, flags: int) -> list[types.CodeType]:
        """Every code object of a top-level statement, compiled as part of its file and as a statement typed alone."""
        found = self._codes.get((statement, flags))
        if found is None:
            found = _compile([*self.imports, statement], flags)
            if self.imports:
                found += _compile([statement], flags)
            self._codes[statement, flags] = found
        return found


@functools.lru_cache(maxsize=64)
def page(text: str) -> Page:
    """The text parsed; the last 64 texts are kept."""
    return Page(text)


def locate(code: types.CodeType, text: str) -> FunctionNode | None:
    """The node of `text` that `code` was compiled from, or None where no part of the text compiles to it.

    Raises `SyntaxError` where the text is not Python, `NoSource` where several functions fit and they differ.
    """
    here = page(text)
    flags = code.co_flags & __future__.annotations.compiler_flag
    candidates = [
        (node, statement)
        for node, statement in here.functions(code.co_name, code.co_firstlineno)
        if any(_matches(code, other, node) for other in here.codes(statement, flags))
    ]
    if len(candidates) > 1:
        for columns in (True, False):
            exact = [
                (node, statement)
                for node, statement in candidates
                if any(_compiles_to(node, statement, code, flags, columns, around) for around in (here.imports, []))
            ]
            if len({ast.dump(node) for node, _ in exact}) > 1:
                raise _alike(code)
            if exact:
                return exact[0][0]
        return None
    return candidates[0][0] if candidates else None


def _alike(code: types.CodeType) -> NoSource:
    return NoSource(
        "several functions on this line compile to the same code and differ in their defaults",
        "Put each on a line of its own.",
        Origin(code.co_filename, code.co_firstlineno, 1, ""),
    )


def _first_line(node: ast.stmt | ast.Lambda) -> int:
    """The line that a function's code begins in: that of its first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])


def _module_imports(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Imports of the module's own scope. Python compiles `np.sin(x)` otherwise where `np` is imported there."""
    found: list[ast.stmt] = []
    for statement in statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if getattr(statement, "module", None) != "__future__":
                found.append(statement)
        elif not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                found += _module_imports(getattr(statement, name, []))
    return found


def _hidden(imports: list[ast.stmt]) -> list[ast.stmt]:
    """The imports where the compiler sees them and no code comes of them: under `if False:`."""
    return [ast.fix_missing_locations(ast.If(ast.Constant(False), imports, []))] if imports else []


def _compile(statements: list[ast.stmt], flags: int) -> list[types.CodeType]:
    module = ast.Module(statements, [])
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return list(_nested(compile(module, "<text>", "exec", flags=flags, dont_inherit=True)))


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _nested(constant)


def _matches(code: types.CodeType, other: types.CodeType, node: FunctionNode) -> bool:
    """Whether `other`, compiled from the text, is the function's own code.

    Test runners rewrite `assert` when they import a file. The lines of `assert` statements are then left out, and
    every other instruction must be the same.
    """
    if (code.co_name, code.co_firstlineno) != (other.co_name, other.co_firstlineno):
        return False
    if _same(code, other, columns=False):
        return True
    asserts = [inner for inner in ast.walk(node) if isinstance(inner, ast.Assert)]
    if not asserts:
        return False
    rewritten = {line for inner in asserts for line in range(inner.lineno, (inner.end_lineno or inner.lineno) + 1)}
    return _outline(code, rewritten) == _outline(other, rewritten)


def _same(a: types.CodeType, b: types.CodeType, columns: bool) -> bool:
    """Equal but for the line they start in, and but for all places where `columns` is False.

    Columns are missing from code compiled under `-X no_debug_ranges`.
    """
    return _facts(a, columns) == _facts(b, columns)


def _facts(code: types.CodeType, columns: bool) -> tuple[object, ...]:
    """What makes two codes the same. Code objects compare by this too, but after a run some also by its traces."""
    return (
        code.co_name,
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_flags,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        code.co_exceptiontable,
        code.co_linetable if columns else None,
        [_constant(constant, columns) for constant in code.co_consts],
    )


def _constant(value: object, columns: bool) -> object:
    """A constant as a key that tells 1 from 1.0 and True, and 0.0 from -0.0."""
    if isinstance(value, types.CodeType):
        return _facts(value, columns)
    if isinstance(value, tuple):
        return [_constant(part, columns) for part in value]
    if isinstance(value, frozenset):
        return sorted(repr(part) for part in value)
    return type(value), repr(value)


def _outline(code: types.CodeType, left_out: set[int]) -> list[object]:
    """Signature and instructions of a code, but for those of the lines left out and for where jumps lead."""
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
    outline: list[object] = [counts, code.co_varnames[: sum(counts)], code.co_freevars, code.co_flags]
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno if instruction.positions else None
        if line in left_out or instruction.opname in ("EXTENDED_ARG", "NOP"):
            continue
        value = instruction.argval
        if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
            value = None
        elif isinstance(value, types.CodeType):
            value = _outline(value, left_out)
        else:
            value = _constant(value, columns=False)
        outline.append((instruction.opname, value))
    return outline


def _compiles_to(
    node: FunctionNode,
    statement: ast.stmt,
    code: types.CodeType,
    flags: int,
    columns: bool,
    around: list[ast.stmt],
) -> bool:
    """Whether `node` itself compiles to `code`: moved to lines of its own, its code object is told from the others."""
    nodes = list(ast.walk(statement))
    position = next(i for i, other in enumerate(nodes) if other is node)
    moved = copy.deepcopy(statement)
    down = max(getattr(other, "end_lineno", None) or 0 for other in nodes)
    own = list(ast.walk(moved))[position]
    assert isinstance(own, FunctionNode), "internal error in locating: the copy has another shape"
    ast.increment_lineno(own, down)
    for default in own.args.defaults + own.args.kw_defaults:  # these belong to the scope around the function
        if default is not None:
            ast.increment_lineno(default, down)
    found = next(
        (other for other in _compile([*around, moved], flags) if other.co_firstlineno == _first_line(own)), None
    )
    return found is not None and _same(found, code, columns)
