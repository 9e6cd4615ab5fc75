// distill/text/jinja/jinja_evaluate.c - expressions.
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/values/jinja_print.h"

#include <string.h>

typedef distill_status (*evaluator)(jinja_value *out, jinja_run *run, const jinja_node *node);

static distill_status evaluate_constant(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    (void)run;
    *out = node->value;
    return DISTILL_OK;
}

static distill_status evaluate_name(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    for (const jinja_scope *scope = run->scope; scope != NULL; scope = scope->parent)
        for (uint32_t i = 0; i < scope->count; i++)
            if (scope->variables[i].name == node->name) {
                *out = scope->variables[i].value;
                return DISTILL_OK;
            }
    *out = run->globals[node->name];
    if (out->kind == JINJA_ABSENT)
        return jinja_undefined_name(out, run, "'%.*s' is undefined", (int)node->text.length,
                                    node->text.bytes);
    return DISTILL_OK;
}

static distill_status evaluate_attribute(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value subject;
    TRY(jinja_evaluate(&subject, run, node->a));
    run->place = node->place;
    TRY(jinja_attribute(out, run, subject, node->value));
done:
    return status;
}

static distill_status evaluate_index(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value subject, key;
    TRY(jinja_evaluate(&subject, run, node->a));
    TRY(jinja_evaluate(&key, run, node->b));
    run->place = node->place;
    TRY(jinja_item(out, run, subject, key));
done:
    return status;
}

static distill_status evaluate_slice(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    const jinja_node *const nodes[] = {node->b, node->c, node->d};
    jinja_value subject, bounds[3] = {0};
    TRY(jinja_evaluate(&subject, run, node->a));
    for (size_t i = 0; i < 3; i++)
        if (nodes[i] != NULL)
            TRY(jinja_evaluate(&bounds[i], run, nodes[i]));
    run->place = node->place;
    TRY(jinja_slice(out, run, subject, bounds));
done:
    return status;
}

static distill_status evaluate_call(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    return jinja_evaluate_call(out, run, node, (jinja_value){0});
}

static distill_status evaluate_filter(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value subject;
    TRY(jinja_evaluate(&subject, run, node->a));
    TRY(jinja_apply(out, run, node, subject));
    if (node->kind == JINJA_TEST && node->negated)
        *out = jinja_bool(!jinja_is_true(*out));
done:
    return status;
}

static distill_status evaluate_unary(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    int64_t integer;
    TRY(jinja_evaluate(out, run, node->a));
    run->place = node->place;
    if (out->kind == JINJA_UNDEFINED)
        TRY(jinja_fail_undefined(run, *out));
    if (!jinja_is_number(*out))
        TRY(jinja_fail(run, "bad operand type for unary %s: '%s'",
                       node->operation == JINJA_SUBTRACT ? "-" : "+", jinja_type_name(*out)));
    bool negates = node->operation == JINJA_SUBTRACT;
    if (!jinja_as_integer(&integer, *out))
        *out = jinja_float(negates ? -out->as.real : out->as.real);
    else if (!negates)
        *out = jinja_int(integer);
    else
        TRY(jinja_operate(out, run, JINJA_SUBTRACT, jinja_int(0), jinja_int(integer)));
done:
    return status;
}

static distill_status evaluate_binary(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value a, b;
    TRY(jinja_evaluate(&a, run, node->a));
    TRY(jinja_evaluate(&b, run, node->b));
    run->place = node->place;
    TRY(jinja_operate(out, run, (jinja_operator)node->operation, a, b));
done:
    return status;
}

/// `and` and `or` give the operand that decides.
static distill_status evaluate_logic(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_evaluate(out, run, node->a));
    if (jinja_is_true(*out) == (node->kind == JINJA_AND))
        TRY(jinja_evaluate(out, run, node->b));
done:
    return status;
}

static distill_status evaluate_not(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_evaluate(out, run, node->a));
    *out = jinja_bool(!jinja_is_true(*out));
done:
    return status;
}

static distill_status evaluate_join(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value joined = jinja_string((distill_span){"", 0}, JINJA_FROM_TEMPLATE), part;
    for (const jinja_node *item = node->list; item != NULL; item = item->next) {
        TRY(jinja_evaluate(&part, run, item));
        run->place = node->place;
        TRY(jinja_to_string(&part, run, part));
        TRY(jinja_concat(&joined, run, joined, part));
    }
    *out = joined;
done:
    return status;
}

static distill_status evaluate_comparison(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value left, right;
    TRY(jinja_evaluate(&left, run, node->a));
    for (const jinja_node *operand = node->list; operand != NULL; operand = operand->next) {
        TRY(jinja_evaluate(&right, run, operand->a));
        run->place = node->place;
        TRY(jinja_operate(out, run, (jinja_operator)operand->operation, left, right));
        if (!jinja_is_true(*out))
            break;
        left = right;
    }
done:
    return status;
}

static distill_status evaluate_choice(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value condition;
    TRY(jinja_evaluate(&condition, run, node->a));
    if (jinja_is_true(condition))
        TRY(jinja_evaluate(out, run, node->b));
    else if (node->c != NULL)
        TRY(jinja_evaluate(out, run, node->c));
    else
        *out = jinja_undefined("the inline if-expression evaluated to false and no else section "
                               "was defined");
done:
    return status;
}

static distill_status evaluate_list(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    size_t count = 0;
    for (const jinja_node *item = node->list; item != NULL; item = item->next)
        count++;
    jinja_value list;
    TRY(jinja_list_new(&list, run, count));
    count = 0;
    for (const jinja_node *item = node->list; item != NULL; item = item->next)
        TRY(jinja_evaluate(&list.as.list->items[count++], run, item));
    list.form = node->kind == JINJA_TUPLE_OF ? JINJA_FORM_TUPLE : JINJA_FORM_LIST;
    *out = list;
done:
    return status;
}

static distill_status evaluate_dict(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_value dict, key, value;
    TRY(jinja_dict_new(&dict, run));
    for (const jinja_node *pair = node->list; pair != NULL; pair = pair->next) {
        TRY(jinja_evaluate(&key, run, pair->a));
        TRY(jinja_evaluate(&value, run, pair->b));
        run->place = pair->place;
        TRY(jinja_dict_set(dict.as.dict, run, key, value));
    }
    *out = dict;
done:
    return status;
}

static const evaluator EVALUATORS[] = {
    [JINJA_CONSTANT] = evaluate_constant,
    [JINJA_NAME] = evaluate_name,
    [JINJA_ATTRIBUTE] = evaluate_attribute,
    [JINJA_INDEX] = evaluate_index,
    [JINJA_SLICE] = evaluate_slice,
    [JINJA_CALL] = evaluate_call,
    [JINJA_FILTER] = evaluate_filter,
    [JINJA_TEST] = evaluate_filter,
    [JINJA_UNARY] = evaluate_unary,
    [JINJA_BINARY] = evaluate_binary,
    [JINJA_AND] = evaluate_logic,
    [JINJA_OR] = evaluate_logic,
    [JINJA_NOT] = evaluate_not,
    [JINJA_JOIN] = evaluate_join,
    [JINJA_COMPARISON] = evaluate_comparison,
    [JINJA_CHOICE] = evaluate_choice,
    [JINJA_LIST_OF] = evaluate_list,
    [JINJA_TUPLE_OF] = evaluate_list,
    [JINJA_DICT_OF] = evaluate_dict,
};

distill_status jinja_evaluate(jinja_value *out, jinja_run *run, const jinja_node *node)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_step(run));
    TRY(jinja_enter(run));
    TRY(EVALUATORS[node->kind](out, run, node));
    run->depth--;
done:
    return status;
}
