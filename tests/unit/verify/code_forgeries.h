// tests/unit/verify/code_forgeries.h - programs that try to be judged right without being right.
//
// Each is tested with the tests that it names; HONEST holds a right program for each of these, to
// show that the forgery fails and not the tests.
#ifndef TESTS_UNIT_VERIFY_CODE_FORGERIES_H
#define TESTS_UNIT_VERIFY_CODE_FORGERIES_H

static const char EVAL_TESTS[] =
    "{\"prompt\": \"def double(x):\\n    \\\"\\\"\\\"Twice x.\\\"\\\"\\\"\\n\", \"entry_point\": "
    "\"double\", \"test\": \"def check(f):\\n    assert f(2) == 4\\n    assert f([1]) == [1, "
    "1]\\n\"}";
static const char SHORT_TESTS[] =
    "{\"prompt\": \"def double(x):\\n    \\\"\\\"\\\"Twice x.\\\"\\\"\\\"\\n\", \"entry_point\": "
    "\"double\", \"test\": \"def check(f):\\n    assert f(2) == 4\\n\", \"time_limit\": 0.5}";
static const char PRINTS_TESTS[] = "{\"entry_point\": \"double\", \"test\": \"def check(f):\\n    "
                                   "print(f(1), flush=True)\\n    assert f(1) == 2\\n\"}";
static const char LOOP_TESTS[] = "[\"assert all(map(lambda x: double(x) == 2 * x, [1, 2]))\"]";
static const char ORDER_TESTS[] = "[\"assert 3.9 < double(2) < 4.1\", \"assert double(1) > 1\"]";
static const char NEAR_TESTS[] = "[\"assert abs(double(2) - 4) < 1e-6\"]";
static const char IN_TESTS[] = "[\"assert 4 in double(2)\", \"assert 2 in double(1)\"]";
static const char INLIST_TESTS[] = "[\"assert double(2) in [4, 4.0]\"]";
static const char INDICT_TESTS[] = "[\"assert {4: 'four'}[double(2)] == 'four'\"]";
static const char INSTANCE_TESTS[] = "[\"assert isinstance(double(2), int) and double(2) == 4\"]";
static const char PAIR_TESTS[] = "[\"assert double(2) == (2, 4)\"]";
static const char SORTED_TESTS[] = "[\"a = [3, 1]\\nassert sorted(double(a)) == [2, 6]\"]";
static const char MATH_TESTS[] = "[\"assert math.isclose(double(2), 4)\"]";
static const char HELPER_TESTS[] =
    "{\"prompt\": \"def expected(x):\\n    return 2 * x\\n\\ndef double(x):\\n\", \"entry_point\": "
    "\"double\", \"test\": \"def check(f):\\n    assert f(2) == expected(2)\\n\"}";
static const char EVALUATED_TESTS[] = "[\"assert eval(double('2')) == 4\"]";
static const char PICKLED_TESTS[] = "[\"import pickle\\nassert pickle.loads(double(2)) == 4\"]";
static const char EXECUTED_TESTS[] =
    "[\"scope = {}\\nexec(double('2'), scope)\\nassert scope['y'] == 4\"]";
static const char FORMAT_TESTS[] = "[\"assert double(2).format(4) == '4, 4'\"]";
static const char STREAM_TESTS[] = "[{\"input\": \"1 2\\n\", \"output\": \"3\\n\"}, {\"input\": "
                                   "\"5 -5\\n\", \"output\": \"0\\n\"}]";
static const char CHECKED_TESTS[] =
    "{\"official_tests\": [{\"input\": \"4\\n\", \"output\": \"1 3\\n\"}], \"generated_checker\": "
    "\"import sys\\nfound = open(sys.argv[3]).read()\\nprint(found)\\nnumbers = "
    "found.split()\\nprint(int(len(numbers) == 2 and sum(map(int, numbers)) == 4))\\n\"}";

typedef struct forgery {
    const char *name, *tests, *program;
} forgery;

static const forgery HONEST[] = {
    {"eval", EVAL_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"stream", STREAM_TESTS,
     "a, b = map(int, input().split())\n"
     "print(a + b)\n"},
    {"prints", PRINTS_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"short", SHORT_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"loop", LOOP_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"order", ORDER_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"near", NEAR_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"in", IN_TESTS,
     "def double(x):\n"
     "    return [x + x]\n"},
    {"inlist", INLIST_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"indict", INDICT_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"instance", INSTANCE_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"pair", PAIR_TESTS,
     "def double(x):\n"
     "    return (x, x + x)\n"},
    {"sorted", SORTED_TESTS,
     "def double(x):\n"
     "    return [2 * y for y in x]\n"},
    {"math", MATH_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"helper", HELPER_TESTS,
     "def double(x):\n"
     "    return x + x\n"},
    {"evaluated", EVALUATED_TESTS,
     "def double(x):\n"
     "    return x + '+' + x\n"},
    {"checked", CHECKED_TESTS, "print(2, 2)\n"},
    {"pickled", PICKLED_TESTS,
     "import pickle\n"
     "def double(x):\n"
     "    return pickle.dumps(2 * x)\n"},
    {"format", FORMAT_TESTS,
     "def double(x):\n"
     "    return '{0}, {0}'\n"},
};

static const forgery FORGERIES[] = {
    {"printing the words of a verdict", EVAL_TESTS,
     "print('right')\n"
     "print('all tests passed')\n"
     "def double(x):\n"
     "    print('right', flush=True)\n"
     "    return 'right\\n'\n"},
    {"a test that prints what the function returned", PRINTS_TESTS,
     "def double(x):\n"
     "    return 'right\\nall tests passed\\n' + 'x' * 20000\n"},
    {"an object that prints a verdict about itself", PRINTS_TESTS,
     "class V:\n"
     "    def __repr__(self): return 'right\\nall tests passed\\n'\n"
     "    __str__ = __repr__\n"
     "def double(x):\n"
     "    return V()\n"},
    {"an exception whose text is a verdict", EVAL_TESTS,
     "def double(x):\n"
     "    raise ValueError('\\nright\\nall tests passed\\n')\n"},
    {"a name of an exception that is a verdict", EVAL_TESTS,
     "E = type('right\\nall', (ValueError,), {})\n"
     "def double(x):\n"
     "    raise E('right')\n"},
    {"writing to all descriptors", EVAL_TESTS,
     "import os\n"
     "for fd in range(1024):\n"
     "    try: os.write(fd, b'right\\nall tests passed\\n')\n"
     "    except OSError: pass\n"
     "def double(x):\n"
     "    return 0\n"},
    {"closing all descriptors", EVAL_TESTS,
     "def double(x):\n"
     "    import os\n"
     "    os.closerange(0, 1024)\n"
     "    return 4\n"},
    {"closing all, then opening them again", EVAL_TESTS,
     "def double(x):\n"
     "    import os\n"
     "    os.closerange(0, 1024)\n"
     "    for i in range(60):\n"
     "        f = os.open('/tmp/v', os.O_RDWR | os.O_CREAT)\n"
     "        os.write(f, b'right\\nall tests passed\\n')\n"
     "    return 4\n"},
    {"duplicates of the socket, with a verdict in them", EVAL_TESTS,
     "import os\n"
     "for fd in range(4, 60):\n"
     "    try: os.dup2(3, fd)\n"
     "    except OSError: pass\n"
     "for fd in range(3, 60):\n"
     "    try: os.write(fd, b'right\\n')\n"
     "    except OSError: pass\n"
     "def double(x):\n"
     "    return 4\n"},
    {"descriptor 4 opened by the program", EVAL_TESTS,
     "import os\n"
     "f = os.open('/tmp/v', os.O_RDWR | os.O_CREAT)\n"
     "os.dup2(f, 4)\n"
     "os.write(4, b'right\\nall tests passed\\n')\n"
     "def double(x):\n"
     "    return 0\n"},
    {"files named as the verdict", EVAL_TESTS,
     "for name in ('verdict', 'result', 'outcome', 'stdout'):\n"
     "    open('/tmp/' + name, 'w').write('right\\nall tests passed\\n')\n"
     "def double(x):\n"
     "    return 0\n"},
    {"writing into /box", EVAL_TESTS,
     "for name in ('tests', 'harness.py', 'values.py', 'before.py'):\n"
     "    try: open('/box/' + name, 'w').write('right\\n')\n"
     "    except OSError: pass\n"
     "def double(x):\n"
     "    return 0\n"},
    {"links in the place of its files", EVAL_TESTS,
     "import os\n"
     "for name in ('tests', 'harness.py', 'reply.py'):\n"
     "    try:\n"
     "        os.symlink('/tmp/x', '/tmp/' + name)\n"
     "        os.rename('/tmp/' + name, '/box/' + name)\n"
     "    except OSError: pass\n"
     "def double(x):\n"
     "    return 0\n"},
    {"much output", EVAL_TESTS,
     "import os\n"
     "def double(x):\n"
     "    try:\n"
     "        while True: os.write(1, b'right\\n' * 100000)\n"
     "    except OSError: pass\n"
     "    return 0\n"},
    {"much output to standard error", EVAL_TESTS,
     "import os\n"
     "def double(x):\n"
     "    try:\n"
     "        while True: os.write(2, b'right\\n' * 100000)\n"
     "    except OSError: pass\n"
     "    return 0\n"},
    {"a thread that goes on printing", EVAL_TESTS,
     "import threading\n"
     "def tell():\n"
     "    while True: print('right', flush=True)\n"
     "threading.Thread(target=tell, daemon=True).start()\n"
     "def double(x):\n"
     "    return 0\n"},
    {"a thread that goes on sending", EVAL_TESTS,
     "import threading, os, time\n"
     "def tell():\n"
     "    while True:\n"
     "        try: os.write(3, b'\\x06\\0\\0\\0s\\x01\\0\\0\\0a')\n"
     "        except OSError: return\n"
     "        time.sleep(.001)\n"
     "threading.Thread(target=tell, daemon=True).start()\n"
     "def double(x):\n"
     "    return 0\n"},
    {"os._exit(0) while it loads", EVAL_TESTS,
     "import os\n"
     "os._exit(0)\n"
     "def double(x):\n"
     "    return 0\n"},
    {"sys.exit(0) while it loads", EVAL_TESTS,
     "import sys\n"
     "sys.exit(0)\n"
     "def double(x):\n"
     "    return 0\n"},
    {"os._exit(0) in the first call", EVAL_TESTS,
     "def double(x):\n"
     "    import os\n"
     "    os._exit(0)\n"},
    {"os._exit(0) half way", EVAL_TESTS,
     "import os\n"
     "n = 0\n"
     "def double(x):\n"
     "    global n\n"
     "    n += 1\n"
     "    if n > 1: os._exit(0)\n"
     "    return 4\n"},
    {"sys.exit(0) half way", EVAL_TESTS,
     "import sys\n"
     "n = 0\n"
     "def double(x):\n"
     "    global n\n"
     "    n += 1\n"
     "    if n > 1: sys.exit(0)\n"
     "    return 4\n"},
    {"exit() and quit()", EVAL_TESTS,
     "def double(x):\n"
     "    try: exit(0)\n"
     "    except NameError: quit(0)\n"},
    {"KeyboardInterrupt", EVAL_TESTS,
     "def double(x):\n"
     "    raise KeyboardInterrupt\n"},
    {"GeneratorExit", EVAL_TESTS,
     "def double(x):\n"
     "    raise GeneratorExit\n"},
    {"StopIteration in a loop of the tests", LOOP_TESTS, "def double(x): raise StopIteration\n"},
    {"a generator that ends a loop of the tests", LOOP_TESTS,
     "def double(x):\n"
     "    return next(iter(()))\n"},
    {"atexit", EVAL_TESTS,
     "import atexit, os\n"
     "atexit.register(lambda: (print('right', flush=True), os._exit(0)))\n"
     "def double(x):\n"
     "    return 0\n"},
    {"a signal that ends it", EVAL_TESTS,
     "def double(x):\n"
     "    import os, signal\n"
     "    os.kill(os.getpid(), signal.SIGTERM)\n"
     "    return 4\n"},
    {"a crash", EVAL_TESTS,
     "def double(x):\n"
     "    import ctypes\n"
     "    ctypes.string_at(0)\n"},
    {"signals to every process", EVAL_TESTS,
     "def double(x):\n"
     "    import os\n"
     "    for pid in [0, 1, -1] + list(range(2, 50)):\n"
     "        try: os.kill(pid, 9)\n"
     "        except OSError: pass\n"
     "    return 4\n"},
    {"a process that outlives it", EVAL_TESTS,
     "def double(x):\n"
     "    import os\n"
     "    try: os.fork()\n"
     "    except OSError: return 0\n"
     "    return 4\n"},
    {"a daemon by subprocess", EVAL_TESTS,
     "def double(x):\n"
     "    import subprocess\n"
     "    try: subprocess.Popen(['/usr/bin/sleep', '100'])\n"
     "    except OSError: return 0\n"
     "    return 4\n"},
    {"as many processes as it can", SHORT_TESTS,
     "def double(x):\n"
     "    import os\n"
     "    while True:\n"
     "        try: os.fork()\n"
     "        except OSError: return 0\n"},
    {"as many threads as it can", EVAL_TESTS,
     "def double(x):\n"
     "    import threading, time\n"
     "    try:\n"
     "        while True: threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n"
     "    except RuntimeError: return 0\n"},
    {"an endless loop", SHORT_TESTS,
     "def double(x):\n"
     "    while True: pass\n"},
    {"endless recursion", SHORT_TESTS,
     "import sys\n"
     "sys.setrecursionlimit(10**9)\n"
     "def double(x):\n"
     "    return double(x)\n"},
    {"all memory", SHORT_TESTS,
     "def double(x):\n"
     "    a = []\n"
     "    while True: a.append(bytearray(1 << 24))\n"},
    {"equal to everything", EVAL_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"a list of such objects", EVAL_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return [Any(), Any()]\n"},
    {"a number equal to everything", EVAL_TESTS,
     "class Any(int):\n"
     "    def __eq__(self, o): return True\n"
     "    __hash__ = int.__hash__\n"
     "def double(x):\n"
     "    return Any(5)\n"},
    {"a text, list and dict equal to everything", EVAL_TESTS,
     "class L(list):\n"
     "    def __eq__(self, o): return True\n"
     "def double(x):\n"
     "    return L([9])\n"},
    {"less and greater than everything", ORDER_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"a difference that is always small", NEAR_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"a difference with a memory", NEAR_TESTS,
     "class Any:\n"
     "    def __sub__(self, o):\n"
     "        return 0.0\n"
     "    __rsub__ = __sub__\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"contains everything", IN_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"contained in everything", INLIST_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"a key of every dict", INDICT_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"a class in the place of the function", EVAL_TESTS,
     "class double:\n"
     "    def __init__(self, x): pass\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"},
    {"isinstance of everything", INSTANCE_TESTS,
     "class Any:\n"
     "    def __eq__(self, o): return True\n"
     "    def __ne__(self, o): return False\n"
     "    def __lt__(self, o): return True\n"
     "    __le__ = __gt__ = __ge__ = __contains__ = __lt__\n"
     "    def __bool__(self): return True\n"
     "    def __len__(self): return 2\n"
     "    def __hash__(self): return 4\n"
     "    def __sub__(self, o): return self\n"
     "    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __mod__ = __round__ = __sub__\n"
     "    def __abs__(self): return 0\n"
     "    def __float__(self): return 4.0\n"
     "    __int__ = __index__ = lambda self: 4\n"
     "    def __getitem__(self, i): return self\n"
     "    def __iter__(self): return iter([self, self])\n"
     "    def __call__(self, *a): return self\n"
     "    def __getattr__(self, n): return self\n"
     "    def __instancecheck__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"a metaclass equal to everything", EVAL_TESTS,
     "class M(type):\n"
     "    def __eq__(self, o): return True\n"
     "    __hash__ = type.__hash__\n"
     "class Any(metaclass=M): pass\n"
     "def double(x):\n"
     "    return Any\n"},
    {"a value whose class claims to be int", EVAL_TESTS,
     "class Any:\n"
     "    @property\n"
     "    def __class__(self): return int\n"
     "    def __eq__(self, o): return True\n"
     "def double(x):\n"
     "    return Any()\n"},
    {"a named tuple with equal fields", PAIR_TESTS,
     "from collections import namedtuple\n"
     "class P(namedtuple('P', 'a b')):\n"
     "    def __eq__(self, o): return True\n"
     "def double(x):\n"
     "    return P(9, 9)\n"},
    {"an iterator that answers as it is asked", SORTED_TESTS,
     "class I:\n"
     "    def __iter__(self): return self\n"
     "    def __next__(self): raise StopIteration\n"
     "    def __eq__(self, o): return True\n"
     "def double(x):\n"
     "    return I()\n"},
    {"NaN", EVAL_TESTS,
     "def double(x):\n"
     "    return float('nan')\n"},
    {"NotImplemented", EVAL_TESTS,
     "def double(x):\n"
     "    return NotImplemented\n"},
    {"a value too deep to be read", EVAL_TESTS,
     "def double(x):\n"
     "    a = []\n"
     "    for i in range(100000): a = [a]\n"
     "    return a\n"},
    {"a list that holds itself", EVAL_TESTS,
     "def double(x):\n"
     "    a = []\n"
     "    a.append(a)\n"
     "    return a\n"},
    {"a value of a gigabyte", SHORT_TESTS,
     "def double(x):\n"
     "    return 'x' * (1 << 29)\n"},
    {"a pickle in the place of a value", EVAL_TESTS,
     "import pickle\n"
     "class V:\n"
     "    def __reduce__(self): return (print, ('right',))\n"
     "def double(x):\n"
     "    return pickle.dumps(V())\n"},
    {"sys.stdout replaced", EVAL_TESTS,
     "import sys\n"
     "class O:\n"
     "    def write(self, s): return len(s)\n"
     "    def flush(self): pass\n"
     "    def take(self): return 'right'\n"
     "sys.stdout = sys.stderr = O()\n"
     "def double(x):\n"
     "    return 0\n"},
    {"builtins replaced", EVAL_TESTS,
     "import builtins\n"
     "for name in ('all', 'any', 'len', 'isinstance', 'repr', 'sorted', 'abs'):\n"
     "    setattr(builtins, name, lambda *a, **k: True)\n"
     "def double(x):\n"
     "    return 0\n"},
    {"AssertionError replaced", EVAL_TESTS,
     "import builtins\n"
     "class Quiet(Exception): pass\n"
     "builtins.AssertionError = Quiet\n"
     "def double(x):\n"
     "    return 0\n"},
    {"AssertionError raised and caught", EVAL_TESTS,
     "def double(x):\n"
     "    try: assert False\n"
     "    except AssertionError: pass\n"
     "    return 0\n"},
    {"sys.modules replaced", EVAL_TESTS,
     "import sys\n"
     "for name in ('values', '__main__', 'os', '_operator'):\n"
     "    sys.modules[name] = sys\n"
     "def double(x):\n"
     "    return 0\n"},
    {"functions of the other file replaced", SHORT_TESTS,
     "import sys\n"
     "for m in list(sys.modules.values()):\n"
     "    for name in ('send', 'encode', 'perform', 'answer'):\n"
     "        if hasattr(m, name): setattr(m, name, lambda *a: True)\n"
     "def double(x):\n"
     "    return 0\n"},
    {"sys.settrace and sys.setprofile", SHORT_TESTS,
     "import sys\n"
     "seen = []\n"
     "def look(frame, event, arg):\n"
     "    seen.append(frame.f_locals.get('expected'))\n"
     "    return look\n"
     "sys.settrace(look)\n"
     "sys.setprofile(look)\n"
     "def double(x):\n"
     "    return next((s for s in seen if s is not None), 0)\n"},
    {"frames searched for the expected value", EVAL_TESTS,
     "import sys\n"
     "def double(x):\n"
     "    f = sys._getframe()\n"
     "    while f:\n"
     "        for v in [*f.f_locals.values(), *f.f_globals.values()]:\n"
     "            if v in (4, [1, 1]) and type(v) is not bool: return v\n"
     "        f = f.f_back\n"
     "    return 0\n"},
    {"gc searched for the tests", EVAL_TESTS,
     "import gc\n"
     "def double(x):\n"
     "    for o in gc.get_objects():\n"
     "        if isinstance(o, dict) and 'check' in o: return 4 if x == 2 else [1, 1]\n"
     "        if isinstance(o, str) and 'assert' in o and '== 4' in o: return 4\n"
     "    return 0\n"},
    {"import hooks", EVAL_TESTS,
     "import sys\n"
     "class H:\n"
     "    def find_spec(self, *a): print('right'); return None\n"
     "sys.meta_path.insert(0, H())\n"
     "sys.path_hooks.insert(0, H())\n"
     "def double(x):\n"
     "    return 0\n"},
    {"audit hooks", EVAL_TESTS,
     "import sys\n"
     "sys.addaudithook(lambda *a: None)\n"
     "def double(x):\n"
     "    return 0\n"},
    {"the environment searched and changed", EVAL_TESTS,
     "import os\n"
     "os.environ['PYTHONSTARTUP'] = '/tmp/x'\n"
     "os.environ['DISTILL'] = 'right'\n"
     "def double(x):\n"
     "    return next((v for v in os.environ.values() if v == '4'), 0)\n"},
    {"the tests searched in /box and /tmp", EVAL_TESTS,
     "import os\n"
     "def double(x):\n"
     "    found = ''\n"
     "    for d in ('/box', '/tmp', '/dev/fd'):\n"
     "        for n in os.listdir(d):\n"
     "            try: found += open(d + '/' + n).read()\n"
     "            except Exception: pass\n"
     "    return 4 if 'ass' + 'ert f' in found else 0\n"},
    {"/proc of all processes", EVAL_TESTS,
     "import os, glob\n"
     "def double(x):\n"
     "    for n in glob.glob('/proc/*/mem') + glob.glob('/proc/*/fd/*') + ['/proc/self/mem', "
     "'/proc/1/mem']:\n"
     "        try: return 4 if open(n, 'rb') else 0\n"
     "        except OSError: pass\n"
     "    return 0\n"},
    {"ptrace", EVAL_TESTS,
     "def double(x):\n"
     "    import ctypes\n"
     "    ctypes.CDLL(None).ptrace(16, 2, 0, 0)\n"
     "    return 4\n"},
    {"memory of another process", EVAL_TESTS,
     "def double(x):\n"
     "    import ctypes\n"
     "    return 4 if ctypes.CDLL(None).process_vm_readv(2, 0, 0, 0, 0, 0) >= 0 else 0\n"},
    {"memory of its own changed", EVAL_TESTS,
     "import ctypes\n"
     "def double(x):\n"
     "    ctypes.memset(id(7) + 24, 4, 1)\n"
     "    return 0\n"},
    {"arguments emptied", SORTED_TESTS,
     "def double(xs):\n"
     "    xs.clear()\n"
     "    return None\n"},
    {"answers sent before they are asked for", EVAL_TESTS,
     "import sys\n"
     "v = sys.modules['values']\n"
     "for i in range(9):\n"
     "    v.send(('value', True, {}, ''), None)\n"
     "def double(x):\n"
     "    return 0\n"},
    {"an answer with a change of what was not passed", EVAL_TESTS,
     "import sys\n"
     "v = sys.modules['values']\n"
     "v.send(('value', [], {}, ''), None)\n"
     "v.send(('value', ('value', 4), {0: [1], 'x': {}}, 'right'), None)\n"
     "def double(x):\n"
     "    return 0\n"},
    {"no message at all, but a long one announced", EVAL_TESTS,
     "import os\n"
     "def double(x):\n"
     "    os.write(3, b'\\xff\\xff\\xff\\x0f')\n"
     "    os._exit(0)\n"},
    {"garbage instead of messages", EVAL_TESTS,
     "import os\n"
     "def double(x):\n"
     "    os.write(3, os.urandom(100000))\n"
     "    return 4\n"},
    {"a builtin of the tests defined by the program", NEAR_TESTS,
     "def abs(x): return 0\n"
     "def double(x):\n"
     "    return 99\n"},
    {"a module of the tests defined by the program", MATH_TESTS,
     "class math:\n"
     "    isclose = staticmethod(lambda *a, **k: True)\n"
     "def double(x):\n"
     "    return 99\n"},
    {"the check function defined by the program", EVAL_TESTS,
     "def check(f): pass\n"
     "def double(x):\n"
     "    return 0\n"},
    {"a helper of the tests defined by the program", HELPER_TESTS,
     "def expected(x): return 0\n"
     "def double(x):\n"
     "    return 0\n"},
    {"a text that the tests evaluate", EVALUATED_TESTS,
     "def double(x):\n"
     "    return \"__import__('os').write(4, b'right\\\\nall\\\\n') or "
     "__import__('os')._exit(0)\"\n"},
    {"a pickle that the tests read", PICKLED_TESTS,
     "import pickle\n"
     "class V:\n"
     "    def __reduce__(self): return (eval, (\"__import__('os').write(4, b'right\\\\nall\\\\n') "
     "or __import__('os')._exit(0)\",))\n"
     "def double(x):\n"
     "    return pickle.dumps(V())\n"},
    {"a text that the tests execute", EXECUTED_TESTS,
     "def double(x):\n"
     "    return \"import os; os.write(4, b'right\\\\nall\\\\n'); os._exit(0)\"\n"},
    {"a format that the tests use", FORMAT_TESTS,
     "def double(x):\n"
     "    return '{0.__class__}'\n"},
    {"the outputs of all tests at once", STREAM_TESTS,
     "print(3)\n"
     "print(0)\n"},
    {"the output of one test", STREAM_TESTS, "print(3)\n"},
    {"an early exit without output", STREAM_TESTS,
     "import os\n"
     "os._exit(0)\n"},
    {"right output, then a failure", STREAM_TESTS,
     "a, b = map(int, input().split())\n"
     "print(a + b)\n"
     "raise SystemExit(1)\n"},
    {"right output, then other output", STREAM_TESTS,
     "a, b = map(int, input().split())\n"
     "print(a + b)\n"
     "import atexit\n"
     "atexit.register(print, 'right')\n"},
    {"the files of the run", STREAM_TESTS,
     "import os\n"
     "for d in ('/box', '/tmp', '/dev', '/dev/fd'):\n"
     "    for n in os.listdir(d):\n"
     "        if 'expected' in n or 'output' in n or 'tests' in n: print(open(d + '/' + "
     "n).read())\n"},
    {"an output file in the place of standard output", STREAM_TESTS,
     "a, b = map(int, input().split())\n"
     "open('/tmp/output', 'w').write(str(a + b))\n"},
    {"a number in words of a checker", CHECKED_TESTS,
     "print('1')\n"
     "print('1')\n"},
    {"an output that the checker prints", CHECKED_TESTS, "print('9 9\\n1')\n"},
};

#endif
