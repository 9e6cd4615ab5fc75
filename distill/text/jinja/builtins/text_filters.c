// distill/text/jinja/builtins/text_filters.c - filters that make text of a value. As in Jinja, a
// value that is not a string is printed first.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/builtins/string_tools.h"
#include "distill/text/jinja/values/jinja_print.h"
#include "distill/text/unicode.h"

#include <string.h>

// -------------------------------------------------------------------------------------------- plain

static distill_status filter_string(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return jinja_to_string(out, run, args->at[0]);
}

static distill_status filter_safe(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_to_string(out, run, args->at[0]));
    out->is_markup = true;
done:
    return status;
}

static distill_status filter_trim(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_to_string(out, run, args->at[0]));
    TRY(string_strip(out, run, *out, args->at[1], STRING_BOTH));
done:
    return status;
}

static distill_status to_case(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                              string_case to)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_to_string(out, run, args->at[0]));
    TRY(string_to_case(out, run, *out, to));
done:
    return status;
}

static distill_status filter_upper(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return to_case(out, run, args, STRING_UPPER);
}

static distill_status filter_lower(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return to_case(out, run, args, STRING_LOWER);
}

static distill_status filter_capitalize(jinja_value *out, jinja_run *run,
                                        const jinja_arguments *args)
{
    return to_case(out, run, args, STRING_CAPITAL);
}

static distill_status filter_title(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return to_case(out, run, args, STRING_TITLE);
}

static distill_status filter_replace(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value texts[3];
    int64_t most;
    for (size_t i = 0; i < 3; i++)
        TRY(jinja_to_string(&texts[i], run, args->at[i]));
    bool is_given = args->at[3].kind != JINJA_NONE;
    TRY(jinja_integer_or(&most, run, is_given ? args->at[3] : jinja_int(-1), -1));
    TRY(string_replace(out, run, texts[0], texts[1], texts[2], most));
done:
    return status;
}

static distill_status filter_center(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    int64_t width;
    TRY(jinja_to_string(out, run, args->at[0]));
    TRY(jinja_integer_or(&width, run, args->at[1], 80));
    TRY(string_pad(out, run, *out, width, distill_span_of(" "), STRING_BOTH));
done:
    return status;
}

// ------------------------------------------------------------------------------------------ escaping

typedef struct escape_visit {
    jinja_builder *b;
} escape_visit;

static distill_status add_escaped(void *context, distill_span part, bool is_input)
{
    static const struct {
        char character;
        const char *text;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&#34;"}, {'\'', "&#39;"}};
    distill_status status = DISTILL_OK;
    const escape_visit *visit = context;
    for (size_t at = 0; at < part.length; at++) {
        distill_span add = {part.bytes + at, 1};
        for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
            if (escapes[i].character == part.bytes[at])
                add = distill_span_of(escapes[i].text);
        TRY(jinja_builder_add_span(visit->b, add, is_input));
    }
done:
    return status;
}

static distill_status escape(jinja_value *out, jinja_run *run, jinja_value value)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    escape_visit visit = {&b};
    TRY(jinja_to_string(&value, run, value));
    TRY(jinja_charge_bytes(run, value.length * 8));
    TRY(jinja_visit_parts(value, add_escaped, &visit));
    TRY(jinja_builder_finish(out, &b));
    out->is_markup = true;
done:
    return status;
}

static distill_status filter_escape(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    *out = args->at[0];
    return args->at[0].is_markup ? DISTILL_OK : escape(out, run, args->at[0]);
}

static distill_status filter_forceescape(jinja_value *out, jinja_run *run,
                                         const jinja_arguments *args)
{
    return escape(out, run, args->at[0]);
}

// ------------------------------------------------------------------------------------------ layout

/// Appends the lines of a text, with `indent` before all but the first one.
static distill_status add_indented(jinja_builder *b, jinja_value lines, jinja_value indent,
                                   bool blank)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < lines.as.list->count; i++) {
        jinja_value line = lines.as.list->items[i];
        if (i > 0)
            TRY(jinja_builder_add_text(b, distill_span_of("\n")));
        if (i > 0 && (blank || line.length > 0))
            TRY(jinja_builder_add(b, indent));
        TRY(jinja_builder_add(b, line));
    }
done:
    return status;
}

static distill_status filter_indent(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    jinja_value indent = args->at[1], text, lines;
    int64_t width;
    TRY(jinja_need_string(run, args->at[0]));
    if (indent.kind != JINJA_STRING) {
        TRY(jinja_integer_or(&width, run, indent, 4));
        TRY(string_pad(&indent, run, jinja_string((distill_span){"", 0}, JINJA_FROM_TEMPLATE),
                       width, distill_span_of(" "), STRING_LEFT));
    }
    // a line end is added so that an empty last line is a line
    TRY(jinja_concat(&text, run, args->at[0],
                     jinja_string(distill_span_of("\n"), JINJA_FROM_TEMPLATE)));
    TRY(string_lines(&lines, run, text, false));
    if (jinja_is_true(args->at[2]))
        TRY(jinja_builder_add(&b, indent));
    TRY(add_indented(&b, lines, indent, jinja_is_true(args->at[3])));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}

static distill_status filter_truncate(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value text = args->at[0], end = args->at[3];
    int64_t length, leeway;
    if (end.kind == JINJA_ABSENT)
        end = jinja_string(distill_span_of("..."), JINJA_FROM_TEMPLATE);
    *out = text;
    if (text.kind == JINJA_UNDEFINED || (text.kind == JINJA_LIST && text.as.list->count <= 8))
        return DISTILL_OK; // what is short enough may be of any type with a length
    TRY(jinja_need_string(run, text));
    TRY(jinja_need_string(run, end));
    TRY(jinja_integer_or(&length, run, args->at[1], 255));
    TRY(jinja_integer_or(&leeway, run, args->at[4], 5));
    int64_t keep = length - (int64_t)jinja_text_count(jinja_span(end));
    if (keep < 0 || leeway < 0)
        TRY(jinja_fail(run, "truncate: the length is too small"));
    *out = text;
    if ((int64_t)jinja_text_count(jinja_span(text)) <= length + leeway)
        goto done;
    text = jinja_part(text, 0, jinja_text_offset(jinja_span(text), (size_t)keep));
    size_t blank = distill_span_find_last(jinja_span(text), distill_span_of(" "));
    if (!jinja_is_true(args->at[2]) && blank != SIZE_MAX)
        text = jinja_part(text, 0, blank);
    TRY(jinja_concat(out, run, text, end));
done:
    return status;
}

static distill_status filter_wordcount(jinja_value *out, jinja_run *run,
                                       const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value text;
    int64_t count = 0;
    uint32_t code;
    TRY(jinja_to_string(&text, run, args->at[0]));
    TRY(jinja_charge_bytes(run, text.length));
    bool inside = false;
    for (size_t at = 0; at < text.length;) {
        at += unicode_next(&code, text.as.bytes + at);
        bool is_word = unicode_is_word(code);
        count += is_word && !inside;
        inside = is_word;
    }
    *out = jinja_int(count);
done:
    return status;
}

static distill_status filter_urlencode(jinja_value *out, jinja_run *run,
                                       const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    jinja_value text;
    if (args->at[0].kind == JINJA_DICT || args->at[0].kind == JINJA_LIST)
        TRY(jinja_fail(run, "urlencode of a %s is not supported", jinja_type_name(args->at[0])));
    TRY(jinja_to_string(&text, run, args->at[0]));
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.as.bytes[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z' && c < 128) ||
                     (c < 128 && c > 0 && strchr("_.-~/", c) != NULL);
        TRY(jinja_step(run));
        TRY(plain ? jinja_builder_add_span(&b, (distill_span){text.as.bytes + i, 1}, false)
                  : jinja_builder_add_format(&b, "%%%02X", c));
    }
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}

static distill_status filter_format(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value format, named;
    if (args->count == 0)
        TRY(jinja_fail(run, "format() is missing an argument"));
    TRY(jinja_to_string(&format, run, args->at[0]));
    if (args->named_count == 0) {
        TRY(jinja_percent_format(out, run, format, args->at + 1, args->count - 1));
        goto done;
    }
    if (args->count > 1)
        TRY(jinja_fail(run, "can't handle positional and keyword arguments at the same time"));
    TRY(jinja_dict_new(&named, run));
    for (size_t i = 0; i < args->named_count; i++)
        TRY(jinja_dict_set(named.as.dict, run,
                           jinja_string(args->named[i].name, JINJA_FROM_TEMPLATE),
                           args->named[i].value));
    TRY(jinja_percent_format(out, run, format, &named, 1));
done:
    return status;
}

// --------------------------------------------------------------------------------------------- JSON

/// Reads the separators, a pair of strings.
static distill_status read_separators(jinja_json_style *style, jinja_run *run, jinja_value value)
{
    distill_status status = DISTILL_OK;
    if (value.kind == JINJA_ABSENT || value.kind == JINJA_NONE)
        return DISTILL_OK;
    if (value.kind != JINJA_LIST || value.as.list->count != 2)
        TRY(jinja_fail(run, "tojson: separators must be two strings"));
    for (size_t i = 0; i < 2; i++)
        TRY(jinja_need_string(run, value.as.list->items[i]));
    style->item = jinja_span(value.as.list->items[0]);
    style->key = jinja_span(value.as.list->items[1]);
done:
    return status;
}

static distill_status filter_tojson(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    jinja_value indent = args->at[2];
    int64_t width;
    jinja_json_style style = {.has_indent =
                                  indent.kind != JINJA_ABSENT && indent.kind != JINJA_NONE,
                              .ascii = jinja_is_true(args->at[1]),
                              .sort_keys = jinja_is_true(args->at[4]),
                              .key = distill_span_of(": ")};
    style.item = distill_span_of(style.has_indent ? "," : ", ");
    if (style.has_indent && indent.kind != JINJA_STRING) {
        TRY(jinja_need_integer(&width, run, indent));
        TRY(string_pad(&indent, run, jinja_string((distill_span){"", 0}, JINJA_FROM_TEMPLATE),
                       width, distill_span_of(" "), STRING_LEFT));
    }
    if (style.has_indent)
        style.indent = jinja_span(indent);
    TRY(read_separators(&style, run, args->at[3]));
    TRY(jinja_print_json(&b, args->at[0], &style));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}

const jinja_builtin JINJA_TEXT_FILTERS[] = {
    {"string", filter_string, "value", 1},
    {"safe", filter_safe, "value", 1},
    {"trim", filter_trim, "value chars", 1},
    {"upper", filter_upper, "s", 1},
    {"lower", filter_lower, "s", 1},
    {"capitalize", filter_capitalize, "s", 1},
    {"title", filter_title, "s", 1},
    {"replace", filter_replace, "s old new count", 3},
    {"center", filter_center, "value width", 1},
    {"escape", filter_escape, "s", 1},
    {"e", filter_escape, "s", 1},
    {"forceescape", filter_forceescape, "value", 1},
    {"indent", filter_indent, "s width first blank", 1},
    {"truncate", filter_truncate, "s length killwords end leeway", 1},
    {"wordcount", filter_wordcount, "s", 1},
    {"urlencode", filter_urlencode, "value", 1},
    {"format", filter_format, NULL, 0},
    {"tojson", filter_tojson, "x ensure_ascii indent separators sort_keys", 1},
    {NULL, NULL, NULL, 0}};
