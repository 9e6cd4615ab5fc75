// distill/text/jinja/jinja_call.c - arguments, macros, and calls of builtins.
#include "distill/text/jinja/jinja_interpreter.h"

#include <string.h>

// --------------------------------------------------------------------------------------- arguments

/// The most arguments that a call may have; spread lists are as long as they are.
static distill_status count_arguments(size_t *count, size_t *named, const jinja_node *nodes)
{
    *count = 0;
    *named = 0;
    for (; nodes != NULL; nodes = nodes->next)
        ++*(nodes->kind == JINJA_NAMED ? named : count);
    return DISTILL_OK;
}

/// Adds the items of `*list` to the positional arguments.
static distill_status add_spread(jinja_items *positional, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value list;
    TRY(jinja_evaluate(&list, run, node->a));
    TRY(jinja_iterate(&list, run, list));
    for (size_t i = 0; i < list.as.list->count; i++)
        TRY(jinja_items_add(positional, run, list.as.list->items[i]));
done:
    return status;
}

/// Evaluates arguments with `*list` or `**dict` among them.
static distill_status evaluate_spread(jinja_arguments *out, jinja_run *run, const jinja_node *nodes,
                                      const jinja_value *subject)
{
    distill_status status = DISTILL_OK;
    jinja_items positional = {0};
    jinja_value named, value;
    jinja_named *list = NULL;
    TRY(jinja_dict_new(&named, run));
    if (subject != NULL)
        TRY(jinja_items_add(&positional, run, *subject));
    for (const jinja_node *node = nodes; node != NULL; node = node->next) {
        if (node->kind == JINJA_SPREAD) {
            TRY(add_spread(&positional, run, node));
            continue;
        }
        TRY(jinja_evaluate(&value, run,
                           node->kind == JINJA_NAMED || node->kind == JINJA_SPREAD_NAMED ? node->a
                                                                                         : node));
        jinja_value name = jinja_string(node->text, JINJA_FROM_TEMPLATE);
        if (node->kind == JINJA_NAMED)
            TRY(jinja_dict_set(named.as.dict, run, name, value));
        else if (node->kind != JINJA_SPREAD_NAMED)
            TRY(jinja_items_add(&positional, run, value));
        else if (value.kind != JINJA_DICT)
            TRY(jinja_fail(run, "the argument after ** must be a dict, not %s",
                           jinja_type_name(value)));
        for (size_t i = 0; node->kind == JINJA_SPREAD_NAMED && i < value.as.dict->count; i++)
            TRY(jinja_dict_set(named.as.dict, run, value.as.dict->entries[i].key,
                               value.as.dict->entries[i].value));
    }
    TRY(jinja_memory_take((void **)&list, &run->memory, (named.as.dict->count + 1) * sizeof *list));
    for (size_t i = 0; i < named.as.dict->count; i++) {
        const jinja_entry *entry = &named.as.dict->entries[i];
        if (entry->key.kind != JINJA_STRING)
            TRY(jinja_fail(run, "keywords must be strings"));
        list[i] = (jinja_named){jinja_span(entry->key), entry->value};
    }
    size_t count = positional.list != NULL ? positional.list->count : 0;
    *out = (jinja_arguments){count > 0 ? positional.list->items : NULL, count, list,
                             named.as.dict->count};
done:
    return status;
}

distill_status jinja_arguments_evaluate(jinja_arguments *out, jinja_run *run,
                                        const jinja_node *nodes, const jinja_value *subject)
{
    distill_status status = DISTILL_OK;
    size_t count, named_count;
    jinja_value *values = NULL;
    jinja_named *named = NULL;
    for (const jinja_node *node = nodes; node != NULL; node = node->next)
        if (node->kind == JINJA_SPREAD || node->kind == JINJA_SPREAD_NAMED)
            return evaluate_spread(out, run, nodes, subject);
    TRY(count_arguments(&count, &named_count, nodes));
    size_t before = subject != NULL ? 1 : 0;
    if (before + count > 0)
        TRY(jinja_memory_take((void **)&values, &run->memory, (before + count) * sizeof *values));
    if (named_count > 0)
        TRY(jinja_memory_take((void **)&named, &run->memory, named_count * sizeof *named));
    if (subject != NULL)
        values[0] = *subject;
    *out = (jinja_arguments){values, before + count, named, named_count};
    count = before;
    named_count = 0;
    for (const jinja_node *node = nodes; node != NULL; node = node->next) {
        if (node->kind != JINJA_NAMED) {
            TRY(jinja_evaluate(&values[count++], run, node));
            continue;
        }
        named[named_count].name = node->text;
        TRY(jinja_evaluate(&named[named_count++].value, run, node->a));
    }
done:
    return status;
}

// ---------------------------------------------------------------------------------------- builtins

/// The number of a parameter; SIZE_MAX if it is unknown. *count is the number of parameters.
static size_t parameter_of(size_t *count, const char *parameters, distill_span name)
{
    size_t found = SIZE_MAX;
    *count = 0;
    for (const char *at = parameters; *at != '\0'; (*count)++) {
        size_t length = strcspn(at, " ");
        if (length == name.length && memcmp(at, name.bytes, length) == 0)
            found = *count;
        at += length + (at[length] == ' ');
    }
    return found;
}

distill_status jinja_builtin_call(jinja_value *out, jinja_run *run, const jinja_builtin *builtin,
                                  const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value values[JINJA_MAX_PARAMETERS] = {0};
    size_t count;
    if (builtin->parameters == NULL)
        return builtin->call(out, run, args);
    (void)parameter_of(&count, builtin->parameters, (distill_span){"", 0});
    if (args->count > count)
        TRY(jinja_fail(run, "%s() takes %zu arguments but %zu were given", builtin->name, count,
                       args->count));
    if (args->count > 0)
        memcpy(values, args->at, args->count * sizeof *values);
    for (size_t i = 0; i < args->named_count; i++) {
        distill_span name = args->named[i].name;
        size_t at = parameter_of(&count, builtin->parameters, name);
        if (at == SIZE_MAX || at < args->count)
            TRY(jinja_fail(run, "%s() got an unexpected keyword argument '%.*s'", builtin->name,
                           (int)name.length, name.bytes));
        values[at] = args->named[i].value;
    }
    for (size_t i = 0; i < builtin->required; i++)
        if (values[i].kind == JINJA_ABSENT)
            TRY(jinja_fail(run, "%s() is missing an argument", builtin->name));
    TRY(builtin->call(out, run, &(jinja_arguments){.at = values, .count = count}));
done:
    return status;
}

distill_status jinja_apply(jinja_value *out, jinja_run *run, const jinja_node *node,
                           jinja_value subject)
{
    distill_status status = DISTILL_OK;
    jinja_arguments args = {.at = &subject, .count = 1};
    if (node->list != NULL)
        TRY(jinja_arguments_evaluate(&args, run, node->list, &subject));
    run->place = node->place;
    if (node->builtin == NULL)
        TRY(jinja_fail(run, "unknown %s \"%.*s\"", node->kind == JINJA_FILTER ? "filter" : "test",
                       (int)node->text.length, node->text.bytes));
    TRY(jinja_builtin_call(out, run, node->builtin, &args));
done:
    return status;
}

// ------------------------------------------------------------------------------------------ macros

/// The value of the named argument `name`, which is marked as used; JINJA_ABSENT if there is none.
static jinja_value take_named(const jinja_arguments *args, bool *used, distill_span name)
{
    for (size_t i = 0; i < args->named_count; i++)
        if (!used[i] && distill_span_equal(args->named[i].name, name)) {
            used[i] = true;
            return args->named[i].value;
        }
    return (jinja_value){.kind = JINJA_ABSENT};
}

/// Sets the parameters of a macro in the current scope; *given is the number of positional
/// arguments that were used.
static distill_status set_parameters(jinja_run *run, const jinja_node *macro,
                                     const jinja_arguments *args, bool *used, size_t *given)
{
    distill_status status = DISTILL_OK;
    *given = 0;
    for (const jinja_node *node = macro->list; node != NULL; node = node->next) {
        jinja_value value =
            *given < args->count ? args->at[(*given)++] : take_named(args, used, node->text);
        if (value.kind == JINJA_ABSENT && node->b != NULL)
            TRY(jinja_evaluate(&value, run, node->b));
        if (value.kind == JINJA_ABSENT)
            TRY(jinja_undefined_name(&value, run, "parameter '%.*s' was not provided",
                                     (int)node->text.length, node->text.bytes));
        TRY(jinja_scope_set(run, node->name, value));
    }
done:
    return status;
}

/// Sets `varargs` and `kwargs`, or fails if there are arguments without a parameter.
static distill_status set_rest(jinja_run *run, const jinja_node *macro, const jinja_arguments *args,
                               const bool *used, size_t given)
{
    distill_status status = DISTILL_OK;
    jinja_value rest;
    int length = (int)macro->text.length;
    if ((macro->specials & JINJA_USES_KWARGS) != 0) {
        TRY(jinja_dict_new(&rest, run));
        for (size_t i = 0; i < args->named_count; i++)
            if (!used[i])
                TRY(jinja_dict_set(rest.as.dict, run,
                                   jinja_string(args->named[i].name, JINJA_FROM_TEMPLATE),
                                   args->named[i].value));
        TRY(jinja_scope_set(run, run->program->kwargs, rest));
    }
    for (size_t i = 0; i < args->named_count; i++)
        if (!used[i] && (macro->specials & JINJA_USES_KWARGS) == 0)
            TRY(jinja_fail(run, "macro '%.*s' takes no keyword argument '%.*s'", length,
                           macro->text.bytes, (int)args->named[i].name.length,
                           args->named[i].name.bytes));
    if ((macro->specials & JINJA_USES_VARARGS) != 0) {
        TRY(jinja_list_new(&rest, run, args->count - given));
        for (size_t i = given; i < args->count; i++)
            rest.as.list->items[i - given] = args->at[i];
        rest.form = JINJA_FORM_TUPLE;
        TRY(jinja_scope_set(run, run->program->varargs, rest));
    } else if (args->count > given) {
        TRY(jinja_fail(run, "macro '%.*s' takes not more than %zu argument(s)", length,
                       macro->text.bytes, given));
    }
done:
    return status;
}

static distill_status call_macro(jinja_value *out, jinja_run *run, const struct jinja_macro *macro,
                                 const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_scope *outer = run->scope;
    bool *used = NULL;
    size_t given;
    TRY(jinja_memory_take((void **)&used, &run->memory, args->named_count + 1));
    memset(used, 0, args->named_count + 1);
    run->scope = macro->scope;
    TRY(jinja_scope_open(run));
    if ((macro->node->specials & JINJA_USES_CALLER) != 0) {
        jinja_value caller = take_named(args, used, distill_span_of("caller"));
        if (caller.kind == JINJA_ABSENT)
            caller = jinja_undefined("No caller defined");
        TRY(jinja_scope_set(run, run->program->caller, caller));
    }
    TRY(set_parameters(run, macro->node, args, used, &given));
    TRY(set_rest(run, macro->node, args, used, given));
    TRY(jinja_capture(out, run, macro->node->body));
    run->scope = outer;
done:
    return status;
}

distill_status jinja_call_value(jinja_value *out, jinja_run *run, jinja_value callee,
                                const jinja_arguments *args)
{
    if (callee.kind == JINJA_MACRO)
        return call_macro(out, run, callee.as.macro, args);
    if (callee.kind == JINJA_FUNCTION)
        return jinja_builtin_call(out, run, callee.as.builtin, args);
    if (callee.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, callee);
    return jinja_fail(run, "'%s' object is not callable", jinja_type_name(callee));
}

/// Calls a method without making a value of it first. False if the subject has no such method.
static distill_status call_method(bool *called, jinja_value *out, jinja_run *run,
                                  const jinja_node *node, jinja_value subject)
{
    distill_status status = DISTILL_OK;
    jinja_arguments args;
    const jinja_builtin *builtin = jinja_method_find(subject, node->a->text);
    *called = builtin != NULL && builtin->call != NULL;
    if (!*called)
        return DISTILL_OK;
    TRY(jinja_arguments_evaluate(&args, run, node->list, &subject));
    run->place = node->place;
    TRY(jinja_builtin_call(out, run, builtin, &args));
done:
    return status;
}

distill_status jinja_evaluate_call(jinja_value *out, jinja_run *run, const jinja_node *node,
                                   jinja_value caller)
{
    distill_status status = DISTILL_OK;
    jinja_arguments args;
    jinja_value callee, subject;
    if (node->a->kind == JINJA_ATTRIBUTE) {
        bool called;
        TRY(jinja_evaluate(&subject, run, node->a->a));
        TRY(call_method(&called, out, run, node, subject));
        if (called)
            goto done;
        run->place = node->a->place;
        TRY(jinja_attribute(&callee, run, subject, node->a->value));
    } else {
        TRY(jinja_evaluate(&callee, run, node->a));
    }
    bool is_method = callee.kind == JINJA_METHOD;
    if (is_method)
        subject = callee.as.method->subject;
    TRY(jinja_arguments_evaluate(&args, run, node->list, is_method ? &subject : NULL));
    if (caller.kind != JINJA_ABSENT) {
        jinja_named *named = NULL;
        TRY(jinja_memory_take((void **)&named, &run->memory,
                              (args.named_count + 1) * sizeof *named));
        if (args.named_count > 0)
            memcpy(named, args.named, args.named_count * sizeof *named);
        named[args.named_count++] = (jinja_named){distill_span_of("caller"), caller};
        args.named = named;
    }
    run->place = node->place;
    if (is_method)
        TRY(jinja_builtin_call(out, run, callee.as.method->builtin, &args));
    else
        TRY(jinja_call_value(out, run, callee, &args));
done:
    return status;
}
