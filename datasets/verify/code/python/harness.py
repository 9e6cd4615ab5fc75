# The process of the tests: calls the functions of the program, which runs in another process
# (candidate.py), and compares the results. The verdict, two lines (right, wrong or unknown, and the
# evidence), goes to a descriptor that only this process has; what the tests print goes nowhere.
#
#   /box/tests   a value of values.py: ("assert", code before the tests, [Python text, ..], entry)
#                or ("call", JSON text of [{"arguments": [..], "expected": v}, ..], entry, wrapped)
#
# objects.py and test_text.py hold what only some tests need; they are loaded then, since starting this process
# is most of the time of a verdict.
import builtins, os, sys

sys.path.insert(0, "/box")
import values
sys.path[0] = "/usr/lib/python3/dist-packages"

VERDICT_FD = 4
sys.modules["harness"] = sys.modules["__main__"]
last_call = ""
asked = False  # the tests have used the program
objects_in_words = False  # in the evidence, where no further question may be asked


class CandidateEnded(BaseException):
    """The other process no longer answers, or sends something that is no answer."""


class Undecided(BaseException):
    """The tests say nothing about the program, for the reason given."""


class Missing(NameError):
    """The program does not define a name."""


def short(v, most=160):
    global objects_in_words
    objects_in_words = True
    try:
        text = repr(v)
    except Exception:
        text = "?"
    objects_in_words = False
    return text if len(text) <= most else text[:most] + "..."


def finish(outcome, evidence):
    """Sends the verdict and ends the process, so that nothing can follow it."""
    line = " ".join(evidence.split())
    os.write(VERDICT_FD, ("%s\n%s\n" % (outcome, line)).encode("utf-8", "replace"))
    os._exit(0)


def part(name):
    """A module of /box."""
    sys.path.insert(0, "/box")
    try:
        return __import__(name)
    finally:
        sys.path.remove("/box")


# --- the program -------------------------------------------------------------------------------------------

exceptions = {}  # by name: what stands for an exception class of the program


def exception_class(names):
    """The class of the tests for one of the program, whose classes have these names. Exceptions that end a
    loop or a generator of the tests silently become a RuntimeError."""
    found = RuntimeError
    for name in reversed([str(name)[:100] for name in names][:50]):
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            if name in ("SystemExit", "KeyboardInterrupt") or issubclass(kind, Exception):
                found = RuntimeError if kind in (Exception, StopIteration, StopAsyncIteration) else kind
            continue
        if name != "object":
            found = exceptions.setdefault(name, type(name, (found,), {}))
    return found


def exception_of(names, arguments):
    kind = exception_class(names)
    name = str(names[0]) if names else ""
    if kind is RuntimeError and name != "RuntimeError":
        return kind("%s: %s" % (name, ", ".join(map(str, arguments))))
    try:
        return kind(*arguments)
    except Exception:  # it requires other arguments
        return RuntimeError("%s: %s" % (name, arguments))


def is_remote(v):
    return values.OBJECT is not None and type(v) is values.OBJECT


def number_of(v):
    if type(v) is Function:
        v = v.remote()
    if is_remote(v):
        return v._remote_number
    raise Undecided("the test passes %s, which cannot be sent to the program" % short(v))


def received(number, kind):
    return part("objects").received(number, kind)


class EndOfItems(Exception):
    pass


def exchange(request):
    """Sends a request; returns the result and the arguments that were changed."""
    global asked
    asked = asked or request[0] not in ("load", "name", "object")
    if copies:
        write_back()
    try:
        values.send(request, number_of)
        reply = values.receive(received)
        if type(reply) is not tuple or len(reply) != 4 or type(reply[3]) is not str:
            raise CandidateEnded
        kind, result, more, text = reply
        if text:
            sys.stdout.write(text)
        if kind == "error" and type(result) is list and type(more) is tuple:
            error = exception_of(result, more)
        elif kind != "value" or type(more) is not dict:
            raise CandidateEnded
    except (OSError, ValueError, RecursionError):
        raise CandidateEnded from None
    if kind == "value":
        return result, more
    if request[:2] == ("operate", "next") and result[:1] == ["StopIteration"]:
        raise EndOfItems
    raise error


def call(request, arguments, named, label):
    global last_call
    last_call = "%s(%s)" % (label, ", ".join(short(a, 80) for a in arguments))
    try:
        value, changed = exchange((*request, list(arguments), named))
        for place, after in changed.items():
            replace_content(named[place] if type(place) is str else arguments[place], after)
    except (Exception, SystemExit, KeyboardInterrupt) as e:
        last_call += " raised " + short(e)
        raise
    last_call += " gave " + short(value)
    return value


copies = []  # lists, dicts and sets of the program's objects that the tests may change: where, value, as sent


def copied(value, *place):
    if type(value) in (list, dict, set):
        copies.append((place, value, encoded(value)))
        del copies[:-16]
    return value


def encoded(v):
    out = bytearray()
    values.encode(out, v, number_of)
    return out


def write_back():
    """Makes the changes of the tests in the program's process too."""
    global copies
    changed = [(place, value) for place, value, before in copies if encoded(value) != before]
    if changed:
        copies = []
    for (kind, owner, name), value in changed:
        operate("replace " + kind, owner, name, value)


def replace_content(argument, after):
    """Makes a list, dict or set equal to what the program changed it to."""
    if type(argument) is list:
        argument[:] = after
    else:
        argument.clear()
        argument.update(after)


def operate(operation, *operands):
    """The result of an operation, which the program's process carries out."""
    return exchange(("operate", operation, list(operands)))[0]


# --- names of the tests ------------------------------------------------------------------------------------


class Library:
    """A module that the tests use without importing it; the program may define a function of that name."""

    def __init__(self, name):
        self._name = name

    def __call__(self, *arguments, **named):
        return resolve(self._name)(*arguments, **named)

    def __getattr__(self, attribute):
        module = __import__(self._name)
        return getattr(module if hasattr(module, attribute) else resolve(self._name), attribute)


class Function:
    # A function of the program, called by its name.
    __slots__ = ("__name__",)

    def __init__(self, name):
        self.__name__ = name

    def __call__(self, *arguments, **named):
        return call(("call", self.__name__), arguments, named, self.__name__)

    def remote(self):
        """It as an object of the program."""
        return exchange(("object", self.__name__))[0]

    def __getattr__(self, attribute):
        return getattr(self.remote(), attribute)

    __doc__ = property(lambda self: self.remote().__doc__)


def resolve(name):
    """The object of the program that a name stands for. A Missing if there is none."""
    try:
        found = exchange(("name", name))[0]
    except NameError as e:
        raise Missing(str(e)) from None
    if type(found) is not tuple or len(found) != 2:
        raise CandidateEnded
    what, value = found
    if what == "exception" and type(value) is list:
        return exception_class(value)
    if what == "function":
        return Function(name)
    return value._remote_named(name) if is_remote(value) else value


class Names(dict):
    """The builtins of the tests, which Python searches last."""

    def __missing__(self, name):
        if name.startswith("__"):
            raise KeyError(name)
        if name in sys.stdlib_module_names:
            return Library(name)
        value = resolve(name)
        if type(value) is Function or is_remote(value):
            self[name] = value
        return value


own_texts = []  # the tests: code in them may be evaluated here


def is_own(code):
    if isinstance(code, (bytes, bytearray)):
        code = code.decode("latin-1")
    return not isinstance(code, str) or any(str.__str__(code) in text for text in own_texts)


def evaluate(code, *scopes):
    """`eval` of the tests. A text of the program is evaluated in the program's process."""
    if not is_own(code):
        return operate("eval", code, *[s for s in scopes if s is not None])
    frame = sys._getframe(1)
    return eval(code, *(scopes or (frame.f_globals, frame.f_locals)))


def execute(code, *scopes):
    """`exec` of the tests, for their own texts."""
    if not is_own(code):
        raise Undecided("the tests execute what the program returned")
    frame = sys._getframe(1)
    exec(code, *(scopes or (frame.f_globals, frame.f_locals)))


def compile_own(code, *more, **named):
    """`compile` of the tests, likewise."""
    if not is_own(code):
        raise Undecided("the tests compile what the program returned")
    return compile(code, *more, **named)


def guard_pickles(event, arguments):
    """A pickle of the program may name any function, which would be called here."""
    if event == "pickle.find_class":
        raise Undecided("the tests read a pickle of the program")


def is_same(a, b):
    """`a is b`, also for objects of the program, which may have arrived twice."""
    return a is b or is_remote(a) and is_remote(b) and a._remote_number == b._remote_number


class TypeName:
    """`type` of the tests, for which the class of an object of the program is the program's."""

    def __call__(self, *arguments):
        return arguments[0].__class__ if len(arguments) == 1 else type(*arguments)

    def __instancecheck__(self, value):
        return isinstance(value, type)

    def __mro_entries__(self, bases):
        return (type,)

    def __eq__(self, other):
        return other is self or other is type

    __hash__ = object.__hash__


# --- assertions --------------------------------------------------------------------------------------------


class Sink:
    """Where the tests print to: the first bytes are kept, for tests that read them back."""

    encoding, errors, closed, name = "utf-8", "strict", False, "<stdout>"

    def __init__(self):
        self._parts, self._room = [], 1 << 20

    def write(self, text):
        self._parts.append(str(text)[:self._room])
        self._room -= len(self._parts[-1])
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def getvalue(self):
        return "".join(self._parts)

    def flush(self):
        pass

    def isatty(self):
        return False

    def writable(self):
        return True

    buffer = property(lambda self: Sink())


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


def compiled(sources, defined):
    """The code of each test, and the builtin that is tested."""
    parsed = dict(sources)  # trees where they are needed, as a long text takes long
    for name, text in sources.items():
        by_identity = " is " in text and len(text) < 200000
        if by_identity or defined:
            parsed[name] = compile(text, name, "exec", 0x400)
        if by_identity:
            part("test_text").replace_is(parsed[name])
    builtin = part("test_text").tested_builtin(parsed.values(), set(defined)) if defined else ""
    if builtin is None:
        finish("unknown", "the tests and the program use several names of Python's own functions")
    return [compile(tree, name, "exec") for name, tree in parsed.items()], builtin


def scope_of(prefix, entry):
    own = {**builtins.__dict__, "is same": is_same, "type": TypeName(), "exit": sys.exit, "quit": sys.exit,
           "eval": evaluate, "exec": execute, "compile": compile_own}
    scope = {"__name__": "tests", "__builtins__": Names(own)}
    try:
        exec(compile(prefix, "prefix", "exec"), scope)
    except Exception:
        pass  # names that it lacks are the program's
    for name, v in list(scope.items()):  # a class whose method is tested is the program's
        if entry and type(v) is type and v.__module__ == "tests" and hasattr(v, entry):
            del scope[name]
    return scope


class Absent:
    """A function that the program does not define, which tests of a class may not need."""

    def __init__(self, reason):
        self._reason = reason

    def __call__(self, *arguments, **named):
        raise Missing(self._reason)


def entry_of(name):
    try:
        return resolve(name)
    except Missing as e:
        return Absent(str(e))


def run_tests(codes, prefix, entry):
    scope = scope_of(prefix, entry)
    if entry:
        function = scope[entry] = scope["candidate"] = entry_of(entry)
    for code in codes:
        exec(code, scope)
    if entry and type(scope.get("check")) is type(run_tests):
        scope["check"](function)


def run_asserts(defined, prefix, tests, entry):
    sources = {"test %d" % (i + 1): text for i, text in enumerate(tests)}
    own_texts.extend([prefix, *tests])
    if any("pickle" in text or "shelve" in text for text in own_texts):
        sys.addaudithook(guard_pickles)
    try:
        codes, builtin = compiled(sources, defined)
    except (SyntaxError, ValueError, RecursionError) as e:
        finish("unknown", "the tests are not Python: %s" % e)
    try:
        run_tests(codes, prefix, entry or builtin)
    except Missing as e:
        finish("wrong", str(e))
    except AssertionError as e:
        finish("wrong", "%s; %s" % (failed_line(e, sources), last_call))
    except (SystemExit, KeyboardInterrupt, ImportError) as e:
        finish("wrong" if " raised " in last_call else "unknown", "%s: %s" % (type(e).__name__, e))
    except Exception as e:
        finish("wrong", "%s: %s at %s; %s" % (type(e).__name__, str(e)[:200], failed_line(e, sources), last_call))
    if not asked:
        finish("unknown", "the tests never call the program")
    finish("right", "all tests passed (%d assertions)" % sum(text.count("assert") for text in tests))


# --- calls -------------------------------------------------------------------------------------------------


def plain(v):
    """The value as JSON has it: tuples as lists, keys as strings."""
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, dict):
        return {str(k): plain(x) for k, x in v.items()}
    return v


def close(a, b):
    """Equal, or numbers that differ by 1e-6 of max(1, |b|) where one of them is a float."""
    if is_remote(a):
        return False
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


def run_calls(cases, entry, wrapped):
    import json
    cases = json.loads(cases)
    wrapped = wrapped and all(type(case["expected"]) is list and len(case["expected"]) == 1 for case in cases)
    for i, case in enumerate(cases):
        which = "test %d of %d" % (i + 1, len(cases))
        expected = case["expected"]
        try:
            found = plain(call(("call", entry), case["arguments"], {}, entry))
            same = close(found, expected) or wrapped and close(found, expected[0])
        except (Exception, SystemExit, KeyboardInterrupt) as e:
            finish("wrong", "%s: %s: %s" % (which, type(e).__name__, str(e)[:200]))
        if not same:
            finish("wrong", "%s: expected %s; %s" % (which, short(expected), last_call))
    finish("right", "all %d tests passed" % len(cases))


def main():
    sys.stdout = Sink()
    with open("/box/tests", "rb") as file:
        kind, *job = values.decode(file.read(), None)
    try:
        try:
            defined = exchange(("load", kind == "call"))[0]
        except (Exception, SystemExit, KeyboardInterrupt) as e:
            finish("wrong", "the program does not load: %s: %s" % (type(e).__name__, str(e)[:300]))
        if kind == "call":
            run_calls(*job)
        run_asserts(defined if type(defined) is list else [], *job)
    except CandidateEnded:
        finish("wrong", "the program ended during the tests; %s" % (last_call or "while it loaded"))
    except Undecided as e:
        finish("unknown", str(e))
    except BaseException as e:
        finish("wrong", "%s: %s; %s" % (type(e).__name__, str(e)[:200], last_call))


main()
