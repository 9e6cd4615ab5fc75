// tests/differential/program_pairs.c - programs in Python with tests whose expected values are
// worked out here.
//
// A problem is a function of whole numbers with two constants. A right program has its body in one
// of several writings and packagings; a wrong one has another constant that at least one test
// shows, or gives no value at all.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

enum { TESTS = 4, BODIES = 3, TRIES = 64 };

typedef struct problem {
    const char *name;
    long long (*value)(int a, int b, int n);
    const char *body[BODIES]; // @1, @2: the constants
} problem;

static long long series(int a, int b, int n)
{
    return (long long)a * n * (n + 1) / 2 + (long long)b * n;
}

static long long digit_value(int a, int b, int n)
{
    long long sum = 0;
    for (int rest = n; rest > 0; rest /= 10)
        sum += rest % 10;
    return a * sum + b;
}

static long long multiples(int a, int b, int n)
{
    long long count = 0;
    for (int i = 1; i <= n; i++)
        count += i % a == 0 || i % (a + b) == 0;
    return count;
}

static long long sequence(int a, int b, int n)
{
    long long x = 1, y = a;
    for (int i = 0; i < n % 12; i++) {
        long long next = y + b * x;
        x = y;
        y = next;
    }
    return x;
}

// clang-format off
static const problem PROBLEMS[] = {
    {"series_sum", series,
     {"    return sum(@1 * k + @2 for k in range(1, n + 1))",
      "    total = 0\n    for k in range(1, n + 1):\n        total += @1 * k + @2\n    return total",
      "    if n == 0:\n        return 0\n    return @1 * n * (n + 1) // 2 + @2 * n"}},
    {"digit_value", digit_value,
     {"    return @1 * sum(int(c) for c in str(n)) + @2",
      "    s = 0\n    while n > 0:\n        s += n % 10\n        n //= 10\n    return @1 * s + @2",
      "    digits = list(map(int, str(n)))\n    return @2 + @1 * sum(digits)"}},
    {"count_multiples", multiples,
     {"    return len([i for i in range(1, n + 1) if i % @1 == 0 or i % (@1 + @2) == 0])",
      "    c = 0\n    for i in range(1, n + 1):\n        if i % @1 == 0 or i % (@1 + @2) == 0:\n            c += 1\n    return c",
      "    return len(set(range(@1, n + 1, @1)) | set(range(@1 + @2, n + 1, @1 + @2)))"}},
    {"sequence", sequence,
     {"    x, y = 1, @1\n    for _ in range(n % 12):\n        x, y = y, y + @2 * x\n    return x",
      "    values = [1, @1]\n    while len(values) < 14:\n        values.append(values[-1] + @2 * values[-2])\n    return values[n % 12]",
      "    def go(x, y, k):\n        return x if k == 0 else go(y, y + @2 * x, k - 1)\n    return go(1, @1, n % 12)"}},
};

/// @1 is the function's name, @2 its body.
static const char *const FUNCTIONS[] = {
    "```python\ndef @1(n):\n@2\n```",
    "Here is the function.\n\n```python\ndef @1(n):\n@2\n```\n\nIt runs in linear time.",
    "<think>\nA loop will do.\n</think>\n\n```python\ndef @1(n: int) -> int:\n    \"\"\"The value for n.\"\"\"\n@2\n```",
    "def @1(n):\n@2",
    "```\ndef @1(n):\n@2\n```",
    "```python\nimport math\n\ndef @1(n):\n@2\n\nif __name__ == \"__main__\":\n    print(@1(3))\n```",
    "A first idea:\n\n```python\ndef @1(n):\n    return None\n```\n\nThat is not enough. The solution:\n\n```python\ndef @1(n):\n@2\n```",
    "```python\ndef @1(n):\n@2\n```\n\nExample:\n\n```python\nprint(@1(5))\n```",
    "```Python\nclass Helper:\n    pass\n\ndef @1(n):\n@2\n```",
    "Sure!\n\n```python\nfrom typing import List\n\ndef @1(n):\n@2\n```\n\n**Explanation:** it follows the definition.",
    "```py\ndef @1(n):\n@2\n```",
    "```python\n# solution\ndef @1(n):\n@2\n\nassert @1(3) == @1(3)\n```",
    "```python\ndef helper(x):\n    return x\n```\n\n```python\ndef @1(n):\n@2\n```",
    "Use this:\n\n~~~python\ndef @1(n):\n@2\n~~~",
    "```python\ndef @1(n):\n@2\n\n# Test\nfor i in range(3):\n    print(i, @1(i + 1))\n```\nOutput:\n```\n0 1\n1 2\n```",
};

/// The same as programs that read a number and print the value.
static const char *const PROGRAMS[] = {
    "```python\ndef @1(n):\n@2\n\nprint(@1(int(input())))\n```",
    "The program:\n\n```python\nimport sys\n\ndef @1(n):\n@2\n\nn = int(sys.stdin.readline())\nprint(@1(n))\n```\n\nIt is short.",
    "```python\ndef @1(n):\n@2\n\ndef main():\n    n = int(input().strip())\n    print(@1(n))\n\nif __name__ == \"__main__\":\n    main()\n```",
    "```python\ndef @1(n):\n@2\n\nimport sys\ndata = sys.stdin.read().split()\nprint(@1(int(data[0])), flush=True)\n```",
    "```python\ndef solve():\n    def @1(n):\n        return inner_@1(n)\n    print(@1(int(input())))\n\ndef inner_@1(n):\n@2\n\nsolve()\n```",
    "```python\ndef @1(n):\n@2\n\nwith open('/dev/stdin') as f:\n    print(@1(int(f.read())))\n```",
    "```python\nimport sys\ninput = sys.stdin.readline\n\ndef @1(n):\n@2\n\nprint(str(@1(int(input()))) + ' ')\n```",
};

/// Bodies that never give the value.
static const char *const NO_VALUE[] = {
    "    pass",
    "    return None",
    "    raise ValueError(n)",
    "    import os\n    os._exit(0)",
    "    import sys\n    sys.exit(0)",
    "    print(\"right\")\n    return \"right\\n\"",
    "    return \"passed\"",
    "    return n +",
    "    class Any:\n        def __eq__(self, other):\n            return True\n    return Any()",
    "    return float('nan')",
    "    while False:\n        pass",
    "    return [n]",
    "    import atexit\n    atexit.register(print, 'passed')\n    raise SystemExit",
    "    assert False",
    "    return lambda: n",
    "    global __name__\n    __name__ = 'x'",
    "    class Same(int):\n        def __eq__(self, other):\n            return True\n        __hash__ = int.__hash__\n    return Same(n)",
    "    class Text(str):\n        def __eq__(self, other):\n            return True\n        def __hash__(self):\n            return 0\n    return Text(\"x\")",
    "    import builtins\n    builtins.AssertionError = Exception\n    return None",
    "    import sys\n    sys.stdout.write(\"1\\n\")\n    sys.stdout.flush()\n    return -1",
    "    import os\n    if os.fork() == 0:\n        return 0\n    os._exit(0)",
    "    try:\n        raise AssertionError\n    except AssertionError:\n        pass",
    "    print(\"PASS\")\n    print(\"OK\")\n    return -7",
};
// clang-format on

static const char *write_tests(distill_rng *rng, const problem *q, const int *n,
                               const long long *value, bool reads_input)
{
    const char *one[TESTS];
    bool calls = pair_chance(rng, 30);
    for (int i = 0; i < TESTS; i++)
        if (reads_input)
            one[i] = pair_text("{\"input\": \"%d\\n\", \"output\": \"%lld\\n\"}", n[i], value[i]);
        else
            one[i] = pair_text("\"assert %s(%d) == %lld\"", q->name, n[i], value[i]);
    if (reads_input || !calls)
        return pair_text("[%s]", pair_join(one, TESTS, ", "));
    const char *input[TESTS], *output[TESTS];
    for (int i = 0; i < TESTS; i++) {
        input[i] = pair_text("[%d]", n[i]);
        output[i] = pair_text("%lld", value[i]);
    }
    return pair_text("{\"fn_name\": \"%s\", \"inputs\": [%s], \"outputs\": [%s]}", q->name,
                     pair_join(input, TESTS, ", "), pair_join(output, TESTS, ", "));
}

static void draw_tests(int n[TESTS], long long value[TESTS], distill_rng *rng, const problem *q,
                       int a, int b)
{
    for (int i = 0; i < TESTS; i++)
        n[i] = pair_int(rng, 2, 60);
    for (int i = 0; i < TESTS; i++)
        value[i] = q->value(a, b, n[i]);
}

void make_program(pair *p, distill_rng *rng)
{
    const problem *q = &PROBLEMS[distill_rng_below(rng, PAIR_COUNT(PROBLEMS))];
    int a = pair_int(rng, 2, 9), b = pair_int(rng, 1, 9), a2 = a, b2 = b, n[TESTS];
    long long value[TESTS];
    bool reads_input = pair_chance(rng, 40), shown = p->truth == PAIR_EQUAL;
    draw_tests(n, value, rng, q, a, b);
    for (int tries = 1; !shown; tries++) {
        if (tries % TRIES == 0) // these tests may tell no two programs apart
            draw_tests(n, value, rng, q, a, b);
        a2 = a + pair_int(rng, 0, 1);
        b2 = b + pair_int(rng, 0, 2);
        for (int i = 0; i < TESTS; i++)
            shown = shown || q->value(a2, b2, n[i]) != value[i];
    }
    const char *body = pair_fill(q->body[pair_int(rng, 0, BODIES - 1)], pair_text("%d", a2),
                                 pair_text("%d", b2), NULL);
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 30))
        body = PAIR_PICK(rng, NO_VALUE);
    const char *packaging = reads_input ? PAIR_PICK(rng, PROGRAMS) : PAIR_PICK(rng, FUNCTIONS);
    p->form = PAIR_CODE;
    p->domain = "code";
    pair_set_ordered(p, write_tests(rng, q, n, value, reads_input),
                     pair_fill(packaging, q->name, body, NULL));
}
