// Prompts from JSON lines in published layouts, and the errors for invalid lines.
#include "datasets/prompts/prompts.h"

#include "distill/base/file.h"
#include "tests/support/shared_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static prompt_set *open_text_as(const char *text, const prompt_fields *fields)
{
    char path[200];
    prompt_set *set = NULL;
    snprintf(path, sizeof path, "%s/prompts.jsonl", scratch_folder());
    assert_int_equal(distill_file_write(path, text, strlen(text)), DISTILL_OK);
    if (prompt_set_open(&set, path, fields) != DISTILL_OK)
        return NULL;
    return set;
}

static prompt_set *open_text(const char *text)
{
    return open_text_as(text, NULL);
}

static void assert_span(distill_span span, const char *expected)
{
    assert_int_equal(span.length, strlen(expected));
    assert_memory_equal(span.bytes, expected, span.length);
    assert_int_equal(span.bytes[span.length], '\0');
}

static void fields_are_found_by_their_usual_names(void **state)
{
    (void)state;
    prompt_set *set = open_text(
        "{\"problem\":\"1+1?\",\"answer\":2,\"id\":7}\n"
        "\n"
        "{\"question\":\"q\",\"answer\":\"a\\nb\\n#### 1,200 \"}\r\n"
        "{\"instruction\":\"i\",\"solution\":\"so $x=\\\\boxed{\\\\frac{1}{2}}$\",\"domain\":"
        "\"general\",\"language\":\"de\",\"unique_id\":\"u\"}\n"
        "{\"prompt\":\"p\",\"expected_answer\":null,\"tests\":[{\"input\":\"1\"}]}");
    assert_non_null(set);
    assert_int_equal(prompt_set_count(set), 4);
    const prompt_record *record = prompt_set_at(set, 0);
    assert_span(record->prompt, "1+1?");
    assert_span(record->answer, "2");
    assert_span(record->id, "7");
    assert_span(record->domain, "math");
    assert_span(record->language, "");
    assert_span(record->messages, "");
    record = prompt_set_at(set, 1);
    assert_span(record->answer, "1,200");
    assert_span(record->id, "3");
    record = prompt_set_at(set, 2);
    assert_span(record->prompt, "i");
    assert_span(record->answer, "\\frac{1}{2}");
    assert_span(record->domain, "general");
    assert_span(record->language, "de");
    assert_span(record->id, "u");
    record = prompt_set_at(set, 3);
    assert_span(record->answer, "");
    assert_span(record->tests, "[{\"input\":\"1\"}]");
    prompt_set_close(set);
}

static void messages_give_the_last_user_turn_and_the_earlier_turns(void **state)
{
    (void)state;
    prompt_set *set =
        open_text("{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\","
                  "\"content\":\"one\"},{\"role\":\"assistant\",\"content\":\"two\"},{\"role\":"
                  "\"user\",\"content\":\"three\"},{\"role\":\"assistant\",\"content\":\"no\"}]}\n"
                  "{\"prompt\":[{\"role\":\"user\",\"content\":\"alone\"}]}\n");
    assert_non_null(set);
    const prompt_record *record = prompt_set_at(set, 0);
    assert_span(record->prompt, "three");
    assert_span(
        record->messages,
        "[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"one\"},"
        "{\"role\":\"assistant\",\"content\":\"two\"},{\"role\":\"user\",\"content\":\"three\"}]");
    record = prompt_set_at(set, 1);
    assert_span(record->prompt, "alone");
    assert_span(record->messages, "");
    prompt_set_close(set);
}

static void fields_can_be_named(void **state)
{
    (void)state;
    static const prompt_fields fields = {.prompt = "q", .answer = "gold", .id = "key"};
    const char *line = "{\"q\":\"Q\",\"gold\":\"G\",\"key\":\"K\",\"prompt\":\"other\"}\n";
    prompt_set *set = open_text_as(line, &fields);
    assert_non_null(set);
    assert_span(prompt_set_at(set, 0)->prompt, "Q");
    assert_span(prompt_set_at(set, 0)->answer, "G");
    assert_span(prompt_set_at(set, 0)->id, "K");
    prompt_set_close(set);
    assert_null(open_text_as("{\"q\":\"Q\",\"key\":\"K\"}", &fields));
    assert_non_null(strstr(distill_error_message(), "gold"));
}

static void errors_name_file_line_and_field(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"prompt\":\"p\"}\n{\"text\":1,\"foo\":2}\n", ":2: "},
        {"{\"text\":1,\"foo\":2}\n", "found text, foo"},
        {"{\"prompt\":\"p\"}\nnot json\n", ":2: "},
        {"[1]\n", "expected an object, found a number"},
        {"{\"prompt\":5.5,\"answer\":true}\n", "answer: expected a string or a number"},
        {"{\"prompt\":{\"a\":1}}\n", "prompt: expected a string"},
        {"{\"prompt\":\"  \"}\n", "the prompt is empty"},
        {"{\"prompt\":[{\"role\":\"system\",\"content\":\"x\"}]}\n", "role user"},
        {"{\"prompt\":[{\"role\":\"user\",\"content\":5}]}\n", "content"},
        {"{\"prompt\":\"a\",\"id\":\"x\"}\n{\"prompt\":\"b\",\"id\":\"x\"}\n", ":2: the id \"x\""},
        {"{\"prompt\":\"a\",\"id\":2}\n{\"prompt\":\"b\"}\n", "that of line 1"},
        {"\n\n", "no prompts"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(open_text(cases[i][0]));
        if (strstr(distill_error_message(), cases[i][1]) == NULL)
            fail_msg("case %zu: %s", i, distill_error_message());
    }
    prompt_set *set = NULL;
    assert_int_equal(prompt_set_open(&set, "/nowhere/at.jsonl", NULL), DISTILL_IO);
}

static void builtin_tasks_are_prompts(void **state)
{
    (void)state;
    prompt_set *set = NULL;
    static const prompt_fields test = {.split = BUILTIN_TEST};
    assert_int_equal(prompt_set_open(&set, "builtin:arithmetic:5", &test), DISTILL_OK);
    assert_int_equal(prompt_set_count(set), 5);
    assert_span(prompt_set_at(set, 4)->id, "arithmetic-test-4");
    assert_true(prompt_set_at(set, 4)->answer.length > 0);
    prompt_set_close(set);
    static const char *const wrong[] = {"builtin:nothing", "builtin:arithmetic:0",
                                        "builtin:arithmetic:x", "builtin:arithmetic:-1"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(prompt_set_open(&set, wrong[i], NULL), DISTILL_USAGE);
}

static void prompts_can_be_added_one_by_one(void **state)
{
    (void)state;
    prompt_set *set = NULL;
    const char *talk = "[{\"role\":\"system\",\"content\":\"Be brief.\"}]";
    const prompt_record records[] = {
        {.id = distill_span_of("a"),
         .prompt = distill_span_of("1+1?"),
         .messages = distill_span_of(talk),
         .extra = distill_span_of("{\"level\":3}")},
        {.prompt = distill_span_of("f"), .tests = distill_span_of("[]")},
        {.id = distill_span_of("a"), .prompt = distill_span_of("2+2?")},
        {.id = distill_span_of("c"), .prompt = distill_span_of(" \n")},
    };
    assert_int_equal(prompt_set_create(&set), DISTILL_OK);
    assert_int_equal(prompt_set_add(set, &records[0], 3), DISTILL_OK);
    assert_int_equal(prompt_set_add(set, &records[1], 5), DISTILL_OK);
    assert_int_equal(prompt_set_check_ids(set, "made"), DISTILL_OK);
    assert_int_equal(prompt_set_count(set), 2);
    assert_span(prompt_set_at(set, 0)->domain, "math");
    assert_span(prompt_set_at(set, 0)->messages, talk);
    assert_span(prompt_set_at(set, 0)->extra, "{\"level\":3}");
    assert_span(prompt_set_at(set, 1)->id, "2");
    assert_span(prompt_set_at(set, 1)->domain, "code");
    assert_int_equal(prompt_set_add(set, &records[3], 0), DISTILL_FORMAT);
    assert_int_equal(prompt_set_add(set, &records[2], 7), DISTILL_OK);
    assert_int_equal(prompt_set_check_ids(set, "made"), DISTILL_FORMAT);
    assert_non_null(strstr(distill_error_message(), "made:7: the id \"a\" is that of line 3"));
    prompt_set_close(set);
}

static void check_published(const char *path, size_t count, const char *first_answer)
{
    prompt_set *set = NULL;
    if (prompt_set_open(&set, path, NULL) != DISTILL_OK)
        fail_msg("%s", distill_error_message());
    assert_int_equal(prompt_set_count(set), count);
    assert_span(prompt_set_at(set, 0)->answer, first_answer);
    for (size_t i = 0; i < count; i++)
        assert_true(prompt_set_at(set, i)->answer.length > 0);
    prompt_set_close(set);
}

static void published_benchmarks_are_read(void **state)
{
    (void)state;
    REQUIRE_SHARED(aime, "data/benchmarks/aime24/test.jsonl");
    REQUIRE_SHARED(amc, "data/benchmarks/amc23/test.jsonl");
    REQUIRE_SHARED(math, "data/benchmarks/math500/test_first_half.jsonl");
    REQUIRE_SHARED(gsm, "data/benchmarks/gsm8k/test_first_half.jsonl");
    check_published(aime, 30, "204");
    check_published(amc, 40, "27");
    check_published(math, 250, "\\left( 3, \\frac{\\pi}{2} \\right)");
    check_published(gsm, 660, "18");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found_by_their_usual_names),
        cmocka_unit_test(messages_give_the_last_user_turn_and_the_earlier_turns),
        cmocka_unit_test(fields_can_be_named),
        cmocka_unit_test(errors_name_file_line_and_field),
        cmocka_unit_test(builtin_tasks_are_prompts),
        cmocka_unit_test(prompts_can_be_added_one_by_one),
        cmocka_unit_test(published_benchmarks_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
