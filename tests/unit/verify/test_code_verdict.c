// tests/unit/verify/test_code_verdict.c - programs are run on every layout of tests; no output of a
// program and no change to its own process makes a wrong program right.
#include "datasets/verify/code/code_verdict.h"

#include "datasets/sandbox/sandbox.h"
#include "datasets/verify/code/code_check.h"
#include "datasets/verify/code/compressed_tests.h"
#include "datasets/verify/code/output_match.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct code_case {
    const char *name, *tests, *response;
    verdict_outcome outcome;
    const char *evidence; // a part of it
} code_case;

#define SUM "[{\"input\":\"1 2\\n\",\"output\":\"3\\n\"},{\"input\":\"5 -5\\n\",\"output\":\"0\"}]"
#define CALL "{\"fn_name\":\"add\",\"inputs\":[[1,2],[3,[4]]],\"outputs\":[[3],[7.0]]}"
#define LEET                                                                                       \
    "{\"public_test_cases\":\"[{\\\"input\\\":\\\"[1,2]\\\\n3\\\",\\\"output\\\":\\\"[1,2,3]\\\"," \
    "\\\"testtype\\\":\\\"functional\\\"}]\",\"metadata\":\"{\\\"func_name\\\":\\\"push\\\"}\"}"
#define EVAL                                                                                       \
    "{\"prompt\":\"def double(x):\\n    \\\"\\\"\\\"Twice x.\\\"\\\"\\\"\\n\","                    \
    "\"entry_point\":\"double\",\"test\":\"def check(f):\\n    assert f(2) == 4\\n    assert "     \
    "f([1]) == [1, 1]\\n\"}"
#define MBPP "[\"assert twice(2) == 4\", \"assert math.isclose(twice(0.1), 0.2)\"]"
#define SORT "[\"a = [3, 1]\\nsort(a)\\nassert a == [1, 3]\"]"
#define OBJECT "[\"assert area([Pair(1, 2), Pair(3, 4)]) == 14\"]"
#define RAISES                                                                                     \
    "[\"try:\\n    f(-1)\\n    assert False\\nexcept ValueError:\\n    pass\", \"assert f(1) == "  \
    "1\"]"
#define ADDER "```python\na, b = map(int, input().split())\nprint(a + b)\n```"

static const code_case CASES[] = {
    {"a right program", SUM, ADDER, VERDICT_RIGHT, "all 2 tests passed"},
    {"a wrong program", SUM, "```python\nprint(3)\n```", VERDICT_WRONG,
     "test 2 of 2: word 1 of the output: expected 0, found 3"},
    {"no output", SUM, "```python\npass\n```", VERDICT_WRONG, "expected 3, found its end"},
    {"more output", SUM, "```py\na, b = map(int, input().split())\nprint(a + b, 'x')\n```",
     VERDICT_WRONG, "expected its end, found x"},
    {"bytes outside ASCII in the evidence", SUM, "```python\nprint('\303\251')\n```", VERDICT_WRONG,
     "expected 3, found ??"},
    {"an exception", SUM, "```python\nraise ValueError('no')\n```", VERDICT_WRONG,
     "exit status 1: ValueError: no"},
    {"not Python", SUM, "```python\nif:\n```", VERDICT_WRONG, "SyntaxError"},
    {"exit() as site gives it", SUM,
     "```python\na, b = map(int, input().split())\nprint(a + b)\nexit()\n```", VERDICT_RIGHT, ""},
    {"a main function", SUM,
     "```python\nimport sys\ndef main():\n    print(sum(map(int, sys.stdin.read().split())))\n"
     "if __name__ == '__main__':\n    main()\n```",
     VERDICT_RIGHT, ""},
    {"C++", SUM,
     "```cpp\n#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b; "
     "}\n```",
     VERDICT_RIGHT, ""},
    {"C in an unmarked block", SUM,
     "```\n#include <stdio.h>\nint main(void) { int a, b; scanf(\"%d %d\", &a, &b); "
     "printf(\"%d\\n\", a + b); return 0; }\n```",
     VERDICT_RIGHT, ""},
    {"C++ that does not compile", SUM, "```c++\nint main() { return x; }\n```", VERDICT_WRONG,
     "the compiler: error: "},
    {"including a file of the machine", SUM,
     "```cpp\n#include \"/box/../etc/shadow\"\nint main() {}\n```", VERDICT_WRONG, "the compiler"},
    {"the last block counts", SUM, "```python\nprint(9)\n```\nBetter:\n" ADDER, VERDICT_RIGHT, ""},
    {"sample output behind the program", SUM, ADDER "\nIt prints\n```\n3\n```", VERDICT_RIGHT, ""},
    {"a block of shell behind it", SUM, ADDER "\n```bash\npython3 a.py\n```", VERDICT_RIGHT, ""},
    {"a program only inside <think>", SUM, "<think>" ADDER "</think>It is simple.", VERDICT_WRONG,
     ""},
    {"unfinished reasoning", SUM, "<think>" ADDER, VERDICT_WRONG, ""},
    {"a block within a list", SUM,
     "1. Do\n   ```python\n   a, b = map(int, input().split())\n   print(a + b)\n   ```\n",
     VERDICT_RIGHT, ""},
    {"no program", SUM, "The sum of the two.", VERDICT_WRONG, ""},
    {"a bare program", SUM, "a, b = map(int, input().split())\nprint(a + b)\n", VERDICT_RIGHT, ""},
    {"columns of inputs", "{\"inputs\":[\"1\\n\",[\"2\",\"3\"]],\"outputs\":[\"1\",[\"5\"]]}",
     "```python\nimport sys\nprint(sum(map(int, sys.stdin.read().split())))\n```", VERDICT_RIGHT,
     ""},
    {"no tests", "[]", ADDER, VERDICT_UNKNOWN, "no tests"},
    {"tests of an unknown layout", "{\"foo\":1}", ADDER, VERDICT_UNKNOWN, "no tests"},
    {"a test without output", "[{\"input\":\"\"}]", ADDER, VERDICT_UNKNOWN, "without output"},
    {"an interactive problem",
     "{\"official_tests\":[{\"input\":\"1 2\",\"output\":\"3\"}],\"interaction_format\":\"ask\"}",
     ADDER, VERDICT_UNKNOWN, "interactive"},
    {"a checker",
     "{\"official_tests\":[{\"input\":\"4\",\"output\":\"1 3\"}],\"generated_checker\":\"import "
     "sys\\na=open(sys.argv[3]).read().split()\\nprint(int(sum(map(int,a))==4))\"}",
     "```python\nprint(2, 2)\n```", VERDICT_RIGHT, ""},
    {"a checker that refuses",
     "{\"official_tests\":[{\"input\":\"4\",\"output\":\"1 "
     "3\"}],\"generated_checker\":\"print(0)\"}",
     "```python\nprint(2, 2)\n```", VERDICT_WRONG, "the checker refuses 2 2"},
    {"the time limit of the problem",
     "{\"official_tests\":[{\"input\":\"\",\"output\":\"1\"}],\"time_limit\":0.4}",
     "```python\nwhile True: pass\n```", VERDICT_WRONG, "time limit"},
    {"the memory limit of the problem",
     "{\"official_tests\":[{\"input\":\"\",\"output\":\"1\"}],\"memory_limit\":32}",
     "```python\na = bytearray(1 << 29)\nprint(1)\n```", VERDICT_WRONG, "memory limit"},

    {"calls", CALL,
     "```python\ndef add(a, b):\n    return a + (b[0] if type(b) is list else b)\n```",
     VERDICT_RIGHT, "all 2 tests passed"},
    {"calls, wrong", CALL, "```python\ndef add(a, b):\n    return 3\n```", VERDICT_WRONG,
     "test 2 of 2: expected [7]; add(3, [4]) gave 3"},
    {"calls of nothing", CALL, "```python\ndef sub(a, b):\n    return 3\n```", VERDICT_WRONG,
     "does not define add"},
    {"a method, with List unimported", LEET,
     "```python\nclass Solution:\n    def push(self, a: List[int], x: int) -> List[int]:\n        "
     "return a + [x]\n```",
     VERDICT_RIGHT, ""},

    {"HumanEval, whole", EVAL, "```python\ndef double(x):\n    return x + x\n```", VERDICT_RIGHT,
     "2 assertions"},
    {"HumanEval, body", EVAL, "    return 2 * x\n\ndef main():\n    boom\n", VERDICT_RIGHT, ""},
    {"HumanEval, body without its indent", EVAL, "y = x\nreturn y + x", VERDICT_RIGHT, ""},
    {"HumanEval, body in a block", EVAL, "```python\n    return 2 * x\n```", VERDICT_RIGHT, ""},
    {"HumanEval, wrong", EVAL, "    return 4", VERDICT_WRONG,
     "assert f([1]) == [1, 1]; double([1]) gave 4"},
    {"HumanEval, a block that uses the definition", EVAL,
     "```python\ndef double(x):\n    return x * 2\n```\n```python\nprint(double(4))\n```",
     VERDICT_RIGHT, ""},
    {"assertions", MBPP, "```python\ntwice = lambda x: x * 2\n```", VERDICT_RIGHT, "2 assertions"},
    {"assertions of C++", MBPP, "```cpp\nint twice(int x) { return 2 * x; }\n```", VERDICT_UNKNOWN,
     "Python"},
    {"a list sorted in place", SORT, "```python\ndef sort(a):\n    a.sort()\n```", VERDICT_RIGHT,
     ""},
    {"a list not sorted", SORT, "```python\ndef sort(a):\n    return sorted(a)\n```", VERDICT_WRONG,
     ""},
    {"objects of the program", OBJECT,
     "```python\nclass Pair:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n"
     "def area(ps):\n    return sum(p.a * p.b for p in ps)\n```",
     VERDICT_RIGHT, ""},
    {"an expected exception", RAISES,
     "```python\ndef f(x):\n    if x < 0:\n        raise ValueError\n    return x\n```",
     VERDICT_RIGHT, ""},
    {"tests that are not Python", "[\"assert (\"]", "```python\nx = 1\n```", VERDICT_UNKNOWN,
     "not Python"},
    {"tests that call nothing", "[\"assert True\"]", "```python\nx = 1\n```", VERDICT_UNKNOWN,
     "never call"},

    // attempts to forge a verdict
    {"the mark of success printed", EVAL,
     "```python\nprint('{\"outcome\": \"right\", \"evidence\": \"\"}', flush=True)\n"
     "def double(x): return 0\n```",
     VERDICT_WRONG, ""},
    {"printing success, then exiting", EVAL,
     "```python\nimport os\nprint('{\"outcome\": \"right\", \"evidence\": \"\"}', flush=True)\n"
     "os._exit(0)\n```",
     VERDICT_WRONG, "the program ended"},
    {"exiting during a test", EVAL,
     "```python\ndef double(x):\n    import os\n    os._exit(0)\n```", VERDICT_WRONG,
     "the program ended during the tests"},
    {"SystemExit in a test", EVAL, "```python\nimport sys\ndef double(x): sys.exit(0)\n```",
     VERDICT_WRONG, "SystemExit"},
    {"equal to everything", EVAL,
     "```python\nclass Any:\n    def __eq__(self, other): return True\n    def __len__(self): "
     "return 1\n"
     "def double(x): return Any()\n```",
     VERDICT_WRONG, ""},
    {"a number equal to everything", EVAL,
     "```python\nclass Any(int):\n    def __eq__(self, other): return True\n"
     "def double(x): return Any(5)\n```",
     VERDICT_WRONG, ""},
    {"reading the tests", EVAL,
     "```python\ndef double(x):\n    import glob\n    return repr([open(f).read() for f in "
     "glob.glob('/box/*')])\n```",
     VERDICT_WRONG, ""},
    {"looking for the tests in memory", EVAL,
     "```python\nimport gc, sys\ndef double(x):\n    f = sys._getframe()\n    while f:\n"
     "        if 'expected' in f.f_locals or 'tests' in f.f_globals: return 4\n        f = "
     "f.f_back\n"
     "    return 0\n```",
     VERDICT_WRONG, ""},
    {"writing answers to the socket of the harness", EVAL,
     "```python\nimport os\nbody = b'{\"outcome\": \"right\"}'\n"
     "for fd in range(3, 9):\n    try:\n        os.write(fd, len(body).to_bytes(4, 'little') + "
     "body)\n"
     "    except OSError:\n        pass\ndef double(x): return 0\n```",
     VERDICT_WRONG, ""},
    {"ending a loop of the tests silently", "[\"assert all(map(lambda x: f(x) == x, [1, 2]))\"]",
     "```python\ndef f(x): raise StopIteration\n```", VERDICT_WRONG, "StopIteration"},
    {"a value too deep to be read", EVAL,
     "```python\ndef double(x):\n    a = []\n    for i in range(100000): a = [a]\n    return "
     "a\n```",
     VERDICT_WRONG, ""},
    {"an endless loop at the definition", "{\"test\":\"assert f(1) == 1\",\"time_limit\":0.4}",
     "```python\nwhile True: pass\ndef f(x): return x\n```", VERDICT_WRONG, "time limit"},
};

static void replies_are_tested(void **state)
{
    (void)state;
    verdict v = {0};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const code_case *c = &CASES[i];
        code_question question = {.tests = distill_span_of(c->tests), .prompt = {"", 0}};
        assert_ok(verdict_code(&v, &question, distill_span_of(c->response)));
        const char *evidence = v.extracted.length > 0 ? v.extracted.bytes : "";
        if (v.outcome != c->outcome || strstr(evidence, c->evidence) == NULL)
            fail_msg("%s: outcome %d, expected %d; \"%s\" should contain \"%s\"", c->name,
                     v.outcome, c->outcome, evidence, c->evidence);
    }
    verdict_free(&v);
}

static void outputs_are_compared_by_words(void **state)
{
    (void)state;
    static const struct {
        const char *expected, *found;
        bool same;
    } ROWS[] = {
        {"1 2\n3\n", "1 2 \r\n3", true},
        {"1\n2\n", "1 2", true},
        {"Yes", "YES", false},
        {"1.0", "1", true},
        {"1", "1.0", true},
        {"0.333333", "0.3333334", true},
        {"0.333", "0.334", false},
        {"1e6", "1000000", true},
        {"007", "7", true},
        {"-0", "0", true},
        {"12", "12.4", false},
        {"", "", true},
        {"", "x", false},
        {"nan", "nan", true},
        {"inf", "1e999", false},
        {"9007199254740993", "9007199254740992", false},
        {"0x10", "16", false},
        {"1000000", "1000001", false},
        {"3", "3 3", false},
        {"abc", "abd", false},
    };
    output_difference difference;
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (output_matches(&difference, distill_span_of(ROWS[i].expected),
                           distill_span_of(ROWS[i].found)) != ROWS[i].same)
            fail_msg("\"%s\" and \"%s\"", ROWS[i].expected, ROWS[i].found);
}

static void compressed_tests_execute_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *packed, *text, *fault;
    } ROWS[] = {
        // zlib of the text [1]
        {"eJyLNowFAAHTAOo=", "[1]", NULL},
        // pickle.dumps("[1]", 4) in zlib
        {"eJxrYJnKzgABPczRhrFT9AAb7QNb", "[1]", NULL},
        // pickle of os.system("true")
        {"eJxrYJkqzwABPawF+cWZFVN62Iori0tSc6dMntLDUlJUmjqldUrQFD0AA2gOlA==", NULL, "pickle"},
        {"not base64!", NULL, "base64"},
        {"AAAA", NULL, "zlib"},
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        distill_text text = {0};
        const char *fault = NULL;
        assert_ok(compressed_tests_read(&text, &fault, distill_span_of(ROWS[i].packed)));
        if (ROWS[i].text != NULL) {
            assert_null(fault);
            assert_string_equal(text.bytes, ROWS[i].text);
        } else if (fault == NULL || strstr(fault, ROWS[i].fault) == NULL) {
            fail_msg("row %zu: %s", i, fault != NULL ? fault : "was read");
        }
        distill_text_free(&text);
    }
}

// --- published layouts ---------------------------------------------------------------------------

/// The tests of problem `id` of a file, with a short time limit where it has none.
static void find_tests(distill_text *out, const char *file, const char *key, distill_span id)
{
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    assert_ok(distill_lines_open(&lines, file, 1 << 24));
    distill_text_clear(out);
    while (out->length == 0) {
        distill_json *doc = NULL;
        assert_ok(distill_lines_next(lines, &line, &more));
        assert_true(more);
        assert_ok(distill_json_parse(&doc, line.bytes, line.length, file));
        const distill_json_node *root = distill_json_root(doc);
        if (distill_span_equal(distill_json_string(doc, distill_json_member(root, key)), id))
            assert_ok(code_tests_of_line(out, NULL, doc));
        distill_json_free(doc);
    }
    distill_lines_close(lines);
    if (strstr(out->bytes, "time_limit") == NULL) {
        out->length--; // "}"
        assert_ok(distill_text_add(out, ",\"time_limit\":1}"));
    }
}

static void check_submissions(const char *folder, const char *problems, const char *key)
{
    char file[512], path[512];
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    distill_text tests = {0}, reply = {0};
    verdict v = {0};
    snprintf(file, sizeof file, "data/benchmarks/%s/%s", folder, problems);
    snprintf(path, sizeof path, "data/benchmarks/%s/submissions.jsonl", folder);
    const char *problems_path = shared_data(file);
    assert_ok(distill_lines_open(&lines, shared_data(path), 1 << 24));
    for (;;) {
        distill_json *doc = NULL;
        assert_ok(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        assert_ok(distill_json_parse(&doc, line.bytes, line.length, path));
        const distill_json_node *root = distill_json_root(doc);
        distill_span language = distill_json_string(doc, distill_json_member(root, "language"));
        distill_span code = distill_json_string(doc, distill_json_member(root, "code"));
        distill_span label = distill_json_string(doc, distill_json_member(root, "verdict"));
        find_tests(&tests, problems_path, key,
                   distill_json_string(doc, distill_json_member(root, "problem")));
        distill_text_clear(&reply);
        assert_ok(distill_text_printf(&reply, "```%.*s\n%.*s\n```", (int)language.length,
                                      language.bytes, (int)code.length, code.bytes));
        code_question question = {.tests = distill_text_span(&tests)};
        assert_ok(verdict_code(&v, &question, distill_text_span(&reply)));
        if ((v.outcome == VERDICT_RIGHT) != distill_span_is(label, "accepted") ||
            v.outcome == VERDICT_UNKNOWN)
            fail_msg("%.*s is %.*s: %s", (int)line.length, line.bytes, (int)label.length,
                     label.bytes, v.extracted.bytes);
        distill_json_free(doc);
    }
    distill_lines_close(lines);
    distill_text_free(&tests);
    distill_text_free(&reply);
    verdict_free(&v);
}

static void submissions_get_their_known_verdict(void **state)
{
    (void)state;
    REQUIRE_SHARED(path, "data/benchmarks/codeforces_format/submissions.jsonl");
    check_submissions("codeforces_format", "sample.jsonl", "id");
    check_submissions("livecodebench_format", "test.jsonl", "question_id");
    check_submissions("livecodebench_format", "test_lite.jsonl", "question_id");
}

/// Every sixteenth problem of HumanEval: its solution is right, and a function that returns None is
/// wrong.
static void human_eval_solutions_are_right(void **state)
{
    (void)state;
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    verdict v = {0};
    distill_text tests = {0};
    REQUIRE_SHARED(path, "data/benchmarks/humaneval/HumanEval.jsonl");
    assert_ok(distill_lines_open(&lines, path, 1 << 24));
    for (size_t i = 0;; i++) {
        distill_json *doc = NULL;
        assert_ok(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        if (i % 16 != 0)
            continue;
        assert_ok(distill_json_parse(&doc, line.bytes, line.length, path));
        const distill_json_node *root = distill_json_root(doc);
        distill_text_clear(&tests);
        assert_ok(code_tests_of_line(&tests, NULL, doc));
        code_question question = {.tests = distill_text_span(&tests)};
        distill_span solution =
            distill_json_string(doc, distill_json_member(root, "canonical_solution"));
        assert_ok(verdict_code(&v, &question, solution));
        if (v.outcome != VERDICT_RIGHT)
            fail_msg("problem %zu: its solution: %s", i, v.extracted.bytes);
        assert_ok(verdict_code(&v, &question, distill_span_of("    return None\n")));
        if (v.outcome != VERDICT_WRONG)
            fail_msg("problem %zu: nothing: %s", i, v.extracted.bytes);
        distill_json_free(doc);
    }
    distill_lines_close(lines);
    distill_text_free(&tests);
    verdict_free(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_are_compared_by_words),
        cmocka_unit_test(compressed_tests_execute_nothing),
        cmocka_unit_test(replies_are_tested),
        cmocka_unit_test(submissions_get_their_known_verdict),
        cmocka_unit_test(human_eval_solutions_are_right),
    };
    if (sandbox_missing() != NULL) {
        printf("skipped: no sandbox on this machine: %s\n", sandbox_missing());
        return 77;
    }
    return cmocka_run_group_tests_name("code_verdict", tests, NULL, NULL);
}
