// The table of columns: names, paths and places in a frame are unique; values are stored and
// loaded; the documentation lists every column.
#include "datasets/traces/trace_columns.h"
#include "distill/base/file.h"
#include "tests/support/unit.h"

static void names_and_paths_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++)
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(TRACE_COLUMNS[i].name, TRACE_COLUMNS[k].name);
            assert_string_not_equal(TRACE_COLUMNS[i].path, TRACE_COLUMNS[k].path);
            assert_int_not_equal(TRACE_COLUMNS[i].offset, TRACE_COLUMNS[k].offset);
        }
}

static void numbers_do_not_overlap_in_a_frame(void **state)
{
    (void)state;
    enum { FLAGS_BYTE = 13 };
    bool used[64] = {[FLAGS_BYTE] = true};
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        if (column->shape != TRACE_NUMBER)
            continue;
        for (size_t b = 0; b < trace_type_size(column->type); b++) {
            assert_true(column->frame_byte + b < sizeof used);
            assert_false(used[column->frame_byte + b]);
            used[column->frame_byte + b] = true;
        }
    }
}

static void numbers_come_back_as_they_were_stored(void **state)
{
    (void)state;
    trace_record record = {.sample = 7,
                           .finish = TRACE_FINISH_LENGTH,
                           .prompt_tokens = 1 << 20,
                           .response_tokens = 3,
                           .correct = -1,
                           .reason = TRACE_ENCODING};
    trace_record again = {.sample = 0};
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        char stored[8];
        if (TRACE_COLUMNS[i].shape != TRACE_NUMBER)
            continue;
        trace_column_store(stored, &record, &TRACE_COLUMNS[i]);
        trace_column_load(&again, &TRACE_COLUMNS[i], stored);
    }
    assert_int_equal(again.sample, 7);
    assert_int_equal(again.finish, TRACE_FINISH_LENGTH);
    assert_int_equal(again.prompt_tokens, 1 << 20);
    assert_int_equal(again.response_tokens, 3);
    assert_int_equal(again.correct, -1);
    assert_int_equal(again.reason, TRACE_ENCODING);
}

static void parts_are_those_with_all_their_values(void **state)
{
    (void)state;
    static const int32_t ids[2] = {1, 2};
    static const float logprobs[1] = {-1};
    static const uint16_t halves[2] = {0, 0};
    trace_record record = {.topk = 2};
    assert_int_equal(trace_record_parts(&record), 0);
    record.logprobs = logprobs; // without token ids they cannot be stored
    record.error = distill_span_of("refused");
    assert_int_equal(trace_record_parts(&record), TRACE_PART_ERROR);
    record.token_ids = ids;
    record.topk_ids = ids;
    assert_int_equal(trace_record_parts(&record),
                     TRACE_PART_ERROR | TRACE_PART_TOKENS | TRACE_PART_LOGPROBS);
    record.topk_logprobs = halves;
    record.has_verdict = true;
    assert_int_equal(trace_record_parts(&record), TRACE_PART_ERROR | TRACE_PART_TOKENS |
                                                      TRACE_PART_LOGPROBS | TRACE_PART_TOPK |
                                                      TRACE_PART_VERDICT);
}

static void the_documentation_lists_every_column(void **state)
{
    (void)state;
    distill_mapping page = {0};
    char quoted[80];
    assert_ok(distill_file_map(&page, DISTILL_SOURCE_DIR "/docs/formats.md"));
    distill_span text = {(const char *)page.bytes, page.length};
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        snprintf(quoted, sizeof quoted, "`%s%s`", TRACE_COLUMNS[i].path,
                 TRACE_COLUMNS[i].shape == TRACE_TEXT ? "/…" : "");
        if (distill_span_find(text, distill_span_of(quoted), 0) == SIZE_MAX)
            fail_msg("docs/formats.md does not describe %s", quoted);
    }
    distill_file_unmap(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_paths_are_unique),
        cmocka_unit_test(numbers_do_not_overlap_in_a_frame),
        cmocka_unit_test(numbers_come_back_as_they_were_stored),
        cmocka_unit_test(parts_are_those_with_all_their_values),
        cmocka_unit_test(the_documentation_lists_every_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
