// The pipeline: each trace gets the first reason that applies; kept traces keep their columns.
#include "tests/support/unit.h"

#include "datasets/filter/pipeline.h"

#include "distill/base/file.h"
#include "tests/support/shared_data.h"

typedef struct one_case {
    const char *response, *answer;
    trace_finish finish;
    int32_t tokens;
    trace_reason reason;
    int8_t correct;
} one_case;

#define GOOD "<think>\nTwo and two make four.\n</think>\n\nThe answer is \\boxed{4}."

static const one_case CASES[] = {
    {GOOD, "4", TRACE_FINISH_STOP, 20, TRACE_KEPT, 1},
    {GOOD, "4", TRACE_FINISH_STOP, 21, TRACE_DUPLICATE, 1},
    {GOOD, "5", TRACE_FINISH_STOP, 20, TRACE_WRONG, 0},
    {GOOD, "", TRACE_FINISH_STOP, 20, TRACE_NO_REFERENCE, -1},
    {GOOD, "see proof", TRACE_FINISH_STOP, 20, TRACE_BAD_REFERENCE, -1},
    {"<think>\nI do not know.\n</think>\n\nIt is hard to say. One would have to look more closely "
     "at what is asked here. I leave that to others.",
     "4", TRACE_FINISH_STOP, 20, TRACE_NO_ANSWER, 0},
    {GOOD, "4", TRACE_FINISH_LENGTH, 20, TRACE_TRUNCATED, 1},
    {"<think>\nTwo and two make \\boxed{4}, but", "4", TRACE_FINISH_LENGTH, 20, TRACE_TRUNCATED,
     -1},
    {"", "4", TRACE_FINISH_ERROR, 0, TRACE_ERROR, 0},
    {"Two and two make \\boxed{4}.", "4", TRACE_FINISH_STOP, 20, TRACE_FORMAT, 1},
    {"<think>\nTwo and two make four.\n</think>\n\n\x1B[31m\\boxed{4}", "4", TRACE_FINISH_STOP, 20,
     TRACE_ENCODING, 1},
    {GOOD, "4", TRACE_FINISH_STOP, 3, TRACE_TOO_SHORT, 1},
    {GOOD, "4", TRACE_FINISH_STOP, 3000, TRACE_TOO_LONG, 1},
    {"<think>\n```python\n2+2\n```\n</think>\n\n\\boxed{4}", "4", TRACE_FINISH_STOP, 20,
     TRACE_CODE_BLOCK, 1},
    {"<think>\n二加二等于四，这是显然的。\n</think>\n\nThe answer is \\boxed{4}.", "4",
     TRACE_FINISH_STOP, 20, TRACE_LANGUAGE, 1},
    {"<think>\nSo it is four. So it is four. So it is four. So it is four. So it is four. So it is "
     "four. So it is four. So it is four. So it is four.\n</think>\n\n\\boxed{4}",
     "4", TRACE_FINISH_STOP, 20, TRACE_REPETITION, 1},
    {"<think>\nThis paragraph is much longer than the limit says that a paragraph may be, since it "
     "goes on and on, and does not come to an end when it should, although nothing is missing, and "
     "every reader has understood long ago.\n</think>\n\n\\boxed{4}",
     "4", TRACE_FINISH_STOP, 20, TRACE_PARAGRAPH, 1},
    {"<think>\nAnother way to see it.\n</think>\n\n\\boxed{4}", "4", TRACE_FINISH_STOP, 20,
     TRACE_KEPT, 1},
    {"<think>\nA third way to see it.\n</think>\n\n\\boxed{4}", "4", TRACE_FINISH_STOP, 20,
     TRACE_NOT_SELECTED, 1},
};
enum { CASE_COUNT = sizeof CASES / sizeof *CASES };

static const int32_t IDS[] = {7, 8, 9};
static const float LOGPROBS[] = {-0.25f, -0.5f, -1};

static const char *folder(const char *name)
{
    static char paths[4][200];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder(), name);
    return path;
}

static trace_store *open_store(const char *name)
{
    trace_store *store = NULL;
    trace_store_settings settings = {.shard_traces = 4, .verdict = true};
    assert_ok(trace_store_open(&store, folder(name), &settings));
    return store;
}

static void write_input(void)
{
    trace_store *store = NULL;
    trace_store_settings settings = {.shard_traces = 5, .overwrite = true};
    assert_ok(trace_store_open(&store, folder("input"), &settings));
    for (size_t i = 0; i < CASE_COUNT; i++) {
        trace_record record = {
            .id = distill_span_of("two-and-two"),
            .prompt = distill_span_of("What do two and two make?"),
            .response = distill_span_of(CASES[i].response),
            .answer = distill_span_of(CASES[i].answer),
            .domain = distill_span_of("math"),
            .finish = CASES[i].finish,
            .sample = (int32_t)i,
            .response_tokens = CASES[i].tokens,
            .token_ids = IDS,
            .logprobs = LOGPROBS,
            .token_count = 3,
        };
        assert_ok(trace_store_append(store, &record, i));
    }
    assert_ok(trace_store_finish(store));
    trace_store_close(store);
}

static filter_settings all_filters(void)
{
    return (filter_settings){
        .format = REPLY_FORMAT_THINK,
        .max_language_mix = 0.05,
        .language = NULL,
        .max_repetition = 0.2,
        .max_paragraph_chars = 200,
        .min_tokens = 10,
        .max_tokens = 1000,
        .no_code_blocks = true,
        .selection = {.rule = {SELECT_FIRST, 2}, .drop_duplicates = true, .max_pass_rate = 1},
    };
}

static void run(filter_result *result, const filter_settings *settings, trace_store *kept,
                trace_store *rejected)
{
    trace_reader *input = NULL;
    assert_ok(trace_reader_open(&input, folder("input")));
    trace_reader *const inputs[] = {input};
    filter_job job = {inputs, 1, *settings, kept, rejected};
    assert_ok(filter_run(result, &job));
    trace_reader_close(input);
}

/// Compares an output with the cases; returns its number of traces.
static size_t check_output(const char *name, bool kept)
{
    trace_reader *reader = NULL;
    trace_record record;
    assert_ok(trace_reader_open(&reader, folder(name)));
    size_t count = trace_reader_count(reader);
    for (size_t i = 0; i < count; i++) {
        assert_ok(trace_reader_read(reader, i, &record));
        const one_case *expected = &CASES[record.sample];
        assert_true(record.has_verdict);
        if (record.reason != expected->reason || record.correct != expected->correct)
            fail_msg("case %d: %s %d, expected %s %d", record.sample,
                     trace_reason_name(record.reason), record.correct,
                     trace_reason_name(expected->reason), expected->correct);
        assert_int_equal(record.reason == TRACE_KEPT, kept);
        assert_true(distill_span_is(record.response, expected->response));
        assert_int_equal(record.token_count, 3);
        assert_memory_equal(record.token_ids, IDS, sizeof IDS);
        assert_memory_equal(record.logprobs, LOGPROBS, sizeof LOGPROBS);
        if (record.correct == 1)
            assert_true(distill_span_is(record.extracted, "4"));
    }
    trace_reader_close(reader);
    return count;
}

static void every_trace_gets_its_reason(void **state)
{
    (void)state;
    filter_result result;
    filter_settings settings = all_filters();
    write_input();
    trace_store *kept = open_store("kept"), *rejected = open_store("rejected");
    run(&result, &settings, kept, rejected);
    trace_store_close(kept);
    trace_store_close(rejected);
    assert_int_equal(check_output("kept", true), 2);
    assert_int_equal(check_output("rejected", false), CASE_COUNT - 2);
    assert_int_equal(result.seen, CASE_COUNT);
    assert_int_equal(result.kept, 2);
    assert_int_equal(result.prompts, 1 /* one id, one prompt */);
    assert_int_equal(result.grades.of[GRADE_NO_REFERENCE], 1);
    assert_int_equal(result.grades.of[GRADE_BAD_REFERENCE], 1);
    assert_int_equal(result.grades.of[GRADE_TRUNCATED], 1); // within its thought
    assert_int_equal(result.grades.truncated, 2);
    assert_int_equal(grade_counts_with(&result.grades, VERDICT_UNKNOWN), 3);
    assert_int_equal(grade_counts_with(&result.grades, VERDICT_WRONG), 3);
    size_t sum = 0;
    for (size_t i = 0; i < FILTER_REASONS; i++)
        sum += result.reasons[i];
    assert_int_equal(sum, CASE_COUNT);
    filter_result_free(&result);
}

static void cut_replies_are_kept_as_unknown_on_demand(void **state)
{
    (void)state;
    filter_result result;
    filter_settings settings = {.max_language_mix = 1,
                                .max_repetition = 1,
                                .keep_truncated = true,
                                .selection = {.max_pass_rate = 1}};
    write_input();
    trace_store *kept = open_store("cut");
    run(&result, &settings, kept, NULL);
    trace_store_close(kept);
    trace_reader *reader = NULL;
    trace_record record;
    size_t unknown = 0;
    assert_ok(trace_reader_open(&reader, folder("cut")));
    for (size_t i = 0; i < trace_reader_count(reader); i++) {
        assert_ok(trace_reader_read(reader, i, &record));
        assert_int_equal(record.reason, TRACE_KEPT);
        assert_true(record.correct != 0);
        unknown += record.correct == -1 && record.finish == TRACE_FINISH_LENGTH;
    }
    trace_reader_close(reader);
    assert_int_equal(unknown, 1);
    assert_int_equal(result.reasons[TRACE_TRUNCATED], 0);
    filter_result_free(&result);
}

static void without_options_complete_replies_are_kept(void **state)
{
    (void)state;
    filter_result result;
    filter_settings settings = {.verify = GRADE_NONE,
                                .max_language_mix = 1,
                                .language = NULL,
                                .max_repetition = 1,
                                .selection = {.max_pass_rate = 1}};
    write_input();
    trace_store *kept = open_store("kept-plain");
    run(&result, &settings, kept, NULL);
    trace_store_close(kept);
    assert_int_equal(result.reasons[TRACE_TRUNCATED], 2);
    assert_int_equal(result.reasons[TRACE_ERROR], 1);
    assert_int_equal(result.reasons[TRACE_ENCODING], 1);
    assert_int_equal(result.kept, CASE_COUNT - 4);
    filter_result_free(&result);
    settings.keep_truncated = true;
    kept = open_store("kept-truncated");
    run(&result, &settings, kept, NULL);
    trace_store_close(kept);
    assert_int_equal(result.kept, CASE_COUNT - 2);
    filter_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_trace_gets_its_reason),
        cmocka_unit_test(cut_replies_are_kept_as_unknown_on_demand),
        cmocka_unit_test(without_options_complete_replies_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
