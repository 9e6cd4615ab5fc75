// tests/unit/verify/test_code_forgery.c - no forged verdict is right, and honest programs pass the
// same tests. Prints a line for each attempt.
#include "datasets/verify/code/code_verdict.h"

#include "datasets/sandbox/sandbox.h"
#include "tests/support/unit.h"
#include "tests/unit/verify/code_forgeries.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_program(verdict *v, const forgery *f)
{
    distill_text reply = {0};
    code_question question = {.tests = distill_span_of(f->tests)};
    assert_ok(distill_text_printf(&reply, "```python\n%s```\n", f->program));
    assert_ok(verdict_code(v, &question, distill_text_span(&reply)));
    distill_text_free(&reply);
}

static void honest_programs_are_right(void **state)
{
    (void)state;
    verdict v = {0};
    for (size_t i = 0; i < COUNT(HONEST); i++) {
        test_program(&v, &HONEST[i]);
        if (v.outcome != VERDICT_RIGHT)
            fail_msg("%s: %s", HONEST[i].name, v.extracted.bytes);
    }
    verdict_free(&v);
}

static void forgeries_are_not_right(void **state)
{
    (void)state;
    verdict v = {0};
    size_t right = 0;
    for (size_t i = 0; i < COUNT(FORGERIES); i++) {
        test_program(&v, &FORGERIES[i]);
        const char *outcome = v.outcome == VERDICT_RIGHT   ? "RIGHT"
                              : v.outcome == VERDICT_WRONG ? "wrong"
                                                           : "unknown";
        print_message("  %-50s %-7s %.100s\n", FORGERIES[i].name, outcome,
                      v.extracted.length > 0 ? v.extracted.bytes : "");
        right += v.outcome == VERDICT_RIGHT;
    }
    assert_int_equal(right, 0);
    verdict_free(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_programs_are_right),
        cmocka_unit_test(forgeries_are_not_right),
    };
    if (sandbox_missing() != NULL) {
        printf("skipped: no sandbox on this machine: %s\n", sandbox_missing());
        return 77;
    }
    return cmocka_run_group_tests_name("code_forgery", tests, NULL, NULL);
}
