// The labelled cases of the reference data: format, mixed languages, loops. Prints the agreement at
// the thresholds that docs/filter.md names.
#include "tests/support/unit.h"

#include "datasets/filter/rules/language_mix.h"
#include "datasets/filter/rules/prose.h"
#include "datasets/filter/rules/repetition.h"
#include "datasets/filter/rules/reply_format.h"
#include "datasets/filter/rules/script.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "tests/support/shared_data.h"

static const double MIXED = 0.05, LOOP = 0.2;

static language_scratch *language_work;
static repetition_scratch *repetition_work;

typedef struct score {
    size_t cases, agree;
} score;

typedef void (*case_fn)(score *sum, const distill_json *doc, distill_span response);

static void for_cases(score *sum, const char *path, const char *field, case_fn each)
{
    distill_lines *lines = NULL;
    distill_span line;
    bool more = false;
    assert_ok(distill_lines_open(&lines, path, 1 << 24));
    for (;;) {
        distill_json *doc = NULL;
        assert_ok(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        assert_ok(distill_json_parse(&doc, line.bytes, line.length, path));
        const distill_json_node *root = distill_json_root(doc);
        if (distill_json_member(root, field) != NULL)
            each(sum, doc, distill_json_string(doc, distill_json_member(root, "response")));
        distill_json_free(doc);
    }
    distill_lines_close(lines);
}

static void check_format(score *sum, const distill_json *doc, distill_span response)
{
    const distill_json_node *root = distill_json_root(doc);
    distill_span label = distill_json_string(doc, distill_json_member(root, "label"));
    distill_span name = distill_json_string(doc, distill_json_member(root, "format"));
    const char *fault = reply_format_fault(
        distill_span_is(name, "think") ? REPLY_FORMAT_THINK : REPLY_FORMAT_R1_ZERO, response);
    sum->cases++;
    sum->agree += distill_span_is(label, fault != NULL ? fault : "ok");
}

static void check_language(score *sum, const distill_json *doc, distill_span response)
{
    const distill_json_node *root = distill_json_root(doc);
    double share = 0;
    assert_ok(language_mix(&share, distill_span_of(""), response,
                           distill_json_string(doc, distill_json_member(root, "language")),
                           language_work));
    sum->cases++;
    sum->agree += (share > MIXED) == distill_json_true(distill_json_member(root, "mixed"));
}

static void check_loop(score *sum, const distill_json *doc, distill_span response)
{
    double share = 0;
    assert_ok(repetition_share(&share, response, repetition_work));
    sum->cases++;
    sum->agree +=
        (share > LOOP) == distill_json_true(distill_json_member(distill_json_root(doc), "loop"));
}

static void labelled_cases_agree(void **state)
{
    (void)state;
    REQUIRE_SHARED(formats, "data/verifier/think_format.jsonl");
    REQUIRE_SHARED(languages, "data/verifier/language.jsonl");
    REQUIRE_SHARED(loops, "data/verifier/repetition.jsonl");
    REQUIRE_SHARED(further, "data/verifier/trace_filter_dev.jsonl");
    score format = {0}, language = {0}, loop = {0};
    for_cases(&format, formats, "label", check_format);
    for_cases(&format, further, "label", check_format);
    for_cases(&language, languages, "mixed", check_language);
    for_cases(&language, further, "mixed", check_language);
    for_cases(&loop, loops, "loop", check_loop);
    for_cases(&loop, further, "loop", check_loop);
    print_message("format %zu/%zu, language %zu/%zu, repetition %zu/%zu\n", format.agree,
                  format.cases, language.agree, language.cases, loop.agree, loop.cases);
    assert_int_equal(format.agree, format.cases);
    assert_int_equal(language.agree, language.cases);
    assert_int_equal(loop.agree, loop.cases);
    assert_true(format.cases >= 100 && language.cases >= 68 && loop.cases >= 51);
}

static void faults_of_the_format_are_named(void **state)
{
    (void)state;
    static const struct {
        reply_format format;
        const char *reply, *fault;
    } cases[] = {
        {REPLY_FORMAT_NONE, "anything", NULL},
        {REPLY_FORMAT_THINK, "<think>a</think>b", NULL},
        {REPLY_FORMAT_THINK, "\n<think>a</think>\n<answer>b</answer>", NULL},
        {REPLY_FORMAT_THINK, "<think> \n</think>b", "empty"},
        {REPLY_FORMAT_THINK, "<think>a</think> \n", "no_answer"},
        {REPLY_FORMAT_THINK, "<think>a</think><think>b", "repeated"},
        {REPLY_FORMAT_THINK, "", "missing"},
        {REPLY_FORMAT_THINK, "<", "missing"},
        {REPLY_FORMAT_R1_ZERO, "<think>a</think>b</answer>", "unopened"},
        {REPLY_FORMAT_R1_ZERO, "<answer>b</answer>", "missing"},
        {REPLY_FORMAT_R1_ZERO, "<think>a<answer></think>b</answer>", "nested"},
        {REPLY_FORMAT_R1_ZERO, "<think></think><answer>b</answer>", "empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *fault = reply_format_fault(cases[i].format, distill_span_of(cases[i].reply));
        if ((fault == NULL) != (cases[i].fault == NULL) ||
            (fault != NULL && strcmp(fault, cases[i].fault) != 0))
            fail_msg("%s: expected %s, found %s", cases[i].reply,
                     cases[i].fault != NULL ? cases[i].fault : "ok", fault != NULL ? fault : "ok");
    }
}

static double mix(const char *prompt, const char *reply, const char *language)
{
    double share = -1;
    assert_ok(language_mix(&share, distill_span_of(prompt), distill_span_of(reply),
                           distill_span_of(language), language_work));
    return share;
}

static void the_language_is_that_of_the_prompt(void **state)
{
    (void)state;
    const char *english = "The sum of the numbers is what we have to find, and it is five.";
    const char *spanish = "La suma de los números es lo que hay que encontrar, y es cinco.";
    const char *chinese = "我们需要求这些数的和，答案是五。";
    assert_true(mix("How many apples are left?", english, "") < 0.01);
    assert_true(mix("How many apples are left?", chinese, "") > 0.9);
    assert_true(mix("还剩多少个苹果？", chinese, "") < 0.01);
    assert_true(mix("还剩多少个苹果？", english, "") > 0.9);
    assert_true(mix("还剩多少个苹果？", english, "en") < 0.01);
    assert_true(mix("¿Cuántas manzanas quedan para la niña?", spanish, "") < 0.01);
    assert_true(mix("How many apples are left?", spanish, "") > 0.9);
    assert_true(mix("$x^2$", chinese, "") < 0.01); // no words: the reply's own language
    assert_true(mix("$x^2$", "", "") == 0);
    assert_true(mix("a", "Let α and β be angles; λ too.", "en") < 0.01);
    assert_true(mix("a", "\xFF\xFE broken", "en") == 0);
    assert_int_equal(script_mask(distill_span_of("zh-CN")), 1u << SCRIPT_HAN);
    assert_int_equal(script_mask(distill_span_of("Russian")), 1u << SCRIPT_CYRILLIC);
    assert_int_equal(script_mask(distill_span_of("de")), 1u << SCRIPT_LATIN);
}

static void prose_is_without_code_and_formulas(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a `b` c", "a   c"},
        {"a $x$ b $$y\n\nz$$ c", "a   b   c"},
        {"a \\(x\\) b \\[y\\] c \\boxed{5}", "a   b   c  {5}"},
        {"<think>a</think>b", " a b"},
        {"a\n```python\nx = 1\n```\nb", "a\n \nb"},
        {"a\n```\nopen", "a\n "},
        {"costs $5 and\n\nthen $6", "costs $5 and\n\nthen $6"},
        {"open \\[ x `y $z", "open \\[ x `y $z"},
        {"", ""},
    };
    distill_text out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ok(prose_extract(&out, distill_span_of(cases[i][0])));
        assert_string_equal(out.bytes, cases[i][1]);
    }
    distill_text_free(&out);
    assert_true(prose_has_code_block(distill_span_of("a\n  ```c\nx\n```")));
    assert_true(prose_has_code_block(distill_span_of("~~~\nx\n~~~")));
    assert_false(prose_has_code_block(distill_span_of("a ``` b")));
}

/// Texts are processed 64 and 2048 bytes at a time: the result must not depend on the position.
static void the_position_of_a_text_does_not_matter(void **state)
{
    (void)state;
    // as, uma, que: the fewest stop words that make Portuguese; "as" is one of English too
    const char *mixed =
        "We see that the sum is five. Somamos as cinco coisas uma depois que ficaram "
        "prontas. And this is what we have to show!";
    const char *parts = "a `b` c $x$ b $$y\n\nz$$ c \\(x\\) b \\[y\\] c $1 a\n\nthe $x$ end";
    const char *prose = "a   c   b   c   b   c $1 a\n\nthe   end";
    double there = mix("", mixed, "en");
    distill_text text = {0}, out = {0};
    assert_true(there > 0.2 && there < 0.6);
    for (size_t before = 0; before < 2150; before += before == 150 ? 1750 : 1) {
        distill_text_clear(&text);
        assert_ok(distill_text_printf(&text, "%*s%s", (int)before, "", mixed));
        assert_true(mix("", text.bytes, "en") == there);
        distill_text_clear(&text);
        assert_ok(distill_text_printf(&text, "%*s%s", (int)before, "", parts));
        assert_ok(prose_extract(&out, distill_text_span(&text)));
        assert_string_equal(out.bytes + before, prose);
    }
    distill_text_free(&text);
    distill_text_free(&out);
}

/// Long replies of adversarial content: with a time that is not linear the test exceeds its time
/// limit.
static void long_replies_take_linear_time(void **state)
{
    (void)state;
    static const char *const parts[] = {"\\[ ",    "\\( ", "`",   "$ \n\n", "$$ ", "ha",
                                        "<think>", "汉",   "a. ", "x",      "\n",  "~~~"};
    distill_text text = {0}, out = {0};
    double share = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        distill_text_clear(&text);
        while (text.length < 1 << 20)
            assert_ok(distill_text_add(&text, parts[i]));
        distill_span reply = distill_text_span(&text);
        assert_ok(prose_extract(&out, reply));
        assert_ok(repetition_share(&share, reply, repetition_work));
        assert_ok(language_mix(&share, distill_span_of("Hello there"), reply, distill_span_of(""),
                               language_work));
        reply_format_fault(REPLY_FORMAT_R1_ZERO, reply);
        prose_has_code_block(reply);
    }
    distill_text_free(&text);
    distill_text_free(&out);
}

static int make_scratch(void **state)
{
    (void)state;
    return language_scratch_create(&language_work) != DISTILL_OK ||
           repetition_scratch_create(&repetition_work) != DISTILL_OK;
}

static int free_scratch(void **state)
{
    (void)state;
    language_scratch_free(language_work);
    repetition_scratch_free(repetition_work);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labelled_cases_agree),
        cmocka_unit_test(faults_of_the_format_are_named),
        cmocka_unit_test(the_language_is_that_of_the_prompt),
        cmocka_unit_test(prose_is_without_code_and_formulas),
        cmocka_unit_test(the_position_of_a_text_does_not_matter),
        cmocka_unit_test(long_replies_take_linear_time),
    };
    return cmocka_run_group_tests(tests, make_scratch, free_scratch);
}
