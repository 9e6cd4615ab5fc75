// distill/text/jinja/jinja_execute.c - statements, and the scopes of variables.
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/values/jinja_print.h"

#include <string.h>

// ------------------------------------------------------------------------------------------ scopes

distill_status jinja_scope_open(jinja_run *run)
{
    distill_status status = DISTILL_OK;
    jinja_scope *scope = NULL;
    TRY(jinja_memory_take((void **)&scope, &run->memory, sizeof *scope));
    *scope = (jinja_scope){.parent = run->scope};
    run->scope = scope;
done:
    return status;
}

distill_status jinja_scope_set(jinja_run *run, uint32_t name, jinja_value value)
{
    distill_status status = DISTILL_OK;
    jinja_scope *scope = run->scope;
    if (scope == NULL) {
        run->globals[name] = value;
        return DISTILL_OK;
    }
    for (uint32_t i = 0; i < scope->count; i++)
        if (scope->variables[i].name == name) {
            scope->variables[i].value = value;
            return DISTILL_OK;
        }
    if (scope->count == scope->capacity) {
        jinja_variable *more = NULL;
        uint32_t capacity = scope->capacity * 2 + 8;
        TRY(jinja_memory_take((void **)&more, &run->memory, capacity * sizeof *more));
        if (scope->count > 0)
            memcpy(more, scope->variables, scope->count * sizeof *more);
        scope->variables = more;
        scope->capacity = capacity;
    }
    scope->variables[scope->count++] = (jinja_variable){name, value};
done:
    return status;
}

static distill_status assign_tuple(jinja_run *run, const jinja_node *target, jinja_value value)
{
    distill_status status = DISTILL_OK;
    jinja_value items;
    size_t count = 0, at = 0;
    for (const jinja_node *item = target->list; item != NULL; item = item->next)
        count++;
    TRY(jinja_iterate(&items, run, value));
    if (items.as.list->count != count)
        TRY(jinja_fail(run, "%zu values cannot be unpacked to %zu names", items.as.list->count,
                       count));
    for (const jinja_node *item = target->list; item != NULL; item = item->next)
        TRY(jinja_assign(run, item, items.as.list->items[at++]));
done:
    return status;
}

distill_status jinja_assign(jinja_run *run, const jinja_node *target, jinja_value value)
{
    distill_status status = DISTILL_OK;
    jinja_value subject;
    if (target->kind == JINJA_NAME)
        return jinja_scope_set(run, target->name, value);
    run->place = target->place;
    if (target->kind == JINJA_TUPLE_OF)
        return assign_tuple(run, target, value);
    TRY(jinja_evaluate(&subject, run, target->a));
    run->place = target->place;
    if (subject.kind != JINJA_NAMESPACE)
        TRY(jinja_fail(run, "cannot assign attribute on non-namespace object"));
    TRY(jinja_dict_set(subject.as.dict, run, target->value, value));
done:
    return status;
}

// -------------------------------------------------------------------------------------- statements

static distill_status execute_text(jinja_run *run, const jinja_node *node)
{
    return jinja_builder_add(run->out, node->value);
}

static distill_status execute_print(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    TRY(jinja_evaluate(&value, run, node->a));
    run->place = node->place;
    TRY(jinja_print(run->out, value));
done:
    return status;
}

static distill_status execute_if(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value condition;
    for (const jinja_node *branch = node; branch != NULL;
         branch = branch == node ? node->list : branch->next) {
        TRY(jinja_evaluate(&condition, run, branch->a));
        if (jinja_is_true(condition)) {
            TRY(jinja_execute(run, branch->body));
            goto done;
        }
    }
    TRY(jinja_execute(run, node->otherwise));
done:
    return status;
}

static distill_status execute_set(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    TRY(jinja_evaluate(&value, run, node->b));
    TRY(jinja_assign(run, node->a, value));
done:
    return status;
}

distill_status jinja_capture(jinja_value *out, jinja_run *run, const jinja_node *nodes)
{
    distill_status status = DISTILL_OK;
    jinja_builder text = {.run = run}, *outer = run->out;
    jinja_scope *scope = run->scope;
    TRY(jinja_scope_open(run));
    run->out = &text;
    TRY(jinja_execute(run, nodes));
    TRY(jinja_builder_finish(out, &text));
    run->scope = scope;
done:
    run->out = outer; // `text` ends here
    return status;
}

/// Applies the filters of a block, the first of which is the innermost node.
static distill_status apply_filters(jinja_value *value, jinja_run *run, const jinja_node *filter)
{
    distill_status status = DISTILL_OK;
    if (filter == NULL)
        return DISTILL_OK;
    TRY(jinja_enter(run));
    TRY(apply_filters(value, run, filter->a));
    TRY(jinja_apply(value, run, filter, *value));
    run->depth--;
done:
    return status;
}

static distill_status execute_set_block(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    TRY(jinja_capture(&value, run, node->body));
    TRY(apply_filters(&value, run, node->b));
    TRY(jinja_assign(run, node->a, value));
done:
    return status;
}

static distill_status execute_filter_block(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    TRY(jinja_capture(&value, run, node->body));
    TRY(apply_filters(&value, run, node->a));
    TRY(jinja_print(run->out, value));
done:
    return status;
}

static distill_status execute_with(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_scope *outer = run->scope, *inner;
    TRY(jinja_scope_open(run));
    inner = run->scope;
    for (const jinja_node *set = node->list; set != NULL; set = set->next) {
        jinja_value value;
        run->scope = outer; // the values do not see each other
        TRY(jinja_evaluate(&value, run, set->b));
        run->scope = inner;
        TRY(jinja_assign(run, set->a, value));
    }
    TRY(jinja_execute(run, node->body));
    run->scope = outer;
done:
    return status;
}

static distill_status new_macro(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    struct jinja_macro *macro = NULL;
    TRY(jinja_memory_take((void **)&macro, &run->memory, sizeof *macro));
    *macro = (struct jinja_macro){node, run->scope};
    *out = (jinja_value){.kind = JINJA_MACRO, .as.macro = macro};
done:
    return status;
}

static distill_status execute_define(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value macro;
    TRY(new_macro(&macro, run, node));
    TRY(jinja_scope_set(run, node->name, macro));
done:
    return status;
}

static distill_status execute_call_block(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value caller, value;
    TRY(new_macro(&caller, run, node->b));
    TRY(jinja_evaluate_call(&value, run, node->a, caller));
    TRY(jinja_print(run->out, value));
done:
    return status;
}

/// The body writes to the output directly, in a scope of its own.
static distill_status execute_generation(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    struct jinja_generation *generation = run->generation;
    jinja_scope *outer = run->scope;
    size_t begin = run->out->length;
    TRY(jinja_scope_open(run));
    TRY(jinja_execute(run, node->body));
    run->scope = outer;
    if (run->out != generation->root)
        goto done;
    if (generation->count == generation->capacity) {
        jinja_range *more = NULL;
        size_t capacity = generation->capacity * 2 + 8;
        TRY(jinja_memory_take((void **)&more, &run->memory, capacity * sizeof *more));
        if (generation->count > 0)
            memcpy(more, generation->at, generation->count * sizeof *more);
        generation->at = more;
        generation->capacity = capacity;
    }
    generation->at[generation->count++] = (jinja_range){begin, run->out->length};
done:
    return status;
}

static distill_status execute_break(jinja_run *run, const jinja_node *node)
{
    run->flow = node->kind == JINJA_BREAK ? JINJA_FLOW_BREAK : JINJA_FLOW_CONTINUE;
    return DISTILL_OK;
}

typedef distill_status (*executor)(jinja_run *run, const jinja_node *node);

static const executor EXECUTORS[] = {
    [JINJA_TEXT] = execute_text,
    [JINJA_PRINT] = execute_print,
    [JINJA_FOR] = jinja_execute_for,
    [JINJA_IF] = execute_if,
    [JINJA_SET] = execute_set,
    [JINJA_SET_BLOCK] = execute_set_block,
    [JINJA_WITH] = execute_with,
    [JINJA_DEFINE] = execute_define,
    [JINJA_CALL_BLOCK] = execute_call_block,
    [JINJA_FILTER_BLOCK] = execute_filter_block,
    [JINJA_GENERATION] = execute_generation,
    [JINJA_BREAK] = execute_break,
    [JINJA_CONTINUE] = execute_break,
};

distill_status jinja_execute(jinja_run *run, const jinja_node *nodes)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_enter(run));
    for (const jinja_node *node = nodes; node != NULL && run->flow == JINJA_FLOW_NEXT;
         node = node->next) {
        TRY(jinja_step(run));
        TRY(EXECUTORS[node->kind](run, node));
    }
    run->depth--;
done:
    return status;
}
