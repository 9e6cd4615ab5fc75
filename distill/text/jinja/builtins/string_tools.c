// distill/text/jinja/builtins/string_tools.c - work on strings for both filters and methods.
#include "distill/text/jinja/builtins/string_tools.h"

#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/values/jinja_print.h"
#include "distill/text/unicode.h"

#include <string.h>

// ------------------------------------------------------------------------------------------- strip

/// True if the character [at, at + step) of `text` is one of `set`.
static bool is_one_of(distill_span set, const char *character, size_t step)
{
    return distill_span_find(set, (distill_span){character, step}, 0) != SIZE_MAX;
}

distill_status string_strip(jinja_value *out, jinja_run *run, jinja_value string,
                            jinja_value characters, string_side sides)
{
    distill_status status = DISTILL_OK;
    distill_span text = jinja_span(string), set = {"", 0};
    bool is_space = characters.kind == JINJA_ABSENT || characters.kind == JINJA_NONE;
    uint32_t code;
    TRY(jinja_charge_bytes(run, string.length));
    if (is_space) {
        if ((sides & STRING_LEFT) != 0)
            text = jinja_strip_left(text);
        if ((sides & STRING_RIGHT) != 0)
            text = jinja_strip_right(text);
    } else {
        TRY(jinja_need_string(run, characters));
        set = jinja_span(characters);
        TRY(jinja_charge(run, set.length > 16 ? string.length : 0));
    }
    while ((sides & STRING_LEFT) != 0 && !is_space && text.length > 0) {
        size_t step = unicode_next(&code, text.bytes);
        if (!is_one_of(set, text.bytes, step))
            break;
        text = (distill_span){text.bytes + step, text.length - step};
    }
    while ((sides & STRING_RIGHT) != 0 && !is_space && text.length > 0) {
        size_t step = unicode_step_back(text.bytes, text.length);
        if (!is_one_of(set, text.bytes + text.length - step, step))
            break;
        text.length -= step;
    }
    size_t begin = (size_t)(text.bytes - string.as.bytes);
    *out = jinja_part(string, begin, begin + text.length);
done:
    return status;
}

// -------------------------------------------------------------------------------------------- case

typedef struct case_state {
    string_case to;
    bool inside; // a word, or the text
} case_state;

/// True for characters after which the filter `title` begins a word.
static bool ends_word(uint32_t code)
{
    return jinja_is_space(code) || (code < 128 && code > 0 && strchr("-([{<", (int)code) != NULL);
}

static size_t map_case(char out[8], uint32_t code, void *context)
{
    case_state *state = context;
    bool upper = state->to == STRING_UPPER || (state->to != STRING_LOWER && !state->inside);
    state->inside = state->to != STRING_TITLE || !ends_word(code);
    if (upper && code == 0xDF) { // sharp s is the only common letter with two capitals
        out[0] = 'S';
        out[1] = state->to == STRING_UPPER ? 'S' : 's';
        return 2;
    }
    return unicode_encode(out, upper ? unicode_to_upper(code) : unicode_to_lower(code));
}

distill_status string_to_case(jinja_value *out, jinja_run *run, jinja_value string, string_case to)
{
    case_state state = {.to = to};
    return jinja_map_text(out, run, string, map_case, &state);
}

// ----------------------------------------------------------------------------------- replace, lines

/// Puts `by` before each character and at the end: what replacing "" does.
static distill_status replace_nothing(jinja_builder *b, jinja_value string, jinja_value by,
                                      int64_t most)
{
    distill_status status = DISTILL_OK;
    uint32_t code;
    for (size_t at = 0; at <= string.length; most--) {
        if (most != 0)
            TRY(jinja_builder_add(b, by));
        size_t step = at < string.length ? unicode_next(&code, string.as.bytes + at) : 1;
        if (at < string.length)
            TRY(jinja_builder_add(b, jinja_part(string, at, at + step)));
        TRY(jinja_step(b->run));
        at += step;
    }
done:
    return status;
}

distill_status string_replace(jinja_value *out, jinja_run *run, jinja_value string, jinja_value old,
                              jinja_value by, int64_t most)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    size_t begin = 0;
    TRY(jinja_charge_bytes(run, string.length));
    if (old.length == 0) {
        TRY(replace_nothing(&b, string, by, most));
        TRY(jinja_builder_finish(out, &b));
        goto done;
    }
    for (; most != 0; most--) {
        size_t at = distill_span_find(jinja_span(string), jinja_span(old), begin);
        if (at == SIZE_MAX)
            break;
        TRY(jinja_step(run));
        TRY(jinja_builder_add(&b, jinja_part(string, begin, at)));
        TRY(jinja_builder_add(&b, by));
        begin = at + old.length;
    }
    if (begin == 0) { // no occurrence
        *out = string;
        out->is_markup = false;
        goto done;
    }
    TRY(jinja_builder_add(&b, jinja_part(string, begin, string.length)));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}

/// True for the line ends of Python's str.splitlines.
static bool is_line_end(uint32_t code)
{
    return (code >= 0x0A && code <= 0x0D) || (code >= 0x1C && code <= 0x1E) || code == 0x85 ||
           code == 0x2028 || code == 0x2029;
}

distill_status string_lines(jinja_value *out, jinja_run *run, jinja_value string, bool keep_ends)
{
    distill_status status = DISTILL_OK;
    jinja_items lines = {0};
    size_t begin = 0;
    uint32_t code;
    TRY(jinja_charge_bytes(run, string.length));
    for (size_t at = 0; at < string.length;) {
        size_t end = at;
        at += unicode_next(&code, string.as.bytes + at);
        if (!is_line_end(code))
            continue;
        if (code == '\r' && at < string.length && string.as.bytes[at] == '\n')
            at++;
        TRY(jinja_items_add(&lines, run, jinja_part(string, begin, keep_ends ? at : end)));
        begin = at;
    }
    if (begin < string.length)
        TRY(jinja_items_add(&lines, run, jinja_part(string, begin, string.length)));
    TRY(jinja_items_value(out, run, &lines, JINJA_FORM_LIST));
done:
    return status;
}

// ----------------------------------------------------------------------------------------- building

distill_status string_join(jinja_value *out, jinja_run *run, jinja_value separator,
                           jinja_value items, bool prints)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    TRY(jinja_iterate(&items, run, items));
    for (size_t i = 0; i < items.as.list->count; i++) {
        jinja_value item = items.as.list->items[i];
        TRY(jinja_step(run));
        if (i > 0)
            TRY(jinja_builder_add(&b, separator));
        if (!prints && item.kind != JINJA_STRING)
            TRY(jinja_fail(run, "sequence item %zu: expected str instance, %s found", i,
                           jinja_type_name(item)));
        TRY(jinja_print(&b, item));
    }
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}

distill_status string_pad(jinja_value *out, jinja_run *run, jinja_value string, int64_t width,
                          distill_span fill, string_side sides)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    int64_t count = (int64_t)jinja_text_count(jinja_span(string));
    int64_t missing = width > count ? width - count : 0;
    // Python's rule for the odd blank of str.center
    int64_t left = sides == STRING_LEFT    ? missing
                   : sides == STRING_RIGHT ? 0
                                           : missing / 2 + (missing & width & 1);
    if (missing > JINJA_MAX_MEMORY)
        TRY(jinja_fail(run, "the width %lld is too large", (long long)width));
    for (int64_t i = 0; i < left; i++)
        TRY(jinja_builder_add_text(&b, fill));
    TRY(jinja_builder_add(&b, string));
    for (int64_t i = left; i < missing; i++)
        TRY(jinja_builder_add_text(&b, fill));
    TRY(jinja_charge(run, (size_t)missing));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}
