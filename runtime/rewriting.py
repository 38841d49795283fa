"""The second compilation of a function: its source with every call passed through a caller, which decides what it is.

A marker constant stands for the caller in the rewritten text, and is replaced by it in the compiled code.
"""

from __future__ import annotations
import __future__

import ast
import copy
import functools
import linecache
import operator
import types
import warnings
from typing import Any

_MARK = "runtime.tracing.call"
_NEEDS_ITS_FRAME = frozenset({"super", "locals", "globals", "vars", "dir", "eval", "exec", "breakpoint"})


def compile_traced(code: types.CodeType, caller: Any) -> types.CodeType | None:
    """Compile the statement that `code` stands in, once as it is and once rewritten, and find `code` there.

    The rewritten code calls methods of `caller`. None where there is no source, or it is not that of the code.
    """
    lines = linecache.getlines(code.co_filename)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return None
    # With the file's imports: the compiler makes other code for methods of names that it saw imported.
    around = [s for s in tree.body if _holds(s, code.co_firstlineno) or _imports(s)]
    flags = code.co_flags & _FUTURE_FLAGS
    plain = _codes_within(compile(ast.Module(around, []), code.co_filename, "exec", flags, dont_inherit=True))
    place = _find(code, plain)
    if place is None:
        return None
    rewritten = ast.fix_missing_locations(_CallRewriter().visit(ast.Module(around, [])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compiled = compile(rewritten, code.co_filename, "exec", flags, dont_inherit=True)
    found = [new for new, old in _paired(_codes_within(compiled), plain) if old is plain[place]]
    if not found:
        return None
    made = _with_caller(found[0], caller)
    for inner, own in _paired(_codes_within(made), _codes_within(code)):
        _plain[id(inner)] = inner, own
    return made


# The code of functions that are defined in rewritten code, by its id, with that of the user's text.
_plain: dict[int, tuple[types.CodeType, types.CodeType]] = {}


def as_written(function: types.FunctionType) -> types.FunctionType:
    """A function that rewritten code has defined, with the code of the user's text; any other as it is."""
    found = _plain.get(id(function.__code__))
    if found is None:
        return function
    code, cells = found[1], dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    closure = tuple([cells[name] for name in code.co_freevars])
    made = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
    made.__kwdefaults__, made.__qualname__, made.__module__ = (
        function.__kwdefaults__,
        function.__qualname__,
        function.__module__,
    )
    made.__dict__.update(function.__dict__)
    return made


def _holds(statement: ast.stmt, line: int) -> bool:
    first = min([statement.lineno, *(decorator.lineno for decorator in getattr(statement, "decorator_list", []))])
    return first <= line <= (statement.end_lineno or 0)


def _imports(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(statement))


_FUTURE_FLAGS = functools.reduce(
    operator.or_, [getattr(__future__, name).compiler_flag for name in __future__.all_feature_names]
)


def _codes_within(code: types.CodeType) -> list[types.CodeType]:
    """Every code object in `code`, in an order that rewriting calls does not change."""
    found: list[types.CodeType] = []
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found += [constant, *_codes_within(constant)]
    return found


def _paired(
    rewritten: list[types.CodeType], plain: list[types.CodeType]
) -> list[tuple[types.CodeType, types.CodeType]]:
    """Each code of a rewritten text with that of the text as it was.

    The compiler leaves out functions in code that is never run, as what follows `raise e`; rewritten it may be kept.
    """
    made, known = _by_name(rewritten), _by_name(plain)
    return [
        pair for key, codes in known.items() if len(made.get(key, [])) == len(codes) for pair in zip(made[key], codes)
    ]


def _by_name(codes: list[types.CodeType]) -> dict[tuple[str, int], list[types.CodeType]]:
    found: dict[tuple[str, int], list[types.CodeType]] = {}
    for code in codes:
        found.setdefault((code.co_name, code.co_firstlineno), []).append(code)
    return found


def _find(code: types.CodeType, candidates: list[types.CodeType]) -> int | None:
    """Where `code` is among the candidates. A source that has changed since it was loaded is not found."""
    same = [k for k, other in enumerate(candidates) if _same_text(code, other)]
    exact = [k for k in same if list(candidates[k].co_positions()) == list(code.co_positions())]
    return exact[0] if exact else same[0] if same else None


def _same_text(code: types.CodeType, other: types.CodeType) -> bool:
    # Not the qualified name: emitted functions are compiled within another function, to share the user's closure cells.
    if code.co_name != other.co_name or code.co_firstlineno != other.co_firstlineno:
        return False
    if code.co_freevars != other.co_freevars:
        return False
    # Pytest compiles the asserts of test modules in its own way.
    return code.co_code == other.co_code or "@pytest_ar" in code.co_names


def _with_caller(code: types.CodeType, caller: Any) -> types.CodeType:
    """The code with the marker constant replaced by the object that makes calls."""
    return code.replace(co_consts=tuple([_replaced(constant, caller) for constant in code.co_consts]))


def _replaced(constant: Any, caller: Any) -> Any:
    if isinstance(constant, types.CodeType):
        return _with_caller(constant, caller)
    return caller if type(constant) is str and constant == _MARK else constant


def _loaded(target: ast.expr) -> ast.expr:
    """What stands in a place, read."""
    made = copy.deepcopy(target)
    made.ctx = ast.Load()  # type: ignore[attr-defined]
    return made


class _CallRewriter(ast.NodeTransformer):
    """`f(x, y=1)` becomes `MARK.call(f, x, y=1)`, but for the calls that look at the frame they stand in.

    So do operators, items, fields and loops, which may run methods of the user's classes.

    Sets are made, and containers asked for what they hold, by functions of the marker too: only of sets may a traced
    number be a key.
    """

    def visit_Call(self, node: ast.Call) -> ast.AST:
        func = node.func
        if isinstance(func, ast.Attribute):
            # What is called is asked for its class by `call`; a property that gives a function is rare.
            func.value = self.visit(func.value)
            node.func = ast.Constant(None)
        self.generic_visit(node)
        node.func = func if isinstance(func, ast.Attribute) else node.func
        if isinstance(node.func, ast.Name) and node.func.id in _NEEDS_ITS_FRAME:
            if node.func.id in ("eval", "exec") and node.args:
                node.args[0] = self._made("code", node.args[:1], node)
            return node
        made = self._made("call", [node.func, *node.args], node)
        made.keywords = node.keywords
        return made

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        texts_left = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        if texts_left and isinstance(node.op, ast.Mod):
            return self._made("formatted", [node.left, node.right], node)
        return self._made("binary", [ast.Constant(type(node.op).__name__), node.left, node.right], node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """`x += y` as an assignment, where reading the target twice does nothing twice."""
        parts = [n for n in ast.walk(node.target) if not isinstance(n, ast.expr_context)]
        read: Any = self.visit(_loaded(node.target))
        self.generic_visit(node)
        if not all(isinstance(n, (ast.Name, ast.Constant, ast.Attribute, ast.Subscript)) for n in parts):
            return node
        made = self._made("updated", [ast.Constant(type(node.op).__name__), read, node.value], node.value)
        return ast.copy_location(ast.Assign([node.target], made), node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant):
            return node
        return self._made("unary", [ast.Constant(type(node.op).__name__), node.operand], node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or node.attr.startswith("__"):
            return node
        return self._made("field", [node.value, ast.Constant(node.attr)], node)

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        """Patterns are no expressions."""
        node.guard = node.guard and self.visit(node.guard)
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Annotations stay as they are."""
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.target, node.value = self.visit(node.target), node.value and self.visit(node.value)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.iter = self._made("elements", [node.iter], node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.iter = node.iter if node.is_async else self._made("elements", [node.iter], node.iter)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets) and len(node.targets) == 1:
            node.value = self._made("elements", [node.value], node.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`v[i]`; and `np.r_[a, 0:3]`, which makes an array as a call does."""
        name = getattr(node.value, "attr", getattr(node.value, "id", ""))
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        given = [self._slice(part) if isinstance(part, ast.Slice) else part for part in parts]
        if name in ("r_", "c_"):
            return self._made("joined", [node.value, *given], node)
        index = ast.Tuple(given, ast.Load()) if isinstance(node.slice, ast.Tuple) else given[0]
        return self._made("item", [node.value, ast.copy_location(index, node.slice)], node)

    def _slice(self, part: ast.Slice) -> ast.Call:
        bounds = [ast.Constant(None) if bound is None else bound for bound in (part.lower, part.upper, part.step)]
        return self._made("slice", bounds, part)

    def visit_Set(self, node: ast.Set) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(self._made("set", [ast.List(node.elts, ast.Load())], node), node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(self._made("set", [ast.ListComp(node.elt, node.generators)], node), node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) > 1 or isinstance(node.ops[0], (ast.Is, ast.IsNot)):
            return node
        if not isinstance(node.ops[0], (ast.In, ast.NotIn)):
            return self._made(
                "compared", [ast.Constant(type(node.ops[0]).__name__), node.left, *node.comparators], node
            )
        asked: ast.expr = self._made("contains", [node.comparators[0], node.left], node)
        if isinstance(node.ops[0], ast.NotIn):
            asked = ast.UnaryOp(ast.Not(), asked)
        return ast.copy_location(asked, node)

    def _made(self, name: str, args: list[ast.expr], node: ast.expr) -> ast.Call:
        caller = ast.Attribute(ast.Constant(_MARK), name, ast.Load())
        return ast.copy_location(ast.Call(caller, args, []), node)
