"""Arithmetic on trees: the small identities that a person applies without thinking.

Only identities that hold for every value a cotangent may have: multiplying by one, negating twice, folding literals.
Multiplying by zero is not folded, for zero times infinity is not zero.
"""

from __future__ import annotations

import gast

from sourcead.frontend.syntax import binary, const, same


def number(node: gast.AST) -> float | None:
    """The value of a numeric literal, signed or not; None for anything else."""
    if isinstance(node, gast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        inner = number(node.operand)
        return None if inner is None else -inner
    return None


def literal(value: float) -> gast.AST:
    """A number as a tree."""
    return minus(const(-value)) if value < 0 else const(value)


def minus(node: gast.AST) -> gast.AST:
    """`-node`."""
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        return node.operand
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Mult, gast.Div)) and _negated(node.left):
        return binary(minus(node.left), node.op, node.right)
    return gast.UnaryOp(op=gast.USub(), operand=node)


def _negated(node: gast.AST) -> bool:
    return isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub)


def times(left: gast.AST, right: gast.AST) -> gast.AST:
    """`left * right`."""
    a, b = number(left), number(right)
    if a is not None and b is not None:
        return literal(a * b)
    if b == 1:
        return left
    if a == 1 and _is_floating(right):
        return right
    if b == -1:
        return minus(left)
    if a == -1:
        return minus(right)
    if b is not None and a is None:
        return times(right, left)
    filled = _filled(left)
    if filled is not None and has_shape_of(right, filled[0]):
        return times(filled[1], right)
    if isinstance(left, gast.BinOp) and isinstance(left.op, gast.Div) and number(left.left) == 1:
        return over(right, left.right)
    if _negated(right):
        return minus(times(left, right.operand))
    if _negated(left) and a is None:
        return minus(times(left.operand, right))
    if isinstance(right, gast.BinOp) and isinstance(right.op, gast.Div) and _negated(right.left):
        return minus(times(left, over(right.left.operand, right.right)))
    if isinstance(right, gast.BinOp) and isinstance(right.op, gast.Div) and number(right.left) == 1:
        return over(left, right.right)
    if isinstance(right, gast.BinOp) and isinstance(right.op, gast.Mult) and number(right.left) is not None:
        inner = number(right.left)
        if a is not None and inner is not None:
            return times(literal(a * inner), right.right)
        return times(right.left, times(left, right.right))
    if a is not None:
        inner, rest = _coefficient(right)
        if inner is not None:
            return times(literal(a * inner), rest)
    return binary(left, gast.Mult(), right)


def _coefficient(node: gast.AST) -> tuple[float | None, gast.AST]:
    """The literal at the front of a product, and the product without it."""
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Mult, gast.Div)):
        if isinstance(node.op, gast.Mult) and number(node.left) is not None:
            return number(node.left), node.right
        inner, rest = _coefficient(node.left)
        if inner is not None:
            return inner, binary(rest, node.op, node.right)
    return None, node


def _is_floating(node: gast.AST) -> bool:
    """Whether a value is sure to be a float, so that multiplying it by 1.0 changes nothing."""
    if isinstance(node, gast.BinOp):
        return isinstance(node.op, gast.Div) or _is_floating(node.left) or _is_floating(node.right)
    if isinstance(node, gast.UnaryOp):
        return _is_floating(node.operand)
    return isinstance(node, gast.Call) or isinstance(node, gast.Constant) and isinstance(node.value, float)


def _filled(node: gast.AST) -> tuple[gast.AST, gast.AST] | None:
    """The parts of `np.full_like(array, value)`."""
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr == "full_like":
        return (node.args[0], node.args[1]) if len(node.args) == 2 and not node.keywords else None
    if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mult) and number(node.left) is not None:
        inner = _filled(node.right)
        return None if inner is None else (inner[0], times(node.left, inner[1]))
    return None


def has_shape_of(node: gast.AST, array: gast.AST) -> bool:
    """Whether an elementwise expression has the shape of an array because the array stands in it."""
    if same(node, array):
        return True
    if isinstance(node, gast.BinOp) and not isinstance(node.op, gast.MatMult):
        return has_shape_of(node.left, array) or has_shape_of(node.right, array)
    if isinstance(node, gast.Call) and not node.keywords:
        name, of_numpy = getattr(node.func, "id", ""), getattr(node.func, "attr", "")
        if name in ELEMENTWISE_KERNELS or of_numpy in SHAPELY:
            return any(has_shape_of(argument, array) for argument in node.args)
    return isinstance(node, gast.UnaryOp) and has_shape_of(node.operand, array)


def over(left: gast.AST, right: gast.AST) -> gast.AST:
    """`left / right`."""
    if number(right) == 1:
        return left
    if number(right) == -1:
        return minus(left)
    if _negated(left) and number(left) is None:
        return minus(over(left.operand, right))
    return binary(left, gast.Div(), right)


def plus(left: gast.AST, right: gast.AST) -> gast.AST:
    """`left + right`."""
    if same(left, right):
        return times(const(2.0), left)
    if _negated(right):
        return binary(left, gast.Sub(), right.operand)
    if isinstance(right, gast.BinOp) and isinstance(right.op, (gast.Mult, gast.Div)) and _negated(right.left):
        return binary(left, gast.Sub(), binary(right.left.operand, right.op, right.right))
    return binary(left, gast.Add(), right)


def simplify(node: gast.AST) -> gast.AST:
    """The identities above, applied everywhere from the leaves up."""
    return _Simplify().visit(node)


ELEMENTWISE_KERNELS = {"logistic_share", "real_sign", "scaled_power", "power_log", "divide_or_zero", "xlogy"}


def same_shape(node: gast.AST) -> gast.AST:
    """A simpler expression with the shape of `node`, for places where nothing but the shape is read."""
    if isinstance(node, gast.BinOp) and not isinstance(node.op, gast.MatMult):
        if number(node.right) is not None or same(node.left, node.right):
            return same_shape(node.left)
        if number(node.left) is not None:
            return same_shape(node.right)
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        return same_shape(node.operand)
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in SHAPELY:
        arguments = [a for a in node.args if number(a) is None]
        if len(arguments) == 1 and not node.keywords:
            return same_shape(arguments[0])
    return node


SHAPELY = {
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tanh",
    "square",
    "abs",
    "absolute",
    "log1p",
    "expm1",
    "tan",
    "reciprocal",
    "maximum",
    "minimum",
    "logaddexp",
}
READS_SHAPE = {"full_like": 0, "size": 0, "shape": 0, "unbroadcast": 1}


def is_place(value: gast.AST) -> bool:
    """Whether a value is something that is there, and not computed."""
    return isinstance(value, (gast.Name, gast.Subscript, gast.Attribute))


class _Simplify(gast.NodeTransformer):
    def visit_AugAssign(self, node: gast.AugAssign) -> gast.AST:
        self.generic_visit(node)
        if isinstance(node.op, (gast.Add, gast.Sub)) and _negated(node.value):
            node.op = gast.Sub() if isinstance(node.op, gast.Add) else gast.Add()
            node.value = node.value.operand
        return node

    def visit_Call(self, node: gast.Call) -> gast.AST:
        name = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "")
        place = READS_SHAPE.get(name)
        if (
            place is not None
            and place < len(node.args)
            and (name == "unbroadcast" or isinstance(node.func, gast.Attribute))
        ):
            node.args[place] = same_shape(node.args[place])
        given = list(node.args)
        self.generic_visit(node)
        if name not in SHAPELY:
            # `unbroadcast(-(-g), x)` gives a new array, and `unbroadcast(g, x)` may give `g` itself.
            pairs = zip(given, node.args, strict=True)
            node.args = [old if is_place(new) and not is_place(old) else new for old, new in pairs]
        return node

    def visit_BinOp(self, node: gast.BinOp) -> gast.AST:
        self.generic_visit(node)
        if isinstance(node.op, gast.Mult):
            return times(node.left, node.right)
        if isinstance(node.op, gast.Div):
            return over(node.left, node.right)
        if isinstance(node.op, gast.Pow) and number(node.right) == 1:
            return node.left
        if isinstance(node.op, gast.Add) and _negated(node.right):
            return binary(node.left, gast.Sub(), node.right.operand)
        left, right = number(node.left), number(node.right)
        if isinstance(node.op, gast.Sub) and left is not None and right is not None:
            return literal(left - right)
        return node

    def visit_UnaryOp(self, node: gast.UnaryOp) -> gast.AST:
        self.generic_visit(node)
        return minus(node.operand) if isinstance(node.op, gast.USub) and number(node) is None else node
