// distill/text/jinja/values/jinja_builder.c - strings built piece by piece.
//
// The ranges of input are kept as offsets while the text grows, and become addresses at the end.
#include "distill/text/jinja/values/jinja_builder.h"

#include "distill/text/jinja/values/jinja_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const jinja_origin JINJA_FROM_INPUT[1];

// ---------------------------------------------------------------------------------------- origin

distill_status jinja_visit_parts(jinja_value string, jinja_visit visit, void *context)
{
    distill_status status = DISTILL_OK;
    const char *at = string.as.bytes, *end = at + string.length;
    const jinja_origin *origin = string.origin;
    if (origin == JINJA_FROM_TEMPLATE || origin == JINJA_FROM_INPUT)
        return string.length == 0 ? DISTILL_OK
                                  : visit(context, jinja_span(string), origin == JINJA_FROM_INPUT);
    for (size_t i = 0; i < origin->count && at < end; i++) {
        const char *begin = origin->bounds[2 * i], *stop = origin->bounds[2 * i + 1];
        if (stop <= at)
            continue;
        if (begin > at) {
            const char *until = begin < end ? begin : end;
            TRY(visit(context, (distill_span){at, (size_t)(until - at)}, false));
            at = until;
        }
        stop = stop < end ? stop : end;
        if (stop > at) {
            TRY(visit(context, (distill_span){at, (size_t)(stop - at)}, true));
            at = stop;
        }
    }
    if (at < end)
        TRY(visit(context, (distill_span){at, (size_t)(end - at)}, false));
done:
    return status;
}

bool jinja_has_input(jinja_value string)
{
    const char *begin = string.as.bytes, *end = begin + string.length;
    if (string.origin == JINJA_FROM_TEMPLATE || string.origin == JINJA_FROM_INPUT)
        return string.origin == JINJA_FROM_INPUT;
    for (size_t i = 0; i < string.origin->count; i++)
        if (string.origin->bounds[2 * i] < end && string.origin->bounds[2 * i + 1] > begin)
            return true;
    return false;
}

// -------------------------------------------------------------------------------------- building

/// Makes room for `more` bytes.
static distill_status reserve(jinja_builder *b, size_t more)
{
    distill_status status = DISTILL_OK;
    jinja_memory *memory = &b->run->memory;
    if (more <= b->capacity - b->length)
        return DISTILL_OK;
    size_t grow = b->capacity > 256 ? b->capacity : 256;
    grow = grow > more ? grow : more;
    if (jinja_memory_extend(memory, b->bytes == NULL ? NULL : b->bytes + b->capacity, grow)) {
        b->capacity += grow;
        return DISTILL_OK;
    }
    char *bytes = NULL;
    TRY(jinja_memory_take_text(&bytes, memory, b->capacity + grow));
    if (b->length > 0)
        memcpy(bytes, b->bytes, b->length);
    b->bytes = bytes;
    b->capacity += grow;
done:
    return status;
}

static distill_status add_range(jinja_builder *b, size_t begin, size_t end)
{
    distill_status status = DISTILL_OK;
    if (b->input_count > 0 && b->input[b->input_count - 1].end == begin) {
        b->input[b->input_count - 1].end = end;
        return DISTILL_OK;
    }
    if (b->input_count == b->input_capacity) {
        jinja_range *more = NULL;
        size_t capacity = b->input_capacity * 2 + 8;
        TRY(jinja_memory_take((void **)&more, &b->run->memory, capacity * sizeof *more));
        if (b->input_count > 0)
            memcpy(more, b->input, b->input_count * sizeof *more);
        b->input = more;
        b->input_capacity = capacity;
    }
    b->input[b->input_count++] = (jinja_range){begin, end};
done:
    return status;
}

distill_status jinja_builder_add_span(jinja_builder *b, distill_span text, bool is_input)
{
    distill_status status = DISTILL_OK;
    if (text.length == 0)
        return DISTILL_OK;
    TRY(reserve(b, text.length));
    memcpy(b->bytes + b->length, text.bytes, text.length);
    b->length += text.length;
    TRY(jinja_charge_bytes(b->run, text.length));
    if (is_input)
        TRY(add_range(b, b->length - text.length, b->length));
done:
    return status;
}

static distill_status visit_add(void *context, distill_span part, bool is_input)
{
    return jinja_builder_add_span(context, part, is_input);
}

distill_status jinja_builder_add(jinja_builder *b, jinja_value string)
{
    if (string.origin == JINJA_FROM_TEMPLATE || string.origin == JINJA_FROM_INPUT)
        return jinja_builder_add_span(b, jinja_span(string), string.origin == JINJA_FROM_INPUT);
    return jinja_visit_parts(string, visit_add, b);
}

distill_status jinja_builder_add_text(jinja_builder *b, distill_span text)
{
    return jinja_builder_add_span(b, text, false);
}

distill_status jinja_builder_add_format(jinja_builder *b, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return jinja_builder_add_text(b, distill_span_of(text));
}

/// The ranges of input as an origin.
static distill_status origin_of(const jinja_origin **out, const jinja_builder *b)
{
    distill_status status = DISTILL_OK;
    const char **bounds = NULL;
    jinja_origin *origin = NULL;
    *out = JINJA_FROM_TEMPLATE;
    if (b->input_count == 0)
        return DISTILL_OK;
    *out = JINJA_FROM_INPUT;
    if (b->input_count == 1 && b->input[0].begin == 0 && b->input[0].end == b->length)
        return DISTILL_OK;
    TRY(jinja_memory_take((void **)&bounds, &b->run->memory, b->input_count * 2 * sizeof *bounds));
    TRY(jinja_memory_take((void **)&origin, &b->run->memory, sizeof *origin));
    for (size_t i = 0; i < b->input_count; i++) {
        bounds[2 * i] = b->bytes + b->input[i].begin;
        bounds[2 * i + 1] = b->bytes + b->input[i].end;
    }
    *origin = (jinja_origin){bounds, b->input_count};
    *out = origin;
done:
    return status;
}

distill_status jinja_builder_finish(jinja_value *out, jinja_builder *b)
{
    distill_status status = DISTILL_OK;
    const jinja_origin *origin = NULL;
    TRY(origin_of(&origin, b));
    distill_span text = {b->bytes != NULL ? b->bytes : "", b->length};
    *out = jinja_string(text, origin);
done:
    return status;
}

distill_status jinja_concat(jinja_value *out, jinja_run *run, jinja_value a, jinja_value b)
{
    distill_status status = DISTILL_OK;
    if (b.length == 0 || a.length == 0) {
        *out = b.length == 0 ? a : b;
        return DISTILL_OK;
    }
    bool same =
        a.origin == b.origin && (a.origin == JINJA_FROM_TEMPLATE || a.origin == JINJA_FROM_INPUT);
    char *end = (char *)(uintptr_t)(a.as.bytes + a.length);
    if (same && jinja_memory_extend(&run->memory, end, b.length)) {
        memcpy(end, b.as.bytes, b.length);
        *out = a;
        out->length += b.length;
        return jinja_charge_bytes(run, b.length);
    }
    jinja_builder joined = {.run = run};
    TRY(reserve(&joined, a.length + b.length));
    TRY(jinja_builder_add(&joined, a));
    TRY(jinja_builder_add(&joined, b));
    TRY(jinja_builder_finish(out, &joined));
done:
    return status;
}
