"""jinja_pairs.py RENDERER [--count N] [--seed S] [--list L]: random template programs, rendered by Python's Jinja2 as
transformers sets it up and by RENDERER (jinja_render), must give the same text, or fail in both. Exit status 1 if any
differs. Programs are built from the statements, filters, tests and methods that chat templates use, on values of all
kinds, so that many of them fail: an error in one renderer must be an error in the other."""
import argparse, datetime, json, random, subprocess, sys, warnings

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_support"), [], [], body).set_lineno(line)

    def _support(self, caller):
        return caller()


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda f: datetime.datetime(2024, 7, 26).strftime(f)
    return env


VARIABLES = {
    "messages": [{"role": "system", "content": " Be brief.\n"}, {"role": "user", "content": "What is 2 + 2?"},
                 {"role": "assistant", "content": "<think>\nhm\n</think>\n\n4", "tool_calls": [
                     {"type": "function", "function": {"name": "add", "arguments": {"a": 2, "b": [1.5, None, True]}}}]},
                 {"role": "tool", "content": "42", "name": "add"}, {"role": "user", "content": "\u00dcber \u4f60\u597d \U0001f600 it's \"x\""}],
    "tools": [{"type": "function", "function": {"name": "add", "description": "Adds <a> & b's.", "parameters": {
        "type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": ["number", "null"], "default": 1.0}}, "required": ["a"]}}}],
    "documents": None, "add_generation_prompt": True, "bos_token": "<s>", "n": 7, "f": 2.5, "neg": -3, "zero": 0, "empty": "", "none_list": [],
    "text": "  Hello, World \n", "lines": "a\nb\r\n\nc", "items": [3, 1, 2, 1], "words": ["b", "A", "c", "a"], "d": {"z": 1, "a": "x", "items": 2},
    "nested": [[1, 2], ["x", {"k": "v"}]], "pairs": [["a", 1], ["b", 2]], "yes": True, "no": False, "many": list(range(12)),
}
STRINGS = ["''", "'a'", "' x '", "'Hello'", "'</think>'", "'\\n'", "', '", "'\u00e9\u00df'", "'12'", "'3.5'", "\"it's\"", "'a.b.c'", "'content'", "'role'", "'%s-%d'"]
NAMES = list(VARIABLES) + ["missing", "m", "x", "loop", "ns"]
ATTRIBUTES = ["role", "content", "function", "name", "arguments", "tool_calls", "items", "keys", "get", "index0", "first", "last", "length", "a", "z", "missing", "k"]
FILTERS = ["upper", "lower", "trim", "length", "list", "string", "tojson", "first", "last", "title", "capitalize", "int", "float", "abs", "reverse", "sort",
           "unique", "sum", "min", "max", "join", "count", "safe", "e", "wordcount", "dictsort", "items", "round", "d", "urlencode", "indent", "center(9)",
           "join(', ')", "join('-', attribute='role')", "default('q')", "default('q', true)", "tojson(indent=2)", "tojson(separators=(',', ':'))", "tojson(ensure_ascii=true)",
           "tojson(sort_keys=true)", "replace('a', 'b')", "replace('l', 'L', 1)", "map(attribute='role')", "map('upper')", "map('length')", "select('string')", "select",
           "reject('none')", "selectattr('role', 'equalto', 'user')", "selectattr('content')", "rejectattr('role', 'in', ['user'])", "map(attribute='function.name')",
           "trim('a')", "indent(2)", "indent(2, true)", "indent(width=2, blank=true)", "int(3)", "round(1)", "round(method='floor')", "batch(2)", "slice(3)", "truncate(5)", "truncate(5, true)",
           "sort(reverse=true)", "sort(attribute='role')", "format(1)", "attr('role')", "unknown_filter", "float(1.5)", "items|list", "batch(2)|list", "slice(2)|list", "unique|list", "map('int')|list",
           "default(value='z')", "select('even')|list", "select('gt', 1)|list", "map(attribute=0)|list", "reverse|list", "first|first", "groupby('role')", "sum(attribute=1)"]
TESTS = ["defined", "undefined", "none", "string", "number", "mapping", "iterable", "sequence", "true", "false", "boolean", "integer", "float", "odd", "even", "callable",
         "lower", "upper", "divisibleby 2", "divisibleby(3)", "sameas true", "eq 7", "equalto 'a'", "in [1, 2, 'a']", "ne 1", "gt 1", "lt('b')", "ge 0", "unknown_test", "escaped", "none and true"]
METHODS = ["strip()", "lstrip()", "rstrip()", "strip('a ')", "lstrip('\\n')", "split()", "split('a')", "split(',', 1)", "split('\\n')", "rsplit('a', 1)", "rsplit(None, 1)", "splitlines()", "upper()", "lower()",
           "title()", "capitalize()", "startswith('a')", "endswith('o')", "startswith(('a', 'H'))", "find('l')", "rfind('l')", "index('l')", "count('l')", "replace('l', 'L')", "replace('l', 'L', 1)",
           "join(words)", "join(items)", "get('role')", "get('q', 'dflt')", "get('a')", "keys()", "values()", "items()", "items()|list", "keys()|list", "append(1)", "pop()", "update({})", "isdigit()", "isalpha()", "isspace()",
           "isupper()", "format('x', 1)", "partition(',')", "rpartition('l')", "removeprefix('a')", "removesuffix('o')", "zfill(5)", "ljust(8)", "rjust(8, '.')", "center(8)", "swapcase()", "index(1)", "count(1)", "copy()", "nope()"]


# Operations by the kind of their subject; what fails anyway is made by the kind "any".
TYPED = {
    "str": (["text", "lines", "empty", "bos_token", "messages[0].content", "messages[4].content", "m.content", "messages[2]['content']", "tools[0].function.name", "d.a", "words[0]"],
            ["upper", "lower", "trim", "string", "title", "capitalize", "reverse", "safe", "e", "urlencode", "indent", "center(9)", "replace('a', 'b')", "replace('l', 'L', 1)", "trim('a')", "indent(2)", "indent(2, true)",
             "indent(width=2, blank=true)", "truncate(5)", "truncate(5, true)", "default('q')", "default('q', true)", "tojson", "first", "last", "forceescape"],
            ["strip()", "lstrip()", "rstrip()", "strip('a ')", "lstrip('\\n')", "upper()", "lower()", "title()", "capitalize()", "replace('l', 'L')", "replace('l', 'L', 1)", "replace('', '-')", "removeprefix('a')", "removesuffix('o')",
             "zfill(5)", "ljust(8)", "rjust(8, '.')", "center(8)", "center(11)", "swapcase()", "split('</think>')[-1]", "split('a')[0]", "split()|join('+')", "format(1, 'x')", "partition(',')[2]", "rpartition('l')[0]", "join(words)"]),
    "list": (["messages", "items", "words", "many", "nested", "pairs", "tools", "none_list", "messages[1:]", "d.items()|list", "text.split()", "lines.splitlines()", "range(5)", "messages[2].tool_calls", "d.keys()|list", "'a,b,,c'.split(',')",
              "text.rsplit(None, 1)", "lines.split('\\n')", "[1, 'x', none, 2.5]", "(1, 2)", "'abc'|list", "d|dictsort", "text.partition(',')"],
             ["list", "reverse|list", "map('string')|list", "map('upper')|list", "select|list", "select('string')|list", "reject('none')|list", "selectattr('role', 'equalto', 'user')|list", "selectattr('content')|list", "batch(2)|list",
              "rejectattr('role', 'in', ['user'])|list", "map(attribute='role')|list", "map(attribute='role', default='?')|list", "slice(3)|list", "unique|list", "sort", "sort(reverse=true)", "map('length')|list", "select('mapping')|list", "sort(attribute='role')", "default([])"],
             ["copy()"]),
    "int": (["n", "neg", "zero", "items[0]", "loop.index", "loop.index0", "messages|length", "text|length", "3", "10", "many[-1]", "f", "1.5", "d.z", "tools|count"],
            ["int", "abs", "float", "round(1)", "round", "string|int", "round(method='floor')", "default(3)"], []),
    "bool": (["true", "false", "yes", "no", "add_generation_prompt", "loop.first", "loop.last", "tools", "documents", "missing", "missing is defined", "messages[0].role == 'system'", "m.role != 'user'", "'a' in text", "n > 3", "not yes",
              "tools is not none", "m is mapping", "m.content is string", "documents is none", "loop.index0 % 2 == 0", "m is defined and m.role", "messages[0]['role'] == 'system'", "text is string", "n is odd", "'think' in m.content", "x is undefined", "tools is iterable and tools is not mapping"],
             ["default(false)", "string|length > 4"], []),
    "dict": (["messages[0]", "messages[2]", "m", "d", "tools[0].function", "tools[0]", "{'a': 1, 'b': [1, 2]}", "messages[2].tool_calls[0].function.arguments", "dict(a=1)", "nested[1][1]"],
             ["default({})"], ["copy()"]),
}


class Maker:
    def __init__(self, rng):
        self.rng, self.depth, self.loops = rng, 0, 0

    def pick(self, xs):
        return self.rng.choice(xs)

    def expr(self, kind=None):
        self.depth += 1
        try:
            return self.typed(kind or self.pick(["str", "str", "list", "int", "bool", "dict"]))
        finally:
            self.depth -= 1

    def typed(self, kind):
        r = self.rng.random()
        if r < 0.02: return self.anything()
        names, filters, methods = TYPED[kind]
        if self.depth > 5 or r < 0.3:
            name = self.pick(names)
            return name if self.loops or not name.startswith("loop") else self.pick(names[:3])
        sub = lambda k: "(" + self.expr(k) + ")"
        if r < 0.45: return sub(kind) + "|" + self.pick(filters)
        if r < 0.55 and methods: return sub(kind) + "." + self.pick(methods)
        if r < 0.62: return f"({sub(kind)} if {self.expr('bool')} else {sub(kind)})"
        if r < 0.66: return f"{sub(kind)} {self.pick(['and', 'or'])} {sub(kind)}"
        return getattr(self, "make_" + kind)(sub)

    def make_str(self, sub):
        return self.pick([lambda: f"{sub('str')} + {sub('str')}", lambda: f"{sub('str')} ~ {self.expr()}", lambda: f"{sub('str')}[{self.slice()}]", lambda: self.pick(STRINGS), lambda: f"{sub('list')}|join({self.pick(STRINGS)})",
                          lambda: f"{sub(None)}|tojson{self.pick(['', '', '(indent=2)', '(separators=(chr, chr))'.replace('chr', chr(39) + ':' + chr(39)), '(ensure_ascii=true)', '(sort_keys=true)', '(indent=4)'])}", lambda: f"{sub('dict')}.get('role', 'none')",
                          lambda: f"{sub(None)}|string", lambda: f"'%s: %5d|%-4s|%05.1f %%' % ({sub('str')}, {sub('int')}, {sub('int')}, {sub('int')})", lambda: f"'{{}}-{{:>6}}'.format({sub('str')}, {sub('int')})", lambda: f"{sub('str')} * 2", lambda: f"mac({self.expr()})",
                          lambda: f"'{{a:<5}}{{b!r}}{{0}}'.format({self.expr()}, a={sub('str')}, b={sub('str')})"])()

    def make_list(self, sub):
        return self.pick([lambda: f"{sub('list')} + {sub('list')}", lambda: f"{sub('list')}[{self.slice()}]", lambda: "[" + ", ".join(self.expr() for _ in range(3)) + "]", lambda: f"{sub('dict')}.items()|list", lambda: f"{sub('str')}.split({self.pick(STRINGS[1:])})"])()

    def make_int(self, sub):
        return self.pick([lambda: f"{sub('int')} {self.pick(['+', '-', '*', '//', '%', '/', '**'])} {self.pick(['2', '3', '-2', sub('int')])}", lambda: f"{sub('list')}|length", lambda: f"{sub('str')}.find({self.pick(STRINGS)})", lambda: f"{sub('str')}.count('l')",
                          lambda: f"-{sub('int')}", lambda: f"{sub('str')}|int(4)", lambda: f"{sub('str')}|float", lambda: f"{sub('str')}|wordcount"])()

    def make_bool(self, sub):
        return self.pick([lambda: f"{sub(None)} is {self.pick(['', 'not '])}{self.pick(TESTS[:17])}", lambda: f"{sub('str')} {self.pick(['==', '!=', '<', '>=', 'in', 'not in'])} {sub('str')}", lambda: f"{sub('int')} {self.pick(['==', '!=', '<', '>='])} {sub('int')}",
                          lambda: f"not {sub('bool')}", lambda: f"{sub('str')}.{self.pick(['startswith', 'endswith'])}({self.pick(STRINGS)})", lambda: f"{sub(None)} in {sub('list')}", lambda: f"{sub('str')} in {sub('dict')}", lambda: f"{sub('list')} == {sub('list')}",
                          lambda: f"1 < {sub('int')} <= 7", lambda: f"{sub('str')}.{self.pick(['isdigit', 'isalpha', 'isspace', 'isupper', 'islower', 'isalnum'])}()", lambda: f"{sub('int')} is {self.pick(TESTS[13:])}"])()

    def make_dict(self, sub):
        return self.pick([lambda: "{" + f"'role': {self.expr()}, {self.pick(STRINGS)}: {self.expr()}" + "}", lambda: f"dict({sub('dict')}, b={self.expr()})", lambda: "messages|first", lambda: "messages|last", lambda: "messages[-1]"])()

    def anything(self):
        r = self.rng.random()
        e = "(" + self.expr() + ")"
        if r < 0.2: return f"{e}.{self.pick(ATTRIBUTES)}"
        if r < 0.4: return f"{e}[{self.pick(ATTRIBUTES)!r}]"
        if r < 0.6: return f"{e}|{self.pick(FILTERS)}"
        if r < 0.8: return f"{e}.{self.pick(METHODS)}"
        return f"{e} {self.pick(['+', '-', '*', '/', '<', 'in', '=='])} ({self.expr()})"

    def slice(self):
        part = lambda: self.pick(["", "", str(self.rng.randrange(-4, 6))])
        return self.pick([f"{part()}:{part()}", f"{part()}:{part()}:{self.pick(['', '-1', '2', '-2'])}", "::-1", "1:", ":-1"])

    def sign(self):
        return self.pick(["", "", "-", "-", "+"])

    def block(self, text):
        return "{%" + self.sign() + " " + text + " " + self.pick(["", "", "-"]) + "%}"

    def data(self):
        return self.pick(["", "\n", "  ", "x", "  \n  ", "A: ", "\n\n", "<|im_start|>", "  y\n", "{# c #}", "\n  {#- c -#}  \n", "\t\n"])

    def body(self):
        self.depth += 1
        out = "".join(self.data() + self.statement() for _ in range(self.rng.randrange(1, 4))) + self.data()
        self.depth -= 1
        return out

    def statement(self):
        r = self.rng.random()
        if self.depth > 4 or r < 0.42: return "{{" + self.pick(["", "", "-"]) + " " + self.expr() + " " + self.pick(["", "", "-"]) + "}}"
        b = self.block
        if r < 0.56:
            target = self.pick(["m", "m", "m", "m", "x", "k, v"])
            what = self.pick(["messages", "items", "words", "many", "d.items()", "pairs", "tools", "messages[1:]", "messages[::-1]", "range(3)", self.expr('list')])
            inner = self.pick(["", "", "{{ loop.index }}", "{{ loop.last }}", "{{ loop.previtem is defined }}", "{% if loop.index0 == 1 %}{% continue %}{% endif %}", "{% if loop.index > 2 %}{% break %}{% endif %}", "{{ loop.cycle('a', 'b') }}",
                               "{{ loop.revindex }}{{ loop.length }}", "{{ loop.nextitem is defined }}", "{{ loop.changed(m) }}", "{{ loop.nope }}"])
            condition = self.pick(["", "", "", f" if {self.pick(['m', 'x', 'm.role', 'm is string', self.expr('bool')])}"])
            if target == "k, v": what = self.pick(["d.items()", "pairs", "tools[0].function.items()", "messages[0]|items", "d|dictsort", "messages|map('list')"])
            other = self.pick(["", "", b("else") + self.body()])
            self.loops += 1
            body = self.body()
            self.loops -= 1
            return b(f"for {target} in {what}{condition}") + inner + body + other + b("endfor")
        if r < 0.70:
            mid = self.pick(["", b("else") + self.body(), b('elif ' + self.expr('bool')) + self.body() + b("else") + self.body()])
            return b('if ' + self.expr('bool')) + self.body() + mid + b("endif")
        if r < 0.80: return b(self.pick([f"set x = {self.expr('str')}", f"set m = {self.expr('dict')}", f"set x, m = {self.expr('str')}, {self.expr('dict')}", f"set x = {self.expr()}"])) + "{{ x }}"
        if r < 0.83: return b(f"set {self.pick(['x', 'x | upper', 'x|trim|length'])}") + self.body() + b("endset") + "{{ x }}"
        if r < 0.86: return b(f"filter {self.pick(['upper', 'trim', 'indent(2)', 'replace(1, 2)'])}") + self.body() + b("endfilter")
        if r < 0.89: return b(f"macro nac({self.pick(['', 'a', 'a, b=1', 'a=x, b=a'])})") + self.pick(["{{ a }}", "{{ b }}", "{{ varargs }}{{ kwargs }}", "{{ kwargs }}", "{{ caller is defined }}", ""]) + self.body() + b("endmacro") + "{{ nac(" + self.pick(["", self.expr(), f"b={self.expr()}", "*items[:2]", "**{'b': 2}"]) + ") }}"
        if r < 0.91: return b(self.pick(["call(q) cac()", "call(q) cac(1)", f"call(q) cac({self.expr()})"])) + self.body() + b("endcall")
        if r < 0.93: return b(f"with x = {self.expr('str')}, q = x") + self.body() + b("endwith")
        if r < 0.95: return b("generation") + self.body() + b("endgeneration")
        if r < 0.97: return b("set ns = namespace(v=" + self.expr() + ")") + b("for m in messages") + b("set ns.v = " + self.expr()) + b("endfor") + "{{ ns.v }}"
        if r < 0.98: return b("raw") + self.data() + "{{ x }}" + b("endraw")
        return "{{ strftime_now('%d %b %Y, %A %j') }}"

    def template(self):
        define = self.block("macro mac(" + self.pick(["a", "a, b=1", "a='z', b=a", "a=none"]) + ")") + "[{{ a }}" + self.pick(["", "{{ b }}", "{{ varargs|length }}", "{{ caller is defined }}"]) + "]" + self.block("endmacro")
        return define + "{% macro cac(a=2) %}<{{ caller(a) }}|{{ a }}>{% endmacro %}{% set m = {'role': 'user', 'content': 'Hi, <b>you</b>'} %}{% set x = 'X' %}{% set q = 1 %}" + self.body()


def python_render(env, source):
    try:
        return env.from_string(source).render(**json.loads(json.dumps(VARIABLES)))
    except Exception as e:  # any failure counts as one
        return e


def skip(text):
    """Texts that depend on addresses or on what the C renderer does not have."""
    return isinstance(text, str) and "generator object" in text.lower() or isinstance(text, str) and any(s in text for s in (" object at 0x", "<function ", "<Macro ", "<bound method", "<built-in", "<LoopContext", "<class ", "Undefined", "Markup", "range(", "environmentfunction", "<itertools", "<Cycler"))


def refused(error):
    """Errors by which the C renderer refuses what it does not support, or finds earlier than a generator of Jinja2 does."""
    return any(s in error for s in ("unknown filter", "unknown test", "not supported", "too large", "too long", "is not a possible", "generator cannot be printed", "cannot be printed", "is not iterable", "item pairs", "recursive loops", "more than", "unsupported format", "nested"))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("renderer"); a.add_argument("--count", type=int, default=2000); a.add_argument("--seed", type=int, default=0); a.add_argument("--list", type=int, default=5)
    a.add_argument("--errors", type=int, default=0)
    o = a.parse_args()
    warnings.simplefilter("ignore")
    env, rng = environment(), random.Random(o.seed)
    sources = [Maker(rng).template() for _ in range(o.count)]
    lines = "".join(json.dumps({"template": s, "variables": VARIABLES, "now": "2024-07-26"}) + "\n" for s in sources)
    p = subprocess.run([o.renderer], input=lines, capture_output=True, text=True)
    outs = [json.loads(l) for l in p.stdout.split("\n") if l]
    if p.returncode != 0 or len(outs) != len(sources):
        print(f"the renderer ended after {len(outs)} of {len(sources)} with status {p.returncode}: {p.stderr[-500:]}\n{sources[len(outs)] if len(outs) < len(sources) else ''!r}"); return 1
    kinds = {}
    same = failed = refusals = skipped = wrong = 0
    for s, out in zip(sources, outs):
        e = python_render(env, s)
        if skip(e) or isinstance(e, (RecursionError, MemoryError, AssertionError, SystemError)): skipped += 1
        elif isinstance(e, str) and out.get("text") == e: same += 1
        elif isinstance(e, Exception) and "error" in out:
            failed += 1
            kinds[str(e)[:60]] = kinds.get(str(e)[:60], 0) + 1
        elif "No filter named" in str(e) or "No test named" in str(e): skipped += 1  # Jinja2 looks into branches that are not taken
        elif isinstance(e, str) and "error" in out and refused(out["error"]): refusals += 1
        else:
            wrong += 1
            if wrong <= o.list: print(f"--- {s!r}\n  jinja2: {e!r}\n  here:   {out.get('text', out.get('error'))!r}")
    if o.errors:
        for n, t in sorted(((n, t) for t, n in kinds.items()), reverse=True)[:o.errors]: print(n, t)
    print(f"{o.count} programs: {same} with the same text, {failed} fail in both, {refusals} refused, {skipped} skipped, {wrong} wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
