// distill/text/jinja/builtins/list_filters.c - filters of sequences and dicts.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/builtins/select_tools.h"
#include "distill/text/jinja/builtins/string_tools.h"
#include "distill/text/jinja/values/jinja_print.h"

#include <string.h>

static distill_status filter_length(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    jinja_value value = args->at[0];
    if (value.kind == JINJA_STRING)
        *out = jinja_int((int64_t)jinja_text_count(jinja_span(value)));
    else if (value.kind == JINJA_LIST && value.form != JINJA_FORM_GENERATOR)
        *out = jinja_int((int64_t)value.as.list->count);
    else if (value.kind == JINJA_DICT)
        *out = jinja_int(value.as.dict->count);
    else if (value.kind == JINJA_UNDEFINED)
        *out = jinja_int(0);
    else
        return jinja_fail(run, "object of type '%s' has no len()", jinja_type_name(value));
    return jinja_charge_bytes(run, value.length);
}

static distill_status filter_first(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value items;
    TRY(jinja_iterate(&items, run, args->at[0]));
    *out = items.as.list->count > 0 ? items.as.list->items[0]
                                    : jinja_undefined("No first item, sequence was empty.");
done:
    return status;
}

static distill_status filter_last(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value items;
    if (args->at[0].kind == JINJA_LIST && args->at[0].form == JINJA_FORM_GENERATOR)
        TRY(jinja_fail(run, "'generator' object is not reversible"));
    TRY(jinja_iterate(&items, run, args->at[0]));
    size_t count = items.as.list->count;
    *out = count > 0 ? items.as.list->items[count - 1]
                     : jinja_undefined("No last item, sequence was empty.");
done:
    return status;
}

static distill_status filter_list(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_iterate(out, run, args->at[0]));
    out->form = JINJA_FORM_LIST; // lists are immutable, so that no copy is needed
done:
    return status;
}

static distill_status filter_join(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value separator = args->at[1], items = args->at[0];
    if (separator.kind == JINJA_ABSENT)
        separator = jinja_string((distill_span){"", 0}, JINJA_FROM_TEMPLATE);
    TRY(jinja_to_string(&separator, run, separator));
    if (args->at[2].kind != JINJA_ABSENT && args->at[2].kind != JINJA_NONE)
        TRY(select_attributes(&items, run, items, args->at[2], (jinja_value){0}));
    TRY(string_join(out, run, separator, items, true));
done:
    return status;
}

static distill_status filter_reverse(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    jinja_value items, list;
    TRY(jinja_iterate(&items, run, args->at[0]));
    size_t count = items.as.list->count;
    TRY(jinja_list_new(&list, run, count));
    for (size_t i = 0; i < count; i++)
        list.as.list->items[i] = items.as.list->items[count - 1 - i];
    list.form = JINJA_FORM_GENERATOR;
    *out = list;
    if (args->at[0].kind == JINJA_STRING) {
        for (size_t i = 0; i < count; i++)
            TRY(jinja_builder_add(&b, list.as.list->items[i]));
        TRY(jinja_builder_finish(out, &b));
    }
done:
    return status;
}

static distill_status filter_default(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    (void)run;
    bool replaces = args->at[0].kind == JINJA_UNDEFINED ||
                    (jinja_is_true(args->at[2]) && !jinja_is_true(args->at[0]));
    *out = !replaces                          ? args->at[0]
           : args->at[1].kind != JINJA_ABSENT ? args->at[1]
                                              : jinja_string((distill_span){"", 0}, NULL);
    return DISTILL_OK;
}

static distill_status filter_items(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    const jinja_builtin *items = NULL;
    if (args->at[0].kind == JINJA_UNDEFINED) {
        TRY(jinja_list_new(out, run, 0));
    } else if (args->at[0].kind != JINJA_DICT) {
        TRY(jinja_fail(run, "Can only get item pairs from a mapping."));
    } else {
        items = jinja_method_find(args->at[0], distill_span_of("items"));
        TRY(items->call(out, run, args));
    }
    out->form = JINJA_FORM_GENERATOR;
done:
    return status;
}

/// A list of `count` items of `items` from `begin` on, and `fill` at the end if it is given.
static distill_status part_of(jinja_value *out, jinja_run *run, const jinja_list *items,
                              size_t begin, size_t count, size_t fill_count, jinja_value fill)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_list_new(out, run, count + fill_count));
    if (count > 0)
        memcpy(out->as.list->items, items->items + begin, count * sizeof *items->items);
    for (size_t i = 0; i < fill_count; i++)
        out->as.list->items[count + i] = fill;
done:
    return status;
}

static distill_status filter_batch(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value items, part;
    jinja_items batches = {0};
    int64_t size;
    bool fills = args->at[2].kind != JINJA_ABSENT && args->at[2].kind != JINJA_NONE;
    TRY(jinja_need_integer(&size, run, args->at[1]));
    TRY(jinja_iterate(&items, run, args->at[0]));
    if (size < 1 || size > JINJA_MAX_STEPS)
        TRY(jinja_fail(run, "batch: %lld is not a possible size", (long long)size));
    for (size_t at = 0; at < items.as.list->count; at += (size_t)size) {
        size_t left = items.as.list->count - at;
        size_t count = left < (size_t)size ? left : (size_t)size;
        TRY(part_of(&part, run, items.as.list, at, count, fills ? (size_t)size - count : 0,
                    args->at[2]));
        TRY(jinja_items_add(&batches, run, part));
    }
    TRY(jinja_items_value(out, run, &batches, JINJA_FORM_GENERATOR));
done:
    return status;
}

static distill_status filter_slice(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value items, part;
    jinja_items slices = {0};
    int64_t count;
    bool fills = args->at[2].kind != JINJA_ABSENT && args->at[2].kind != JINJA_NONE;
    TRY(jinja_need_integer(&count, run, args->at[1]));
    TRY(jinja_iterate(&items, run, args->at[0]));
    if (count < 1 || count > JINJA_MAX_STEPS)
        TRY(jinja_fail(run, "slice: %lld is not a possible number", (long long)count));
    size_t length = items.as.list->count / (size_t)count, at = 0;
    size_t longer = items.as.list->count % (size_t)count;
    for (size_t i = 0; i < (size_t)count; i++) {
        size_t take = length + (i < longer ? 1 : 0);
        TRY(part_of(&part, run, items.as.list, at, take, fills && i >= longer ? 1 : 0,
                    args->at[2]));
        TRY(jinja_items_add(&slices, run, part));
        at += take;
    }
    TRY(jinja_items_value(out, run, &slices, JINJA_FORM_GENERATOR));
done:
    return status;
}

const jinja_builtin JINJA_LIST_FILTERS[] = {
    {"length", filter_length, "obj", 1},
    {"count", filter_length, "obj", 1},
    {"first", filter_first, "seq", 1},
    {"last", filter_last, "seq", 1},
    {"list", filter_list, "value", 1},
    {"join", filter_join, "value d attribute", 1},
    {"reverse", filter_reverse, "value", 1},
    {"default", filter_default, "value default_value boolean", 1},
    {"d", filter_default, "value default_value boolean", 1},
    {"items", filter_items, "value", 1},
    {"batch", filter_batch, "value linecount fill_with", 2},
    {"slice", filter_slice, "value slices fill_with", 2},
    {NULL, NULL, NULL, 0}};
