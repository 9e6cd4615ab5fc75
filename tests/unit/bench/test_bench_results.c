// Scores, results.json, the table and the report of scripted replies.
#include "tests/support/unit.h"

#include "bench/bench_run.h"
#include "bench/report/bench_report.h"
#include "bench/report/reply_examples.h"
#include "bench/report/results_json.h"
#include "bench/report/results_table.h"
#include "datasets/evaluate/evaluation.h"
#include "datasets/traces/trace_store.h"
#include "datasets/verify/grade.h"
#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"

enum { REPLIES = 4 };

/// Scripted replies; "CUT" in front of one means that it ended at the token limit.
typedef struct scripted {
    const char *problem;
    const char *replies[REPLIES];
} scripted;

static const scripted WEAK[] = {
    {"a", {"<think>x</think>\\boxed{2}", "\\boxed{3}", "\\boxed{3}", "CUT<think>\\boxed{2}"}},
    {"b", {"\\boxed{5}", "\\boxed{0.5}", "\\boxed{1/2}", "\\boxed{5}"}},
    {"c", {"CUT no", "CUT no", "CUT no", "</script><script>alert(1)</script>\xff"}},
};
static const scripted STRONG[] = {
    {"a", {"\\boxed{2}", "\\boxed{2}", "\\boxed{2}", "\\boxed{2}"}},
    {"b", {"\\boxed{0.5}", "\\boxed{0.5}", "\\boxed{\\frac{1}{2}}", "\\boxed{5}"}},
    {"c", {"\\boxed{9}", "\\boxed{9}", "CUT<think>", "\\boxed{8}"}},
};

static void store_replies(const char *dir, const prompt_set *prompts, const scripted *script)
{
    trace_store *store = NULL;
    grade g = {0};
    trace_store_settings settings = {.teacher = "none",
                                     .tokenizer_sha256 = "",
                                     .settings_json = "{}",
                                     .shard_traces = 5,
                                     .compression_level = 1};
    assert_ok(trace_store_open(&store, dir, &settings));
    for (size_t i = 0; i < 3 * REPLIES; i++) {
        const prompt_record *p = prompt_set_at(prompts, i / REPLIES);
        const char *text = script[i / REPLIES].replies[i % REPLIES];
        bool cut = strncmp(text, "CUT", 3) == 0;
        trace_record record = {.id = p->id,
                               .prompt = p->prompt,
                               .answer = p->answer,
                               .domain = p->domain,
                               .language = distill_span_of("en"),
                               .response = distill_span_of(cut ? text + 3 : text),
                               .sample = (int32_t)(i % REPLIES),
                               .finish = cut ? TRACE_FINISH_LENGTH : TRACE_FINISH_STOP,
                               .prompt_tokens = 3,
                               .response_tokens = (int32_t)(10 + i)};
        assert_ok(evaluation_grade(&g, &record));
        assert_ok(trace_store_append(store, &record, i));
    }
    assert_ok(trace_store_finish(store));
    trace_store_close(store);
    grade_free(&g);
}

typedef struct fixture {
    bench_options options;
    const char *models[2];
    const char *suites[1];
    distill_text suite_word, output;
    bench_run run;
} fixture;

static void score_model(fixture *f, size_t model, const scripted *script)
{
    distill_text name = {0}, samples = {0};
    assert_ok(distill_text_printf(&name, "samples/%s", f->run.models[model].folder));
    assert_ok(bench_output_path(&samples, &f->run.output, name.bytes));
    assert_ok(distill_make_directory(samples.bytes));
    assert_ok(distill_text_printf(&samples, "/%s", f->run.suites[0].folder));
    store_replies(samples.bytes, f->run.suites[0].problems, script);
    assert_ok(sample_score_read(bench_run_score(&f->run, model, 0), samples.bytes,
                                f->run.suites[0].problems, REPLIES, 0));
    distill_text_free(&name);
    distill_text_free(&samples);
}

static int make_fixture(void **state)
{
    static fixture f;
    static distill_text weak, strong;
    f = (fixture){.options = *(const bench_options *)BENCH_PROGRAM.defaults};
    tiny_write_file(scratch_folder(), "own.jsonl",
                    "{\"id\":\"a\",\"prompt\":\"1+1?\",\"answer\":\"2\"}\n"
                    "{\"id\":\"b\",\"prompt\":\"half?\",\"answer\":\"1/2\"}\n"
                    "{\"id\":\"c\",\"prompt\":\"<b>?\",\"answer\":\"9\"}\n");
    assert_ok(distill_text_printf(&weak, "weak <one>=%s", scratch_folder()));
    assert_ok(distill_text_printf(&strong, "strong=%s", scratch_folder()));
    assert_ok(distill_text_printf(&f.suite_word, "own=%s/own.jsonl", scratch_folder()));
    assert_ok(distill_path_join(&f.output, scratch_folder(), "out"));
    f.models[0] = weak.bytes;
    f.models[1] = strong.bytes;
    f.suites[0] = f.suite_word.bytes;
    f.options.models = (distill_string_list){f.models, 2};
    f.options.suites = (distill_string_list){f.suites, 1};
    f.options.output = f.output.bytes;
    f.options.n = REPLIES;
    assert_ok(bench_run_open(&f.run, &f.options));
    assert_ok(suite_write_problems(&f.run.suites[0], f.output.bytes));
    score_model(&f, 0, WEAK);
    score_model(&f, 1, STRONG);
    assert_ok(bench_run_compare(&f.run));
    *state = &f;
    return 0;
}

static int drop_fixture(void **state)
{
    fixture *f = *state;
    bench_run_close(&f->run);
    distill_text_free(&f->suite_word);
    distill_text_free(&f->output);
    return 0;
}

static void scores_equal_those_computed_by_hand(void **state)
{
    const fixture *f = *state;
    const sample_score *weak = bench_run_score(&f->run, 0, 0);
    // a: 1 of 4 (the unfinished thought does not count), b: 2 of 4, c: 0 of 4
    assert_int_equal(weak->tallies[0].right, 1);
    assert_int_equal(weak->tallies[1].right, 2);
    assert_int_equal(weak->tallies[2].right, 0);
    assert_within(weak->pass1, (0.25 + 0.5 + 0) / 3, 1e-12);
    // a: "3" wins, wrong. b: 5 has two votes, 0.5 and 1/2 together two: a tie, half. c: no votes
    assert_within(weak->cons, (0 + 0.5 + 0) / 3, 1e-12);
    assert_within(weak->truncated, 4.0 / 12, 1e-12);
    assert_within(weak->mean_tokens, 15.5, 1e-12); // 10 to 21
    const sample_score *strong = bench_run_score(&f->run, 1, 0);
    assert_within(strong->pass1, (1 + 0.75 + 0.5) / 3, 1e-12);
    assert_within(strong->cons, 1, 1e-12);
    assert_true(strong->ci95.low <= strong->pass1 && strong->pass1 <= strong->ci95.high);
}

static void results_json_has_the_documented_members(void **state)
{
    const fixture *f = *state;
    distill_text out = {0};
    distill_json *doc = NULL;
    assert_ok(results_json_write(&out, &f->run));
    assert_ok(distill_json_parse(&doc, out.bytes, out.length, "results"));
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *model =
        distill_json_member(distill_json_member(root, "models"), "weak <one>");
    const distill_json_node *score = distill_json_member(model, "own");
    static const char *const NUMBERS[] = {"pass@1",      "cons@n",    "n",           "problems",
                                          "mean_tokens", "truncated", "tokens_per_s"};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        const distill_json_node *node = distill_json_member(score, NUMBERS[i]);
        assert_non_null(node);
        assert_int_equal(distill_json_kind_of(node), DISTILL_JSON_NUMBER);
    }
    assert_within(distill_json_number(distill_json_member(score, "pass@1")), 0.25, 1e-12);
    assert_int_equal(distill_json_count(distill_json_member(score, "ci95")), 2);
    const distill_json_node *pass_k = distill_json_member(score, "pass@k");
    // a: 1 - C(3,2)/C(4,2) = 1/2, b: 1 - 1/6, c: 0
    assert_within(distill_json_number(distill_json_member(pass_k, "2")), (0.5 + 5.0 / 6 + 0) / 3,
                  1e-12);
    const distill_json_node *pair = distill_json_first(distill_json_member(root, "paired"));
    assert_within(distill_json_number(distill_json_member(pair, "difference")), 0.5, 1e-12);
    assert_true(distill_json_true(distill_json_member(pair, "distinguishable")));
    assert_non_null(distill_json_member(distill_json_member(root, "settings"), "temperature"));
    distill_json_free(doc);
    distill_text_free(&out);
}

static bool holds(const distill_text *text, const char *words)
{
    return distill_span_find(distill_text_span(text), distill_span_of(words), 0) != SIZE_MAX;
}

static void the_table_has_a_row_for_each_model_and_the_difference(void **state)
{
    const fixture *f = *state;
    distill_text out = {0};
    assert_ok(results_table_write(&out, &f->run));
    assert_true(holds(&out, "own (3 problems, n=4)"));
    assert_true(holds(&out, "weak <one>     25.0% ±"));
    assert_true(holds(&out, "\nstrong         75.0% ±"));
    assert_true(holds(&out, "cons@4"));
    assert_true(holds(&out, "33.3%"));
    assert_true(holds(&out, "strong - weak <one>"));
    assert_true(holds(&out, "+50.0  [+"));
    assert_false(holds(&out, "not distinguishable"));
    distill_text_free(&out);
}

static void replies_are_escaped_in_the_report(void **state)
{
    const fixture *f = *state;
    distill_text path = {0}, page = {0};
    assert_ok(distill_path_join(&path, scratch_folder(), "report.html"));
    assert_ok(bench_report_write(&f->run, path.bytes));
    assert_ok(distill_file_read(&page, path.bytes, 1 << 22));
    assert_true(holds(&page, "&lt;/script&gt;&lt;script&gt;alert(1)"));
    assert_false(holds(&page, "<script"));
    assert_false(holds(&page, "\xff"));
    assert_true(holds(&page, "weak &lt;one&gt;"));
    assert_false(holds(&page, "weak <one>"));
    assert_true(holds(&page, "cut off at the token limit"));
    assert_true(holds(&page, "Accuracy against reply length"));
    assert_true(holds(&page, "<svg"));
    distill_text_free(&path);
    distill_text_free(&page);
}

static void examples_show_right_wrong_and_cut_replies_of_different_problems(void **state)
{
    const fixture *f = *state;
    const sample_score *weak = bench_run_score(&f->run, 0, 0);
    size_t rows[MOST_EXAMPLES], count = 0, again[MOST_EXAMPLES], again_count = 0;
    reply_examples_draw(rows, &count, weak, 7);
    reply_examples_draw(again, &again_count, weak, 7);
    assert_int_equal(count, MOST_EXAMPLES);
    assert_int_equal(count, again_count);
    assert_memory_equal(rows, again, sizeof rows);
    size_t right = 0, cut = 0;
    for (size_t i = 0; i < count; i++) {
        right += weak->replies[rows[i]].correct == 1;
        cut += weak->replies[rows[i]].finish == TRACE_FINISH_LENGTH;
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(rows[i], rows[j]);
    }
    assert_int_equal(right, 2);
    assert_int_equal(cut, 1);
    assert_int_not_equal(weak->replies[rows[0]].problem, weak->replies[rows[1]].problem);
}

static void samples_of_another_suite_are_refused(void **state)
{
    const fixture *f = *state;
    prompt_set *other = NULL;
    prompt_fields fields = {0};
    sample_score score;
    distill_text path = {0}, samples = {0};
    tiny_write_file(scratch_folder(), "other.jsonl",
                    "{\"id\":\"z\",\"prompt\":\"?\",\"answer\":\"1\"}\n");
    assert_ok(distill_path_join(&path, scratch_folder(), "other.jsonl"));
    assert_ok(prompt_set_open(&other, path.bytes, &fields));
    assert_ok(bench_output_path(&samples, &f->run.output, "samples/strong/own"));
    assert_fails(sample_score_read(&score, samples.bytes, other, REPLIES, 0), DISTILL_FORMAT,
                 "is not to a problem");
    assert_fails(sample_score_read(&score, samples.bytes, f->run.suites[0].problems, 3, 0),
                 DISTILL_FORMAT, "more than 3 replies");
    prompt_set_close(other);
    distill_text_free(&path);
    distill_text_free(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_equal_those_computed_by_hand),
        cmocka_unit_test(results_json_has_the_documented_members),
        cmocka_unit_test(the_table_has_a_row_for_each_model_and_the_difference),
        cmocka_unit_test(replies_are_escaped_in_the_report),
        cmocka_unit_test(examples_show_right_wrong_and_cut_replies_of_different_problems),
        cmocka_unit_test(samples_of_another_suite_are_refused),
    };
    return cmocka_run_group_tests(tests, make_fixture, drop_fixture);
}
