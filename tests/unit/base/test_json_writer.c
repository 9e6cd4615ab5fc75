// tests/unit/base/test_json_writer.c - the streaming JSON writer: separators, nesting, layout,
// numbers, invalid UTF-8, stored errors, and misuse.
#include "distill/base/json/json_writer.h"

#include "distill/base/memory.h"
#include "tests/support/unit.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/// Finishes `w`, compares its text with `expected`, checks that it is one JSON value, and frees it.
static void assert_written(distill_json_writer *w, const char *expected)
{
    distill_json *doc = NULL;
    assert_ok(distill_json_finish(w));
    assert_string_equal(w->out->bytes, expected);
    assert_ok(distill_json_parse(&doc, w->out->bytes, w->out->length, "written"));
    distill_json_free(doc);
    distill_text_free(w->out);
}

static void values_of_every_type_are_members(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "string", "x");
    distill_json_add_string(&w, "none", NULL);
    distill_json_add_span(&w, "span", (distill_span){"a\0b", 3});
    distill_json_add_format(&w, "format", "%s-%03d\n", "shard", 7);
    distill_json_add_int(&w, "int", INT64_MIN);
    distill_json_add_uint(&w, "uint", UINT64_MAX);
    distill_json_add_bool(&w, "yes", true);
    distill_json_add_bool(&w, "no", false);
    distill_json_add_null(&w, "null");
    distill_json_add_raw(&w, "raw", distill_span_of("{\"a\":[1]}"));
    distill_json_end_object(&w);
    assert_written(&w, "{\"string\":\"x\",\"none\":null,\"span\":\"a\\u0000b\","
                       "\"format\":\"shard-007\\n\",\"int\":-9223372036854775808,"
                       "\"uint\":18446744073709551615,\"yes\":true,\"no\":false,\"null\":null,"
                       "\"raw\":{\"a\":[1]}}");
}

static void a_single_value_can_be_the_top_level(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_add_string(&w, NULL, "alone");
    assert_written(&w, "\"alone\"");
}

static void containers_nest_and_separate_their_items(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_begin_array(&w, NULL);
    distill_json_begin_object(&w, NULL);
    distill_json_end_object(&w);
    distill_json_begin_array(&w, NULL);
    distill_json_end_array(&w);
    distill_json_begin_object(&w, NULL);
    distill_json_begin_array(&w, "list");
    distill_json_add_int(&w, NULL, 1);
    distill_json_add_int(&w, NULL, -2);
    distill_json_end_array(&w);
    distill_json_begin_object(&w, "map");
    distill_json_add_bool(&w, "deep", true);
    distill_json_end_object(&w);
    distill_json_add_int(&w, "after", 3);
    distill_json_end_object(&w);
    distill_json_end_array(&w);
    assert_written(&w, "[{},[],{\"list\":[1,-2],\"map\":{\"deep\":true},\"after\":3}]");
}

static void lines_follow_one_another(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    for (int i = 0; i < 3; i++) {
        distill_json_begin_object(&w, NULL);
        distill_json_add_int(&w, "n", i);
        distill_json_end_object(&w);
        assert_ok(distill_json_finish_line(&w));
    }
    assert_string_equal(out.bytes, "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n");
    distill_text_free(&out);
}

static void strings_and_keys_are_escaped(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "k\"\\\t", "q\"\\\b\f\n\r\t\x01\x7F");
    distill_json_add_string(&w, "\xC3\xA9", "\xE2\x80\xA8\xE2\x80\xA9\xC2\x85");
    distill_json_end_object(&w);
    assert_written(&w, "{\"k\\\"\\\\\\t\":\"q\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u007f\","
                       "\"\xC3\xA9\":\"\\u2028\\u2029\\u0085\"}");
}

static void invalid_utf8_is_replaced(void **state)
{
    (void)state;
    // a continuation byte alone, a truncated or overlong form, a surrogate, beyond U+10FFFF
    static const struct {
        const char *bytes, *json;
    } cases[] = {
        {"a\x80z", "\"a\xEF\xBF\xBDz\""},
        {"\xE2\x82", "\"\xEF\xBF\xBD\""},
        {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_text out = {0};
        distill_json_writer w = {.out = &out};
        distill_json_add_string(&w, NULL, cases[i].bytes);
        assert_written(&w, cases[i].json);
    }
}

static void numbers_have_the_requested_digits(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_begin_array(&w, NULL);
    distill_json_add_number(&w, NULL, 0.1);
    distill_json_add_number(&w, NULL, 1.0 / 3);
    distill_json_add_fixed(&w, NULL, 2.0005, 3);
    distill_json_add_fixed(&w, NULL, 1234567.5, 0);
    distill_json_add_rounded(&w, NULL, 1.0 / 3, 6);
    distill_json_add_rounded(&w, NULL, 2, 6);
    distill_json_add_rounded(&w, NULL, 1e-9, 3);
    distill_json_end_array(&w);
    assert_written(&w, "[0.1,0.3333333333333333,2.001,1234568,0.333333,2,1e-09]");
}

static void numbers_that_are_not_finite_become_null(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_begin_array(&w, NULL);
    distill_json_add_number(&w, NULL, NAN);
    distill_json_add_fixed(&w, NULL, INFINITY, 2);
    distill_json_add_rounded(&w, NULL, -INFINITY, 2);
    distill_json_end_array(&w);
    assert_written(&w, "[null,null,null]");
}

static void a_long_format_is_kept_whole(void **state)
{
    (void)state;
    char expected[1003];
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_add_format(&w, NULL, "%01000d", 7);
    memset(expected, '0', sizeof expected);
    memcpy(expected, "\"", 1);
    memcpy(expected + 1000, "7\"", 3);
    assert_written(&w, expected);
}

static void lines_are_broken_and_spaced_on_request(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out, .spaced = true};
    distill_json_begin_object(&w, NULL);
    distill_json_break_line(&w, 2);
    distill_json_add_int(&w, "a", 1);
    distill_json_add_int(&w, "b", 2);
    distill_json_break_line(&w, 2);
    distill_json_begin_array(&w, "list");
    distill_json_break_line(&w, 4);
    distill_json_add_int(&w, NULL, 3);
    distill_json_break_line(&w, 2);
    distill_json_end_array(&w);
    distill_json_break_line(&w, 0);
    distill_json_end_object(&w);
    assert_written(&w, "{\n  \"a\": 1, \"b\": 2,\n  \"list\": [\n    3\n  ]\n}");
}

static void raw_members_join_those_of_the_object(void **state)
{
    (void)state;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_begin_object(&w, NULL);
    distill_json_add_raw_members(&w, (distill_span){0});
    distill_json_add_raw_members(&w, distill_span_of("\"a\":1,\"b\":2"));
    distill_json_add_int(&w, "c", 3);
    distill_json_add_raw_members(&w, distill_span_of("\"d\":4"));
    distill_json_end_object(&w);
    assert_written(&w, "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}");
}

static void nodes_of_a_document_are_copied(void **state)
{
    (void)state;
    static const char text[] = "{\"id\":9007199254740993,\"s\":\"a\\u0000\",\"l\":[1.5,null,true]}";
    distill_json *doc = NULL;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    assert_ok(distill_json_parse(&doc, text, strlen(text), "t"));
    distill_json_begin_object(&w, NULL);
    distill_json_add_node(&w, "whole", doc, distill_json_root(doc));
    distill_json_add_node(&w, "l", doc, distill_json_member(distill_json_root(doc), "l"));
    distill_json_end_object(&w);
    assert_written(&w, "{\"whole\":{\"id\":9007199254740993,\"s\":\"a\\u0000\","
                       "\"l\":[1.5,null,true]},\"l\":[1.5,null,true]}");
    distill_json_free(doc);
}

/// `depth` nested containers, alternately arrays and objects.
static distill_status write_nested(distill_text *out, size_t depth)
{
    distill_json_writer w = {.out = out};
    for (size_t i = 0; i < depth; i++) {
        if (i % 2 == 0)
            distill_json_begin_array(&w, i == 0 ? NULL : "k");
        else
            distill_json_begin_object(&w, NULL);
    }
    for (size_t i = depth; i-- > 0;) {
        if (i % 2 == 0)
            distill_json_end_array(&w);
        else
            distill_json_end_object(&w);
    }
    return distill_json_finish(&w);
}

static void nesting_is_limited(void **state)
{
    (void)state;
    distill_text out = {0};
    assert_ok(write_nested(&out, DISTILL_JSON_MAX_DEPTH));
    assert_memory_equal(out.bytes, "[{\"k\":[{\"k\":[", 13);
    assert_memory_equal(out.bytes + out.length - 6, "}]}]}]", 6);
    distill_text_clear(&out);
    assert_fails(write_nested(&out, DISTILL_JSON_MAX_DEPTH + 1), DISTILL_LIMIT, "256 levels");
    assert_fails(write_nested(&out, 3 * DISTILL_JSON_MAX_DEPTH), DISTILL_LIMIT, "256 levels");
    distill_text_free(&out);
}

static void the_first_error_is_kept_until_the_end(void **state)
{
    (void)state;
    distill_text out = {.limit = 16};
    distill_json_writer w = {.out = &out};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "key", "longer than the sixteen bytes");
    size_t length = out.length;
    distill_json_begin_array(&w, "list");
    distill_json_break_line(&w, 2);
    distill_json_add_int(&w, NULL, 1);
    distill_json_end_array(&w);
    distill_json_add_int(&w, "n", 1);
    distill_json_end_object(&w);
    assert_int_equal(out.length, length); // nothing after the failure
    assert_int_equal(distill_json_finish_line(&w), DISTILL_LIMIT);
    distill_text_clear(&out);
    distill_json_add_int(&w, NULL, 5); // the writer can be used again
    assert_ok(distill_json_finish(&w));
    assert_string_equal(out.bytes, "5");
    distill_text_free(&out);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    size_t failures = 0;
    for (uint64_t n = 1;; n++) {
        distill_text out = {0};
        distill_json_writer w = {.out = &out};
        distill_allocation_fail_at(n);
        distill_json_begin_object(&w, NULL);
        distill_json_add_format(&w, "text", "%0500d", 1);
        distill_json_end_object(&w);
        distill_status status = distill_json_finish(&w);
        distill_allocation_fail_at(0);
        distill_text_free(&out);
        if (status == DISTILL_OK)
            break;
        assert_int_equal(status, DISTILL_NO_MEMORY);
        failures++;
    }
    assert_true(failures >= 2);
}

// --- misuse --------------------------------------------------------------------------------------

static void key_in_an_array(distill_json_writer *w)
{
    distill_json_begin_array(w, NULL);
    distill_json_add_int(w, "key", 1);
}

static void no_key_in_an_object(distill_json_writer *w)
{
    distill_json_begin_object(w, NULL);
    distill_json_add_int(w, NULL, 1);
}

static void end_of_the_wrong_kind(distill_json_writer *w)
{
    distill_json_begin_object(w, NULL);
    distill_json_end_array(w);
}

static void end_without_a_beginning(distill_json_writer *w)
{
    distill_json_end_object(w);
}

static void two_values_at_the_top(distill_json_writer *w)
{
    distill_json_add_int(w, NULL, 1);
    distill_json_add_int(w, NULL, 2);
}

static void finish_with_an_open_container(distill_json_writer *w)
{
    distill_json_begin_object(w, NULL);
    assert_int_equal(distill_json_finish(w), DISTILL_OK);
}

static void finish_without_a_value(distill_json_writer *w)
{
    assert_int_equal(distill_json_finish(w), DISTILL_OK);
}

static bool aborts(void (*misuse)(distill_json_writer *))
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        distill_text out = {0};
        distill_json_writer w = {.out = &out};
        signal(SIGABRT, SIG_DFL);
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(2);
        misuse(&w);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void misuse_is_an_assertion(void **state)
{
    (void)state;
#ifdef NDEBUG
    (void)aborts;
    (void)key_in_an_array;
    (void)no_key_in_an_object;
    (void)end_of_the_wrong_kind;
    (void)end_without_a_beginning;
    (void)two_values_at_the_top;
    (void)finish_with_an_open_container;
    (void)finish_without_a_value;
    skip(); // assertions are off in this build
#else
    assert_true(aborts(key_in_an_array));
    assert_true(aborts(no_key_in_an_object));
    assert_true(aborts(end_of_the_wrong_kind));
    assert_true(aborts(end_without_a_beginning));
    assert_true(aborts(two_values_at_the_top));
    assert_true(aborts(finish_with_an_open_container));
    assert_true(aborts(finish_without_a_value));
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_type_are_members),
        cmocka_unit_test(a_single_value_can_be_the_top_level),
        cmocka_unit_test(containers_nest_and_separate_their_items),
        cmocka_unit_test(lines_follow_one_another),
        cmocka_unit_test(strings_and_keys_are_escaped),
        cmocka_unit_test(invalid_utf8_is_replaced),
        cmocka_unit_test(numbers_have_the_requested_digits),
        cmocka_unit_test(numbers_that_are_not_finite_become_null),
        cmocka_unit_test(a_long_format_is_kept_whole),
        cmocka_unit_test(lines_are_broken_and_spaced_on_request),
        cmocka_unit_test(raw_members_join_those_of_the_object),
        cmocka_unit_test(nodes_of_a_document_are_copied),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(the_first_error_is_kept_until_the_end),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(misuse_is_an_assertion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
