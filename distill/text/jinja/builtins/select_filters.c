// distill/text/jinja/builtins/select_filters.c - filters that choose, map and order items.
//
// Jinja's generators are lists here: every item is computed at once.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/builtins/select_tools.h"
#include "distill/text/jinja/builtins/string_tools.h"
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/values/jinja_print.h"

#include <ctype.h>
#include <string.h>

static const jinja_value ABSENT = {.kind = JINJA_ABSENT};

// --------------------------------------------------------------------------------------- attributes

/// One part of "a.b.0": a number is an index.
static jinja_value part_key(distill_span part)
{
    int64_t number = 0;
    for (size_t i = 0; i < part.length; i++) {
        if (!isdigit((unsigned char)part.bytes[i]) || i > 9)
            return jinja_string(part, JINJA_FROM_TEMPLATE);
        number = number * 10 + (part.bytes[i] - '0');
    }
    return part.length > 0 ? jinja_int(number) : jinja_string(part, JINJA_FROM_TEMPLATE);
}

distill_status select_attribute(jinja_value *out, jinja_run *run, jinja_value value,
                                jinja_value attribute, jinja_value otherwise)
{
    distill_status status = DISTILL_OK;
    *out = value;
    if (attribute.kind == JINJA_STRING && memchr(attribute.as.bytes, ',', attribute.length) != NULL)
        TRY(jinja_fail(run, "several attributes at once are not supported"));
    if (attribute.kind != JINJA_STRING) {
        TRY(jinja_item(out, run, *out, attribute));
    } else {
        distill_span rest = jinja_span(attribute);
        for (bool more = true; more;) {
            size_t dot = distill_span_find(rest, distill_span_of("."), 0);
            more = dot != SIZE_MAX;
            TRY(jinja_step(run));
            TRY(jinja_item(out, run, *out,
                           part_key((distill_span){rest.bytes, more ? dot : rest.length})));
            if (out->kind == JINJA_UNDEFINED && otherwise.kind != JINJA_ABSENT)
                *out = otherwise;
            if (more)
                rest = (distill_span){rest.bytes + dot + 1, rest.length - dot - 1};
        }
    }
    if (out->kind == JINJA_UNDEFINED && otherwise.kind != JINJA_ABSENT)
        *out = otherwise;
done:
    return status;
}

distill_status select_attributes(jinja_value *out, jinja_run *run, jinja_value items,
                                 jinja_value attribute, jinja_value otherwise)
{
    distill_status status = DISTILL_OK;
    jinja_value list;
    TRY(jinja_iterate(&items, run, items));
    TRY(jinja_list_new(&list, run, items.as.list->count));
    for (size_t i = 0; i < list.as.list->count; i++)
        TRY(select_attribute(&list.as.list->items[i], run, items.as.list->items[i], attribute,
                             otherwise));
    list.form = JINJA_FORM_GENERATOR;
    *out = list;
done:
    return status;
}

// ----------------------------------------------------------------------------------- map and select

static jinja_value named_argument(const jinja_arguments *args, const char *name)
{
    for (size_t i = 0; i < args->named_count; i++)
        if (distill_span_is(args->named[i].name, name))
            return args->named[i].value;
    return ABSENT;
}

static distill_status need_subject(jinja_run *run, const jinja_arguments *args, size_t count)
{
    return args->count >= count ? DISTILL_OK : jinja_fail(run, "an argument is missing");
}

/// Finds the filter or test that an argument names.
static distill_status find_named(const jinja_builtin **out, jinja_run *run, jinja_value name,
                                 const jinja_builtin *(*find)(distill_span), const char *kind)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_need_string(run, name));
    *out = find(jinja_span(name));
    if (*out == NULL)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "line %u, column %u: unknown %s \"%.*s\"",
                         run->place.line, run->place.column, kind, (int)name.length,
                         name.as.bytes));
done:
    return status;
}

/// Calls a filter or test on `item` with the arguments after the first `skip` ones.
static distill_status call_on(jinja_value *out, jinja_run *run, const jinja_builtin *builtin,
                              jinja_value item, const jinja_arguments *args, size_t skip)
{
    distill_status status = DISTILL_OK;
    jinja_value values[JINJA_MAX_PARAMETERS];
    size_t count = args->count > skip ? args->count - skip : 0;
    if (count + 1 > JINJA_MAX_PARAMETERS)
        TRY(jinja_fail(run, "too many arguments"));
    values[0] = item;
    if (count > 0)
        memcpy(values + 1, args->at + skip, count * sizeof *values);
    const jinja_arguments call = {values, count + 1, args->named, args->named_count};
    TRY(jinja_step(run));
    TRY(jinja_builtin_call(out, run, builtin, &call));
done:
    return status;
}

static distill_status filter_map(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    const jinja_builtin *filter = NULL;
    jinja_value items, list;
    TRY(need_subject(run, args, 1));
    jinja_value attribute = named_argument(args, "attribute");
    if (args->count == 1 && attribute.kind != JINJA_ABSENT)
        return select_attributes(out, run, args->at[0], attribute, named_argument(args, "default"));
    TRY(need_subject(run, args, 2));
    TRY(find_named(&filter, run, args->at[1], jinja_filter_find, "filter"));
    TRY(jinja_iterate(&items, run, args->at[0]));
    TRY(jinja_list_new(&list, run, items.as.list->count));
    for (size_t i = 0; i < list.as.list->count; i++)
        TRY(call_on(&list.as.list->items[i], run, filter, items.as.list->items[i], args, 2));
    list.form = JINJA_FORM_GENERATOR;
    *out = list;
done:
    return status;
}

/// select and reject: keeps the items for which the test, or their own truth, is `keeps`. With
/// `by_attribute`, the attribute named first is tested.
static distill_status choose(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                             bool keeps, bool by_attribute)
{
    distill_status status = DISTILL_OK;
    const jinja_builtin *test = NULL;
    jinja_value items, value;
    jinja_items chosen = {0};
    size_t at = by_attribute ? 2 : 1; // of the name of the test
    TRY(need_subject(run, args, at));
    if (args->count > at)
        TRY(find_named(&test, run, args->at[at], jinja_test_find, "test"));
    TRY(jinja_iterate(&items, run, args->at[0]));
    for (size_t i = 0; i < items.as.list->count; i++) {
        value = items.as.list->items[i];
        if (by_attribute)
            TRY(select_attribute(&value, run, value, args->at[1], ABSENT));
        if (test != NULL)
            TRY(call_on(&value, run, test, value, args, at + 1));
        if (jinja_is_true(value) == keeps)
            TRY(jinja_items_add(&chosen, run, items.as.list->items[i]));
    }
    TRY(jinja_items_value(out, run, &chosen, JINJA_FORM_GENERATOR));
done:
    return status;
}

static distill_status filter_select(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return choose(out, run, args, true, false);
}

static distill_status filter_reject(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return choose(out, run, args, false, false);
}

static distill_status filter_selectattr(jinja_value *out, jinja_run *run,
                                        const jinja_arguments *args)
{
    return choose(out, run, args, true, true);
}

static distill_status filter_rejectattr(jinja_value *out, jinja_run *run,
                                        const jinja_arguments *args)
{
    return choose(out, run, args, false, true);
}

// ----------------------------------------------------------------------------------------- ordering

/// What items are compared by: their attribute, in lower case unless `case_sensitive`.
static distill_status sort_key(jinja_value *out, jinja_run *run, jinja_value item,
                               jinja_value attribute, bool case_sensitive)
{
    distill_status status = DISTILL_OK;
    *out = item;
    if (attribute.kind != JINJA_ABSENT && attribute.kind != JINJA_NONE)
        TRY(select_attribute(out, run, item, attribute, ABSENT));
    if (out->kind == JINJA_STRING && !case_sensitive)
        TRY(string_to_case(out, run, *out, STRING_LOWER));
done:
    return status;
}

/// Merges the sorted runs [0, middle) and [middle, count) of positions.
static distill_status merge(size_t *order, size_t *scratch, size_t middle, size_t count,
                            jinja_run *run, const jinja_list *keys, bool reverse)
{
    distill_status status = DISTILL_OK;
    size_t a = 0, b = middle;
    for (size_t i = 0; i < count; i++) {
        int sign = 0;
        TRY(jinja_step(run));
        if (a < middle && b < count)
            TRY(jinja_compare(&sign, run, keys->items[order[a]], keys->items[order[b]]));
        bool first = a < middle && (b == count || (reverse ? sign >= 0 : sign <= 0));
        scratch[i] = order[first ? a++ : b++];
    }
    memcpy(order, scratch, count * sizeof *order);
done:
    return status;
}

/// Sorts positions by their keys; equal ones keep their order.
static distill_status merge_sort(size_t *order, size_t *scratch, size_t count, jinja_run *run,
                                 const jinja_list *keys, bool reverse)
{
    distill_status status = DISTILL_OK;
    for (size_t width = 1; width < count; width *= 2)
        for (size_t at = 0; at + width < count; at += 2 * width) {
            size_t length = count - at < 2 * width ? count - at : 2 * width;
            TRY(merge(order + at, scratch, width, length, run, keys, reverse));
        }
done:
    return status;
}

static distill_status sort(jinja_value *out, jinja_run *run, jinja_value items,
                           jinja_value attribute, bool case_sensitive, bool reverse)
{
    distill_status status = DISTILL_OK;
    jinja_value keys, sorted;
    size_t *order = NULL;
    TRY(jinja_iterate(&items, run, items));
    size_t count = items.as.list->count;
    TRY(jinja_list_new(&keys, run, count));
    TRY(jinja_list_new(&sorted, run, count));
    TRY(jinja_memory_take((void **)&order, &run->memory, (2 * count + 1) * sizeof *order));
    for (size_t i = 0; i < count; i++) {
        jinja_value key;
        order[i] = i;
        TRY(sort_key(&key, run, items.as.list->items[i], attribute, case_sensitive));
        // Attributes are compared as lists: equal ones need no order, even if they are undefined.
        TRY(jinja_list_new(&keys.as.list->items[i], run, 1));
        keys.as.list->items[i].as.list->items[0] = key;
        if (attribute.kind == JINJA_ABSENT || attribute.kind == JINJA_NONE)
            keys.as.list->items[i] = key;
    }
    TRY(merge_sort(order, order + count, count, run, keys.as.list, reverse));
    for (size_t i = 0; i < count; i++)
        sorted.as.list->items[i] = items.as.list->items[order[i]];
    *out = sorted;
done:
    return status;
}

static distill_status filter_sort(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return sort(out, run, args->at[0], args->at[3], jinja_is_true(args->at[2]),
                jinja_is_true(args->at[1]));
}

static distill_status filter_dictsort(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value by = args->at[2], items;
    if (by.kind != JINJA_ABSENT && !jinja_string_is(by, "key") && !jinja_string_is(by, "value"))
        TRY(jinja_fail(run, "You can only sort by either \"key\" or \"value\""));
    if (args->at[0].kind != JINJA_DICT)
        TRY(jinja_fail(run, "dictsort: expected a dict, found %s", jinja_type_name(args->at[0])));
    const jinja_builtin *method = jinja_method_find(args->at[0], distill_span_of("items"));
    TRY(method->call(&items, run, args));
    TRY(sort(out, run, items, jinja_int(jinja_string_is(by, "value") ? 1 : 0),
             jinja_is_true(args->at[1]), jinja_is_true(args->at[3])));
done:
    return status;
}

static distill_status extreme(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                              int wanted)
{
    distill_status status = DISTILL_OK;
    jinja_value items, best_key = ABSENT, key;
    *out = jinja_undefined("No aggregated item, sequence was empty.");
    TRY(jinja_iterate(&items, run, args->at[0]));
    for (size_t i = 0; i < items.as.list->count; i++) {
        int sign = wanted;
        TRY(jinja_step(run));
        TRY(sort_key(&key, run, items.as.list->items[i], args->at[2], jinja_is_true(args->at[1])));
        if (best_key.kind != JINJA_ABSENT)
            TRY(jinja_compare(&sign, run, key, best_key));
        if ((wanted < 0 && sign < 0) || (wanted > 0 && sign > 0)) {
            *out = items.as.list->items[i];
            best_key = key;
        }
    }
done:
    return status;
}

static distill_status filter_min(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return extreme(out, run, args, -1);
}

static distill_status filter_max(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return extreme(out, run, args, 1);
}

static distill_status filter_unique(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value items, seen, key;
    jinja_items unique = {0};
    TRY(jinja_iterate(&items, run, args->at[0]));
    TRY(jinja_dict_new(&seen, run));
    for (size_t i = 0; i < items.as.list->count; i++) {
        TRY(sort_key(&key, run, items.as.list->items[i], args->at[2], jinja_is_true(args->at[1])));
        uint32_t before = seen.as.dict->count;
        TRY(jinja_dict_set(seen.as.dict, run, key, jinja_none()));
        if (seen.as.dict->count > before)
            TRY(jinja_items_add(&unique, run, items.as.list->items[i]));
    }
    TRY(jinja_items_value(out, run, &unique, JINJA_FORM_GENERATOR));
done:
    return status;
}

const jinja_builtin JINJA_SELECT_FILTERS[] = {
    {"map", filter_map, NULL, 0},
    {"select", filter_select, NULL, 0},
    {"reject", filter_reject, NULL, 0},
    {"selectattr", filter_selectattr, NULL, 0},
    {"rejectattr", filter_rejectattr, NULL, 0},
    {"sort", filter_sort, "value reverse case_sensitive attribute", 1},
    {"dictsort", filter_dictsort, "value case_sensitive by reverse", 1},
    {"min", filter_min, "value case_sensitive attribute", 1},
    {"max", filter_max, "value case_sensitive attribute", 1},
    {"unique", filter_unique, "value case_sensitive attribute", 1},
    {NULL, NULL, NULL, 0}};
