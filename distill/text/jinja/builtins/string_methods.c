// distill/text/jinja/builtins/string_methods.c - methods of Python's str.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/builtins/string_tools.h"
#include "distill/text/unicode.h"

#include <string.h>

// --------------------------------------------------------------------------------- strip and case

static distill_status method_strip(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return string_strip(out, run, args->at[0], args->at[1], STRING_BOTH);
}

static distill_status method_lstrip(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return string_strip(out, run, args->at[0], args->at[1], STRING_LEFT);
}

static distill_status method_rstrip(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return string_strip(out, run, args->at[0], args->at[1], STRING_RIGHT);
}

static distill_status method_upper(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return string_to_case(out, run, args->at[0], STRING_UPPER);
}

static distill_status method_lower(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return string_to_case(out, run, args->at[0], STRING_LOWER);
}

static distill_status method_capitalize(jinja_value *out, jinja_run *run,
                                        const jinja_arguments *args)
{
    return string_to_case(out, run, args->at[0], STRING_CAPITAL);
}

/// Python's str.title: words are runs of letters, unlike those of the filter `title`.
static size_t map_title(char out[8], uint32_t code, void *context)
{
    bool *inside = context;
    bool is_cased = unicode_to_lower(code) != code || unicode_to_upper(code) != code;
    uint32_t mapped = *inside ? unicode_to_lower(code) : unicode_to_upper(code);
    *inside = is_cased;
    return unicode_encode(out, mapped);
}

static distill_status method_title(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    bool inside = false;
    return jinja_map_text(out, run, args->at[0], map_title, &inside);
}

static size_t map_swapcase(char out[8], uint32_t code, void *context)
{
    (void)context;
    uint32_t lower = unicode_to_lower(code);
    return unicode_encode(out, lower != code ? lower : unicode_to_upper(code));
}

static distill_status method_swapcase(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return jinja_map_text(out, run, args->at[0], map_swapcase, NULL);
}

// ------------------------------------------------------------------------------------------ splitting

/// Splits at white space; up to `most` times, then the rest is one part. From the right, the parts
/// come in reverse order.
static distill_status split_at_space(jinja_items *parts, jinja_run *run, jinja_value string,
                                     int64_t most, bool from_right)
{
    distill_status status = DISTILL_OK;
    distill_span text = jinja_span(string);
    uint32_t code;
    for (;; most--) {
        text = from_right ? jinja_strip_right(text) : jinja_strip_left(text);
        if (text.length == 0)
            break;
        size_t at = from_right ? text.length : 0; // the end of the part
        while (most != 0 && (from_right ? at > 0 : at < text.length)) {
            size_t step = from_right ? unicode_step_back(text.bytes, at)
                                     : unicode_next(&code, text.bytes + at);
            (void)unicode_next(&code, text.bytes + (from_right ? at - step : at));
            if (jinja_is_space(code))
                break;
            at = from_right ? at - step : at + step;
        }
        if (most == 0) {
            text = from_right ? jinja_strip_right(text) : text;
            at = from_right ? 0 : text.length;
        }
        size_t begin = (size_t)(text.bytes - string.as.bytes), end = begin + text.length;
        TRY(jinja_items_add(parts, run,
                            from_right ? jinja_part(string, begin + at, end)
                                       : jinja_part(string, begin, begin + at)));
        text = from_right ? (distill_span){text.bytes, at}
                          : (distill_span){text.bytes + at, text.length - at};
    }
done:
    return status;
}

/// Splits at a separator, likewise.
static distill_status split_at(jinja_items *parts, jinja_run *run, jinja_value string,
                               distill_span separator, int64_t most, bool from_right)
{
    distill_status status = DISTILL_OK;
    size_t begin = 0, end = string.length;
    for (; most != 0; most--) {
        distill_span rest = {string.as.bytes, end};
        size_t at = from_right ? distill_span_find_last(rest, separator)
                               : distill_span_find(rest, separator, begin);
        if (at == SIZE_MAX)
            break;
        TRY(jinja_items_add(parts, run,
                            from_right ? jinja_part(string, at + separator.length, end)
                                       : jinja_part(string, begin, at)));
        if (from_right)
            end = at;
        else
            begin = at + separator.length;
    }
    TRY(jinja_items_add(parts, run, jinja_part(string, begin, end)));
done:
    return status;
}

static void reverse_items(jinja_list *list)
{
    for (size_t i = 0; list != NULL && i < list->count / 2; i++) {
        jinja_value item = list->items[i];
        list->items[i] = list->items[list->count - 1 - i];
        list->items[list->count - 1 - i] = item;
    }
}

static distill_status split(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                            bool from_right)
{
    distill_status status = DISTILL_OK;
    jinja_value separator = args->at[1];
    jinja_items parts = {0};
    int64_t most;
    TRY(jinja_integer_or(&most, run, args->at[2], -1));
    TRY(jinja_charge_bytes(run, args->at[0].length));
    if (separator.kind == JINJA_ABSENT || separator.kind == JINJA_NONE) {
        TRY(split_at_space(&parts, run, args->at[0], most, from_right));
    } else {
        TRY(jinja_need_string(run, separator));
        if (separator.length == 0)
            TRY(jinja_fail(run, "empty separator"));
        TRY(split_at(&parts, run, args->at[0], jinja_span(separator), most, from_right));
    }
    if (from_right)
        reverse_items(parts.list);
    TRY(jinja_items_value(out, run, &parts, JINJA_FORM_LIST));
done:
    return status;
}

static distill_status method_split(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return split(out, run, args, false);
}

static distill_status method_rsplit(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return split(out, run, args, true);
}

static distill_status method_splitlines(jinja_value *out, jinja_run *run,
                                        const jinja_arguments *args)
{
    return string_lines(out, run, args->at[0], jinja_is_true(args->at[1]));
}

/// Before, separator, after; if there is none, the text is before it, or after it from the right.
static distill_status partition(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                                bool from_right)
{
    distill_status status = DISTILL_OK;
    jinja_value text = args->at[0], list;
    TRY(jinja_need_string(run, args->at[1]));
    if (args->at[1].length == 0)
        TRY(jinja_fail(run, "empty separator"));
    TRY(jinja_charge_bytes(run, text.length));
    distill_span separator = jinja_span(args->at[1]);
    size_t at = from_right ? distill_span_find_last(jinja_span(text), separator)
                           : distill_span_find(jinja_span(text), separator, 0);
    size_t begin = at, end = at + separator.length;
    if (at == SIZE_MAX)
        begin = end = from_right ? 0 : text.length;
    TRY(jinja_list_new(&list, run, 3));
    list.as.list->items[0] = jinja_part(text, 0, begin);
    list.as.list->items[1] = jinja_part(text, begin, end);
    list.as.list->items[2] = jinja_part(text, end, text.length);
    list.form = JINJA_FORM_TUPLE;
    *out = list;
done:
    return status;
}

static distill_status method_partition(jinja_value *out, jinja_run *run,
                                       const jinja_arguments *args)
{
    return partition(out, run, args, false);
}

static distill_status method_rpartition(jinja_value *out, jinja_run *run,
                                        const jinja_arguments *args)
{
    return partition(out, run, args, true);
}

// ------------------------------------------------------------------------------------------- finding

/// The part of a string between the optional bounds in args->at[2] and args->at[3]; *offset is its
/// first character.
static distill_status bounded(jinja_value *out, size_t *offset, jinja_run *run,
                              const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    distill_span text = jinja_span(args->at[0]);
    int64_t bounds[2] = {0, 0};
    *out = args->at[0];
    *offset = 0;
    TRY(jinja_charge_bytes(run, text.length));
    if (args->at[2].kind == JINJA_ABSENT)
        return DISTILL_OK;
    int64_t count = (int64_t)jinja_text_count(text);
    for (size_t i = 0; i < 2; i++) {
        bool is_given = args->at[2 + i].kind != JINJA_NONE;
        TRY(jinja_integer_or(&bounds[i], run,
                             is_given ? args->at[2 + i] : jinja_int(i == 0 ? 0 : count),
                             i == 0 ? 0 : count));
        bounds[i] += bounds[i] < 0 ? count : 0;
        bounds[i] = bounds[i] < 0 ? 0 : bounds[i];
    }
    *offset = (size_t)bounds[0];
    if (bounds[0] > count) { // not even the empty string is found
        out->as.bytes = NULL;
        return DISTILL_OK;
    }
    size_t begin = jinja_text_offset(text, (size_t)bounds[0]);
    size_t end = jinja_text_offset(text, (size_t)bounds[1]);
    *out = jinja_part(*out, begin, end > begin ? end : begin);
    if (end < begin)
        out->as.bytes = NULL;
done:
    return status;
}

static distill_status find(int64_t *found, jinja_run *run, const jinja_arguments *args,
                           bool from_right)
{
    distill_status status = DISTILL_OK;
    jinja_value part;
    size_t offset;
    TRY(jinja_need_string(run, args->at[1]));
    TRY(bounded(&part, &offset, run, args));
    *found = -1;
    if (part.as.bytes == NULL)
        return DISTILL_OK;
    distill_span text = jinja_span(part), needle = jinja_span(args->at[1]);
    size_t at =
        from_right ? distill_span_find_last(text, needle) : distill_span_find(text, needle, 0);
    if (at != SIZE_MAX)
        *found = (int64_t)(offset + jinja_text_count((distill_span){text.bytes, at}));
done:
    return status;
}

static distill_status method_find(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    int64_t found;
    TRY(find(&found, run, args, false));
    *out = jinja_int(found);
done:
    return status;
}

static distill_status method_rfind(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    int64_t found;
    TRY(find(&found, run, args, true));
    *out = jinja_int(found);
done:
    return status;
}

static distill_status method_index(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(method_find(out, run, args));
    if (out->as.integer < 0)
        TRY(jinja_fail(run, "substring not found"));
done:
    return status;
}

static distill_status method_count(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    distill_span text = jinja_span(args->at[0]);
    int64_t count = 0;
    TRY(jinja_need_string(run, args->at[1]));
    distill_span needle = jinja_span(args->at[1]);
    TRY(jinja_charge_bytes(run, text.length));
    if (needle.length == 0)
        count = (int64_t)jinja_text_count(text) + 1;
    for (size_t at = 0; needle.length > 0; at += needle.length, count++) {
        at = distill_span_find(text, needle, at);
        if (at == SIZE_MAX)
            break;
        TRY(jinja_step(run));
    }
    *out = jinja_int(count);
done:
    return status;
}

static bool has_affix(distill_span text, distill_span affix, bool at_end)
{
    return text.length >= affix.length && affix.length > 0
               ? memcmp(text.bytes + (at_end ? text.length - affix.length : 0), affix.bytes,
                        affix.length) == 0
               : affix.length == 0;
}

/// startswith and endswith: a string or a tuple of them.
static distill_status affix(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                            bool at_end)
{
    distill_status status = DISTILL_OK;
    jinja_value part, affixes = args->at[1];
    size_t offset, count = 1;
    bool found = false;
    TRY(bounded(&part, &offset, run, args));
    const jinja_value *items = &affixes;
    if (affixes.kind == JINJA_LIST && affixes.form == JINJA_FORM_TUPLE) {
        items = affixes.as.list->items;
        count = affixes.as.list->count;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(jinja_need_string(run, items[i]));
        found = found || (part.as.bytes != NULL &&
                          has_affix(jinja_span(part), jinja_span(items[i]), at_end));
    }
    *out = jinja_bool(found);
done:
    return status;
}

static distill_status method_startswith(jinja_value *out, jinja_run *run,
                                        const jinja_arguments *args)
{
    return affix(out, run, args, false);
}

static distill_status method_endswith(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return affix(out, run, args, true);
}

static distill_status method_removeprefix(jinja_value *out, jinja_run *run,
                                          const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_need_string(run, args->at[1]));
    *out = args->at[0];
    if (has_affix(jinja_span(*out), jinja_span(args->at[1]), false))
        *out = jinja_part(*out, args->at[1].length, out->length);
done:
    return status;
}

static distill_status method_removesuffix(jinja_value *out, jinja_run *run,
                                          const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_need_string(run, args->at[1]));
    *out = args->at[0];
    if (has_affix(jinja_span(*out), jinja_span(args->at[1]), true))
        *out = jinja_part(*out, 0, out->length - args->at[1].length);
done:
    return status;
}

// ------------------------------------------------------------------------------------------ building

static distill_status method_replace(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    int64_t most;
    TRY(jinja_need_string(run, args->at[1]));
    TRY(jinja_need_string(run, args->at[2]));
    TRY(jinja_integer_or(&most, run, args->at[3], -1));
    TRY(string_replace(out, run, args->at[0], args->at[1], args->at[2], most));
done:
    return status;
}

static distill_status method_join(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return string_join(out, run, args->at[0], args->at[1], false);
}

static distill_status pad(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                          string_side sides)
{
    distill_status status = DISTILL_OK;
    int64_t width;
    distill_span fill = distill_span_of(" ");
    TRY(jinja_need_integer(&width, run, args->at[1]));
    if (args->at[2].kind != JINJA_ABSENT) {
        TRY(jinja_need_string(run, args->at[2]));
        fill = jinja_span(args->at[2]);
        if (jinja_text_count(fill) != 1)
            TRY(jinja_fail(run, "the fill character must be exactly one character long"));
    }
    TRY(string_pad(out, run, args->at[0], width, fill, sides));
done:
    return status;
}

static distill_status method_ljust(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return pad(out, run, args, STRING_RIGHT);
}

static distill_status method_rjust(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return pad(out, run, args, STRING_LEFT);
}

static distill_status method_center(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return pad(out, run, args, STRING_BOTH);
}

static distill_status method_zfill(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value text = args->at[0], sign;
    int64_t width;
    TRY(jinja_need_integer(&width, run, args->at[1]));
    bool is_signed = text.length > 0 && (text.as.bytes[0] == '-' || text.as.bytes[0] == '+');
    sign = jinja_part(text, 0, is_signed ? 1 : 0);
    TRY(string_pad(out, run, jinja_part(text, sign.length, text.length), width - sign.length,
                   distill_span_of("0"), STRING_LEFT));
    TRY(jinja_concat(out, run, sign, *out));
done:
    return status;
}

// ---------------------------------------------------------------------------------- kinds of characters

typedef bool (*character_test)(uint32_t code);

static bool is_alphanumeric(uint32_t code)
{
    return unicode_is_letter(code) || unicode_is_number(code);
}

static bool is_ascii(uint32_t code)
{
    return code < 128;
}

/// True if all characters pass, and there is one; the empty string is `if_empty`.
static distill_status all_are(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                              character_test test, bool if_empty)
{
    distill_span text = jinja_span(args->at[0]);
    uint32_t code;
    bool all = text.length > 0 || if_empty;
    for (size_t at = 0; all && at < text.length;) {
        at += unicode_next(&code, text.bytes + at);
        all = test(code);
    }
    *out = jinja_bool(all);
    return jinja_charge_bytes(run, text.length * 4);
}

#define CHARACTER_METHOD(name, test, if_empty)                                                     \
    static distill_status method_##name(jinja_value *out, jinja_run *run,                          \
                                        const jinja_arguments *args)                               \
    {                                                                                              \
        return all_are(out, run, args, test, if_empty);                                            \
    }

CHARACTER_METHOD(isalpha, unicode_is_letter, false)
CHARACTER_METHOD(isdigit, unicode_is_decimal, false)
CHARACTER_METHOD(isalnum, is_alphanumeric, false)
CHARACTER_METHOD(isspace, jinja_is_space, false)
CHARACTER_METHOD(isascii, is_ascii, true)
CHARACTER_METHOD(isprintable, unicode_is_printable, true)

static distill_status method_isupper(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return jinja_test_find(distill_span_of("upper"))->call(out, run, args);
}

static distill_status method_islower(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return jinja_test_find(distill_span_of("lower"))->call(out, run, args);
}

const jinja_builtin JINJA_STRING_METHODS[] = {
    {"strip", method_strip, "self chars", 1},
    {"lstrip", method_lstrip, "self chars", 1},
    {"rstrip", method_rstrip, "self chars", 1},
    {"split", method_split, "self sep maxsplit", 1},
    {"rsplit", method_rsplit, "self sep maxsplit", 1},
    {"splitlines", method_splitlines, "self keepends", 1},
    {"partition", method_partition, "self sep", 2},
    {"rpartition", method_rpartition, "self sep", 2},
    {"startswith", method_startswith, "self prefix start end", 2},
    {"endswith", method_endswith, "self suffix start end", 2},
    {"removeprefix", method_removeprefix, "self prefix", 2},
    {"removesuffix", method_removesuffix, "self suffix", 2},
    {"replace", method_replace, "self old new count", 3},
    {"find", method_find, "self sub start end", 2},
    {"rfind", method_rfind, "self sub start end", 2},
    {"index", method_index, "self sub start end", 2},
    {"count", method_count, "self sub", 2},
    {"join", method_join, "self iterable", 2},
    {"format", string_format, NULL, 0},
    {"upper", method_upper, "self", 1},
    {"lower", method_lower, "self", 1},
    {"casefold", method_lower, "self", 1},
    {"capitalize", method_capitalize, "self", 1},
    {"title", method_title, "self", 1},
    {"swapcase", method_swapcase, "self", 1},
    {"ljust", method_ljust, "self width fillchar", 2},
    {"rjust", method_rjust, "self width fillchar", 2},
    {"center", method_center, "self width fillchar", 2},
    {"zfill", method_zfill, "self width", 2},
    {"isalpha", method_isalpha, "self", 1},
    {"isdigit", method_isdigit, "self", 1},
    {"isdecimal", method_isdigit, "self", 1},
    {"isnumeric", method_isdigit, "self", 1},
    {"isalnum", method_isalnum, "self", 1},
    {"isspace", method_isspace, "self", 1},
    {"isascii", method_isascii, "self", 1},
    {"isprintable", method_isprintable, "self", 1},
    {"isupper", method_isupper, "self", 1},
    {"islower", method_islower, "self", 1},
    {NULL, NULL, NULL, 0}};
