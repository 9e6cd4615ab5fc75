# The process of the program: runs /box/reply.py and answers requests of the tests. The tests and their
# expected values are in another process (harness.py), so that a program can pass only by returning the
# right values.
#
#   request ("load", imports)           runs /box/before.py, what the reply continues or replaces, then the reply
#           ("name", name)              what a name of the program stands for
#           ("object", name)            the object that it stands for
#           ("call", name, [arguments], {named})          a function, or a method of class Solution
#           ("call_object", number, [arguments], {named}), ("method", number, name, [arguments], {named})
#           ("get", number, name), ("operate", operation, [operands])
#   answer  ("value", result, {index or name: argument that was changed}, text printed)
#           or ("error", [names of the exception's classes], (its arguments), text printed)
import sys

sys.path.insert(0, "/box")
import values
import _operator
sys.path[0] = "/usr/lib/python3/dist-packages"
values.KEEP_ITERATORS = True

MOST_PRINTED = 1 << 20
objects, numbers = [], {}


def register(v):
    """Keeps an object that cannot be sent; returns its number, the same one every time."""
    number = numbers.setdefault(id(v), len(objects))
    if number == len(objects):
        objects.append(v)
    return number


def lookup(number, kind):
    return objects[number]


# what LeetCode imports for every program
PRELUDE = """
from typing import *
from collections import *
from functools import *
from itertools import *
import bisect, collections, copy, functools, heapq, itertools, json, math, operator, random, re, string, sys
from bisect import bisect_left, bisect_right, insort
from heapq import heapify, heappop, heappush, heappushpop, heapreplace, nlargest, nsmallest
from math import ceil, comb, factorial, floor, gcd, inf, isqrt, lcm, log, log2, perm, pi, sqrt
"""


class Printed:
    """What the program prints, for tests that look at it; also written to standard output."""

    def __init__(self, stream):
        self._stream, self._parts, self._length = stream, [], 0

    def write(self, text):
        if self._length < MOST_PRINTED:
            self._parts.append(text)
            self._length += len(text)
        return self._stream.write(text)

    def take(self):
        text, self._parts, self._length = "".join(self._parts)[:MOST_PRINTED], [], 0
        return text

    def __getattr__(self, name):
        return getattr(self._stream, name)


printed = sys.stdout = Printed(sys.stdout)


def read_source(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def load(imports):
    """Runs the program; returns the names of builtins that it defines itself."""
    module = type(sys)("reply")
    sys.modules["reply"] = module
    scope = module.__dict__
    if imports:
        exec(PRELUDE, scope)
        sys.setrecursionlimit(50000)
    before = set(scope)
    try:
        exec(compile(read_source("/box/before.py"), "before", "exec"), scope)
    except Exception:  # only what a right program needs; one that needs more fails by itself
        pass
    exec(compile(read_source("/box/reply.py"), "/box/reply.py", "exec"), scope)
    return scope, [name for name in scope if name in values.BUILTINS and name not in before]


def resolve(scope, name):
    if name in scope:
        return scope[name]
    solution = scope.get("Solution")
    if solution is not None and hasattr(solution, name):
        return getattr(solution(), name)
    raise NameError("the reply does not define %s" % name)


def encoded(v):
    out = bytearray()
    values.encode(out, v, register)
    return out


def class_names(kind):
    return [base.__name__ for base in kind.__mro__]


def described(v):
    """What a name stands for: ("exception", names of its classes), ("class", v), ("function", None) or
    ("value", v)."""
    if type(v).__name__ in ("function", "method", "builtin_function_or_method", "_lru_cache_wrapper"):
        return ("function", None)
    if isinstance(v, type) and v not in values.BUILTINS.values():
        return ("exception", class_names(v)) if issubclass(v, BaseException) else ("class", v)
    return ("value", v)


def replace_content(current, new):
    """Makes a list, dict or set equal to what the tests changed it to."""
    if type(current) is list:
        current[:] = new
    else:
        current.clear()
        current.update(new)


def exit_block(v):
    return v.__exit__(None, None, None)


OPERATIONS = {"len": len, "bool": bool, "str": str, "repr": repr, "hash": hash, "iter": iter, "next": next,
              "reversed": reversed, "abs": abs, "int": int, "float": float, "complex": complex, "round": round,
              "divmod": divmod, "format": format, "isinstance": isinstance, "issubclass": issubclass,
              "setattr": setattr, "delattr": delattr, "eval": eval,
              "copy": lambda v: __import__("copy").copy(v), "deepcopy": lambda v: __import__("copy").deepcopy(v),
              "replace attribute": lambda v, name, new: replace_content(getattr(v, name), new),
              "replace item": lambda v, key, new: replace_content(v[key], new),
              "enter": lambda v: v.__enter__(), "exit": exit_block,
              **{name: getattr(_operator, name) for name in (
                  "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "truediv", "floordiv", "mod", "pow",
                  "matmul", "and_", "or_", "xor", "lshift", "rshift", "neg", "pos", "invert", "index", "contains",
                  "getitem", "setitem", "delitem", "iadd", "isub", "imul")}}


def perform(scope, request):
    what = request[0]
    if what == "name":
        return described(resolve(scope, request[1])), {}
    if what == "object":
        return resolve(scope, request[1]), {}
    if what == "get":
        return getattr(objects[request[1]], request[2]), {}
    if what == "operate":
        return OPERATIONS[request[1]](*request[2]), {}
    if what == "call":
        function = resolve(scope, request[1])
    elif what == "call_object":
        function = objects[request[1]]
    else:
        function = getattr(objects[request[1]], request[2])
    arguments, named = request[-2:]
    given = [*enumerate(arguments), *named.items()]
    before = [encoded(a) if type(a) in (list, dict, set) else None for _, a in given]
    result = function(*arguments, **named)
    changed = {place: a for (place, a), b in zip(given, before) if b is not None and encoded(a) != b}
    return result, changed


def describe(e):
    kind = e if isinstance(e, type) else type(e)
    try:
        arguments = tuple(a if type(a) in (int, float, str, bool) else str(a)[:300] for a in e.args[:8])
    except BaseException:
        arguments = ()
    return ("error", class_names(kind), arguments, printed.take())


def answer(request, scope):
    try:
        values.send(("value", *perform(scope, request), printed.take()), register)
    except BaseException as e:
        values.send(describe(e), register)


def main():
    try:
        scope, builtin_names = load(values.receive(lookup)[1])
    except BaseException as e:
        values.send(describe(e), register)
        return
    values.send(("value", builtin_names, {}, printed.take()), register)
    while True:
        request = values.receive(lookup)
        if request is None:
            return
        answer(request, scope)


main()
