// distill/text/jinja/builtins/container_methods.c - methods of lists, tuples and dicts. Those that
// change their subject are refused, as in Jinja's immutable sandbox.
#include "distill/text/jinja/builtins/jinja_builtins.h"

#include <string.h>

static distill_status list_count(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    const jinja_list *list = args->at[0].as.list;
    int64_t count = 0;
    TRY(jinja_charge(run, list->count / 4));
    for (size_t i = 0; i < list->count; i++) {
        bool equal;
        TRY(jinja_equal(&equal, run, list->items[i], args->at[1]));
        count += equal;
    }
    *out = jinja_int(count);
done:
    return status;
}

static distill_status list_index(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    const jinja_list *list = args->at[0].as.list;
    TRY(jinja_charge(run, list->count / 4));
    for (size_t i = 0; i < list->count; i++) {
        bool equal;
        TRY(jinja_equal(&equal, run, list->items[i], args->at[1]));
        if (equal) {
            *out = jinja_int((int64_t)i);
            return DISTILL_OK;
        }
    }
    TRY(jinja_fail(run, "the value is not in the list"));
done:
    return status;
}

/// A copy, which is the value itself, because it cannot be changed.
static distill_status copy(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    (void)run;
    *out = args->at[0];
    return DISTILL_OK;
}

const jinja_builtin JINJA_TUPLE_METHODS[] = {{"count", list_count, "self value", 2},
                                             {"index", list_index, "self value", 2},
                                             {NULL, NULL, NULL, 0}};

const jinja_builtin JINJA_LIST_METHODS[] = {{"count", list_count, "self value", 2},
                                            {"index", list_index, "self value", 2},
                                            {"copy", copy, "self", 1},
                                            {"append", NULL, NULL, 0},
                                            {"clear", NULL, NULL, 0},
                                            {"extend", NULL, NULL, 0},
                                            {"insert", NULL, NULL, 0},
                                            {"pop", NULL, NULL, 0},
                                            {"remove", NULL, NULL, 0},
                                            {"reverse", NULL, NULL, 0},
                                            {"sort", NULL, NULL, 0},
                                            {NULL, NULL, NULL, 0}};

// -------------------------------------------------------------------------------------------- dicts

static distill_status dict_get(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    (void)run;
    const jinja_value *found = jinja_dict_get(args->at[0].as.dict, args->at[1]);
    *out = found != NULL ? *found : args->at[2].kind != JINJA_ABSENT ? args->at[2] : jinja_none();
    return DISTILL_OK;
}

static distill_status dict_keys(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_iterate(out, run, args->at[0]));
    out->form = JINJA_FORM_KEYS;
done:
    return status;
}

static distill_status dict_values(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    const jinja_dict *dict = args->at[0].as.dict;
    TRY(jinja_list_new(out, run, dict->count));
    for (size_t i = 0; i < dict->count; i++)
        out->as.list->items[i] = dict->entries[i].value;
    out->form = JINJA_FORM_VALUES;
done:
    return status;
}

static distill_status dict_items(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    const jinja_dict *dict = args->at[0].as.dict;
    jinja_value list, pair;
    TRY(jinja_list_new(&list, run, dict->count));
    for (size_t i = 0; i < dict->count; i++) {
        TRY(jinja_list_new(&pair, run, 2));
        pair.as.list->items[0] = dict->entries[i].key;
        pair.as.list->items[1] = dict->entries[i].value;
        pair.form = JINJA_FORM_TUPLE;
        list.as.list->items[i] = pair;
    }
    list.form = JINJA_FORM_ITEMS;
    *out = list;
done:
    return status;
}

const jinja_builtin JINJA_DICT_METHODS[] = {{"get", dict_get, "self key default", 2},
                                            {"keys", dict_keys, "self", 1},
                                            {"values", dict_values, "self", 1},
                                            {"items", dict_items, "self", 1},
                                            {"copy", copy, "self", 1},
                                            {"clear", NULL, NULL, 0},
                                            {"pop", NULL, NULL, 0},
                                            {"popitem", NULL, NULL, 0},
                                            {"setdefault", NULL, NULL, 0},
                                            {"update", NULL, NULL, 0},
                                            {NULL, NULL, NULL, 0}};
