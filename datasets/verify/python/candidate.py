# The process of the reply: defines what /box/reply.py defines and answers calls. The tests and their
# expected values are in another process (examiner.py): whatever the reply does here, the only way to
# pass is to return the right values.
import sys, types

sys.path.insert(0, "/box")
import values
sys.path[0] = "/usr/lib/python3/dist-packages"

objects = []


def keep(v):
    objects.append(v)
    return len(objects) - 1


def find(number):
    return objects[number]


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
    module = types.ModuleType("reply")
    sys.modules["reply"] = module
    scope = module.__dict__
    with open("/box/reply.py", encoding="utf-8", errors="surrogateescape") as file:
        source = file.read()
    first = values.receive()
    if first["prelude"]:
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


def perform(scope, request):
    what = request["what"]
    if what == "get":
        return getattr(find(request["object"]), request["name"]), None
    arguments = [values.decode(v, find) for v in request["arguments"]]
    named = {k: values.decode(v, find) for k, v in request["named"].items()}
    if what == "call":
        function = resolve(scope, request["name"])
    elif what == "call_object":
        function = find(request["object"])
    else:
        function = getattr(find(request["object"]), request["name"])
    before = [values.encode(a, keep) if type(a) in (list, dict, set) else None for a in arguments]
    result = function(*arguments, **named)
    changed = {}
    for i, (a, b) in enumerate(zip(arguments, before)):
        if b is not None:
            after = values.encode(a, keep)
            if after != b:
                changed[i] = after
    return result, changed


def describe(e):
    kind = e if isinstance(e, type) else type(e)
    try:
        text = str(e)[:300]
    except BaseException:
        text = ""
    return {"error": kind.__name__, "text": text}


def answer(scope, request):
    try:
        result, changed = perform(scope, request)
        return {"value": values.encode(result, keep), "changed": changed or {}}
    except BaseException as e:
        return describe(e)


def main():
    try:
        scope = load()
    except BaseException as e:
        values.send(describe(e))
        return
    values.send({"value": None})
    while True:
        request = values.receive()
        if request is None:
            return
        values.send(answer(scope, request))


main()
