// tests/unit/text/test_jinja.c - template programs: texts, errors, limits, origin of text.
#include "distill/text/jinja/jinja.h"

#include "distill/base/memory.h"
#include "tests/support/unit.h"

static const char VARIABLES[] =
    "{\"messages\": [{\"role\": \"system\", \"content\": \" Be brief. \"}, {\"role\": \"user\", "
    "\"content\": \"2 + 2?\"}], \"tools\": null, \"add_generation_prompt\": true, \"n\": 7, "
    "\"f\": 2.0, \"text\": \"a,b,,\\u00e9\\n\", \"d\": {\"b\": 1, \"a\": [1.5, null, true]}, "
    "\"items\": [3, 1, 2]}";

/// A rendering with VARIABLES.
typedef struct rendered {
    jinja_template *t;
    jinja_rendering r;
    distill_json *doc;
} rendered;

static distill_status render(rendered *out, const char *source)
{
    distill_status status = DISTILL_OK;
    *out = (rendered){0};
    TRY(jinja_compile(&out->t, distill_span_of(source)));
    TRY(distill_json_parse(&out->doc, VARIABLES, strlen(VARIABLES), "variables"));
    out->r = (jinja_rendering){.program = out->t, .now = "2024-07-26"};
    TRY(jinja_rendering_begin(&out->r));
    for (const distill_json_node *item = distill_json_first(distill_json_root(out->doc));
         item != NULL; item = distill_json_next(item)) {
        jinja_value value;
        TRY(jinja_from_json(&value, &out->r.run, out->doc, item));
        TRY(jinja_rendering_set(&out->r, distill_json_key(item), value));
    }
    TRY(jinja_rendering_run(&out->r));
done:
    return status;
}

static void rendered_free(rendered *it)
{
    jinja_rendering_end(&it->r);
    jinja_free(it->t);
    distill_json_free(it->doc);
}

static void assert_text(const char *source, const char *expected)
{
    rendered it;
    distill_status status = render(&it, source);
    if (status != DISTILL_OK)
        fail_msg("%s: %s", source, distill_error_message());
    if (!distill_span_is(it.r.text, expected))
        fail_msg("%s gives \"%.*s\", expected \"%s\"", source, (int)it.r.text.length,
                 it.r.text.bytes, expected);
    rendered_free(&it);
}

static void assert_error(const char *source, distill_status expected, const char *words)
{
    rendered it;
    distill_status status = render(&it, source);
    if (status != expected || strstr(distill_error_message(), words) == NULL)
        fail_msg("%s: status %s, message \"%s\"; expected %s and \"%s\"", source,
                 distill_status_name(status), status == DISTILL_OK ? "" : distill_error_message(),
                 distill_status_name(expected), words);
    rendered_free(&it);
}

typedef struct text_case {
    const char *source, *expected;
} text_case;

static void assert_texts(const text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_text(cases[i].source, cases[i].expected);
}

#define ASSERT_TEXTS(...)                                                                          \
    do {                                                                                           \
        static const text_case unit_cases[] = {__VA_ARGS__};                                       \
        assert_texts(unit_cases, sizeof unit_cases / sizeof *unit_cases);                          \
    } while (0)

// All texts of this file were also rendered by Jinja2 3.1 with the settings of transformers.

static void white_space_is_removed_as_in_transformers(void **state)
{
    (void)state;
    ASSERT_TEXTS({"a\n", "a"}, {"a\n\n", "a\n"}, {"  {% if 1 %}\n  x\n  {% endif %}\ny", "  x\ny"},
                 {"a {% if 1 %} b {% endif %} c", "a  b  c"},
                 {"a {%- if 1 -%} b {%- endif -%} c", "abc"}, {"  {%+ if 1 %}x{% endif %}", "  x"},
                 {"{% if 1 +%}\nx{% endif %}", "\nx"}, {"x\n  {# c #}\n  y", "x\n  y"},
                 {"x \n {#- c -#} \n y", "xy"}, {"x\n {{- 1 -}} \n", "x1"},
                 {"{% raw %} {{ x }}\n{% endraw %}\nz", " {{ x }}\nz"}, {"a\r\nb\rc", "a\nb\nc"},
                 {"{{ '}}' }}{{ {'a': {}} }}", "}}{'a': {}}"});
}

static void expressions_follow_python(void **state)
{
    (void)state;
    ASSERT_TEXTS(
        {"{{ 1 + 2 * 3 ** 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** -1 }}",
         "19 -4 2 3.5 0.5"},
        {"{{ 1e20 }} {{ 0.1 + 0.2 }} {{ 1e16 }} {{ 1e-5 }} {{ 100.0 }} {{ f }}",
         "1e+20 0.30000000000000004 1e+16 1e-05 100.0 2.0"},
        {"{{ 'a' ~ 1 ~ none ~ true }} {{ 'ab' * 2 }} {{ [1] + [2] }}", "a1NoneTrue abab [1, 2]"},
        {"{{ text[-1:] }}{{ text[::2] }}|{{ 'h\xc3\xa9llo'[1] }}|{{ items[::-1] }}|{{ 'abc'[5:] }}",
         "\nab,\n|\xc3\xa9|[2, 1, 3]|"},
        {"{{ 1 < n <= 7 }} {{ 3 in items }} {{ 'z' not in 'abc' }} {{ 'b' in d }}",
         "True True True True"},
        {"{{ 'x' if n > 8 else 'y' }}{{ 'z' if n > 8 }}{{ n > 8 or 'q' }}{{ 0 and 1 }}", "yq0"},
        {"{{ (1, 'a') }} {{ (1,) }} {{ {'k': \"it's\", 2: none} }} {{ d }}",
         "(1, 'a') (1,) {'k': \"it's\", 2: None} {'b': 1, 'a': [1.5, None, True]}"},
        {"{{ 'a' 'b' }}{{ '\\n\\x41\\u00e9\\\\' }}", "ab\nA\xc3\xa9\\"},
        {"{{ nothing }}|{{ d.nothing }}|{{ d['b'] }}{{ d.b }}{{ d.get('z', 5) }}{{ d.get('z') }}",
         "||115None"},
        {"{{ 1 == 1.0 }}{{ true == 1 }}{{ [1, 2] == [1, 2.0] }}{{ 'a' == 1 }}",
         "TrueTrueTrueFalse"},
        {"{{ '%s has %d, %5.2f%%|%-4s|%04d' % ('x', 3, 2.5, 'ab', 7) }}",
         "x has 3,  2.50%|ab  |0007"},
        {"{{ '{0}-{1}-{a:>3}'.format('x', 'y', a=1) }}", "x-y-  1"});
}

static void statements_follow_jinja(void **state)
{
    (void)state;
    ASSERT_TEXTS(
        {"{% for i in items %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ i }} {% endfor %}",
         "1TrueFalse3 2FalseFalse1 3FalseTrue2 "},
        {"{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "b=1;a=[1.5, None, True];"},
        {"{% for i in items if i > 1 %}{{ loop.index }}/{{ loop.length }}:{{ i }} {% endfor %}",
         "1/2:3 2/2:2 "},
        {"{% for i in [] %}x{% else %}empty{% endfor %}", "empty"},
        {"{% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{% if i > 3 %}{% break "
         "%}{% endif %}{{ i }}{% endfor %}",
         "023"},
        {"{% for i in items %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}",
         "<3>1 3<1>2 1<2> "},
        {"{% set x = 1 %}{% for i in items %}{% set x = i %}{% endfor %}{{ x }}", "1"},
        {"{% set ns = namespace(x=1) %}{% for i in items %}{% set ns.x = ns.x + i %}{% endfor %}{{ "
         "ns.x }}",
         "7"},
        {"{% set a, b = 1, [2] %}{{ a }}{{ b }}{% set c %}<{{ a }}>{% endset %}{{ c|length }}",
         "1[2]3"},
        {"{% macro m(a, b='B') %}{{ a }}{{ b }}{{ caller() if caller }};{% endmacro %}{{ m(1) }}{{ "
         "m(1, b=2) }}{% call m('x') %}in{% endcall %}",
         "1B;12;xBin;"},
        {"{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, *[2, 3], **{'k': 4}) }}",
         "(1, 2, 3){'k': 4}"},
        {"{% filter upper %}a{{ 'b' }}{% endfilter %}{% with q = 5 %}{{ q }}{% endwith %}{{ q }}",
         "AB5"},
        {"{% if tools %}1{% elif tools is none and n is odd %}2{% else %}3{% endif %}", "2"},
        {"{{ strftime_now('%d %b %Y') }}", "26 Jul 2024"});
}

static void filters_tests_and_methods_follow_jinja(void **state)
{
    (void)state;
    ASSERT_TEXTS(
        {"{{ d|tojson }} {{ '<\xc3\xa9\"'|tojson }}",
         "{\"b\": 1, \"a\": [1.5, null, true]} \"<\xc3\xa9\\\"\""},
        {"{{ {'a': [], 'b': [1]}|tojson(indent=2) }}",
         "{\n  \"a\": [],\n  \"b\": [\n    1\n  ]\n}"},
        {"{{ d|tojson(separators=(',', ':'), sort_keys=true) }}{{ "
         "'\xc3\xa9'|tojson(ensure_ascii=true) }}",
         "{\"a\":[1.5,null,true],\"b\":1}\"\\u00e9\""},
        {"{{ messages|map(attribute='role')|join(', ') }}", "system, user"},
        {"{{ messages|selectattr('role', 'equalto', 'user')|list|length }}", "1"},
        {"{{ (messages|rejectattr('role', 'in', ['user'])|first).content|trim }}", "Be brief."},
        {"{{ d|dictsort }} {{ d|items|list|length }} {{ items|sort(reverse=true) }}",
         "[('a', [1.5, None, True]), ('b', 1)] 2 [3, 2, 1]"},
        {"{{ nothing|default('x') }}{{ ''|default('y', true) }}{{ '3.7'|int }}{{ 'z'|int(9) }}",
         "xy39"},
        {"{{ 'a\nb'|indent(2) }}|{{ 'aXb'|replace('X', '-') }}|{{ 'hello world'|title }}",
         "a\n  b|a-b|Hello World"},
        {"{{ text.split(',') }} {{ ' a  b '.split() }} {{ 'a.b.c'.rsplit('.', 1) }}",
         "['a', 'b', '', '\xc3\xa9\\n'] ['a', 'b'] ['a.b', 'c']"},
        {"{{ 'xxaxx'.strip('x') }}{{ '\n\na\n'.lstrip('\n') }}{{ 'ab'.startswith(('b', 'a')) }}",
         "aa\nTrue"},
        {"{{ 'a</t>b</t>c'.split('</t>')[-1] }}{{ '\xc3\xa9x'.find('x') }}{{ '\xc3\xa9x'|length }}",
         "c12"},
        {"{{ n is defined and nothing is not defined }}{{ d is mapping }}{{ 'a' is sequence }}{{ "
         "items is iterable and items is not string }}",
         "TrueTrueTrueTrue"},
        {"{{ 7 is divisibleby 7 }}{{ n is eq 7 }}{{ true is boolean }}{{ 'A' is upper }}",
         "TrueTrueTrueTrue"});
}

static void errors_name_their_place(void **state)
{
    (void)state;
    assert_error("a\n{{ x", DISTILL_FORMAT, "line 2, column 4: the block is not closed");
    assert_error("{% if 1 %}", DISTILL_FORMAT, "is not closed by endif");
    assert_error("{% nope %}", DISTILL_FORMAT, "found \"nope\"");
    assert_error("\n {{ 1|nope }}", DISTILL_UNSUPPORTED, "line 2, column 7: unknown filter");
    assert_error("{{ 1 is nope }}", DISTILL_UNSUPPORTED, "unknown test \"nope\"");
    assert_error("{% include 'x' %}", DISTILL_FORMAT, "include");
    assert_error("{% for x in y recursive %}{% endfor %}", DISTILL_FORMAT, "recursive");
    assert_error("{{ nothing.x }}", DISTILL_FORMAT, "'nothing' is undefined");
    assert_error("{{ d.x.y }}", DISTILL_FORMAT, "has no attribute 'x'");
    assert_error("{{ 'a' + 1 }}", DISTILL_FORMAT, "can only concatenate str");
    assert_error("{{ items.append(1) }}", DISTILL_FORMAT, "'append' of 'list' object is unsafe");
    assert_error("{{ 1 / 0 }}", DISTILL_FORMAT, "division by zero");
    assert_error("{{ none|length }}", DISTILL_FORMAT, "has no len()");
    assert_error("{{ raise_exception('Roles must alternate') }}", DISTILL_FORMAT,
                 "line 1, column 19: raised: Roles must alternate");
    assert_error("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", DISTILL_FORMAT, "not more than 1");
    // an unknown filter in a branch is an error only if the branch is evaluated
    assert_text("{% if tools %}{{ tools|nope }}{% endif %}x", "x");
    assert_error("{% if n %}{{ n|nope }}{% endif %}x", DISTILL_FORMAT, "unknown filter \"nope\"");
}

static void hostile_programs_are_stopped(void **state)
{
    (void)state;
    assert_error(
        "{% set r = range(9999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}",
        DISTILL_LIMIT, "more than 10000000 steps");
    assert_error("{{ range(1000000000) }}", DISTILL_FORMAT, "Range too big");
    assert_error("{% set ns = namespace(s='x' * 1000) %}{% for i in range(99) %}{% set ns.s = ns.s "
                 "+ ns.s %}{% endfor %}",
                 DISTILL_LIMIT, "more than 64 MiB");
    assert_error("{{ 'x' * 999999999999 }}", DISTILL_LIMIT, "too long");
    assert_error("{{ 'x'|center(999999999) }}", DISTILL_FORMAT, "too large");
    assert_error("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", DISTILL_LIMIT, "levels deep");
    assert_error(
        "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% "
        "endfor %}{{ ns.l|tojson }}",
        DISTILL_LIMIT, "levels deep");
    assert_error("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", DISTILL_LIMIT, "deep");
    assert_error("{% set s = 'x' * 9999 %}{% for i in range(99999) %}{{ s }}{% endfor %}",
                 DISTILL_LIMIT, "MiB");
    assert_error("{% set s = 'ab' * 9999999 %}{% for i in range(99999) %}{% set x = s|upper %}{% "
                 "endfor %}",
                 DISTILL_LIMIT, "");
}

/// `times` copies of `part`.
static char *repeated(const char *part, size_t times)
{
    distill_text text = {0};
    for (size_t i = 0; i < times; i++)
        assert_ok(distill_text_add(&text, part));
    return text.bytes;
}

static void deep_sources_are_rejected(void **state)
{
    (void)state;
    static const char *const parts[] = {"{% if 1 %}",          "{{ ((((((((((",
                                        "{{ [[[[[[[[[[",       "{{ not not not not ",
                                        "{{ - - - - - - - - ", "{% for x in y %}"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *source = repeated(parts[i], 1), *inner = repeated(parts[i] + 3, 20000);
        distill_text whole = {0};
        bool is_block = parts[i][1] == '%';
        assert_ok(distill_text_add(&whole, source));
        char *more = is_block ? repeated(parts[i], 20000) : inner;
        assert_ok(distill_text_add(&whole, more));
        jinja_template *t = NULL;
        distill_status status = jinja_compile(&t, distill_text_span(&whole));
        assert_int_not_equal(status, DISTILL_OK);
        if (is_block)
            distill_free(more);
        distill_free(source);
        distill_free(inner);
        distill_text_free(&whole);
    }
    char *chain = repeated("1 + ", 5000);
    distill_text sum = {0};
    assert_ok(distill_text_printf(&sum, "{{ %s1 }}", chain));
    assert_error(sum.bytes, DISTILL_LIMIT, "levels deep");
    distill_text_free(&sum);
    distill_free(chain);
}

static void text_knows_which_bytes_are_input(void **state)
{
    (void)state;
    static const struct {
        const char *source, *input; // the bytes that are input, with "|" between ranges
    } cases[] = {
        {"<a>{{ messages[1].content }}<b>", "2 + 2?"},
        {"{{ '<a>' + messages[0].content|trim + '<b>' + messages[1].content }}",
         "Be brief.|2 + 2?"},
        {"{{ ('<a>' + messages[0].content + '<b>')[4:9] }}", "Be br"},
        {"{{ ('<a>' ~ messages[1].content).split('+')[1] }}x", " 2?"},
        {"{% set c %}<{{ messages[1].content }}>{% endset %}{{ c }}{{ c|upper }}", "2 + 2?|2 + 2?"},
        {"{% macro m(x) %}<a>{{ x }}{% endmacro %}{{ m(messages[1].content)|replace('+', '<b>') }}",
         "2 | 2?"},
        {"{{ messages[1]|tojson }}", "role|user|content|2 + 2?"},
        {"{{ ['<a>', messages[1].content]|join('|') }}", "2 + 2?"},
        {"{{ '<a>%s<b>' % messages[1].content }}", "2 + 2?"},
        {"<a>", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rendered it;
        distill_text input = {0};
        assert_ok(render(&it, cases[i].source));
        for (size_t k = 0; k < it.r.input_count; k++) {
            if (k > 0)
                assert_ok(distill_text_add_char(&input, '|'));
            assert_ok(distill_text_append(&input, it.r.text.bytes + it.r.input[k].begin,
                                          it.r.input[k].end - it.r.input[k].begin));
        }
        if (!distill_span_is(distill_text_span(&input), cases[i].input))
            fail_msg("%s: input \"%s\", expected \"%s\"", cases[i].source,
                     input.length > 0 ? input.bytes : "", cases[i].input);
        distill_text_free(&input);
        rendered_free(&it);
    }
}

static void generation_blocks_are_recorded(void **state)
{
    (void)state;
    rendered it;
    assert_ok(render(&it, "{% for m in messages %}<{{ m.role }}>{% generation %}{{ m.content|trim "
                          "}}.{% set x = 1 %}{% endgeneration %}{{ x }}{% endfor %}"));
    assert_true(distill_span_is(it.r.text, "<system>Be brief..<user>2 + 2?."));
    assert_true(jinja_has_generation(it.t));
    assert_int_equal(it.r.generation_count, 2);
    assert_int_equal(it.r.generation[0].begin, 8);
    assert_int_equal(it.r.generation[0].end, 18);
    assert_int_equal(it.r.generation[1].begin, 24);
    assert_int_equal(it.r.generation[1].end, 31);
    rendered_free(&it);
}

/// Every allocation may fail.
static void memory_may_run_out(void **state)
{
    (void)state;
    distill_status status = DISTILL_NO_MEMORY;
    for (uint64_t n = 1; status != DISTILL_OK; n++) {
        rendered it;
        distill_allocation_fail_at(n);
        status = render(&it, "{% for m in messages %}{{ m|tojson }}{% endfor %}{{ 'x' * 99999 }}");
        distill_allocation_fail_at(0);
        assert_true(status == DISTILL_OK || status == DISTILL_NO_MEMORY);
        rendered_free(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_space_is_removed_as_in_transformers),
        cmocka_unit_test(expressions_follow_python),
        cmocka_unit_test(statements_follow_jinja),
        cmocka_unit_test(filters_tests_and_methods_follow_jinja),
        cmocka_unit_test(errors_name_their_place),
        cmocka_unit_test(hostile_programs_are_stopped),
        cmocka_unit_test(deep_sources_are_rejected),
        cmocka_unit_test(text_knows_which_bytes_are_input),
        cmocka_unit_test(generation_blocks_are_recorded),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
