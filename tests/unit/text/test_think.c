// tests/unit/text/test_think.c - which tag of a reply determines each function's result.
#include "distill/text/chat/think.h"
#include "tests/support/unit.h"

#include <string.h>

static void assert_span(distill_span found, const char *expected)
{
    assert_int_equal(found.length, strlen(expected));
    assert_memory_equal(found.bytes, expected, found.length);
}

static void replies_split_into_thought_and_answer(void **state)
{
    (void)state;
    static const struct {
        const char *reply, *answer, *split_thought;
        bool unfinished, never_closed;
    } rows[] = {
        {"", "", "", false, false},
        {"4", "4", "", false, false},
        {"<think>a</think>4", "4", "a", false, false},
        {"a</think>4", "4", "a", false, false}, // the template opened the thought
        {"<think>a", "<think>a", "", true, true},
        {"<think>a</think>b<think>c", "b<think>c", "a", true, false},
        {"<think>a</think>b<think>c</think> d", " d", "a", false, false},
        {"<think>a<think>b</think>c</think>d", "d", "b", false, false},
        {"</think>", "", "", false, false},
        {"<think></think>", "", "", false, false},
        {"<Think>a</THINK>4", "<Think>a</THINK>4", "", false, false}, // case-sensitive
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        distill_span reply = distill_span_of(rows[i].reply), thought, answer;
        assert_span(distill_think_answer(reply), rows[i].answer);
        distill_think_split(&thought, &answer, reply);
        assert_span(thought, rows[i].split_thought);
        assert_span(answer, rows[i].answer);
        assert_int_equal(distill_think_is_unfinished(reply), rows[i].unfinished);
        assert_int_equal(distill_think_is_never_closed(reply), rows[i].never_closed);
    }
}

static void tags_are_found_at_a_position(void **state)
{
    (void)state;
    static const char *const tags[DISTILL_TAG_COUNT] = {DISTILL_THINK_OPEN, DISTILL_THINK_CLOSE,
                                                        DISTILL_ANSWER_OPEN, DISTILL_ANSWER_CLOSE};
    for (size_t i = 0; i < DISTILL_TAG_COUNT; i++) {
        char text[32];
        snprintf(text, sizeof text, "a%sb", tags[i]);
        distill_reply_tag tag = DISTILL_TAG_COUNT;
        distill_span span = distill_span_of(text);
        assert_int_equal(distill_reply_tag_at(&tag, span, 1), strlen(tags[i]));
        assert_int_equal(tag, i);
        assert_int_equal(distill_reply_tag_at(NULL, span, 0), 0);
        assert_int_equal(distill_reply_tag_at(NULL, span, span.length), 0);
        span.length -= 2; // the tag's last byte is missing
        assert_int_equal(distill_reply_tag_at(NULL, span, 1), 0);
    }
    assert_true(distill_think_starts(distill_span_of("<think>")));
    assert_false(distill_think_starts(distill_span_of(" <think>")));
    assert_false(distill_think_starts(distill_span_of("<answer>")));
}

static void the_last_answer_tag_counts(void **state)
{
    (void)state;
    distill_answer_part part;
    assert_true(distill_answer_part_find(
        &part, distill_span_of("<answer>1</answer><answer>22</answer></answer>")));
    assert_span(part.inside, "22");
    assert_int_equal(part.begin, 26);
    assert_true(part.is_closed);
    assert_true(distill_answer_part_find(&part, distill_span_of("so <answer> 3")));
    assert_span(part.inside, " 3");
    assert_false(part.is_closed);
    assert_false(distill_answer_part_find(&part, distill_span_of("4</answer>")));
}

static void variants_of_tags_are_found(void **state)
{
    (void)state;
    static const char *const variants[] = {"<Thinking>",   "a<thought>",           "< <REASONING>",
                                           "<reflection>", "<|begin_of_thought|>", "</THINK>"};
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        assert_true(distill_think_has_variant(distill_span_of(variants[i])));
    assert_false(distill_think_has_variant(distill_span_of("I think that 1 < 2 <b>")));
    assert_false(distill_think_has_variant(distill_span_of("<thinkin")));
}

static void thoughts_are_written_as_they_are_read(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_span thought, answer;
    assert_ok(distill_think_write(&out, distill_span_of("2+2")));
    assert_string_equal(out.bytes, "<think>\n2+2\n</think>\n\n");
    assert_ok(distill_text_add(&out, "4"));
    distill_think_split(&thought, &answer, distill_text_span(&out));
    assert_span(distill_span_trim(thought), "2+2");
    assert_span(distill_span_trim(answer), "4");
    assert_span(distill_think_after_mark(distill_span_of("a<|end_of_thought|>b")), "b");
    assert_span(distill_think_after_mark(distill_span_of("ab")), "ab");
    distill_text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_split_into_thought_and_answer),
        cmocka_unit_test(tags_are_found_at_a_position),
        cmocka_unit_test(the_last_answer_tag_counts),
        cmocka_unit_test(variants_of_tags_are_found),
        cmocka_unit_test(thoughts_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
