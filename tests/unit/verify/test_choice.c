// tests/unit/verify/test_choice.c - the letter that a multiple-choice reply concludes with.
#include "datasets/verify/choice.h"
#include "tests/support/case_table.h"
#include "tests/support/unit.h"

static void replies_conclude_with_the_letters_of_the_table(void **state)
{
    (void)state;
    case_table table;
    size_t failures = 0;
    case_table_open(&table, "choice.test", 2);
    while (case_table_next(&table)) {
        choice found;
        choice_find(&found, distill_span_of(table.field[0]), NULL, 0);
        char letter = found.letter != '\0' ? found.letter : '-';
        if (letter == table.field[1][0])
            continue;
        print_error("%s:%zu: %s: %c (%s), expected %s\n", table.name, table.line, table.field[0],
                    letter, found.found_by, table.field[1]);
        failures++;
    }
    assert_int_equal(failures, 0);
    case_table_close(&table);
}

static void the_text_of_an_option_stands_for_its_letter(void **state)
{
    (void)state;
    choice found;
    distill_span options[] = {distill_span_of("argon"), distill_span_of("helium"),
                              distill_span_of("\\frac{1}{2}")};
    choice_find(&found, distill_span_of("The answer is helium."), options, 3);
    assert_int_equal(found.letter, 'B');
    choice_find(&found, distill_span_of("So \\boxed{0.5}"), options, 3);
    assert_int_equal(found.letter, 'C');
    choice_find(&found, distill_span_of("The answer is neon."), options, 3);
    assert_int_equal(found.letter, '\0');
}

static void reference_letters_differ_from_mathematics(void **state)
{
    (void)state;
    assert_true(choice_is_letter(distill_span_of("B")));
    assert_true(choice_is_letter(distill_span_of(" (C) ")));
    assert_false(choice_is_letter(distill_span_of("b")));
    assert_false(choice_is_letter(distill_span_of("x")));
    assert_false(choice_is_letter(distill_span_of("\\text{(C)}")));
    assert_false(choice_is_letter(distill_span_of("A, B")));
    assert_int_equal(choice_letter_of(distill_span_of("\\text{(C)}")), 'C');
    assert_int_equal(choice_letter_of(distill_span_of("b.")), 'B');
    assert_int_equal(choice_letter_of(distill_span_of("B or C")), '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_conclude_with_the_letters_of_the_table),
        cmocka_unit_test(the_text_of_an_option_stands_for_its_letter),
        cmocka_unit_test(reference_letters_differ_from_mathematics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
