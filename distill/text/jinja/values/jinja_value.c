// distill/text/jinja/values/jinja_value.c - Python's truth, equality and order, and sequences.
#include "distill/text/jinja/values/jinja_value.h"

#include "distill/text/jinja/values/jinja_run.h"
#include "distill/text/unicode.h"

#include <string.h>

bool jinja_string_is(jinja_value value, const char *text)
{
    return value.kind == JINJA_STRING && distill_span_is(jinja_span(value), text);
}

bool jinja_is_number(jinja_value value)
{
    return value.kind == JINJA_BOOL || value.kind == JINJA_INT || value.kind == JINJA_FLOAT;
}

bool jinja_as_integer(int64_t *out, jinja_value value)
{
    if (value.kind == JINJA_BOOL)
        *out = value.as.truth ? 1 : 0;
    else if (value.kind == JINJA_INT)
        *out = value.as.integer;
    else
        return false;
    return true;
}

double jinja_as_real(jinja_value number)
{
    int64_t integer;
    return jinja_as_integer(&integer, number) ? (double)integer : number.as.real;
}

const char *jinja_type_name(jinja_value value)
{
    static const char *const forms[] = {
        [JINJA_FORM_LIST] = "list",           [JINJA_FORM_TUPLE] = "tuple",
        [JINJA_FORM_RANGE] = "range",         [JINJA_FORM_KEYS] = "dict_keys",
        [JINJA_FORM_VALUES] = "dict_values",  [JINJA_FORM_ITEMS] = "dict_items",
        [JINJA_FORM_GENERATOR] = "generator",
    };
    static const char *const kinds[] = {
        [JINJA_ABSENT] = "Undefined", [JINJA_UNDEFINED] = "Undefined",
        [JINJA_NONE] = "NoneType",    [JINJA_BOOL] = "bool",
        [JINJA_INT] = "int",          [JINJA_FLOAT] = "float",
        [JINJA_STRING] = "str",       [JINJA_LIST] = "list",
        [JINJA_DICT] = "dict",        [JINJA_NAMESPACE] = "Namespace",
        [JINJA_MACRO] = "Macro",      [JINJA_FUNCTION] = "function",
        [JINJA_METHOD] = "method",    [JINJA_LOOP] = "LoopContext",
    };
    return value.kind == JINJA_LIST ? forms[value.form] : kinds[value.kind];
}

bool jinja_is_true(jinja_value value)
{
    switch ((jinja_kind)value.kind) {
    case JINJA_ABSENT:
    case JINJA_UNDEFINED:
    case JINJA_NONE:
        return false;
    case JINJA_BOOL:
        return value.as.truth;
    case JINJA_INT:
        return value.as.integer != 0;
    case JINJA_FLOAT:
        return value.as.real != 0;
    case JINJA_STRING:
        return value.length != 0;
    case JINJA_LIST:
        return value.as.list->count != 0 || value.form == JINJA_FORM_GENERATOR;
    case JINJA_DICT:
        return value.as.dict->count != 0;
    default:
        return true;
    }
}

// ------------------------------------------------------------------------------ equality and order

static distill_status lists_equal(bool *out, jinja_run *run, const jinja_list *a,
                                  const jinja_list *b)
{
    distill_status status = DISTILL_OK;
    *out = a->count == b->count;
    for (size_t i = 0; *out && i < a->count; i++)
        TRY(jinja_equal(out, run, a->items[i], b->items[i]));
done:
    return status;
}

static distill_status dicts_equal(bool *out, jinja_run *run, const jinja_dict *a,
                                  const jinja_dict *b)
{
    distill_status status = DISTILL_OK;
    *out = a->count == b->count;
    for (size_t i = 0; *out && i < a->count; i++) {
        const jinja_value *other = jinja_dict_get(b, a->entries[i].key);
        *out = other != NULL;
        if (other != NULL)
            TRY(jinja_equal(out, run, a->entries[i].value, *other));
    }
done:
    return status;
}

static distill_status containers_equal(bool *out, jinja_run *run, jinja_value a, jinja_value b)
{
    distill_status status = DISTILL_OK;
    size_t count = a.kind == JINJA_LIST ? a.as.list->count : a.as.dict->count;
    TRY(jinja_enter(run));
    TRY(jinja_charge(run, 1 + count / 4));
    if (a.kind == JINJA_LIST)
        TRY(lists_equal(out, run, a.as.list, b.as.list));
    else
        TRY(dicts_equal(out, run, a.as.dict, b.as.dict));
    run->depth--;
done:
    return status;
}

distill_status jinja_equal(bool *out, jinja_run *run, jinja_value a, jinja_value b)
{
    int64_t x, y;
    *out = false;
    if (jinja_as_integer(&x, a) && jinja_as_integer(&y, b))
        *out = x == y;
    else if (jinja_is_number(a) && jinja_is_number(b))
        *out = jinja_as_real(a) == jinja_as_real(b);
    else if (a.kind != b.kind)
        return DISTILL_OK;
    else if (a.kind == JINJA_STRING) {
        *out = a.length == b.length && memcmp(a.as.bytes, b.as.bytes, a.length) == 0;
        return jinja_charge_bytes(run, *out ? a.length : 0);
    } else if (a.kind == JINJA_UNDEFINED || a.kind == JINJA_NONE)
        *out = true;
    else if ((a.kind == JINJA_LIST && a.form == b.form) || a.kind == JINJA_DICT)
        return containers_equal(out, run, a, b);
    else if (a.kind != JINJA_LIST)
        *out = a.as.bytes == b.as.bytes; // the same object
    return DISTILL_OK;
}

static int order(double a, double b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

static distill_status compare_lists(int *out, jinja_run *run, const jinja_list *a,
                                    const jinja_list *b)
{
    distill_status status = DISTILL_OK;
    size_t both = a->count < b->count ? a->count : b->count;
    TRY(jinja_enter(run));
    *out = 0;
    for (size_t i = 0; i < both; i++) {
        bool equal;
        TRY(jinja_step(run));
        TRY(jinja_equal(&equal, run, a->items[i], b->items[i]));
        if (equal)
            continue;
        TRY(jinja_compare(out, run, a->items[i], b->items[i]));
        run->depth--;
        goto done;
    }
    *out = a->count < b->count ? -1 : a->count > b->count ? 1 : 0;
    run->depth--;
done:
    return status;
}

distill_status jinja_compare(int *out, jinja_run *run, jinja_value a, jinja_value b)
{
    int64_t x, y;
    if (jinja_as_integer(&x, a) && jinja_as_integer(&y, b)) {
        *out = x < y ? -1 : x > y ? 1 : 0;
        return DISTILL_OK;
    }
    if (jinja_is_number(a) && jinja_is_number(b)) {
        *out = order(jinja_as_real(a), jinja_as_real(b));
        return DISTILL_OK;
    }
    if (a.kind == JINJA_STRING && b.kind == JINJA_STRING) { // UTF-8 has the order of code points
        size_t both = a.length < b.length ? a.length : b.length;
        int by_bytes = memcmp(a.as.bytes, b.as.bytes, both);
        *out = by_bytes != 0 ? by_bytes : a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
        return jinja_charge_bytes(run, both);
    }
    if (a.kind == JINJA_LIST && b.kind == JINJA_LIST && a.form == b.form &&
        a.form <= JINJA_FORM_TUPLE)
        return compare_lists(out, run, a.as.list, b.as.list);
    if (a.kind == JINJA_UNDEFINED || b.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, a.kind == JINJA_UNDEFINED ? a : b);
    return jinja_fail(run, "'%s' and '%s' cannot be ordered", jinja_type_name(a),
                      jinja_type_name(b));
}

// ----------------------------------------------------------------------------------------- lists

distill_status jinja_list_new(jinja_value *out, jinja_run *run, size_t count)
{
    distill_status status = DISTILL_OK;
    jinja_list *list = NULL;
    if (count > JINJA_MAX_MEMORY / sizeof *list->items)
        TRY(jinja_fail(run, "a list of %zu items is too long", count));
    TRY(jinja_charge(run, count / 8));
    TRY(jinja_memory_take((void **)&list, &run->memory,
                          sizeof *list + count * sizeof *list->items));
    list->count = count;
    *out = (jinja_value){.kind = JINJA_LIST, .as.list = list};
done:
    return status;
}

distill_status jinja_items_add(jinja_items *items, jinja_run *run, jinja_value value)
{
    distill_status status = DISTILL_OK;
    size_t count = items->list != NULL ? items->list->count : 0;
    TRY(jinja_step(run));
    if (count == items->capacity) {
        jinja_value grown;
        size_t capacity = items->capacity * 2 + 8;
        TRY(jinja_list_new(&grown, run, capacity));
        if (count > 0)
            memcpy(grown.as.list->items, items->list->items, count * sizeof value);
        items->list = grown.as.list;
        items->capacity = capacity;
    }
    items->list->items[count] = value;
    items->list->count = count + 1;
done:
    return status;
}

distill_status jinja_items_value(jinja_value *out, jinja_run *run, const jinja_items *items,
                                 jinja_form form)
{
    distill_status status = DISTILL_OK;
    *out = (jinja_value){.kind = JINJA_LIST, .as.list = items->list};
    if (items->list == NULL)
        TRY(jinja_list_new(out, run, 0));
    out->form = (uint8_t)form;
done:
    return status;
}

static distill_status characters(jinja_value *out, jinja_run *run, jinja_value string)
{
    distill_status status = DISTILL_OK;
    jinja_items items = {0};
    uint32_t code;
    for (size_t at = 0; at < string.length;) {
        size_t step = unicode_next(&code, string.as.bytes + at);
        jinja_value part = jinja_string((distill_span){string.as.bytes + at, step}, string.origin);
        TRY(jinja_items_add(&items, run, part));
        at += step;
    }
    TRY(jinja_items_value(out, run, &items, JINJA_FORM_LIST));
done:
    return status;
}

distill_status jinja_iterate(jinja_value *out, jinja_run *run, jinja_value value)
{
    distill_status status = DISTILL_OK;
    *out = value;
    if (value.kind == JINJA_LIST)
        return DISTILL_OK;
    if (value.kind == JINJA_STRING)
        return characters(out, run, value);
    if (value.kind == JINJA_UNDEFINED)
        return jinja_list_new(out, run, 0);
    if (value.kind != JINJA_DICT)
        return jinja_fail(run, "'%s' object is not iterable", jinja_type_name(value));
    TRY(jinja_list_new(out, run, value.as.dict->count));
    for (size_t i = 0; i < value.as.dict->count; i++)
        out->as.list->items[i] = value.as.dict->entries[i].key;
done:
    return status;
}
