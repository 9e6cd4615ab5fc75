# The process of the tests: calls the reply's functions in the other process and compares. Prints one
# line of JSON: {"outcome": "right" | "wrong" | "unknown", "evidence": text}.
#
#   /box/tests.json   {"kind": "assert", "prefix": python, "tests": [python, ..], "entry": name or ""}
#                     {"kind": "call", "entry": name, "cases": [{"arguments": [..], "expected": v}, ..]}
import ast, builtins, json, sys

sys.path.insert(0, "/box")
import values
sys.path[0] = "/usr/lib/python3/dist-packages"

last_call = ""


class Gone(BaseException):
    """The other process does not answer any more."""


class Unsendable(BaseException):
    """A test passes something that only exists here."""


def short(v, most=160):
    try:
        text = repr(v)
    except Exception:
        text = "?"
    return text if len(text) <= most else text[:most] + "..."


def ask(request):
    try:
        values.send(request)
        reply = values.receive()
        if type(reply) is not dict:
            raise Gone
    except (OSError, ValueError, RecursionError):
        raise Gone from None
    if "error" in reply:
        raise exception_of(str(reply["error"]), str(reply.get("text", "")))
    return reply


def exception_of(name, text):
    """Tests may expect one. StopIteration would end a loop of the tests in silence: never that."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and not name.startswith("Stop"):
        try:
            return kind(text)
        except TypeError:  # wants more arguments
            pass
    return RuntimeError("%s: %s" % (name, text))


def keep(v):
    if isinstance(v, Remote):
        return object.__getattribute__(v, "_number")
    raise Unsendable("the test passes %s, which cannot be sent to the program" % short(v))


def call(request, arguments, named, label):
    global last_call
    request["arguments"] = [values.encode(a, keep) for a in arguments]
    request["named"] = {k: values.encode(a, keep) for k, a in named.items()}
    last_call = "%s(%s)" % (label, ", ".join(short(a, 80) for a in arguments))
    try:
        reply = ask(request)
        value = values.decode(reply["value"], Remote)
        changed = reply.get("changed") or {}
        for i, after in changed.items():
            put_back(arguments[int(i)], values.decode(after, Remote))
    except Exception as e:
        last_call += " raised " + short(e)
        raise
    last_call += " gave " + short(value)
    return value


def put_back(mine, theirs):
    """What the program did to a list, dict or set that it was given."""
    if type(mine) is list:
        mine[:] = theirs
    else:
        mine.clear()
        mine.update(theirs)


class Remote:
    """An object of the program, known here by its number only."""

    def __init__(self, number):
        object.__setattr__(self, "_number", int(number))

    def _method(self, name, *arguments):
        return call({"what": "method", "object": self._number, "name": name}, arguments, {}, name)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        reply = ask({"what": "get", "object": self._number, "name": name})
        return values.decode(reply["value"], Remote)

    def __call__(self, *arguments, **named):
        return call({"what": "call_object", "object": self._number}, arguments, named, "object")

    def __eq__(self, other):  # with values of the tests it is never equal
        return isinstance(other, Remote) and bool(self._method("__eq__", other) is True)

    def __hash__(self):
        return hash(self._number)

    def __getitem__(self, key):
        return self._method("__getitem__", key)

    def __len__(self):
        return self._method("__len__")

    def __iter__(self):
        return iter(self._method("__iter__"))

    def __str__(self):
        return str(self._method("__str__"))


def proxy(name):
    def function(*arguments, **named):
        return call({"what": "call", "name": name}, arguments, named, name)
    function.__name__ = name
    return function


def free_names(trees, known):
    """Names that the tests use and nobody defines: those are the program's."""
    used, bound, bases = set(), set(), set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                bound.add(node.name)
            elif isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                bound.update((a.asname or a.name).split(".")[0] for a in node.names)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                bound.add(node.name)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                bases.add(node.value.id)
    names = used - bound - set(known) - set(dir(builtins))
    return names, names & bases


def finish(outcome, evidence):
    print(json.dumps({"outcome": outcome, "evidence": evidence}))
    sys.stdout.flush()
    sys.exit(0)


def where(e, sources):
    """The line of the test that failed."""
    line = ""
    trace = e.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in sources:
            lines = sources[name].split("\n")
            if 0 < trace.tb_lineno <= len(lines):
                line = lines[trace.tb_lineno - 1].strip()
        trace = trace.tb_next
    return line[:200]


def scope_of(job, trees):
    scope = {"__name__": "tests"}
    try:
        exec(compile(job["prefix"], "prefix", "exec"), scope)
    except Exception:
        pass  # an unfinished function of the prompt
    names, bases = free_names(trees, scope)
    for name in names:
        if name in bases and name in sys.stdlib_module_names:
            scope[name] = __import__(name)
        else:
            scope[name] = proxy(name)
    if job["entry"]:
        scope[job["entry"]] = scope["candidate"] = proxy(job["entry"])
    return scope


def examine_asserts(job):
    sources = {"test %d" % (i + 1): t for i, t in enumerate(job["tests"])}
    try:
        trees = [ast.parse(text, name) for name, text in sources.items()]
    except SyntaxError as e:
        finish("unknown", "the tests are no Python: %s" % e)
    checks = any(isinstance(n, ast.FunctionDef) and n.name == "check" for t in trees for n in t.body)
    scope = scope_of(job, trees)
    asserts = sum(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree))
    try:
        for tree, name in zip(trees, sources):
            exec(compile(tree, name, "exec"), scope)
        if checks and job["entry"]:
            scope["check"](scope[job["entry"]])
    except AssertionError as e:
        finish("wrong", "%s; %s" % (where(e, sources), last_call))
    except (ImportError, SyntaxError) as e:
        finish("wrong" if " raised " in last_call else "unknown", "%s: %s" % (type(e).__name__, e))
    except Exception as e:
        finish("wrong", "%s: %s at %s; %s" % (type(e).__name__, str(e)[:200], where(e, sources),
                                              last_call))
    if last_call == "":
        finish("unknown", "the tests never call the program")
    finish("right", "all tests passed (%d assertions)" % asserts)


def plain(v):
    """Tuples as lists, as JSON has them."""
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, dict):
        return {str(k): plain(x) for k, x in v.items()}
    return v


def close(a, b):
    if isinstance(a, bool) or isinstance(b, bool) or type(a) is str or type(b) is str:
        return type(a) is type(b) and a == b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or (isinstance(a, float) or isinstance(b, float)) and \
            abs(a - b) <= 1e-6 * max(1, abs(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def examine_calls(job):
    function = proxy(job["entry"])
    for i, case in enumerate(job["cases"]):
        which = "test %d of %d" % (i + 1, len(job["cases"]))
        try:
            found = plain(function(*case["arguments"]))
        except Exception as e:
            finish("wrong", "%s: %s: %s" % (which, type(e).__name__, str(e)[:200]))
        expected = case["expected"]
        one = isinstance(expected, list) and len(expected) == 1
        if not close(found, expected) and not (one and close(found, expected[0])):
            finish("wrong", "%s: expected %s; %s" % (which, short(expected), last_call))
    finish("right", "all %d tests passed" % len(job["cases"]))


def main():
    with open("/box/tests.json", encoding="utf-8") as file:
        job = json.load(file)
    try:
        try:
            ask({"prelude": job["kind"] == "call"})
        except Exception as e:
            finish("wrong", "the program does not load: %s: %s" % (type(e).__name__, str(e)[:300]))
        (examine_calls if job["kind"] == "call" else examine_asserts)(job)
    except Gone:
        finish("wrong", "the program ended during the tests; %s" % (last_call or "while it loaded"))
    except Unsendable as e:
        finish("unknown", str(e))


main()
