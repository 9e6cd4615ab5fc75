# The process of the tests: calls the functions of the program, which runs in another process
# (candidate.py), and compares the results. Prints two lines: right, wrong or unknown, and the evidence.
#
#   /box/tests   a value of values.py: ("assert", prefix, [Python text, ..], entry)
#                or ("call", JSON text of [{"arguments": [..], "expected": v}, ..], entry)
import builtins, sys

sys.path.insert(0, "/box")
import values
sys.path[0] = "/usr/lib/python3/dist-packages"

last_call = ""


class CandidateEnded(BaseException):
    """The other process no longer answers, or sends something that is no answer."""


class NotSendable(BaseException):
    """A test passes a value, such as a function, that cannot be sent to the program."""


def short(v, most=160):
    try:
        text = repr(v)
    except Exception:
        text = "?"
    return text if len(text) <= most else text[:most] + "..."


def number_of(v):
    if isinstance(v, Remote):
        return object.__getattribute__(v, "_number")
    raise NotSendable("the test passes %s, which cannot be sent to the program" % short(v))


def exception_of(name, text):
    """The exception that the program raised. StopIteration becomes a RuntimeError, because it would end
    a loop of the tests silently."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and not name.startswith("Stop"):
        try:
            return kind(text)
        except TypeError:  # it requires more arguments
            pass
    return RuntimeError("%s: %s" % (name, text))


def exchange(request):
    """Sends a request; returns the result and the arguments that were changed."""
    try:
        values.send(request, number_of)
        reply = values.receive(Remote)
        if type(reply) is not tuple or len(reply) != 3 or reply[0] not in ("value", "error"):
            raise CandidateEnded
    except (OSError, ValueError, RecursionError):
        raise CandidateEnded from None
    if reply[0] == "error":
        raise exception_of(str(reply[1]), str(reply[2]))
    return reply[1], reply[2]


def call(request, arguments, named, label):
    global last_call
    last_call = "%s(%s)" % (label, ", ".join(short(a, 80) for a in arguments))
    try:
        value, changed = exchange((*request, list(arguments), named))
        for i, after in changed.items():
            replace_content(arguments[i], after)
    except Exception as e:
        last_call += " raised " + short(e)
        raise
    last_call += " gave " + short(value)
    return value


def replace_content(argument, after):
    """Makes a list, dict or set equal to what the program changed it to."""
    if type(argument) is list:
        argument[:] = after
    else:
        argument.clear()
        argument.update(after)


class Remote:
    """An object of the program, represented by its number."""

    def __init__(self, number):
        object.__setattr__(self, "_number", number)

    def _method(self, name, *arguments):
        return call(("method", self._number, name), arguments, {}, name)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return exchange(("get", self._number, name))[0]

    def __call__(self, *arguments, **named):
        return call(("call_object", self._number), arguments, named, "object")

    def __eq__(self, other):  # never equal to a value of the tests
        return isinstance(other, Remote) and self._method("__eq__", other) is True

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


class Name:
    """A name that the tests use and do not define: a function of the program, or a library module."""

    def __init__(self, name):
        self._name = name

    def __call__(self, *arguments, **named):
        return call(("call", self._name), arguments, named, self._name)

    def __getattr__(self, attribute):
        if self._name in sys.stdlib_module_names:
            return getattr(__import__(self._name), attribute)
        raise AttributeError("%s.%s" % (self._name, attribute))


class Names(dict):
    """The builtins of the tests, which Python searches last."""

    def __missing__(self, name):
        if name.startswith("__"):
            raise KeyError(name)
        return Name(name)


def finish(outcome, evidence):
    sys.stdout.buffer.write(("%s\n%s\n" % (outcome, evidence.replace("\n", " "))).encode("utf-8", "replace"))
    sys.stdout.flush()
    sys.exit(0)


def failed_line(e, sources):
    """The line of the test at which it failed."""
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


def scope_of(prefix, entry):
    scope = {"__name__": "tests", "__builtins__": Names(builtins.__dict__)}
    try:
        exec(compile(prefix, "prefix", "exec"), scope)
    except Exception:
        pass  # the prompt ends in an unfinished function
    if entry:
        scope[entry] = scope["candidate"] = Name(entry)
    return scope


def run_tests(codes, scope, entry):
    for code in codes:
        exec(code, scope)
    if entry and "check" in scope:
        scope["check"](scope[entry])


def run_asserts(prefix, tests, entry):
    sources = {"test %d" % (i + 1): text for i, text in enumerate(tests)}
    try:
        codes = [compile(text, name, "exec") for name, text in sources.items()]
    except (SyntaxError, ValueError) as e:
        finish("unknown", "the tests are not Python: %s" % e)
    try:
        run_tests(codes, scope_of(prefix, entry), entry)
    except AssertionError as e:
        finish("wrong", "%s; %s" % (failed_line(e, sources), last_call))
    except ImportError as e:
        finish("wrong" if " raised " in last_call else "unknown", "%s: %s" % (type(e).__name__, e))
    except Exception as e:
        finish("wrong", "%s: %s at %s; %s" % (type(e).__name__, str(e)[:200], failed_line(e, sources), last_call))
    if last_call == "":
        finish("unknown", "the tests never call the program")
    finish("right", "all tests passed (%d assertions)" % sum(text.count("assert") for text in tests))


def plain(v):
    """The value as JSON has it: tuples as lists, keys as strings."""
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, dict):
        return {str(k): plain(x) for k, x in v.items()}
    return v


def close(a, b):
    """Equal, or numbers that differ by 1e-6 of max(1, |b|) where one of them is a float."""
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


def run_calls(cases, entry):
    import json
    cases = json.loads(cases)
    function = Name(entry)
    for i, case in enumerate(cases):
        which = "test %d of %d" % (i + 1, len(cases))
        try:
            found = plain(function(*case["arguments"]))
        except Exception as e:
            finish("wrong", "%s: %s: %s" % (which, type(e).__name__, str(e)[:200]))
        expected = case["expected"]
        one = isinstance(expected, list) and len(expected) == 1
        if not close(found, expected) and not (one and close(found, expected[0])):
            finish("wrong", "%s: expected %s; %s" % (which, short(expected), last_call))
    finish("right", "all %d tests passed" % len(cases))


def main():
    with open("/box/tests", "rb") as file:
        kind, *job = values.decode(file.read(), None)
    try:
        try:
            exchange("prelude" if kind == "call" else "")
        except Exception as e:
            finish("wrong", "the program does not load: %s: %s" % (type(e).__name__, str(e)[:300]))
        (run_calls if kind == "call" else run_asserts)(*job)
    except CandidateEnded:
        finish("wrong", "the program ended during the tests; %s" % (last_call or "while it loaded"))
    except NotSendable as e:
        finish("unknown", str(e))


main()
