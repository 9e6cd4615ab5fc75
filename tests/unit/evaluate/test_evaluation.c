// Evaluation by sampling: replies are graded, stored and scored; a finished one is not sampled
// again.
#include "tests/support/unit.h"

#include "datasets/evaluate/evaluation.h"
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/verify/grade.h"
#include "distill/generate/local_generator.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"

static const char *in_scratch(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder(), name);
    return path;
}

// --- one reply -----------------------------------------------------------------------------------

static void grade_reply_of(grade *g, trace_record *record, const char *response,
                           trace_finish finish)
{
    *record = (trace_record){.response = distill_span_of(response),
                             .answer = distill_span_of("42"),
                             .domain = distill_span_of("math"),
                             .tests = distill_span_of("[]"),
                             .finish = finish};
    assert_ok(evaluation_grade(g, record));
    assert_true(record->has_verdict);
    assert_int_equal(record->tests.length, 0);
}

static void a_reply_gets_its_verdict_and_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *response;
        trace_finish finish;
        int correct;
        trace_reason reason;
        const char *extracted;
    } ROWS[] = {
        {"<think>\n6*7\n</think>\n\n\\boxed{42}", TRACE_FINISH_STOP, 1, TRACE_KEPT, "42"},
        {"<think>\n6*7\n</think>\n\n\\boxed{41}", TRACE_FINISH_STOP, 0, TRACE_WRONG, "41"},
        {"<think>\n\\boxed{42}", TRACE_FINISH_STOP, 0, TRACE_NO_ANSWER, ""},
        {"<think>\n\\boxed{42}, but let me", TRACE_FINISH_LENGTH, -1, TRACE_TRUNCATED, ""},
        {"", TRACE_FINISH_STOP, 0, TRACE_NO_ANSWER, ""},
        {"", TRACE_FINISH_ERROR, 0, TRACE_ERROR, ""},
    };
    grade g = {0};
    trace_record r;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        grade_reply_of(&g, &r, ROWS[i].response, ROWS[i].finish);
        assert_int_equal(r.correct, ROWS[i].correct);
        assert_int_equal(r.reason, ROWS[i].reason);
        assert_true(distill_span_is(r.extracted, ROWS[i].extracted));
    }
    grade_free(&g);
}

// --- a whole set ---------------------------------------------------------------------------------

enum { REPLIES = 3 };

typedef struct fixture {
    distill_tokenizer *tok;
    distill_chat *chat;
    distill_generator *generator;
    prompt_set *problems;
} fixture;

static void open_fixture(fixture *f)
{
    const prompt_fields fields = {0};
    const distill_local_options local = {.batch_size = 4, .context = 200};
    tiny_model_write(in_scratch("model"), &TINY_QWEN2);
    tiny_write_file(scratch_folder(), "problems.jsonl",
                    "{\"id\":\"a\",\"prompt\":\"3+4?\",\"answer\":\"7\"}\n"
                    "{\"id\":\"b\",\"prompt\":\"4+4?\",\"answer\":\"8\"}\n");
    assert_ok(distill_tokenizer_load(&f->tok, in_scratch("model")));
    assert_ok(
        distill_chat_open(&f->chat, f->tok, &(distill_chat_options){.chat_template = "auto"}));
    assert_ok(prompt_set_open(&f->problems, in_scratch("problems.jsonl"), &fields));
    assert_ok(distill_local_generator_open(&f->generator, in_scratch("model"), f->tok, &local));
}

static void close_fixture(fixture *f)
{
    distill_generator_close(f->generator);
    prompt_set_close(f->problems);
    distill_chat_close(f->chat);
    distill_tokenizer_free(f->tok);
}

/// Every reply begins with the answer 7, whatever the random model adds.
static sampling_job job_of(const fixture *f)
{
    return (sampling_job){.prompts = f->problems,
                          .generator = f->generator,
                          .chat = f->chat,
                          .sampling = {.temperature = 1, .top_p = 1, .max_tokens = 4},
                          .samples = REPLIES,
                          .seed = 3,
                          .prompt_template = "{prompt}",
                          .think_prefix = "<think></think>\\boxed{7}. ",
                          .what = "tiny on sums"};
}

static void a_set_is_sampled_graded_and_scored_once(void **state)
{
    (void)state;
    fixture f = {0};
    evaluation *e = NULL;
    sample_score score = {0};
    const trace_store_settings settings = {.teacher = "tiny",
                                           .tokenizer_sha256 = "",
                                           .settings_json = "{}",
                                           .shard_traces = 4,
                                           .compression_level = 1};
    open_fixture(&f);
    const sampling_job job = job_of(&f);
    assert_ok(evaluation_open(&e, in_scratch("samples"), &settings));
    assert_false(evaluation_is_finished(e));
    assert_ok(evaluation_sample(e, &job, EVALUATION_LOCAL));
    evaluation_close(e);
    assert_ok(evaluation_open(&e, in_scratch("samples"), &settings));
    assert_true(evaluation_is_finished(e));
    evaluation_close(e);
    assert_ok(evaluation_score(&score, in_scratch("samples"), f.problems, REPLIES, 0));
    assert_int_equal(score.reply_count, 2 * REPLIES);
    assert_int_equal(score.tallies[0].right, REPLIES);
    assert_int_equal(score.tallies[1].right, 0);
    assert_within(score.pass1, 0.5, 1e-12);
    assert_within(score.cons, 0.5, 1e-12);
    assert_true(score.tokens_per_s > 0);
    sample_score_free(&score);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_gets_its_verdict_and_its_reason),
        cmocka_unit_test(a_set_is_sampled_graded_and_scored_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
