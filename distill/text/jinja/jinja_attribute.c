// distill/text/jinja/jinja_attribute.c - attributes, items and slices, as Jinja's sandbox looks them
// up: `a.b` is first a method and then an item, `a["b"]` first an item and then a method.
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/values/jinja_text.h"

#include <string.h>

/// A method as a value; JINJA_ABSENT if there is none of this name.
static distill_status method(jinja_value *out, jinja_run *run, jinja_value subject,
                             distill_span name)
{
    distill_status status = DISTILL_OK;
    jinja_method *bound = NULL;
    const jinja_builtin *builtin = jinja_method_find(subject, name);
    *out = (jinja_value){.kind = JINJA_ABSENT};
    if (builtin == NULL)
        return DISTILL_OK;
    if (builtin->call == NULL) {
        TRY(jinja_undefined_name(out, run, "access to attribute '%.*s' of '%s' object is unsafe",
                                 (int)name.length, name.bytes, jinja_type_name(subject)));
        out->is_unsafe = true;
        return DISTILL_OK;
    }
    TRY(jinja_memory_take((void **)&bound, &run->memory, sizeof *bound));
    *bound = (jinja_method){builtin, subject};
    *out = (jinja_value){.kind = JINJA_METHOD, .as.method = bound};
done:
    return status;
}

/// The item of a dict or namespace; JINJA_ABSENT if there is none.
static jinja_value member(jinja_value subject, jinja_value key)
{
    const jinja_value *found = NULL;
    if (subject.kind == JINJA_DICT || subject.kind == JINJA_NAMESPACE)
        found = jinja_dict_get(subject.as.dict, key);
    return found != NULL ? *found : (jinja_value){.kind = JINJA_ABSENT};
}

static distill_status missing(jinja_value *out, jinja_run *run, jinja_value subject,
                              jinja_value name)
{
    if (name.kind != JINJA_STRING)
        return jinja_undefined_name(out, run, "%s object has no element of this index",
                                    jinja_type_name(subject));
    int length = (int)(name.length < 100 ? name.length : 100);
    return jinja_undefined_name(out, run, "'%s object' has no attribute '%.*s'",
                                jinja_type_name(subject), length, name.as.bytes);
}

distill_status jinja_attribute(jinja_value *out, jinja_run *run, jinja_value subject,
                               jinja_value name)
{
    distill_status status = DISTILL_OK;
    if (subject.kind == JINJA_UNDEFINED)
        TRY(jinja_fail_undefined(run, subject));
    if (subject.kind == JINJA_LOOP)
        TRY(jinja_loop_attribute(out, run, subject.as.loop, jinja_span(name)));
    else if (subject.kind != JINJA_NAMESPACE)
        TRY(method(out, run, subject, jinja_span(name)));
    else
        out->kind = JINJA_ABSENT;
    if (out->kind == JINJA_ABSENT)
        *out = member(subject, name);
    if (out->kind == JINJA_ABSENT)
        TRY(missing(out, run, subject, name));
done:
    return status;
}

/// Moves a negative index to its place; false if it is outside.
static bool resolve_index(size_t *out, int64_t index, size_t count)
{
    index += index < 0 ? (int64_t)count : 0;
    if (index < 0 || (uint64_t)index >= count)
        return false;
    *out = (size_t)index;
    return true;
}

distill_status jinja_item(jinja_value *out, jinja_run *run, jinja_value subject, jinja_value key)
{
    distill_status status = DISTILL_OK;
    int64_t index;
    size_t at;
    if (subject.kind == JINJA_UNDEFINED)
        TRY(jinja_fail_undefined(run, subject));
    *out = subject.kind == JINJA_DICT ? member(subject, key) : (jinja_value){.kind = JINJA_ABSENT};
    if (out->kind != JINJA_ABSENT)
        return DISTILL_OK;
    if (jinja_as_integer(&index, key)) {
        if (subject.kind == JINJA_LIST && subject.form <= JINJA_FORM_RANGE &&
            resolve_index(&at, index, subject.as.list->count)) {
            *out = subject.as.list->items[at];
        } else if (subject.kind == JINJA_STRING) {
            TRY(jinja_charge_bytes(run, subject.length));
            if (resolve_index(&at, index, jinja_text_count(jinja_span(subject)))) {
                size_t begin = jinja_text_offset(jinja_span(subject), at);
                jinja_value rest = jinja_part(subject, begin, subject.length);
                *out = jinja_part(rest, 0, jinja_text_offset(jinja_span(rest), 1));
            }
        }
    } else if (key.kind == JINJA_STRING) {
        TRY(jinja_attribute(out, run, subject, key));
    }
    if (out->kind == JINJA_ABSENT)
        TRY(missing(out, run, subject, key));
done:
    return status;
}

// ------------------------------------------------------------------------------------------ slices

/// The bounds of a slice of `count` items, as Python's slice.indices.
typedef struct slice_range {
    int64_t begin, end, step;
} slice_range;

static int64_t clip_bound(int64_t bound, int64_t count, bool forward)
{
    if (bound < 0)
        bound += count;
    if (bound < 0)
        return forward ? 0 : -1;
    return bound > (forward ? count : count - 1) ? (forward ? count : count - 1) : bound;
}

static distill_status slice_bounds(slice_range *out, jinja_run *run, const jinja_value bounds[3],
                                   int64_t count)
{
    int64_t given[3] = {0, 0, 1};
    bool is_given[3];
    for (size_t i = 0; i < 3; i++) {
        is_given[i] = bounds[i].kind != JINJA_ABSENT && bounds[i].kind != JINJA_NONE;
        if (is_given[i] && !jinja_as_integer(&given[i], bounds[i]))
            return bounds[i].kind == JINJA_UNDEFINED
                       ? jinja_fail_undefined(run, bounds[i])
                       : jinja_fail(run, "slice indices must be integers or None");
    }
    if (given[2] == 0)
        return jinja_fail(run, "slice step cannot be zero");
    bool forward = given[2] > 0;
    *out = (slice_range){forward ? 0 : count - 1, forward ? count : -1, given[2]};
    if (is_given[0])
        out->begin = clip_bound(given[0], count, forward);
    if (is_given[1])
        out->end = clip_bound(given[1], count, forward);
    return DISTILL_OK;
}

/// Number of items of a slice.
static size_t slice_count(const slice_range *range)
{
    int64_t distance = range->step > 0 ? range->end - range->begin : range->begin - range->end;
    uint64_t step = range->step > 0 ? (uint64_t)range->step : (uint64_t)0 - (uint64_t)range->step;
    return distance <= 0 ? 0 : (size_t)(((uint64_t)distance - 1) / step + 1);
}

static distill_status slice_string(jinja_value *out, jinja_run *run, jinja_value string,
                                   const jinja_value bounds[3])
{
    distill_status status = DISTILL_OK;
    slice_range range;
    jinja_value characters;
    distill_span text = jinja_span(string);
    TRY(jinja_charge_bytes(run, string.length));
    TRY(slice_bounds(&range, run, bounds, (int64_t)jinja_text_count(text)));
    if (range.step == 1) {
        size_t begin = jinja_text_offset(text, (size_t)range.begin);
        size_t end = range.end > range.begin ? jinja_text_offset(text, (size_t)range.end) : begin;
        *out = jinja_part(string, begin, end);
        return DISTILL_OK;
    }
    jinja_builder b = {.run = run};
    TRY(jinja_iterate(&characters, run, string));
    for (size_t i = 0, count = slice_count(&range); i < count; i++)
        TRY(jinja_builder_add(&b,
                              characters.as.list->items[range.begin + (int64_t)i * range.step]));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}

distill_status jinja_slice(jinja_value *out, jinja_run *run, jinja_value subject,
                           const jinja_value bounds[3])
{
    distill_status status = DISTILL_OK;
    slice_range range;
    if (subject.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, subject);
    if (subject.kind == JINJA_STRING)
        return slice_string(out, run, subject, bounds);
    if (subject.kind != JINJA_LIST || subject.form > JINJA_FORM_RANGE)
        return jinja_fail(run, "'%s' object cannot be sliced", jinja_type_name(subject));
    TRY(slice_bounds(&range, run, bounds, (int64_t)subject.as.list->count));
    size_t count = slice_count(&range);
    jinja_value list;
    TRY(jinja_list_new(&list, run, count));
    for (size_t i = 0; i < count; i++)
        list.as.list->items[i] = subject.as.list->items[range.begin + (int64_t)i * range.step];
    list.form = subject.form;
    *out = list;
done:
    return status;
}
