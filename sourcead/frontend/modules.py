"""The functional form of an `nn.Module`: a plain function of its parameters, made from the source of `forward`.

    class Net(nn.Module):                            def net(params, x):
        def forward(self, x):                 ->         x = layer1(params, x)
            return self.layer1(x) * self.gain            return x * params["gain"]

A parameter is read from `params`, a mapping from the names of `named_parameters()`; a call of a Module inside is a
call of that one's own form, and `super().forward(x)` of the form of that method; a loop over Modules is written out;
every other attribute is read from the Module itself each time. A Module that cannot be written so (recurrent layers,
hooks, a Module used as a value) is called as it is, on the dynamic graph, with the parameters in their places. What
could not be called so either (attributes that are set while it runs) is refused.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import inspect
import linecache
import re
import textwrap
import types
from collections.abc import Callable, Iterator
from typing import Any, cast

from runtime.nn.activations import Activation
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter
from runtime.nn.substitution import functional_call
from runtime.places import Origin, is_users_code, note_written
from sourcead.errors import Unsupported

_UNKNOWN = object()
_CURE = "Write `forward` in plain statements, or call the Module on the dynamic graph."


def functional(module: Module) -> Callable[..., Any]:
    """The function `f(params, *args)` that computes what `module(*args)` does with the parameters `params`.

    `params` is a mapping from the names of `module.named_parameters()` to arrays or Tensors. The function has source,
    so every transform takes it, and functions that call it. It knows the Modules that are there now: make it again
    when some are added. Raises Unsupported for what has no functional form.
    """
    return _Forms(module).form(module, type(module).forward)


class _Forms:
    """The forms of all Modules below one, each made once."""

    def __init__(self, root: Module) -> None:
        self.root = root
        self.paths = {id(module): name for name, module in root.named_modules()}
        self.parameters = {id(parameter): name for name, parameter in root.named_parameters()}
        self.made: dict[tuple[int, Any], Callable[..., Any]] = {}

    def label(self, module: Module) -> str:
        """A name for a Module: that of its place, or for the root that of its class."""
        path = self.paths.get(id(module)) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(module).__name__).lower()
        name = path.replace(".", "_")
        return name if name.isidentifier() else f"module_{name}"

    def form(self, module: Module, plain: Callable[..., Any]) -> Callable[..., Any]:
        """The form of one method of a Module."""
        key = id(module), plain
        if key not in self.made:
            _check_own_call(module)
            try:
                _check_plain(module)
                self.made[key] = self._written(module, plain)
            except _Unwritable:
                if plain is not type(module).forward:
                    raise
                self.made[key] = self._called(module)
        return self.made[key]

    def name(self, module: Module, plain: Callable[..., Any]) -> str:
        """A name for a method of a Module: `forward` goes by that of the Module."""
        name = self.label(module)
        if plain is type(module).forward:
            return name
        if plain is getattr(type(module), plain.__name__, None):
            return f"{name}_{plain.__name__}"
        return f"{name}_{plain.__qualname__.rpartition('.')[0].rpartition('.')[2].lower()}_{plain.__name__}"

    def _called(self, module: Module) -> Callable[..., Any]:
        """A call of the Module itself on the dynamic graph, with values from `params` in its parameters' places."""

        def call(params: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
            return functional_call(module, params, args, kwargs)

        # As `sourcead.dynamic` marks a function.
        call.__dynamic__ = True  # type: ignore[attr-defined]
        own = {name: self.parameters[id(parameter)] for name, parameter in module.named_parameters()}
        chosen = ", ".join(f"{name!r}: params[{place!r}]" for name, place in own.items())
        name = self.label(module)
        text = f"def {name}(params, *args, **kwargs):\n    return {name}_call({{{chosen}}}, *args, **kwargs)\n"
        tree = cast(ast.FunctionDef, ast.parse(text).body[0])
        return _function(tree, {f"{name}_call": call}, type(module).forward, ((), None))

    def _written(self, module: Module, plain: Callable[..., Any]) -> Callable[..., Any]:
        method = plain.__name__
        try:
            tree = ast.parse(_source(module, plain)).body[0]
        except (OSError, TypeError, SyntaxError) as error:
            raise _unwritable(module, f"the source of `{method}` cannot be read") from error
        around = [name for name in plain.__code__.co_freevars if name != "__class__"]
        if not isinstance(tree, ast.FunctionDef) or around or tree.decorator_list or not tree.args.args:
            raise _unwritable(module, f"`{method}` is decorated, reads enclosing variables, or has no `self`")
        taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        taken |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        rewriter = _Rewriter(self, module, tree.args.args[0].arg, taken, plain)
        tree.name = rewriter.free(self.name(module, plain))
        tree.args.args[0] = ast.arg(rewriter.params)
        tree.returns = None
        for argument in ast.walk(tree.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        tree.body = rewriter.block(tree.body)
        return _function(tree, rewriter.cells, plain, read=True)


class _Rewriter(ast.NodeTransformer):
    """Writes the body of a method with parameters from `params`. `cells` are the names that it reads in the end."""

    def __init__(
        self, forms: _Forms, module: Module, self_name: str, taken: set[str], plain: Callable[..., Any]
    ) -> None:
        self.forms = forms
        cells = dict(zip(plain.__code__.co_freevars, plain.__closure__ or ()))
        self.defined_in = cells["__class__"].cell_contents if "__class__" in cells else None
        self.module = module
        self.known: dict[str, Any] = {self_name: module}
        self.taken = taken
        self.cells: dict[str, Any] = {}
        self.params = self.free("params")

    def free(self, name: str) -> str:
        """A name that the method does not use."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def cell(self, name: str, value: Any) -> ast.Name:
        """The name under which the function reads a value of ours."""
        for known, held in self.cells.items():
            if held is value:
                return ast.Name(known, ast.Load())
        name = self.free(name)
        self.cells[name] = value
        return ast.Name(name, ast.Load())

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Statements, with loops over Modules written out."""
        out: list[ast.stmt] = []
        for statement in body:
            found = self.visit(statement)
            out += found if isinstance(found, list) else [found]
        return out

    def resolved(self, node: ast.expr) -> Any:
        """The Module, Parameter or attribute that an expression is, or _UNKNOWN."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id, _UNKNOWN)
        if isinstance(node, ast.Attribute):
            base = self.resolved(node.value)
            known = isinstance(base, (Module, super)) or isinstance(base, type) and issubclass(base, Module)
            return getattr(base, node.attr, _UNKNOWN) if known else _UNKNOWN
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
            return super(self.defined_in, self.module) if self.defined_in and not node.args else _UNKNOWN
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type":
            of = self.resolved(node.args[0]) if len(node.args) == 1 else _UNKNOWN
            return type(of) if isinstance(of, Module) else _UNKNOWN
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            base = self.resolved(node.value)
            return base[node.slice.value] if isinstance(base, Module) else _UNKNOWN  # type: ignore[index]
        return _UNKNOWN

    def visit_Call(self, node: ast.Call) -> ast.expr:
        target = self.resolved(node.func)
        if isinstance(target, Module):
            target = target.forward
        if isinstance(target, types.MethodType) and isinstance(target.__self__, Module):
            owner, method = target.__self__, target.__func__
            node.func = self.cell(self.forms.name(owner, method), self.forms.form(owner, method))
            node.args = [ast.Name(self.params, ast.Load()), *map(self.visit, node.args)]
            node.keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
            return node
        if isinstance(target, (types.FunctionType, types.BuiltinFunctionType)):
            node.func = self.cell(target.__name__ if target.__name__.isidentifier() else "function", target)
            node.args = list(map(self.visit, node.args))
            node.keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
            return node
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            raise _unwritable(self.module, "it reads an attribute of `super()`")
        return cast(ast.expr, self.generic_visit(node))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._read(node, self.resolved(node))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self._read(node, self.resolved(node))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        base = self.resolved(node.value)
        if not isinstance(base, Module):
            return self._read(node, _UNKNOWN)
        if not isinstance(node.ctx, ast.Load):
            raise _refused(self.module, f"the attribute `{node.attr}` is set while it runs", _CURE)
        target = self.resolved(node)
        if isinstance(target, (Parameter, Module)) or callable(target):
            return self._read(node, target)
        if target is None and node.attr in base._parameters:
            return ast.Constant(None)
        # Read each time: a copy could go stale.
        node.value = self.cell(f"{self.forms.label(base)}_module", base)
        return node

    def _read(self, node: Any, target: Any) -> ast.expr:
        if target is _UNKNOWN:
            return cast(ast.expr, self.generic_visit(node))
        if isinstance(target, Parameter) and id(target) in self.forms.parameters:
            key = ast.Constant(self.forms.parameters[id(target)])
            return ast.Subscript(ast.Name(self.params, ast.Load()), key, ast.Load())
        raise _unwritable(self.module, f"`{ast.unparse(node)}` is used as a value")

    def visit_For(self, node: ast.For) -> Any:
        names = {part.id for part in ast.walk(node.iter) if isinstance(part, ast.Name)}
        if not names or not names <= self.known.keys():
            node.iter, node.body, node.orelse = self.visit(node.iter), self.block(node.body), self.block(node.orelse)
            return node
        members = list(eval(compile(ast.Expression(node.iter), "<modules>", "eval"), {"__builtins__": {}}, self.known))
        leaves = any(isinstance(part, (ast.Break, ast.Continue)) for part in ast.walk(node))
        if leaves or not isinstance(node.target, ast.Name) or node.orelse:
            raise _unwritable(self.module, "a loop over Modules has a `break`, a `continue` or an `else`")
        if not all(isinstance(member, (Module, Parameter)) for member in members):
            raise _unwritable(self.module, "a loop goes over attributes that are neither Modules nor Parameters")
        out: list[ast.stmt] = []
        for member in members:
            self.known[node.target.id] = member
            out += self.block(copy.deepcopy(node.body))
        self.known.pop(node.target.id, None)
        return out or [ast.Pass()]

    def visit_While(self, node: ast.While) -> ast.While:
        node.test, node.body, node.orelse = self.visit(node.test), self.block(node.body), self.block(node.orelse)
        return node

    def visit_If(self, node: ast.If) -> ast.If:
        node.test, node.body, node.orelse = self.visit(node.test), self.block(node.body), self.block(node.orelse)
        return node


def _places(tree: ast.FunctionDef, text: str, code: types.CodeType) -> dict[int, Origin]:
    """The user's line that each statement of the text comes from; none for the Modules of `runtime`."""
    if not is_users_code(code):
        return {}
    made = ast.parse(text).body[0]
    assert isinstance(made, ast.FunctionDef), "internal error in modules: no factory"
    pairs = zip(_statements(tree.body), _statements(made.body[0].body), strict=True)  # type: ignore[attr-defined]
    found = {}
    for old, new in pairs:
        line = getattr(old, "lineno", None)
        if line is not None:
            line += code.co_firstlineno - 1
            said = linecache.getline(code.co_filename, line)
            place = Origin(code.co_filename, line, len(said) - len(said.lstrip()) + 1, said.strip())
            found.update(dict.fromkeys(range(new.lineno, (new.end_lineno or new.lineno) + 1), place))
    return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    return (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.stmt))


def _source(module: Module, method: Callable[..., Any]) -> str:
    """The text of a method; activations have theirs written with their options by name."""
    if isinstance(module, Activation) and method is Activation.forward and not getattr(module, "inplace", False):
        options = "".join(f", {name}=self.{name}" for name in module._options)
        return f"def forward(self, input):\n    return type(self).function(input{options})\n"
    return textwrap.dedent(inspect.getsource(method))


def _check_plain(module: Module) -> None:
    if module._forward_hooks or module._forward_pre_hooks:
        raise _unwritable(module, "it has forward hooks")


def _check_own_call(module: Module) -> None:
    if type(module).__call__ is not Module.__call__:
        raise _refused(module, "it has a `__call__` of its own", _CURE)
    if module._backward_hooks or module._backward_pre_hooks:
        raise _refused(module, "it has backward hooks", "Remove the hooks, or use `backward()` of the graph.")


class _Unwritable(Unsupported):
    """There is no text for a Module, but it may be called as it is."""


def _unwritable(module: Module, fact: str) -> _Unwritable:
    return _Unwritable(f"{type(module).__name__} has no functional form: {fact}", _CURE)


def _refused(module: Module, fact: str, cure: str) -> Unsupported:
    return Unsupported(f"{type(module).__name__} has no functional form: {fact}", cure)


def _function(
    tree: ast.FunctionDef, cells: dict[str, Any], plain: Callable[..., Any], defaults: Any = None, read: bool = False
) -> types.FunctionType:
    """The function of a text, with the globals of the method and closure variables of ours.

    `defaults` are those of the parameters and of the keywords; the method's own unless given. `read` is whether the
    text was read from the method, so that its statements have the method's lines.
    """
    inner = textwrap.indent(ast.unparse(ast.fix_missing_locations(tree)), "    ")
    text = f"def make({', '.join(cells)}):\n{inner}\n    return {tree.name}\n"
    file = f"<functional {tree.name} {hashlib.sha256(text.encode()).hexdigest()[:12]}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    note_written(file, _places(tree, text, plain.__code__) if read else {})
    code = compile(text, file, "exec", dont_inherit=True)
    factory = next(constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    made = types.FunctionType(factory, plain.__globals__)(*cells.values())
    made.__module__ = __name__
    made.__defaults__, made.__kwdefaults__ = defaults or (plain.__defaults__, plain.__kwdefaults__)
    return made
