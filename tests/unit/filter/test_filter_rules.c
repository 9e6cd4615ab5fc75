// The table of rules and docs/filter.md name the same rules in the same order; every reason is
// described.
#include "tests/support/unit.h"

#include "datasets/filter/filter_rules.h"
#include "distill/base/file.h"

static void load_page(distill_text *page)
{
    assert_ok(distill_file_read(page, DISTILL_SOURCE_DIR "/docs/filter.md", 1 << 20));
}

/// The position of `name` in the page; SIZE_MAX if it is missing.
static size_t place_of(const distill_text *page, trace_reason reason)
{
    char name[64];
    snprintf(name, sizeof name, "`%s`", trace_reason_name(reason));
    size_t table = distill_span_find(distill_text_span(page), distill_span_of("| reason |"), 0);
    return distill_span_find(distill_text_span(page), distill_span_of(name), table);
}

static void rules_are_documented_in_their_order(void **state)
{
    (void)state;
    distill_text page = {0};
    size_t last = 0;
    load_page(&page);
    for (size_t i = 0; i < FILTER_RULE_COUNT; i++) {
        size_t place = place_of(&page, FILTER_RULES[i].reason);
        if (place == SIZE_MAX || place < last)
            fail_msg("docs/filter.md: `%s` is missing or out of order",
                     trace_reason_name(FILTER_RULES[i].reason));
        last = place;
    }
    distill_text_free(&page);
}

static void every_reason_is_documented(void **state)
{
    (void)state;
    distill_text page = {0};
    load_page(&page);
#define CHECK_REASON(name, value, key, sentence)                                                   \
    if (TRACE_##name != TRACE_KEPT && place_of(&page, TRACE_##name) == SIZE_MAX)                   \
        fail_msg("docs/filter.md: `%s` is missing", key);
    TRACE_REASON_LIST(CHECK_REASON)
#undef CHECK_REASON
    distill_text_free(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_documented_in_their_order),
        cmocka_unit_test(every_reason_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
