"""From a tree to the text that a person would have written.

astor's generator, extended: comments, the nodes that it lacks, no parentheses that Python does not need, and blank
lines where a reader expects them. Long lines are broken by `sourcead.backend.wrapping`.
"""

from __future__ import annotations

import ast
import math
from typing import Any

import gast
from astor.code_gen import SourceGenerator, set_precedence
from astor.op_util import Precedence
from gast.ast3 import GAstToAst3

from sourcead.backend.wrapping import wrap
from sourcead.frontend.comment import Comment

_READ = ast.Load()
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def to_text(node: gast.AST | list[gast.stmt]) -> str:
    """The text of a module, a statement, a list of statements or an expression (this one without a newline at its end).

    Comments may stand wherever a statement may.

    >>> print(to_text(gast.parse("y=-(a*b)**2+f( x[1:,...] , k = (1,) )")), end="")
    y = -(a * b) ** 2 + f(x[1:, ...], k=(1,))
    """
    tree = [_Translator().visit(part) for part in node] if isinstance(node, list) else _Translator().visit(node)
    printer = _Printer(" " * 4)
    if isinstance(tree, list):
        printer.sequence(tree)
    elif isinstance(tree, ast.expr):
        set_precedence(Precedence.Comma, tree)
        printer.visit(tree)
        return wrap(printer.result)
    else:
        printer.visit(tree)
    return wrap(printer.result).lstrip("\n") + "\n"


class _Translator(GAstToAst3):
    """gast's translation, without the places of nodes, which no text shows."""

    def generic_visit(self, node: gast.AST) -> Any:
        kind: Any = getattr(ast, node.__class__.__name__)
        made = kind.__new__(kind)
        parts, kept = node.__dict__, made.__dict__
        for field in kind._fields:
            value = parts.get(field)
            if isinstance(value, gast.AST):
                value = self.visit(value)
            elif value.__class__ is list:
                value = self._visit(value)
            kept[field] = value
        return made

    def visit_Name(self, node: gast.Name) -> ast.Name:
        return ast.Name(node.id, _READ)

    def visit_Constant(self, node: gast.Constant) -> ast.Constant:
        return ast.Constant(node.value, node.kind)

    def visit_Comment(self, node: Comment) -> Comment:
        return node


class _Printer(SourceGenerator):
    """One method a node, where astor has none or writes it otherwise than we want."""

    # Statements

    def sequence(self, statements: list[ast.stmt]) -> None:
        """Statements one below the other, with blank lines around definitions; a comment belongs to what follows."""
        blank = 1 if self.indentation else 2
        before = None
        for statement, after in zip(statements, [*statements[1:], None], strict=True):
            opens = isinstance(statement, _DEFINITIONS) or (
                isinstance(statement, Comment) and isinstance(after, _DEFINITIONS)
            )
            closes = isinstance(before, _DEFINITIONS)
            if before is not None and not isinstance(before, Comment) and (opens or closes):
                self.newline(extra=blank)
            self.visit(statement)
            before = statement

    def body(self, statements: list[ast.stmt]) -> None:
        self.indentation += 1
        self.sequence(statements)
        if all(isinstance(statement, Comment) for statement in statements):
            self.statement(None, "pass")
        self.indentation -= 1

    def visit_Module(self, node: ast.Module) -> None:
        self.sequence(node.body)

    def visit_Comment(self, node: Comment) -> None:
        for line in node.text.splitlines() or [""]:
            self.statement(node, f"# {line}".rstrip())

    def visit_Expr(self, node: ast.Expr) -> None:
        set_precedence(node, node.value)
        self.statement(node)
        if isinstance(node.value, ast.Constant) and type(node.value.value) is str and node.value.kind is None:
            self.write(_docstring(node.value.value))
        else:
            self.visit(node.value)

    def visit_FunctionDef(self, node: Any, is_async: bool = False) -> None:
        self.decorators(node, 0)
        self.statement(node, "async def " if is_async else "def ", node.name)
        self._type_params(node)
        self.write("(")
        self.visit_arguments(node.args)
        self.write(")")
        set_precedence(Precedence.Comma, node.returns)
        self.conditional_write(" -> ", node.returns)
        self.write(":")
        self.body(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.decorators(node, 0)
        self.statement(node, "class ", node.name)
        self._type_params(node)
        if node.bases or node.keywords:
            self.write("(")
            self._call_arguments(node.bases, node.keywords)
            self.write(")")
        self.write(":")
        self.body(node.body)

    def visit_TypeAlias(self, node: Any) -> None:
        set_precedence(Precedence.Comma, node.value)
        self.statement(node, "type ", node.name)
        self._type_params(node)
        self.write(" = ", node.value)

    def _type_params(self, node: Any) -> None:
        params = getattr(node, "type_params", None)
        if params:
            self.write("[", ", ".join(ast.unparse(param) for param in params), "]")

    def visit_For(self, node: Any, is_async: bool = False) -> None:
        set_precedence(Precedence.Return, node.target)
        set_precedence(Precedence.Expr, node.iter)
        self.statement(node, "async for " if is_async else "for ", node.target, " in ", node.iter, ":")
        self.body_or_else(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        set_precedence(Precedence.Comma, node.context_expr, node.optional_vars)
        # In its own parentheses a tuple would be several managers.
        several = isinstance(node.context_expr, ast.Tuple)
        self.write("(" if several else "", node.context_expr, ")" if several else "")
        self.conditional_write(" as ", node.optional_vars)

    def visit_Try(self, node: Any, star: str = "") -> None:
        self.statement(node, "try:")
        self.body(node.body)
        for handler in node.handlers:
            set_precedence(Precedence.Comma, handler.type)
            self.statement(handler, "except", star)
            if self.conditional_write(" ", handler.type):
                self.conditional_write(" as ", handler.name)
            self.write(":")
            self.body(handler.body)
        self.else_body(node.orelse)
        if node.finalbody:
            self.statement(node, "finally:")
            self.body(node.finalbody)

    def visit_TryStar(self, node: Any) -> None:
        self.visit_Try(node, star="*")

    def visit_Raise(self, node: ast.Raise) -> None:
        set_precedence(Precedence.Comma, node.exc, node.cause)
        self.statement(node, "raise")
        if self.conditional_write(" ", node.exc):
            self.conditional_write(" from ", node.cause)

    def visit_Match(self, node: ast.Match) -> None:
        set_precedence(Precedence.Expr, node.subject)
        self.statement(node, "match ", node.subject, ":")
        self.indentation += 1
        for case in node.cases:
            set_precedence(Precedence.If, case.guard)
            self.statement(case, "case ", ast.unparse(case.pattern))
            self.conditional_write(" if ", case.guard)
            self.write(":")
            self.body(case.body)
        self.indentation -= 1

    def visit_arguments(self, node: ast.arguments) -> None:
        positional = [*node.posonlyargs, *node.args]
        defaults = [None] * (len(positional) - len(node.defaults)) + node.defaults
        set_precedence(Precedence.Comma, defaults, node.kw_defaults)
        parts: list[tuple[Any, ...]] = [_parameter(*pair) for pair in zip(positional, defaults, strict=True)]
        if node.posonlyargs:
            parts.insert(len(node.posonlyargs), ("/",))
        if node.vararg or node.kwonlyargs:
            parts.append(("*", node.vararg) if node.vararg else ("*",))
        parts += [_parameter(*pair) for pair in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
        if node.kwarg:
            parts.append(("**", node.kwarg))
        for index, part in enumerate(parts):
            self.write(", " if index else "", *part)

    def visit_arg(self, node: ast.arg) -> None:
        set_precedence(Precedence.Comma, node.annotation)
        self.write(node.arg)
        self.conditional_write(": ", node.annotation)

    # Expressions

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str):
            self.write((node.kind or "") + _quoted(repr(value)))
        elif isinstance(value, bool) or value is None or isinstance(value, bytes):
            self.write(repr(value))
        elif value is Ellipsis:
            self.write("...")
        elif isinstance(value, (int, float, complex)):
            text = _number(value)
            negative = text.startswith("-") and self.get__pp(node) > Precedence.USub
            self.write(f"({text})" if negative else text)
        else:
            raise AssertionError(f"internal error in printing: a constant of type {type(value).__name__}")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.write(_quoted(ast.unparse(node)))

    def visit_TemplateStr(self, node: Any) -> None:
        self.write(ast.unparse(node))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        whole = isinstance(node.value, ast.Constant) and type(node.value.value) is int
        self.write("(" if whole else "", node.value, ")" if whole else "", ".", node.attr)

    def visit_Call(self, node: ast.Call) -> None:
        self.write(node.func, "(")
        self._call_arguments(node.args, node.keywords)
        self.write(")")

    def _call_arguments(self, args: list[ast.expr], keywords: list[ast.keyword]) -> None:
        alone = len(args) + len(keywords) == 1
        set_precedence(Precedence.call_one_arg if alone else Precedence.Comma, args)
        set_precedence(Precedence.Comma, [keyword.value for keyword in keywords])
        for index, arg in enumerate(args):
            self.write(", " if index else "", arg)
        for index, keyword in enumerate(keywords, len(args)):
            self.write(", " if index else "", keyword.arg or "", "=" if keyword.arg else "**", keyword.value)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        if self.get__pp(node) == Precedence.If:
            set_precedence(Precedence.Comma, node)
        super().visit_Tuple(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        set_precedence(Precedence.Comma, node.value)
        bare = self.get__pp(node) == Precedence.If
        self.write("" if bare else "(", node.target, " := ", node.value, "" if bare else ")")

    def visit_Lambda(self, node: ast.Lambda) -> None:
        with self.delimit(node) as delimiters:
            set_precedence(delimiters.p, node.body)
            arguments = node.args
            bare = not (arguments.posonlyargs or arguments.args or arguments.kwonlyargs)
            self.write("lambda" if bare and not (arguments.vararg or arguments.kwarg) else "lambda ")
            self.visit_arguments(arguments)
            self.write(": ", node.body)

    def visit_Set(self, node: ast.Set) -> None:
        with self.delimit("{}"):
            if node.elts:
                self.comma_list(node.elts)
            else:
                self.write("*()")

    def visit_Dict(self, node: ast.Dict) -> None:
        with self.delimit("{}"):
            for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
                set_precedence(Precedence.BitOr if key is None else Precedence.Comma, value)
                set_precedence(Precedence.Comma, key)
                self.write(", " if index else "", key if key else "", ": " if key else "**", value)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        set_precedence(Precedence.Comma, node.elt)
        super().visit_ListComp(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        set_precedence(Precedence.Comma, node.elt)
        super().visit_SetComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        set_precedence(Precedence.Comma, node.key, node.value)
        super().visit_DictComp(node)

    def visit_Starred(self, node: ast.Starred) -> None:
        set_precedence(Precedence.BitOr, node.value)
        self.write("*", node.value)

    def visit_Slice(self, node: ast.Slice) -> None:
        set_precedence(Precedence.Comma, node.lower, node.upper, node.step)
        self.conditional_write(node.lower)
        self.write(":")
        self.conditional_write(node.upper)
        self.conditional_write(":", node.step)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> None:
        with self.delimit(node):
            set_precedence(Precedence.Comma, node.value)
            self.write("yield from ", node.value)


def _parameter(arg: ast.arg, default: ast.expr | None) -> tuple[Any, ...]:
    if default is None:
        return (arg,)
    return (arg, " = " if arg.annotation else "=", default)


def _quoted(text: str) -> str:
    """A literal in double quotes, where that needs no escape."""
    prefix, quote, inner = text.partition("'")
    if not quote or '"' in text or not inner.endswith("'") or "'" in inner[:-1]:
        return text
    return f'{prefix}"{inner[:-1]}"'


def _docstring(text: str) -> str:
    """A string that stands alone, in three double quotes and with its line breaks where these say the same."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    escaped = "".join(c if c == "\n" or c.isprintable() else repr(c)[1:-1] for c in escaped)
    if escaped.endswith('"'):
        escaped = escaped[:-1] + '\\"'
    return f'"""{escaped}"""'


def _number(value: complex) -> str:
    """A number as Python reads it back; infinity is a literal beyond the largest float."""
    if isinstance(value, complex):
        if not value.real and math.copysign(1.0, value.real) > 0.0:
            return _number(value.imag) + "j"
        return f"({_number(value.real)}{'' if _number(value.imag).startswith('-') else '+'}{_number(value.imag)}j)"
    if isinstance(value, float):
        if math.isnan(value):
            return "(1e309 - 1e309)"
        return float.__repr__(value).replace("inf", "1e309")
    return int.__repr__(value)
