// Decisions among the replies to a prompt, and overlap with benchmarks.
#include "tests/support/unit.h"

#include "datasets/filter/selection.h"

#include "datasets/filter/rules/decontamination.h"
#include "distill/base/file.h"
#include "distill/base/lines.h"
#include "tests/support/shared_data.h"

enum { COUNT = 6 };

/// Two prompts, alternating: 0, 2, 4 and 1, 3, 5.
static void make_traces(trace_summary traces[COUNT])
{
    static const uint32_t tokens[COUNT] = {30, 5, 10, 5, 20, 5};
    static const int8_t correct[COUNT] = {1, 0, 0, 0, 1, -1};
    for (uint64_t i = 0; i < COUNT; i++)
        traces[i] = (trace_summary){.index = i,
                                    .prompt = 100 + i % 2,
                                    .reply = i,
                                    .tokens = tokens[i],
                                    .bytes = 4 * tokens[i],
                                    .correct = correct[i]};
}

static void assert_reasons(const trace_summary traces[COUNT], const trace_reason reasons[COUNT])
{
    for (size_t i = 0; i < COUNT; i++)
        if (traces[i].reason != reasons[i])
            fail_msg("trace %zu: %s, expected %s", i,
                     trace_reason_name((trace_reason)traces[i].reason),
                     trace_reason_name(reasons[i]));
}

static void apply(trace_summary traces[COUNT], const char *rule, double low, double high)
{
    selection_limits limits = {.min_pass_rate = low, .max_pass_rate = high, .seed = 3};
    assert_ok(selection_parse(&limits.rule, rule));
    assert_ok(selection_apply(traces, COUNT, &limits));
}

static void replies_are_selected_in_the_given_order(void **state)
{
    (void)state;
    const trace_reason K = TRACE_KEPT, N = TRACE_NOT_SELECTED;
    trace_summary traces[COUNT];
    make_traces(traces);
    apply(traces, "all", 0, 1);
    assert_reasons(traces, (trace_reason[]){K, K, K, K, K, K});
    apply(traces, "first:1", 0, 1);
    assert_reasons(traces, (trace_reason[]){K, K, N, N, N, N});
    make_traces(traces);
    apply(traces, "shortest:2", 0, 1);
    assert_reasons(traces, (trace_reason[]){N, K, K, K, K, N});
    make_traces(traces);
    apply(traces, "best:2", 0, 1); // the right ones, although they are longer
    assert_reasons(traces, (trace_reason[]){K, K, N, K, K, N});
    make_traces(traces);
    traces[2].correct = 1; // 30, 10 and 20 tokens: 20 is the median
    apply(traces, "best:1", 0, 1);
    assert_reasons(traces, (trace_reason[]){N, K, N, N, K, N});
    make_traces(traces);
    traces[2].correct = 1;
    traces[4].repetition = 0.06f; // repetition; 30 and 10 are equally near: the shorter one
    apply(traces, "best:1", 0, 1);
    assert_reasons(traces, (trace_reason[]){N, K, K, N, N, N});
    make_traces(traces);
    traces[0].reason = TRACE_FORMAT; // rejected ones keep their reason and are not selected
    apply(traces, "first:1", 0, 1);
    assert_reasons(traces, (trace_reason[]){TRACE_FORMAT, K, K, N, N, N});
}

static void random_selection_follows_the_seed(void **state)
{
    (void)state;
    trace_summary first[COUNT], second[COUNT];
    bool differs = false;
    for (uint64_t seed = 0; seed < 20; seed++) {
        selection_limits limits = {.max_pass_rate = 1, .seed = seed};
        size_t kept = 0;
        assert_ok(selection_parse(&limits.rule, "random:1"));
        make_traces(first);
        make_traces(second);
        assert_ok(selection_apply(first, COUNT, &limits));
        assert_ok(selection_apply(second, COUNT, &limits));
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(first[i].reason, second[i].reason);
            kept += first[i].reason == TRACE_KEPT;
        }
        assert_int_equal(kept, 2);
        differs |= first[0].reason != TRACE_KEPT;
    }
    assert_true(differs);
}

static void prompts_that_are_too_easy_or_too_hard_are_rejected(void **state)
{
    (void)state;
    const trace_reason K = TRACE_KEPT, P = TRACE_PASS_RATE;
    trace_summary traces[COUNT];
    make_traces(traces); // rates 2/3 and 0/2: the unknown one does not count
    apply(traces, "all", 0.1, 1);
    assert_reasons(traces, (trace_reason[]){K, P, K, P, K, P});
    make_traces(traces);
    apply(traces, "all", 0, 0.6);
    assert_reasons(traces, (trace_reason[]){P, K, P, K, P, K});
    make_traces(traces);
    apply(traces, "all", 2.0 / 3, 2.0 / 3); // bounds are inclusive
    assert_reasons(traces, (trace_reason[]){K, P, K, P, K, P});
    make_traces(traces);
    traces[1].correct = traces[3].correct = 1;
    apply(traces, "all", 0, 0.7); // 2/2 without the unknown one
    assert_reasons(traces, (trace_reason[]){K, P, K, P, K, P});
    make_traces(traces);
    traces[1].correct = traces[3].correct = 1;
    traces[5].unfinished = true; // 2/3: it counts as not right
    apply(traces, "all", 0, 0.7);
    assert_reasons(traces, (trace_reason[]){K, K, K, K, K, K});
    make_traces(traces);
    for (size_t i = 0; i < COUNT; i++)
        traces[i].correct = -1;
    apply(traces, "all", 0.5, 0.6); // no rate is known: nothing is rejected
    assert_reasons(traces, (trace_reason[]){K, K, K, K, K, K});
}

static void wrong_rules_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",        "some",     "first",
                                        "first:",  "first:0",  "best:-1",
                                        "best:1x", "shortest", "random:5000000000"};
    selection_rule rule;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(selection_parse(&rule, wrong[i]), DISTILL_USAGE);
}

static contamination overlap; // of the last hit

static bool is_hit(const decontamination *benchmarks, const char *prompt)
{
    bool found = true;
    decontamination_scratch scratch = {0};
    assert_ok(decontamination_hit(&found, &overlap, benchmarks, BENCHMARK_PROMPT,
                                  distill_span_of(prompt), &scratch));
    decontamination_scratch_free(&scratch);
    return found;
}

static void overlaps_with_benchmarks_are_found(void **state)
{
    (void)state;
    char path[200];
    const char *file = path;
    const char *text = "{\"problem\":\"Janet's ducks lay 16 eggs per day, she eats three.\"}\n"
                       "{\"problem\":\"Short one?\"}\n{\"problem\":\"求三个数的和是多少\"}\n";
    decontamination *benchmarks = NULL;
    snprintf(path, sizeof path, "%s/bench.jsonl", scratch_folder());
    assert_ok(distill_file_write(path, text, strlen(text)));
    assert_ok(decontamination_open(&benchmarks, &file, 1, BENCHMARK_PROMPTS, 5));
    assert_true(is_hit(benchmarks, "Well: JANET'S DUCKS - lay 16 (eggs) and so on"));
    assert_string_equal(overlap.file, path);
    assert_true(distill_span_is(overlap.item, "1"));
    assert_int_equal(overlap.begin, 6);
    assert_int_equal(overlap.end, 28); // JANET'S DUCKS - lay 16: "s" is a word
    assert_false(is_hit(benchmarks, "Janet's ducks lay 17 eggs"));
    assert_false(is_hit(benchmarks, "lay 16 eggs per hour"));
    assert_true(is_hit(benchmarks, "short ONE"));
    assert_false(is_hit(benchmarks, "a short one"));
    assert_true(is_hit(benchmarks, "请问三个数的和是多少？"));
    assert_false(is_hit(benchmarks, "请问三个数"));
    assert_false(is_hit(benchmarks, "something else altogether, with enough words to compare"));
    decontamination_close(benchmarks);
    file = "/nowhere.jsonl";
    assert_int_equal(decontamination_open(&benchmarks, &file, 1, BENCHMARK_PROMPTS, 5), DISTILL_IO);
}

static void write_file(char path[200], const char *name, const char *text)
{
    snprintf(path, 200, "%s/%s", scratch_folder(), name);
    assert_ok(distill_file_write(path, text, strlen(text)));
}

static void benchmarks_are_read_in_several_layouts(void **state)
{
    (void)state;
    char paths[4][200];
    const char *files[4] = {paths[0], paths[1], paths[2], paths[3]};
    decontamination *benchmarks = NULL;
    write_file(paths[0], "table.csv",
               "Record ID,Question,Answer\r\nr1,\"How many, said the fox,\nare \"\"red\"\" here?\","
               "3\r\nr2,Which gas is heavier than air?,argon\r\n");
    write_file(
        paths[1], "lcb.jsonl",
        "{\"question_id\":\"q7\",\"question_title\":\"T\",\"question_content\":\"Print the sum of "
        "the digits\"}\n");
    write_file(
        paths[2], "cf.jsonl",
        "{\"id\":\"9/A\",\"title\":\"x\",\"description\":\"A library has many even shelves\"}\n");
    write_file(paths[3], "none.csv", "a,b\n1,2\n");
    assert_ok(decontamination_open(&benchmarks, files, 3, BENCHMARK_PROMPTS, 5));
    assert_true(is_hit(benchmarks, "the fox are red here"));
    assert_string_equal(overlap.file, paths[0]);
    assert_true(distill_span_is(overlap.item, "r1"));
    assert_true(is_hit(benchmarks, "Which gas is heavier than water?"));
    assert_true(distill_span_is(overlap.item, "r2"));
    assert_true(is_hit(benchmarks, "Print the sum of the squares"));
    assert_string_equal(overlap.file, paths[1]);
    assert_true(is_hit(benchmarks, "My library has many even shelves."));
    assert_true(distill_span_is(overlap.item, "9/A"));
    assert_false(is_hit(benchmarks, "Which gas is lighter than water?"));
    decontamination_close(benchmarks);
    assert_int_equal(decontamination_open(&benchmarks, files + 3, 1, BENCHMARK_PROMPTS, 5),
                     DISTILL_FORMAT);
}

static void published_benchmarks_are_read(void **state)
{
    (void)state;
    REQUIRE_SHARED(gpqa, "data/benchmarks/gpqa_format/sample.csv");
    REQUIRE_SHARED(code, "data/benchmarks/livecodebench_format/test.jsonl");
    REQUIRE_SHARED(rounds, "data/benchmarks/codeforces_format/sample.jsonl");
    REQUIRE_SHARED(functions, "data/benchmarks/humaneval/HumanEval.jsonl");
    const char *const files[] = {gpqa, code, rounds, functions};
    decontamination *benchmarks = NULL;
    assert_ok(decontamination_open(&benchmarks, files, 4, BENCHMARK_PROMPTS, 13));
    assert_true(is_hit(benchmarks,
                       "You are given T numbers, each with at most 18 digits. Print the "
                       "sum of the decimal digits of each."));
    assert_string_equal(overlap.file, code);
    decontamination_close(benchmarks);
}

static void a_benchmark_overlaps_with_itself_alone(void **state)
{
    (void)state;
    REQUIRE_SHARED(gsm, "data/benchmarks/gsm8k/test_first_half.jsonl");
    REQUIRE_SHARED(math, "data/benchmarks/math500/test_first_half.jsonl");
    decontamination *benchmarks = NULL;
    decontamination_scratch scratch = {0};
    assert_ok(decontamination_open(&benchmarks, &gsm, 1, BENCHMARK_PROMPTS, 13));
    const char *paths[2] = {gsm, math};
    size_t hits[2] = {0, 0}, counts[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        distill_lines *lines = NULL;
        distill_span line;
        bool more = true, found = false;
        assert_ok(distill_lines_open(&lines, paths[i], 1 << 24));
        for (;;) {
            assert_ok(distill_lines_next(lines, &line, &more));
            if (!more)
                break;
            // the whole JSON line has the words of the question, and more
            assert_ok(decontamination_hit(&found, &overlap, benchmarks, BENCHMARK_PROMPT, line,
                                          &scratch));
            hits[i] += found;
            counts[i]++;
        }
        distill_lines_close(lines);
    }
    print_message("gsm8k in gsm8k %zu/%zu, math500 in gsm8k %zu/%zu\n", hits[0], counts[0], hits[1],
                  counts[1]);
    assert_true(hits[0] + 10 > counts[0]); // a few questions have fewer words
    assert_int_equal(hits[1], 0);
    decontamination_scratch_free(&scratch);
    decontamination_close(benchmarks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_selected_in_the_given_order),
        cmocka_unit_test(random_selection_follows_the_seed),
        cmocka_unit_test(prompts_that_are_too_easy_or_too_hard_are_rejected),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(overlaps_with_benchmarks_are_found),
        cmocka_unit_test(benchmarks_are_read_in_several_layouts),
        cmocka_unit_test(published_benchmarks_are_read),
        cmocka_unit_test(a_benchmark_overlaps_with_itself_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
