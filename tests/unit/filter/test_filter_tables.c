// The project's own labelled cases (tests/tables): format, mixed languages, loops, refusals, at the
// thresholds that docs/filter.md names.
#include "tests/support/unit.h"

#include "datasets/filter/rules/language_mix.h"
#include "datasets/filter/rules/refusal.h"
#include "datasets/filter/rules/repetition.h"
#include "datasets/filter/rules/reply_format.h"
#include "distill/base/lines.h"
#include "tests/support/shared_data.h"

#include <stdlib.h>

static const double MIXED = 0.05, LOOP = 0.2;

enum { FIELDS = 4 };

typedef struct table_case {
    distill_span fields[FIELDS]; // the last is the reply as written
    distill_text reply;
} table_case;

static bool starts(distill_span text, const char *what)
{
    return text.length >= strlen(what) && memcmp(text.bytes, what, strlen(what)) == 0;
}

static distill_span behind(distill_span text, size_t step)
{
    return (distill_span){text.bytes + step, text.length - step};
}

/// Writes `text` with ¶ as a line end, → as a tab and § as `number`.
static void write_plain(distill_text *out, distill_span text, int number)
{
    while (text.length > 0) {
        size_t step = 1;
        if (starts(text, "¶")) {
            assert_ok(distill_text_add(out, "\n"));
            step = strlen("¶");
        } else if (starts(text, "→")) {
            assert_ok(distill_text_add(out, "\t"));
            step = strlen("→");
        } else if (starts(text, "§")) {
            assert_ok(distill_text_printf(out, "%d", number));
            step = strlen("§");
        } else {
            assert_ok(distill_text_append(out, text.bytes, 1));
        }
        text = behind(text, step);
    }
}

/// ⟪text⟫*N becomes N copies.
static void write_reply(distill_text *out, distill_span text)
{
    distill_text_clear(out);
    assert_ok(distill_text_append(out, "", 0));
    for (;;) {
        size_t open = distill_span_find(text, distill_span_of("⟪"), 0);
        if (open == SIZE_MAX)
            break;
        size_t close = distill_span_find(text, distill_span_of("⟫*"), open);
        assert_true(close != SIZE_MAX);
        write_plain(out, (distill_span){text.bytes, open}, 0);
        distill_span copied = {text.bytes + open + strlen("⟪"), close - open - strlen("⟪")};
        char *end = NULL;
        int copies = (int)strtol(text.bytes + close + strlen("⟫*"), &end, 10);
        for (int i = 1; i <= copies; i++)
            write_plain(out, copied, i);
        text = behind(text, (size_t)(end - text.bytes));
    }
    write_plain(out, text, 0);
}

/// True if the rule agrees with the label; else sets `found` to the result of the rule.
typedef bool (*case_fn)(table_case *one, char found[200]);

/// Checks every line of the table: `fields` parts between " | ", of which the last is the reply.
static void check_table(const char *name, size_t fields, size_t least, case_fn agrees)
{
    char path[400];
    distill_lines *lines = NULL;
    distill_span line;
    table_case one = {.reply = {0}};
    size_t cases = 0, failed = 0;
    bool more = false;
    snprintf(path, sizeof path, "%s/tests/tables/%s", DISTILL_SOURCE_DIR, name);
    assert_ok(distill_lines_open(&lines, path, 1 << 20));
    for (;;) {
        char found[200] = "";
        assert_ok(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        if (line.length == 0 || line.bytes[0] == '#')
            continue;
        for (size_t i = 0; i < fields; i++) {
            size_t end =
                i + 1 < fields ? distill_span_find(line, distill_span_of(" | "), 0) : line.length;
            assert_true(end != SIZE_MAX);
            one.fields[i] = (distill_span){line.bytes, end};
            line = behind(line, i + 1 < fields ? end + 3 : end);
        }
        write_reply(&one.reply, one.fields[fields - 1]);
        cases++;
        if (!agrees(&one, found)) {
            failed++;
            print_error("%s:%zu: %.*s: %s\n", name, distill_lines_number(lines),
                        (int)(one.fields[fields - 1].bytes - one.fields[0].bytes),
                        one.fields[0].bytes, found);
        }
    }
    print_message("%s %zu/%zu\n", name, cases - failed, cases);
    assert_int_equal(failed, 0);
    assert_true(cases >= least);
    distill_lines_close(lines);
    distill_text_free(&one.reply);
}

static bool format_agrees(table_case *one, char found[200])
{
    reply_format format =
        distill_span_is(one->fields[0], "think") ? REPLY_FORMAT_THINK : REPLY_FORMAT_R1_ZERO;
    const char *fault = reply_format_fault(format, distill_text_span(&one->reply));
    snprintf(found, 200, "found %s", fault != NULL ? fault : "ok");
    return distill_span_is(one->fields[1], fault != NULL ? fault : "ok");
}

static bool language_agrees(table_case *one, char found[200])
{
    double share = 0;
    language_scratch *scratch = NULL;
    assert_ok(language_scratch_create(&scratch));
    assert_ok(language_mix(&share, distill_span_of(""), distill_text_span(&one->reply),
                           one->fields[0], scratch));
    language_scratch_free(scratch);
    snprintf(found, 200, "share %.3f", share);
    return (share > MIXED) == distill_span_is(one->fields[1], "mixed");
}

static bool repetition_agrees(table_case *one, char found[200])
{
    double share = 0;
    repetition_scratch *scratch = NULL;
    assert_ok(repetition_scratch_create(&scratch));
    assert_ok(repetition_share(&share, distill_text_span(&one->reply), scratch));
    repetition_scratch_free(scratch);
    snprintf(found, 200, "share %.3f", share);
    return (share > LOOP) == distill_span_is(one->fields[0], "loop");
}

static bool refusal_agrees(table_case *one, char found[200])
{
    bool refuses = refusal_found(distill_text_span(&one->reply));
    snprintf(found, 200, "found %s", refuses ? "a refusal" : "none");
    return refuses == distill_span_is(one->fields[0], "refusal");
}

static void formats_agree(void **state)
{
    (void)state;
    check_table("reply_format.test", 3, 100, format_agrees);
}

static void languages_agree(void **state)
{
    (void)state;
    check_table("language_mix.test", 4, 100, language_agrees);
}

static void loops_agree(void **state)
{
    (void)state;
    check_table("repetition.test", 3, 100, repetition_agrees);
}

static void refusals_agree(void **state)
{
    (void)state;
    check_table("refusal.test", 2, 50, refusal_agrees);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_agree),
        cmocka_unit_test(languages_agree),
        cmocka_unit_test(loops_agree),
        cmocka_unit_test(refusals_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
