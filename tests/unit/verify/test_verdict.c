// tests/unit/verify/test_verdict.c - verdicts with their evidence: domains, failing allocations,
// threads, and agreement with labelled replies.
#include "datasets/verify/verdict.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "distill/base/memory.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <stdlib.h>

static void a_verdict_carries_its_evidence(void **state)
{
    (void)state;
    verdict v = {0};
    assert_ok(verdict_math(&v, distill_span_of("0.5"), distill_span_of("So it is \\boxed{1/2}.")));
    assert_int_equal(v.outcome, VERDICT_RIGHT);
    assert_true(v.found);
    assert_string_equal(v.extracted.bytes, "1/2");
    assert_string_equal(v.found_by, "box");
    assert_string_equal(v.rule, "number");
    assert_ok(verdict_math(&v, distill_span_of("5"), distill_span_of("I do not know how to.")));
    assert_int_equal(v.outcome, VERDICT_WRONG);
    verdict_free(&v);
    assert_null(v.extracted.bytes);
}

static void a_reply_without_an_answer_is_wrong(void **state)
{
    (void)state;
    static const char *const REPLIES[] = {"", "<think>It is \\boxed{5}", "The answer is \\boxed{}.",
                                          "Then 2 + 3 ="};
    for (size_t i = 0; i < sizeof REPLIES / sizeof *REPLIES; i++) {
        verdict v = {0};
        assert_ok(verdict_math(&v, distill_span_of("5"), distill_span_of(REPLIES[i])));
        assert_int_equal(v.outcome, VERDICT_WRONG);
        assert_false(v.found);
        verdict_free(&v);
    }
}

static void parts_in_boxes_of_their_own_are_a_list(void **state)
{
    (void)state;
    verdict v = {0};
    distill_span reply = distill_span_of("Part (a): \\boxed{3}.\n\nPart (b): \\boxed{5}.");
    assert_ok(verdict_math(&v, distill_span_of("3, 5"), reply));
    assert_int_equal(v.outcome, VERDICT_RIGHT);
    assert_ok(verdict_math(&v, distill_span_of("3"), reply));
    assert_int_equal(v.outcome, VERDICT_WRONG);
    verdict_free(&v);
}

static void boxes_with_one_value_are_one_answer(void **state)
{
    (void)state;
    verdict v = {0};
    distill_span twice = distill_span_of("Either $\\boxed{y+3}$ or $\\boxed{3+y}$.");
    assert_ok(verdict_math(&v, distill_span_of("3+y"), twice));
    assert_int_equal(v.outcome, VERDICT_RIGHT);
    assert_ok(verdict_math(&v, twice, distill_span_of("\\boxed{y + 3}")));
    assert_int_equal(v.outcome, VERDICT_RIGHT);
    assert_ok(verdict_math(&v, distill_span_of("4"), distill_span_of("\\boxed{4} or \\boxed{6}")));
    assert_int_equal(v.outcome, VERDICT_WRONG);
    assert_ok(verdict_math(&v, distill_span_of("6"), distill_span_of("\\boxed{4} or \\boxed{6}")));
    assert_int_equal(v.outcome, VERDICT_WRONG);
    assert_ok(verdict_math(&v, distill_span_of("4, 6"),
                           distill_span_of("I found \\boxed{4}. No, it must be \\boxed{6}.")));
    assert_int_equal(v.outcome, VERDICT_WRONG);
    verdict_free(&v);
}

static void a_value_that_the_reply_does_not_give_is_not_right(void **state)
{
    (void)state;
    static const char *const REPLIES[] = {"\\boxed{5} is not correct",
                                          "The answer isn't \\boxed{5}",
                                          "If it were \\boxed{5}, we would get a contradiction",
                                          "I doubt it is $\\boxed{5}$.",
                                          "\\boxed{5}. Wait, that is wrong.",
                                          "\\boxed{5}?",
                                          "\\boxed{5} in base 7",
                                          "\\boxed{5} or maybe 6",
                                          "~~5~~",
                                          "#### 5 modulo 7",
                                          "option 5",
                                          "The answer is negative of 5.",
                                          "Suppose the answer is 5."};
    static const char *const HONEST[] = {"\\boxed{5}, not 6",
                                         "it is not 4, so \\boxed{5}",
                                         "\\boxed{5} is the answer, which is not prime",
                                         "Is it \\boxed{5}? Yes.",
                                         "\\boxed{5}\n\nWait, let me verify: 2 + 3 = 5.",
                                         "If we add up, the total is $\\boxed{5}$."};
    verdict v = {0};
    for (size_t i = 0; i < sizeof REPLIES / sizeof *REPLIES; i++) {
        assert_ok(verdict_math(&v, distill_span_of("5"), distill_span_of(REPLIES[i])));
        if (v.outcome != VERDICT_UNKNOWN)
            fail_msg("\"%s\" is not unknown", REPLIES[i]);
    }
    for (size_t i = 0; i < sizeof HONEST / sizeof *HONEST; i++) {
        assert_ok(verdict_math(&v, distill_span_of("5"), distill_span_of(HONEST[i])));
        if (v.outcome != VERDICT_RIGHT)
            fail_msg("\"%s\" is not right", HONEST[i]);
    }
    verdict_free(&v);
}

/// What stands behind the number decides, also where the answer is a text with a number in it.
static void units_and_times_of_texts_count(void **state)
{
    (void)state;
    static const struct {
        const char *gold, *reply;
        verdict_outcome outcome;
    } ROWS[] = {{"16.25 m/s", "#### 58.5 km/h", VERDICT_RIGHT},
                {"1 year", "#### 12 months", VERDICT_RIGHT},
                {"212^\\circ\\text{C}", "<answer>212 degrees Fahrenheit</answer>", VERDICT_WRONG},
                {"7:15\\text{ PM}", "#### 7:15 am", VERDICT_WRONG},
                {"3:15", "<answer>quarter past three</answer>", VERDICT_RIGHT},
                {"BC=5", "#### AC=5", VERDICT_UNKNOWN},
                {"5", "#### 5 pairs", VERDICT_UNKNOWN},
                {"9", "#### 4 + 5 = 9 apples", VERDICT_RIGHT}};
    verdict v = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_ok(verdict_math(&v, distill_span_of(ROWS[i].gold), distill_span_of(ROWS[i].reply)));
        if (v.outcome != ROWS[i].outcome)
            fail_msg("\"%s\" for %s: %d", ROWS[i].reply, ROWS[i].gold, (int)v.outcome);
    }
    verdict_free(&v);
}

static void domains_choose_the_rule(void **state)
{
    (void)state;
    verdict v = {0};
    distill_span gold = distill_span_of("B"), reply = distill_span_of("It is not A. Hence B.");
    assert_ok(verdict_of(&v, distill_span_of("choice"), gold, reply));
    assert_int_equal(v.outcome, VERDICT_RIGHT);
    assert_ok(verdict_of(&v, distill_span_of(""), gold, reply));
    assert_int_equal(v.outcome, VERDICT_RIGHT);
    assert_ok(verdict_of(&v, distill_span_of("code"), gold, reply));
    assert_int_equal(v.outcome, VERDICT_UNKNOWN);
    assert_ok(verdict_of(&v, distill_span_of("math"), distill_span_of("7"),
                         distill_span_of("The answer is 7.")));
    assert_int_equal(v.outcome, VERDICT_RIGHT);
    verdict_free(&v);
}

static void any_bytes_are_accepted(void **state)
{
    (void)state;
    static const char NUL_INSIDE[] = "\\boxed{1\0"
                                     "2}";
    verdict v = {0};
    assert_ok(verdict_math(&v, (distill_span){NUL_INSIDE, sizeof NUL_INSIDE - 1},
                           (distill_span){NUL_INSIDE, sizeof NUL_INSIDE - 1}));
    assert_ok(verdict_math(&v, distill_span_of("\xff\xfe"), distill_span_of("\\boxed{\xc3}")));
    assert_ok(verdict_math(&v, (distill_span){NULL, 0}, (distill_span){NULL, 0}));
    assert_ok(verdict_math(&v, distill_span_of("\\boxed{}"), distill_span_of("5 apples")));
    assert_ok(verdict_choice(&v, (distill_span){NULL, 0}, (distill_span){NULL, 0}));
    verdict_free(&v);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    distill_span gold = distill_span_of("So \\boxed{1} and \\boxed{\\frac12}.");
    distill_span reply = distill_span_of("They are \\boxed{0.5} and \\boxed{1}.");
    size_t failures = 0;
    for (uint64_t n = 1;; n++) {
        verdict v = {0};
        distill_allocation_fail_at(n);
        distill_status status = verdict_math(&v, gold, reply);
        distill_allocation_fail_at(0);
        verdict_free(&v);
        if (status == DISTILL_OK)
            break;
        assert_int_equal(status, DISTILL_NO_MEMORY);
        failures++;
        assert_true(n < 100);
    }
    assert_true(failures > 0);
}

static const char *const GOLDS[] = {"\\frac{\\sqrt3}{3}", "(-\\infty,2)\\cup(3,4]", "x^2-1",
                                    "\\{1\\pm\\sqrt2\\}", "15\\text{ cm}^2"};
static const char *const REPLIES[] = {"\\boxed{1/\\sqrt{3}}", "\\boxed{x<2 \\text{ or } 3<x\\le4}",
                                      "\\boxed{(x-1)(x+1)}", "\\boxed{1-\\sqrt2, 1+\\sqrt2}",
                                      "\\boxed{0.0015 \\text{ m}^2}"};

static void *judge_many(void *failures)
{
    verdict v = {0};
    for (int round = 0; round < 100; round++)
        for (size_t i = 0; i < sizeof GOLDS / sizeof *GOLDS; i++)
            if (verdict_math(&v, distill_span_of(GOLDS[i]), distill_span_of(REPLIES[i])) !=
                    DISTILL_OK ||
                v.outcome != VERDICT_RIGHT)
                ++*(int *)failures;
    verdict_free(&v);
    return NULL;
}

static void verdicts_are_thread_safe(void **state)
{
    (void)state;
    pthread_t threads[4];
    int failures[4] = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, judge_many, &failures[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failures[i], 0);
    }
}

typedef struct tally {
    size_t cases, agree, false_accepts;
} tally;

static void judge_line(tally *t, distill_span line)
{
    distill_json *doc = NULL;
    distill_span gold, response;
    verdict v = {0};
    assert_ok(distill_json_parse(&doc, line.bytes, line.length, "case"));
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *expected = distill_json_member(root, "expected");
    bool aside = distill_json_present(root, "disputed") != NULL ||
                 distill_json_present(root, "convention") != NULL ||
                 distill_json_present(root, "config") != NULL;
    assert_ok(distill_json_get_string(&gold, doc, root, "gold"));
    assert_ok(distill_json_get_string(&response, doc, root, "response"));
    assert_ok(verdict_of(&v, distill_span_of(""), gold, response));
    verdict_outcome label = distill_json_kind_of(expected) == DISTILL_JSON_NULL ? VERDICT_UNKNOWN
                            : distill_json_true(expected)                       ? VERDICT_RIGHT
                                                                                : VERDICT_WRONG;
    if (!aside) {
        t->cases++;
        t->agree += v.outcome == label;
        t->false_accepts += v.outcome == VERDICT_RIGHT && label != VERDICT_RIGHT;
    }
    verdict_free(&v);
    distill_json_free(doc);
}

/// The verdicts agree with the labels of a file; docs/verifier.md lists labels that are probably
/// wrong. Words against a number are unknown, where labels say wrong.
static void assert_agreement(const char *path)
{
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    tally t = {0};
    assert_ok(distill_lines_open(&lines, path, 1 << 24));
    for (;;) {
        assert_ok(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        judge_line(&t, line);
    }
    distill_lines_close(lines);
    if (t.agree * 100 < t.cases * 98 || t.false_accepts * 1000 > t.cases * 3)
        fail_msg("%s: %zu of %zu agree, %zu false accepts", path, t.agree, t.cases,
                 t.false_accepts);
}

#define AGREEMENT_TEST(name)                                                                       \
    static void agrees_with_##name(void **state)                                                   \
    {                                                                                              \
        (void)state;                                                                               \
        REQUIRE_SHARED(path, "data/verifier/" #name ".jsonl");                                     \
        assert_agreement(path);                                                                    \
    }
AGREEMENT_TEST(math500_solutions)
AGREEMENT_TEST(qwen_math_outputs)
AGREEMENT_TEST(gsm8k_model_solutions)
AGREEMENT_TEST(math_verify_dev)
AGREEMENT_TEST(gold_variants_dev)
AGREEMENT_TEST(choice)
AGREEMENT_TEST(choice_letters_dev)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_carries_its_evidence),
        cmocka_unit_test(a_reply_without_an_answer_is_wrong),
        cmocka_unit_test(units_and_times_of_texts_count),
        cmocka_unit_test(parts_in_boxes_of_their_own_are_a_list),
        cmocka_unit_test(boxes_with_one_value_are_one_answer),
        cmocka_unit_test(a_value_that_the_reply_does_not_give_is_not_right),
        cmocka_unit_test(domains_choose_the_rule),
        cmocka_unit_test(any_bytes_are_accepted),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(verdicts_are_thread_safe),
        cmocka_unit_test(agrees_with_math500_solutions),
        cmocka_unit_test(agrees_with_qwen_math_outputs),
        cmocka_unit_test(agrees_with_gsm8k_model_solutions),
        cmocka_unit_test(agrees_with_math_verify_dev),
        cmocka_unit_test(agrees_with_gold_variants_dev),
        cmocka_unit_test(agrees_with_choice),
        cmocka_unit_test(agrees_with_choice_letters_dev),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
