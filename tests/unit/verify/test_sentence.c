// tests/unit/verify/test_sentence.c - the number that a sentence states, and verdicts on replies of
// one sentence made from patterns.
#include "datasets/verify/sentence_number.h"
#include "datasets/verify/verdict.h"
#include "tests/support/case_table.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static void sentences_state_the_numbers_of_the_table(void **state)
{
    (void)state;
    case_table table;
    size_t failures = 0;
    case_table_open(&table, "sentence.test", 2);
    while (case_table_next(&table)) {
        static const char *const STATES[] = {"-", "", "…", "?", "#", ""};
        distill_span number;
        sentence_state found =
            sentence_number(&number, distill_span_of(table.field[0]), LEAD_NOTHING);
        bool same = found == SENTENCE_STATES ? distill_span_is(number, table.field[1])
                                             : strcmp(STATES[found], table.field[1]) == 0;
        if (same && (number.length > 0) == (found == SENTENCE_STATES))
            continue;
        print_error("%s:%zu: %s: state %d, \"%.*s\", expected %s\n", table.name, table.line,
                    table.field[0], found, (int)number.length, number.bytes, table.field[1]);
        failures++;
    }
    assert_int_equal(failures, 0);
    case_table_close(&table);
}

/// Sentences with %1$s for the number that they state and %2$s, %3$s for others.
static const char *const STATED[] = {
    "%1$s",
    "**%1$s**",
    "She has %1$s left.",
    "The total is %1$s.",
    "That makes $%1$s in all.",
    "We obtain %1$s.",
    "Il en reste %1$s.",
    "So there are **%1$s** of them.",
    "The answer is %1$s, not %2$s.",
    "%1$s of the %2$s students passed.",
    "After %2$s days, she has %1$s coins.",
    "We add %2$s and %3$s.\n\nSo Lena has %1$s marbles.",
    "The shirts are $%2$s and the hat is $%3$s. That adds up to **$%1$s**.",
    "He pays $%2$s. He pays $%3$s. Both together: **$%1$s**.",
    "%2$s + %3$s = %1$s marbles",
    "There were %2$s, so %1$s remain. I hope this helps!",
};

/// Likewise, where no answer is %1$s.
static const char *const MENTIONED[] = {
    "Of the %1$s apples, %2$s are left.",
    "It is not %1$s but %2$s.",
    "She has %2$s dogs and %1$s cats.",
    "x is %2$s or %1$s",
    "There are at least %1$s of them.",
    "It is the square root of %1$s.",
    "She needs %2$s bags since there are %1$s boxes.",
    "The price rises from %1$s to %2$s.",
    "\\boxed{%2$s} or \\boxed{%1$s}",
    "\\boxed{%1$s} or \\boxed{%2$s}",
    "\\boxed{%1$s}, \\boxed{%2$s}, \\boxed{%3$s}",
    "First \\boxed{%1$s}. After checking: \\boxed{%2$s}",
    "\\boxed{%2$s}\n\nThis answer is %3$s more than the first estimate of %1$s.",
};

static verdict_outcome outcome_of(const char *pattern, const char *const number[3])
{
    char reply[256];
    verdict v = {0};
    snprintf(reply, sizeof reply, pattern, number[0], number[1], number[2]);
    assert_ok(verdict_math(&v, distill_span_of(number[0]), distill_span_of(reply)));
    verdict_outcome outcome = v.outcome;
    verdict_free(&v);
    return outcome;
}

static void one_sentence_is_an_answer(void **state)
{
    (void)state;
    static const char *const NUMBERS[][3] = {
        {"37", "4", "9"}, {"5,200", "61", "12"}, {"2.75", "8", "310"}, {"3", "17", "20"}};
    for (size_t n = 0; n < sizeof NUMBERS / sizeof *NUMBERS; n++) {
        for (size_t i = 0; i < sizeof STATED / sizeof *STATED; i++)
            if (outcome_of(STATED[i], NUMBERS[n]) != VERDICT_RIGHT)
                fail_msg("\"%s\" with %s is not right", STATED[i], NUMBERS[n][0]);
        for (size_t i = 0; i < sizeof MENTIONED / sizeof *MENTIONED; i++)
            if (outcome_of(MENTIONED[i], NUMBERS[n]) == VERDICT_RIGHT)
                fail_msg("\"%s\" with %s is right", MENTIONED[i], NUMBERS[n][0]);
    }
}

static void any_bytes_are_a_sentence(void **state)
{
    (void)state;
    static const char PIECES[][8] = {"5",  " ",  "**", "`", "_",  ",",    "-",   "$",
                                     "\\", "is", "of", "²", "<<", "\xe2", "1/2", "="};
    uint32_t seed = 1;
    for (size_t round = 0; round < 20000; round++) {
        char text[64];
        size_t length = 0;
        while (length < 40) {
            seed = seed * 1664525 + 1013904223;
            const char *piece = PIECES[(seed >> 20) % (sizeof PIECES / sizeof *PIECES)];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
        }
        char *copy = malloc(length); // no longer, so that the sanitizer sees overruns
        distill_span number;
        assert_non_null(copy);
        memcpy(copy, text, length);
        (void)sentence_number(&number, (distill_span){copy, length}, LEAD_ANNOUNCED);
        if (number.length > 0)
            assert_true(number.bytes >= copy && number.bytes + number.length <= copy + length);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_state_the_numbers_of_the_table),
        cmocka_unit_test(one_sentence_is_an_answer),
        cmocka_unit_test(any_bytes_are_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
