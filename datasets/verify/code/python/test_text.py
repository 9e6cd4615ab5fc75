# Tests as syntax trees: what they compare by identity, and which of Python's own names they test.
import _ast

import values


def children(node):
    for field in node._fields:
        part = getattr(node, field, None)
        for i, child in enumerate(part) if type(part) is list else [(None, part)]:
            if hasattr(child, "_fields"):
                yield field, i, child


def replace_is(node):
    """Replaces `a is b` by a call of is_same, except where b is a constant."""
    for field, i, child in list(children(node)):
        replace_is(child)
        if type(child) is not _ast.Compare or len(child.ops) > 1 or \
                type(child.ops[0]) not in (_ast.Is, _ast.IsNot) or type(child.comparators[0]) is _ast.Constant:
            continue
        place = {name: getattr(child, name) for name in child._attributes}
        new = _ast.Call(_ast.Name("is same", _ast.Load(), **place), [child.left, *child.comparators], [], **place)
        if type(child.ops[0]) is _ast.IsNot:
            new = _ast.UnaryOp(_ast.Not(), new, **place)
        if i is None:
            setattr(node, field, new)
        else:
            getattr(node, field)[i] = new


def called_names(node):
    """Names that are called, each with the names called in its arguments."""
    found = []
    inner = set()
    for _, _, child in children(node):
        names = called_names(child)
        found += names
        inner.update(name for name, _ in names)
    if type(node).__name__ == "Call" and type(node.func).__name__ == "Name":
        found.append((node.func.id, inner))
    return found


def tested_builtin(trees, defined):
    """The name of a builtin that the program defines and the tests are about: the one that they call, if they
    call nothing else that is the program's."""
    calls = [c for tree in trees for c in called_names(tree)]
    others = {name for name, _ in calls if name not in values.BUILTINS}
    inner = {name for name, within in calls if name in defined and not within & defined}
    return "" if others or not inner else min(inner) if len(inner) == 1 else None
