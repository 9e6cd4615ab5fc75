// distill/text/jinja/jinja_loop.c - loops and the variable `loop`.
#include "distill/text/jinja/jinja_interpreter.h"

#include <string.h>

/// Tests whether the loop takes an item: binds the target in a scope of its own.
static distill_status takes(bool *out, jinja_run *run, const struct jinja_loop *loop,
                            jinja_value item)
{
    distill_status status = DISTILL_OK;
    jinja_scope *current = run->scope;
    jinja_value condition;
    *out = true;
    if (loop->is_tested)
        return DISTILL_OK;
    run->scope = loop->scope;
    TRY(jinja_scope_open(run));
    TRY(jinja_assign(run, loop->node->a, item));
    TRY(jinja_evaluate(&condition, run, loop->node->c));
    *out = jinja_is_true(condition);
    run->scope = current;
done:
    return status;
}

/// Finds the item after the current one.
static distill_status peek(jinja_run *run, struct jinja_loop *loop)
{
    distill_status status = DISTILL_OK;
    if (loop->knows_after)
        return DISTILL_OK;
    loop->after = (jinja_value){.kind = JINJA_ABSENT};
    while (loop->next < loop->items->count && loop->after.kind == JINJA_ABSENT) {
        bool taken;
        jinja_value item = loop->items->items[loop->next++];
        TRY(takes(&taken, run, loop, item));
        if (taken)
            loop->after = item;
    }
    loop->knows_after = true;
done:
    return status;
}

/// Tests all further items, so that their number is known.
static distill_status count_items(size_t *out, jinja_run *run, struct jinja_loop *loop)
{
    distill_status status = DISTILL_OK;
    jinja_items rest = {0};
    jinja_value list;
    if (!loop->is_tested) {
        for (; loop->next < loop->items->count; loop->next++) {
            bool taken;
            TRY(takes(&taken, run, loop, loop->items->items[loop->next]));
            if (taken)
                TRY(jinja_items_add(&rest, run, loop->items->items[loop->next]));
        }
        TRY(jinja_items_value(&list, run, &rest, JINJA_FORM_LIST));
        bool has_after = loop->knows_after && loop->after.kind != JINJA_ABSENT;
        loop->length = loop->index + 1 + (has_after ? 1 : 0) + list.as.list->count;
        loop->items = list.as.list;
        loop->next = 0;
        loop->is_tested = true;
    }
    *out = loop->length;
done:
    return status;
}

// ------------------------------------------------------------------------------- the variable loop

typedef enum loop_field {
    LOOP_INDEX,
    LOOP_INDEX0,
    LOOP_FIRST,
    LOOP_LAST,
    LOOP_LENGTH,
    LOOP_REVINDEX,
    LOOP_REVINDEX0,
    LOOP_PREVITEM,
    LOOP_NEXTITEM,
    LOOP_DEPTH,
    LOOP_DEPTH0
} loop_field;

static const char *const LOOP_FIELDS[] = {
    [LOOP_INDEX] = "index",         [LOOP_INDEX0] = "index0",     [LOOP_FIRST] = "first",
    [LOOP_LAST] = "last",           [LOOP_LENGTH] = "length",     [LOOP_REVINDEX] = "revindex",
    [LOOP_REVINDEX0] = "revindex0", [LOOP_PREVITEM] = "previtem", [LOOP_NEXTITEM] = "nextitem",
    [LOOP_DEPTH] = "depth",         [LOOP_DEPTH0] = "depth0"};

static distill_status loop_value(jinja_value *out, jinja_run *run, struct jinja_loop *loop,
                                 loop_field field)
{
    distill_status status = DISTILL_OK;
    size_t length = 0;
    if (field == LOOP_LENGTH || field == LOOP_REVINDEX || field == LOOP_REVINDEX0)
        TRY(count_items(&length, run, loop));
    if (field == LOOP_LAST || field == LOOP_NEXTITEM)
        TRY(peek(run, loop));
    int64_t index = (int64_t)loop->index;
    switch (field) {
    case LOOP_FIRST:
        *out = jinja_bool(index == 0);
        break;
    case LOOP_LAST:
        *out = jinja_bool(loop->after.kind == JINJA_ABSENT);
        break;
    case LOOP_PREVITEM:
        *out = loop->previous.kind != JINJA_ABSENT ? loop->previous
                                                   : jinja_undefined("there is no previous item");
        break;
    case LOOP_NEXTITEM:
        *out = loop->after.kind != JINJA_ABSENT ? loop->after
                                                : jinja_undefined("there is no next item");
        break;
    default: {
        const int64_t numbers[] = {[LOOP_INDEX] = index + 1,
                                   [LOOP_INDEX0] = index,
                                   [LOOP_LENGTH] = (int64_t)length,
                                   [LOOP_REVINDEX] = (int64_t)length - index,
                                   [LOOP_REVINDEX0] = (int64_t)length - index - 1,
                                   [LOOP_DEPTH] = 1, // it counts recursive loops

                                   [LOOP_DEPTH0] = 0};
        *out = jinja_int(numbers[field]);
    }
    }
done:
    return status;
}

distill_status jinja_loop_attribute(jinja_value *out, jinja_run *run, struct jinja_loop *loop,
                                    distill_span name)
{
    *out = (jinja_value){.kind = JINJA_ABSENT};
    for (size_t i = 0; i < sizeof LOOP_FIELDS / sizeof *LOOP_FIELDS; i++)
        if (distill_span_is(name, LOOP_FIELDS[i]))
            return loop_value(out, run, loop, (loop_field)i);
    return DISTILL_OK;
}

static distill_status loop_cycle(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    if (args->count < 2)
        return jinja_fail(run, "no items for cycling given");
    *out = args->at[1 + args->at[0].as.loop->index % (args->count - 1)];
    return DISTILL_OK;
}

static distill_status loop_changed(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    struct jinja_loop *loop = args->at[0].as.loop;
    jinja_value now, last = {.kind = JINJA_LIST, .as.list = loop->last_changed};
    bool same = false;
    TRY(jinja_list_new(&now, run, args->count - 1));
    if (args->count > 1)
        memcpy(now.as.list->items, args->at + 1, (args->count - 1) * sizeof(jinja_value));
    if (loop->last_changed != NULL)
        TRY(jinja_equal(&same, run, now, last));
    if (!same)
        loop->last_changed = now.as.list;
    *out = jinja_bool(!same);
done:
    return status;
}

const jinja_builtin JINJA_LOOP_METHODS[] = {
    {"cycle", loop_cycle, NULL, 0}, {"changed", loop_changed, NULL, 0}, {NULL, NULL, NULL, 0}};

// --------------------------------------------------------------------------------------- execution

static distill_status run_body(jinja_run *run, const jinja_node *node, struct jinja_loop *loop)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_scope_open(run));
    jinja_scope *scope = run->scope;
    TRY(jinja_scope_set(run, run->program->loop,
                        (jinja_value){.kind = JINJA_LOOP, .as.loop = loop}));
    for (;; loop->index++) {
        TRY(peek(run, loop));
        if (loop->after.kind == JINJA_ABSENT || run->flow == JINJA_FLOW_BREAK)
            break;
        loop->previous = loop->current;
        loop->current = loop->after;
        loop->knows_after = false;
        scope->count = 1; // `loop` alone
        TRY(jinja_step(run));
        TRY(jinja_assign(run, node->a, loop->current));
        TRY(jinja_execute(run, node->body));
        if (run->flow == JINJA_FLOW_CONTINUE)
            run->flow = JINJA_FLOW_NEXT;
        if (run->flow == JINJA_FLOW_BREAK)
            break;
    }
    run->flow = JINJA_FLOW_NEXT;
    run->scope = scope->parent;
done:
    return status;
}

distill_status jinja_execute_for(jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value items;
    struct jinja_loop *loop = NULL;
    jinja_scope *outer = run->scope;
    TRY(jinja_evaluate(&items, run, node->b));
    run->place = node->place;
    TRY(jinja_iterate(&items, run, items));
    TRY(jinja_memory_take((void **)&loop, &run->memory, sizeof *loop));
    *loop = (struct jinja_loop){.items = items.as.list,
                                .node = node,
                                .scope = outer,
                                .length = items.as.list->count,
                                .is_tested = node->c == NULL};
    TRY(run_body(run, node, loop));
    if (loop->index > 0 || loop->current.kind != JINJA_ABSENT || node->otherwise == NULL)
        goto done;
    TRY(jinja_scope_open(run));
    TRY(jinja_execute(run, node->otherwise));
    run->scope = outer;
done:
    return status;
}
