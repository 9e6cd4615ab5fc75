// tests/unit/verify/test_answer.c - the answer of a reply is found in bounded time, also in
// truncated replies.
#include "datasets/verify/answer.h"
#include "tests/support/case_table.h"
#include "tests/support/unit.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
enum { LONG_REPLY = 128 << 10 }; // the sanitizer checks the whole range at every memrchr
#else
enum { LONG_REPLY = 8 << 20 };
#endif

static const char *joined(const answer *found)
{
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < found->count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.*s", i > 0 ? ", " : "",
                 (int)found->part[i].length, found->part[i].bytes);
    }
    return text;
}

static void replies_give_the_answers_of_the_table(void **state)
{
    (void)state;
    case_table table;
    answer found;
    size_t failures = 0;
    case_table_open(&table, "answer.test", 3);
    while (case_table_next(&table)) {
        answer_find(&found, distill_span_of(table.field[0]));
        if (strcmp(joined(&found), table.field[1]) == 0 &&
            (found.count == 0 || strcmp(found.found_by, table.field[2]) == 0))
            continue;
        print_error("%s:%zu: %s: \"%s\" (%s), expected \"%s\" (%s)\n", table.name, table.line,
                    table.field[0], joined(&found), found.found_by, table.field[1], table.field[2]);
        failures++;
    }
    assert_int_equal(failures, 0);
    case_table_close(&table);
}

static void reference_answers_may_be_solutions(void **state)
{
    (void)state;
    answer gold;
    answer_of_gold(&gold, distill_span_of("$\\frac{1}{2}$"));
    assert_string_equal(joined(&gold), "$\\frac{1}{2}$");
    answer_of_gold(&gold, distill_span_of("We add and get 3 + 4 = 7, so it is $\\boxed{7}$."));
    assert_string_equal(joined(&gold), "7");
    answer_of_gold(&gold, distill_span_of("9 * 2 = <<9*2=18>>18\n#### 18"));
    assert_string_equal(joined(&gold), "18");
    answer_of_gold(&gold, distill_span_of("x^{10}+10x^9+45x^8+120x^7+210x^6+252x^5+210x^4+120x^3+"
                                          "45x^2+10x+1+a^{10}+b^{10}+c^{10}+d^{10}+e^{10}+f^{10}"
                                          "+g^{10}+h^{10}+4"));
    assert_true(gold.part[0].length > 120); // long, but no solution
}

static void truncated_replies_are_read_within_their_bounds(void **state)
{
    (void)state;
    static const char REPLY[] =
        "<think>Let me see: $x^2 = 9$.</think>\nSo $x = 3$ or \\(x = -3\\).\n\n**Final Answer**\n"
        "\\[ \\boxed{3} \\text{ and } \\boxed{\\frac{-3}{1}} \\]\nThe answer is **3**. "
        "答案是：3。\n#### 3\n<answer>{3}</answer>";
    for (size_t length = 0; length < sizeof REPLY; length++) {
        char *copy = malloc(length + 1); // the exact size, so that the sanitizer detects overruns
        answer found;
        assert_non_null(copy);
        memcpy(copy, REPLY, length);
        answer_find(&found, (distill_span){copy, length});
        answer_of_gold(&found, (distill_span){copy, length});
        free(copy);
    }
}

static void long_replies_take_little_time(void **state)
{
    (void)state;
    size_t length = LONG_REPLY;
    char *text = malloc(length);
    answer found;
    assert_non_null(text);
    static const char PATTERNS[][8] = {"$", "\\boxed{", "answer ", "{", "#### ", "<answer>", "1 "};
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++) {
        size_t part = strnlen(PATTERNS[i], sizeof PATTERNS[i]);
        for (size_t at = 0; at + part <= length; at += part)
            memcpy(text + at, PATTERNS[i], part);
        answer_find(&found, (distill_span){text, length / part * part});
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_give_the_answers_of_the_table),
        cmocka_unit_test(reference_answers_may_be_solutions),
        cmocka_unit_test(truncated_replies_are_read_within_their_bounds),
        cmocka_unit_test(long_replies_take_little_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
