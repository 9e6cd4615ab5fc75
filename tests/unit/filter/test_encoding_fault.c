// Broken UTF-8 and control characters at every position of a block.
#include "datasets/filter/rules/encoding_fault.h"
#include "tests/support/shared_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct {
    distill_span text;
    const char *fault; // NULL: clean
} CASES[] = {
    {TEXT(""), NULL},
    {TEXT("plain text\twith tabs\r\nand lines\n"), NULL},
    {TEXT("é ü ß Ω Ж 中文 ひらがな 한국어 العربية 🎉 𝑥 ﬁ \xEF\xBB\xBF"), NULL},
    {TEXT("\xC2\xA0\xE2\x80\x8B\xE2\x80\xA8"), NULL}, // unusual spaces are text
    {TEXT("a\0b"), "control character"},
    {TEXT("\x1B[31m"), "control character"},
    {TEXT("\x07"), "control character"},
    {TEXT("a\x7F"), "control character"},
    {TEXT("\xC2\x80"), "control character"}, // C1
    {TEXT("\xC2\x9F"), "control character"},
    {TEXT("\xEF\xBF\xBD"), "U+FFFD"},
    {TEXT("\x80"), "broken UTF-8"},
    {TEXT("\xC3"), "broken UTF-8"},
    {TEXT("\xC3("), "broken UTF-8"},
    {TEXT("\xE4\xB8"), "broken UTF-8"},
    {TEXT("\xC0\xAF"), "broken UTF-8"},         // overlong
    {TEXT("\xED\xA0\x80"), "broken UTF-8"},     // a surrogate
    {TEXT("\xF4\x90\x80\x80"), "broken UTF-8"}, // beyond U+10FFFF
    {TEXT("\xFF\xFE"), "broken UTF-8"},
    {TEXT("\xF0\x9F\x8E"), "broken UTF-8"},
};

/// Each case with 0 to 130 letters before and after it, so that it is at every position of a
/// block.
static void faults_are_found_everywhere(void **state)
{
    (void)state;
    distill_text text = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        for (size_t before = 0; before <= 130; before++) {
            distill_text_clear(&text);
            for (size_t k = 0; k < before; k++)
                assert_int_equal(distill_text_add_char(&text, (char)('a' + k % 26)), DISTILL_OK);
            assert_int_equal(distill_text_add_span(&text, CASES[i].text), DISTILL_OK);
            for (size_t k = 0; k < (before * 7) % 131; k++)
                assert_int_equal(distill_text_add_char(&text, k % 40 == 39 ? '\n' : 'x'),
                                 DISTILL_OK);
            const char *fault = encoding_fault(distill_text_span(&text));
            if ((fault == NULL) != (CASES[i].fault == NULL) ||
                (fault != NULL && strcmp(fault, CASES[i].fault) != 0))
                fail_msg("case %zu behind %zu letters: %s", i, before, fault ? fault : "clean");
        }
    }
    distill_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(faults_are_found_everywhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
