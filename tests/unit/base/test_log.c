// tests/unit/base/test_log.c - the log file: one JSON line for each event, also from many threads.
#include "distill/base/lines.h"
#include "distill/base/log.h"

#include "distill/base/file.h"
#include "distill/base/threads.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

static void log_path(char path[256], const char *name)
{
    snprintf(path, 256, "%s/%s", scratch_folder(), name);
}

static void no_event_begins_without_a_log_file(void **state)
{
    (void)state;
    distill_event event;
    assert_ok(distill_log_open(NULL, true));
    assert_true(distill_log_is_quiet());
    assert_false(distill_event_begin(&event, "test.none"));
    distill_log_close();
}

static void a_log_file_that_cannot_be_opened_is_an_error(void **state)
{
    (void)state;
    char path[256];
    log_path(path, "absent/log.jsonl");
    assert_fails(distill_log_open(path, true), DISTILL_IO, "--log-file");
}

static void events_and_notes_are_lines_of_json(void **state)
{
    (void)state;
    char path[256];
    distill_event event;
    distill_text log = {0};
    distill_json *doc = NULL;
    log_path(path, "log.jsonl");
    assert_ok(distill_log_open(path, true));
    assert_true(distill_event_begin(&event, "test.done"));
    distill_json_add_string(&event.json, "quoted", "a \"b\"\n");
    distill_json_add_rounded(&event.json, "not_finite", NAN, 6);
    distill_event_end(&event);
    distill_note("a note with \"%s\"", "quotes");
    distill_log_close();
    assert_ok(distill_file_read(&log, path, 1 << 16));
    char *second = strchr(log.bytes, '\n') + 1;
    assert_ok(distill_json_parse(&doc, log.bytes, (size_t)(second - log.bytes), "first"));
    const distill_json_node *root = distill_json_root(doc);
    assert_true(distill_json_number(distill_json_member(root, "time")) > 1.7e9);
    assert_string_equal(distill_json_string(doc, distill_json_member(root, "event")).bytes,
                        "test.done");
    assert_string_equal(distill_json_string(doc, distill_json_member(root, "quoted")).bytes,
                        "a \"b\"\n");
    assert_int_equal(distill_json_kind_of(distill_json_member(root, "not_finite")),
                     DISTILL_JSON_NULL);
    distill_json_free(doc);
    assert_ok(distill_json_parse(&doc, second, strlen(second), "second"));
    root = distill_json_root(doc);
    assert_string_equal(distill_json_string(doc, distill_json_member(root, "event")).bytes, "note");
    assert_string_equal(distill_json_string(doc, distill_json_member(root, "text")).bytes,
                        "a note with \"quotes\"");
    distill_json_free(doc);
    distill_text_free(&log);
}

enum { EVENTS = 400 };

static void log_range(void *context, size_t begin, size_t end, int worker)
{
    (void)context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        distill_event event;
        if (distill_event_begin(&event, "test.thread")) {
            distill_json_add_uint(&event.json, "i", i);
            distill_event_end(&event);
        }
    }
}

static void events_of_threads_do_not_mix(void **state)
{
    (void)state;
    char path[256];
    bool seen[EVENTS] = {false};
    distill_lines *lines = NULL;
    distill_span line;
    bool more = false;
    log_path(path, "threads.jsonl");
    assert_ok(distill_threads_set(4));
    assert_ok(distill_log_open(path, true));
    distill_parallel_for(log_range, NULL, EVENTS, 1);
    distill_log_close();
    assert_ok(distill_lines_open(&lines, path, 1 << 16));
    for (size_t n = 0; n < EVENTS; n++) {
        distill_json *doc = NULL;
        size_t i = 0;
        assert_ok(distill_lines_next(lines, &line, &more));
        assert_true(more);
        assert_ok(distill_json_parse(&doc, line.bytes, line.length, "line"));
        assert_ok(distill_json_get_size(&i, doc, distill_json_root(doc), "i", 0, EVENTS - 1));
        assert_false(seen[i]);
        seen[i] = true;
        distill_json_free(doc);
    }
    assert_ok(distill_lines_next(lines, &line, &more));
    assert_false(more);
    distill_lines_close(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_event_begins_without_a_log_file),
        cmocka_unit_test(a_log_file_that_cannot_be_opened_is_an_error),
        cmocka_unit_test(events_and_notes_are_lines_of_json),
        cmocka_unit_test(events_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
