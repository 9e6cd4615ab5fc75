// distill/text/jinja/builtins/jinja_builtins.c - looks builtins up by name.
#include "distill/text/jinja/builtins/jinja_builtins.h"

#include <string.h>

static const jinja_builtin *find(const jinja_builtin *table, distill_span name)
{
    for (; table->name != NULL; table++)
        if (table->name[0] == name.bytes[0] && distill_span_is(name, table->name))
            return table;
    return NULL;
}

const jinja_builtin *jinja_filter_find(distill_span name)
{
    const jinja_builtin *const tables[] = {JINJA_TEXT_FILTERS, JINJA_LIST_FILTERS,
                                           JINJA_SELECT_FILTERS, JINJA_NUMBER_FILTERS};
    const jinja_builtin *found = NULL;
    for (size_t i = 0; found == NULL && name.length > 0 && i < sizeof tables / sizeof *tables; i++)
        found = find(tables[i], name);
    return found;
}

const jinja_builtin *jinja_test_find(distill_span name)
{
    return name.length > 0 ? find(JINJA_TESTS, name) : NULL;
}

const jinja_builtin *jinja_function_find(distill_span name)
{
    return name.length > 0 ? find(JINJA_FUNCTIONS, name) : NULL;
}

const jinja_builtin *jinja_method_find(jinja_value subject, distill_span name)
{
    if (name.length == 0)
        return NULL;
    if (subject.kind == JINJA_DICT)
        return find(JINJA_DICT_METHODS, name);
    if (subject.kind == JINJA_STRING)
        return find(JINJA_STRING_METHODS, name);
    if (subject.kind == JINJA_LIST && subject.form <= JINJA_FORM_TUPLE)
        return find(subject.form == JINJA_FORM_LIST ? JINJA_LIST_METHODS : JINJA_TUPLE_METHODS,
                    name);
    return subject.kind == JINJA_LOOP ? find(JINJA_LOOP_METHODS, name) : NULL;
}

// ------------------------------------------------------------------------------------ argument types

distill_status jinja_need_string(jinja_run *run, jinja_value value)
{
    if (value.kind == JINJA_STRING)
        return DISTILL_OK;
    if (value.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, value);
    return jinja_fail(run, "expected a str, found %s", jinja_type_name(value));
}

distill_status jinja_need_integer(int64_t *out, jinja_run *run, jinja_value value)
{
    if (jinja_as_integer(out, value))
        return DISTILL_OK;
    if (value.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, value);
    return jinja_fail(run, "'%s' object cannot be interpreted as an integer",
                      jinja_type_name(value));
}

distill_status jinja_integer_or(int64_t *out, jinja_run *run, jinja_value value, int64_t otherwise)
{
    *out = otherwise;
    return value.kind == JINJA_ABSENT ? DISTILL_OK : jinja_need_integer(out, run, value);
}
