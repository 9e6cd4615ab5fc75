// The judge's log: replay, incomplete lines, damaged lines.
#include "datasets/filter/judge/judge_log.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct replayed {
    size_t count;
    char keys[8]; // first digit of each
    judge_outcome outcome[8];
    char why[8][64];
} replayed;

static distill_status take(void *context, const judge_line *line)
{
    replayed *r = context;
    r->keys[r->count] = line->key[0];
    r->outcome[r->count] = line->outcome;
    snprintf(r->why[r->count++], sizeof r->why[0], "%.*s", (int)line->why.length, line->why.bytes);
    return DISTILL_OK;
}

static char *folder(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/distill-judge-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

static void append(judge_log *log, char digit, judge_outcome outcome, const char *why)
{
    judge_line line = {.outcome = outcome, .why = distill_span_of(why), .model = "m"};
    memset(line.key, digit, DISTILL_SHA256_HEX - 1);
    assert_ok(judge_log_append(log, &line));
}

static replayed read_all(const char *dir)
{
    replayed r = {0};
    judge_log *log = NULL;
    assert_ok(judge_log_open(&log, dir, take, &r));
    judge_log_close(log);
    return r;
}

static void appended_verdicts_are_replayed(void **state)
{
    const char *dir = folder();
    judge_log *log = NULL;
    replayed r = {0};
    (void)state;
    assert_ok(judge_log_open(&log, dir, take, &r));
    append(log, '1', JUDGE_CORRECT, "because\n\"so\" \xc3\xa9");
    append(log, '2', JUDGE_UNCLEAR, "");
    assert_ok(judge_log_sync(log));
    judge_log_close(log);
    assert_int_equal(r.count, 0);
    r = read_all(dir);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.keys[0], '1');
    assert_int_equal(r.outcome[0], JUDGE_CORRECT);
    assert_string_equal(r.why[0], "because\n\"so\" \xc3\xa9");
    assert_int_equal(r.outcome[1], JUDGE_UNCLEAR);
    assert_ok(distill_remove_all(dir));
}

/// Truncated at every byte of the second line: the first one stays, and a third can be appended.
static void an_incomplete_line_is_removed(void **state)
{
    const char *dir = folder();
    char path[128];
    judge_log *log = NULL;
    replayed none = {0};
    uint64_t first = 0, both = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/judge-verdicts.jsonl", dir);
    assert_ok(judge_log_open(&log, dir, take, &none));
    append(log, '1', JUDGE_CORRECT, "yes");
    assert_ok(distill_file_size(&first, path));
    append(log, '2', JUDGE_INCORRECT, "no");
    assert_ok(distill_file_size(&both, path));
    judge_log_close(log);
    for (uint64_t length = both - 1; length >= first; length -= 7) {
        assert_int_equal(truncate(path, (off_t)length), 0);
        replayed r = {0};
        assert_ok(judge_log_open(&log, dir, take, &r));
        assert_int_equal(r.count, 1);
        append(log, '3', JUDGE_UNCLEAR, "hm");
        judge_log_close(log);
        r = read_all(dir);
        assert_int_equal(r.count, 2);
        assert_int_equal(r.keys[1], '3');
        assert_int_equal(truncate(path, (off_t)first), 0);
        assert_ok(judge_log_open(&log, dir, take, &none));
        append(log, '2', JUDGE_INCORRECT, "no");
        judge_log_close(log);
        none.count = 0;
    }
    assert_ok(distill_remove_all(dir));
}

static void a_damaged_line_is_skipped(void **state)
{
    const char *dir = folder();
    char path[128];
    judge_log *log = NULL;
    replayed none = {0};
    (void)state;
    snprintf(path, sizeof path, "%s/judge-verdicts.jsonl", dir);
    static const char bad[] = "no JSON\n{\"key\":\"12\",\"outcome\":\"correct\",\"why\":\"\"}\n"
                              "{\"key\":7}\n\n[]\n";
    assert_ok(distill_file_write(path, bad, sizeof bad - 1));
    assert_ok(judge_log_open(&log, dir, take, &none));
    assert_int_equal(none.count, 0);
    append(log, '4', JUDGE_CORRECT, "");
    judge_log_close(log);
    assert_int_equal(read_all(dir).count, 1);
    assert_ok(distill_remove_all(dir));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_verdicts_are_replayed),
        cmocka_unit_test(an_incomplete_line_is_removed),
        cmocka_unit_test(a_damaged_line_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
