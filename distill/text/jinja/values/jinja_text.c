// distill/text/jinja/values/jinja_text.c - code points, white space and parts of strings.
#include "distill/text/jinja/values/jinja_text.h"

#include "distill/text/unicode.h"

bool jinja_is_space(uint32_t code)
{
    if (code < 0x80)
        return (code >= 9 && code <= 13) || (code >= 0x1C && code <= 0x20);
    return unicode_is_space(code);
}

distill_span jinja_strip_left(distill_span text)
{
    uint32_t code;
    while (text.length > 0) {
        size_t step = unicode_next(&code, text.bytes);
        if (!jinja_is_space(code))
            break;
        text.bytes += step;
        text.length -= step;
    }
    return text;
}

distill_span jinja_strip_right(distill_span text)
{
    uint32_t code;
    while (text.length > 0) {
        size_t step = unicode_step_back(text.bytes, text.length);
        unicode_next(&code, text.bytes + text.length - step);
        if (!jinja_is_space(code))
            break;
        text.length -= step;
    }
    return text;
}

size_t jinja_text_count(distill_span text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += ((unsigned char)text.bytes[i] & 0xC0) != 0x80;
    return count;
}

size_t jinja_text_offset(distill_span text, size_t number)
{
    size_t at = 0;
    for (; at < text.length; at++)
        if (((unsigned char)text.bytes[at] & 0xC0) != 0x80 && number-- == 0)
            break;
    return at;
}

jinja_value jinja_part(jinja_value string, size_t begin, size_t end)
{
    jinja_value part = string;
    part.as.bytes += begin;
    part.length = (uint32_t)(end - begin);
    return part;
}

typedef struct map_visit {
    jinja_builder *b;
    jinja_map map;
    void *context;
} map_visit;

static distill_status visit_map(void *context, distill_span part, bool is_input)
{
    distill_status status = DISTILL_OK;
    map_visit *visit = context;
    uint32_t code;
    for (size_t at = 0; at < part.length;) {
        char mapped[8];
        at += unicode_next(&code, part.bytes + at);
        size_t length = visit->map(mapped, code, visit->context);
        TRY(jinja_builder_add_span(visit->b, (distill_span){mapped, length}, is_input));
    }
done:
    return status;
}

distill_status jinja_map_text(jinja_value *out, jinja_run *run, jinja_value string, jinja_map map,
                              void *context)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    map_visit visit = {&b, map, context};
    TRY(jinja_charge_bytes(run, string.length * 8));
    TRY(jinja_visit_parts(string, visit_map, &visit));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}
