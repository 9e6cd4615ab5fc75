# The process of the program: runs /box/reply.py and answers calls of its functions. The tests and their
# expected values are in another process (harness.py), so that a program can pass only by returning the
# right values.
#
#   request ("call", name, [arguments], {named})          a function, or a method of class Solution
#           ("call_object", number, [arguments], {named}), ("method", number, name, [arguments], {named}),
#           ("get", number, name)
#   answer  ("value", result, {index: argument that was changed})  or  ("error", exception, text)
import sys

sys.path.insert(0, "/box")
import values
sys.path[0] = "/usr/lib/python3/dist-packages"

objects = []


def register(v):
    """Keeps an object that cannot be sent; returns its number."""
    objects.append(v)
    return len(objects) - 1


def lookup(number):
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


def load():
    module = type(sys)("reply")
    sys.modules["reply"] = module
    scope = module.__dict__
    with open("/box/reply.py", encoding="utf-8", errors="surrogateescape") as file:
        source = file.read()
    if values.receive(lookup) == "prelude":
        exec(PRELUDE, scope)
        sys.setrecursionlimit(50000)
    exec(compile(source, "/box/reply.py", "exec"), scope)
    return scope


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


def perform(scope, request):
    what = request[0]
    if what == "get":
        return getattr(lookup(request[1]), request[2]), {}
    if what == "call":
        function = resolve(scope, request[1])
    elif what == "call_object":
        function = lookup(request[1])
    else:
        function = getattr(lookup(request[1]), request[2])
    arguments, named = request[-2:]
    before = [encoded(a) if type(a) in (list, dict, set) else None for a in arguments]
    result = function(*arguments, **named)
    changed = {i: a for i, (a, b) in enumerate(zip(arguments, before))
               if b is not None and encoded(a) != b}
    return result, changed


def describe(e):
    kind = e if isinstance(e, type) else type(e)
    try:
        text = str(e)[:300]
    except BaseException:
        text = ""
    return ("error", kind.__name__, text)


def answer(request, scope):
    try:
        values.send(("value", *perform(scope, request)), register)
    except BaseException as e:
        values.send(describe(e), register)


def main():
    try:
        scope = load()
    except BaseException as e:
        values.send(describe(e), register)
        return
    values.send(("value", None, {}), register)
    while True:
        request = values.receive(lookup)
        if request is None:
            return
        answer(request, scope)


main()
