// tests/unit/verify/test_code_reply.c - which program is found in a reply, and how a body and
// further blocks become a part of it. Nothing is run.
#include "datasets/verify/code/code_reply.h"

#include "datasets/verify/code/code_program.h"
#include "datasets/verify/code/python_source.h"
#include "tests/support/unit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void prose_and_python_are_distinguished(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool prose;
    } ROWS[] = {
        {"This returns the sum", true},
        {"It's short.", true},
        {"Done.", true},
        {"Explanation:", true},
        {"Question 2: what now", true},
        {"- the first", true},
        {"**Note**", true},
        {"```", true},
        {"\350\247\243\351\207\212", true}, // two characters of Chinese
        {"return x", false},
        {"    \"\"\"Text of a docstring.", false},
        {"x = 1  # Set.", false},
        {"x = 5.", false},
        {"return 'two words' if x else None", false},
        {"for i in range(3):", false},
        {"# a comment in words", false},
        {"import numpy as np", false},
        {"f(a, b)  # two words", false},
        {"raise ValueError('no such thing') from e", false},
        {"x: int = 3", false},
        {"print(f'{a} {b}')", false},
        {"else:", false},
        {"async with a as b, c as d:", false},
        {"lambda x: not x", false},
        {"@cache", false},
        {"'''Text of a docstring'''", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (python_is_prose(distill_span_of(ROWS[i].line)) != ROWS[i].prose)
            fail_msg("%s", ROWS[i].line);
}

static void statements_and_their_names_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *code, *name;
        bool defined;
    } ROWS[] = {
        {"def f(x):\n    return x\n", "f", true},
        {"@cache\n@other(1)\ndef f(x):\n    return x\n", "f", true},
        {"async def f(): pass", "f", true},
        {"class A(B):\n    def f(self): pass\n", "A", true},
        {"class A(B):\n    def f(self): pass\n", "f", false},
        {"import a.b, c as d\n", "a", true},
        {"import a.b, c as d\n", "d", true},
        {"import a.b, c as d\n", "c", false},
        {"from a import (b,\n    c as d)\n", "b", true},
        {"from a import (b,\n    c as d)\n", "d", true},
        {"N = 5\n", "N", true},
        {"N: int = 5\n", "N", true},
        {"N == 5\n", "N", false},
        {"s = '''\ndef f(): pass\n'''\n", "f", false},
        {"x = [\ndef_f(1)]\ndef g(): pass", "g", true},
        {"if x:\n    a = 1\nelse:\n    b = 2\nc = 3", "c", true},
        {"if x:\n    a = 1\nelse:\n    b = 2\nc = 3", "b", false},
    };
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (python_defines(distill_span_of(ROWS[i].code), distill_span_of(ROWS[i].name)) !=
            ROWS[i].defined)
            fail_msg("%s in %s", ROWS[i].name, ROWS[i].code);
    assert_true(python_uses(distill_span_of("a = f (1)"), distill_span_of("f"), true));
    assert_false(
        python_uses(distill_span_of("a = x.f(1) + of(2) + f"), distill_span_of("f"), true));
}

static void indentation_of_a_body_is_that_of_the_prompt(void **state)
{
    (void)state;
    static const char *const ROWS[][2] = {
        {"def f(x):\n", "    "},
        {"def f(x):\n  \"\"\"Text\n        deeper\n  \"\"\"\n", "  "},
        {"def f(x):\n\t'''Text'''\n", "\t"},
        {"def f(\n        x,\n):\n", "    "},
        {"class A:\n    def f(self):\n", "        "},
        {"def g():\n  return 1\n\ndef f(x):\n      # comment\n", "    "},
    };
    distill_text indent = {0};
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        assert_ok(python_body_indent(&indent, distill_span_of(ROWS[i][0])));
        if (!distill_span_is(distill_text_span(&indent), ROWS[i][1]))
            fail_msg("%s: \"%s\"", ROWS[i][0], indent.bytes);
    }
    distill_text_free(&indent);
}

static void languages_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *code, *name;
        code_language language;
    } ROWS[] = {
        {"def f(x):\n    return x\n", "", CODE_PYTHON},
        {"print(1)\n", "", CODE_PYTHON},
        {"#include <stdio.h>\nint main(void) { return 0; }", "", CODE_CPP},
        {"public class Main {\n}", "Java", CODE_OTHER_LANGUAGE},
        {"package main\nfunc main() {}", "Go", CODE_OTHER_LANGUAGE},
        {"use std::io;\nfn main() {}", "Rust", CODE_OTHER_LANGUAGE},
        {"function f(x) {\n  return x;\n}", "JavaScript", CODE_OTHER_LANGUAGE},
        {"fun main() { println(1) }", "Kotlin", CODE_OTHER_LANGUAGE},
        {"letters = input()\nfunction = len\n", "", CODE_PYTHON},
    };
    const char *name;
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (code_language_guess(&name, distill_span_of(ROWS[i].code)) != ROWS[i].language ||
            strcmp(name, ROWS[i].name) != 0)
            fail_msg("%s", ROWS[i].code);
    assert_int_equal(code_language_of(distill_span_of("C++17")), CODE_CPP);
    assert_int_equal(code_language_of(distill_span_of("Java")), CODE_OTHER_LANGUAGE);
    assert_int_equal(code_language_of(distill_span_of("text")), CODE_UNKNOWN_LANGUAGE);
}

#define FUNCTION                                                                                   \
    "{\"entry_point\":\"f\",\"prompt\":\"def f(x):\\n  '''Text'''\\n\",\"test\":\"f(1)\"}"
#define ASSERTS "[\"assert f(1) == 1\"]"
#define INPUTS "[{\"input\":\"1\",\"output\":\"1\"}]"

static void programs_are_assembled(void **state)
{
    (void)state;
    static const struct {
        const char *tests, *reply, *program;
    } ROWS[] = {
        {FUNCTION, "     return x\n\nThat is all.",
         "def f(x):\n  '''Text'''\n\n  pass\n  return x\n"},
        {FUNCTION, "y = x\n   return y\n",
         "def f(x):\n  '''Text'''\n\n  pass\n  y = x\n  return y\n"},
        {FUNCTION, "```\ndef f(x):\n    return x\n```\nor\n```python\nf(1)\n```",
         "def f(x):\n    return x\n"},
        {FUNCTION, "Here:\n\ndef f(x):\n    return x\n\nIt is short.",
         "def f(x):\n    return x\n\n"},
        {ASSERTS,
         "```python\ndef f(x):\n    return g(x)\n```\n```python\ndef g(x):\n    return "
         "x\nprint(g(1))\n```",
         "def f(x):\n    return g(x)\ndef g(x):\n    return x\n"},
        {ASSERTS,
         "```python\nimport a\nN = 3\nM = f(1)\n```\n```python\ndef f(x):\n    return a.b(N, "
         "M)\n```",
         "import a\nN = 3\ndef f(x):\n    return a.b(N, M)\n"},
        {INPUTS, "```python\nprint(input())\n```\n```python\nprint(1)\n```", "print(input())\n"},
        {INPUTS, "print(input())\n```\nIt prints.", "print(input())\n"},
        {INPUTS, "<answer>```python\nprint(input())\n```</answer>", "print(input())\n"},
    };
    distill_text program = {0};
    code_tests tests;
    code_reply reply;
    bool continues;
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        distill_text_clear(&program);
        assert_ok(code_tests_read(&tests, distill_span_of(ROWS[i].tests)));
        code_reply_find(&reply, distill_span_of(ROWS[i].reply), &tests);
        assert_true(reply.chosen < reply.count);
        assert_ok(code_program_prefix(&tests, distill_span_of("")));
        assert_ok(code_program_write(&program, &continues, &tests, &reply));
        if (!distill_span_is(distill_text_span(&program), ROWS[i].program))
            fail_msg("%s\ngave\n%s", ROWS[i].reply, program.bytes);
        code_tests_free(&tests);
    }
    distill_text_free(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prose_and_python_are_distinguished),
        cmocka_unit_test(statements_and_their_names_are_found),
        cmocka_unit_test(indentation_of_a_body_is_that_of_the_prompt),
        cmocka_unit_test(languages_are_recognised),
        cmocka_unit_test(programs_are_assembled),
    };
    return cmocka_run_group_tests_name("code_reply", tests, NULL, NULL);
}
