// datasets/prompts/task_chain.c - draws chains step by step among the steps that keep the value in
// range. A chain without one of the required kinds of operation is drawn again as a whole.
#include "datasets/prompts/task_chain.h"

#include <string.h>

static const char OPERATIONS[] = "+-*/";
enum { OPERATION_COUNT = 4, LOW_OPERAND = 2, HIGH_OPERAND = 9, DRAWS = 10000 };

// Returns 0, which is out of range, if a division is not exact.
static int apply(char operation, int value, int operand)
{
    switch (operation) {
    case '+':
        return value + operand;
    case '-':
        return value - operand;
    case '*':
        return value * operand;
    default:
        return value % operand == 0 ? value / operand : 0;
    }
}

static char opposite(char operation)
{
    static const char pairs[] = "+-*/";
    return pairs[(strchr(pairs, operation) - pairs) ^ 1];
}

// Draws the step after `value`: one of the possible operations, then one of its possible operands.
static bool draw_step(task_step *step, int value, const bool *used, distill_rng *rng)
{
    task_step fits[OPERATION_COUNT][HIGH_OPERAND + 1];
    size_t counts[OPERATION_COUNT] = {0}, possible[OPERATION_COUNT], possible_count = 0;
    for (size_t o = 0; o < OPERATION_COUNT; o++) {
        for (int operand = LOW_OPERAND; operand <= HIGH_OPERAND; operand++) {
            int next = apply(OPERATIONS[o], value, operand);
            if (!used[operand] && next >= CHAIN_LOW && next <= CHAIN_HIGH)
                fits[o][counts[o]++] = (task_step){OPERATIONS[o], operand};
        }
        if (counts[o] > 0)
            possible[possible_count++] = o;
    }
    if (possible_count == 0)
        return false;
    size_t o = possible[distill_rng_below(rng, possible_count)];
    *step = fits[o][distill_rng_below(rng, counts[o])];
    return true;
}

static bool draw_once(task_chain *chain, distill_rng *rng)
{
    bool used[HIGH_OPERAND + 1] = {false};
    bool multiplies = false, takes = false;
    chain->count =
        CHAIN_MIN_STEPS + (int)distill_rng_below(rng, CHAIN_MAX_STEPS - CHAIN_MIN_STEPS + 1);
    chain->values[0] = CHAIN_LOW + (int)distill_rng_below(rng, CHAIN_HIGH - CHAIN_LOW + 1);
    for (int i = 0; i < chain->count; i++) {
        task_step *step = &chain->steps[i];
        if (!draw_step(step, chain->values[i], used, rng))
            return false;
        used[step->operand] = true;
        multiplies = multiplies || step->operation == '*';
        takes = takes || step->operation == '-' || step->operation == '/';
        chain->values[i + 1] = apply(step->operation, chain->values[i], step->operand);
    }
    return multiplies && takes;
}

distill_status task_chain_draw(task_chain *chain, distill_rng *rng)
{
    for (int i = 0; i < DRAWS; i++)
        if (draw_once(chain, rng))
            return DISTILL_OK;
    return distill_fail(DISTILL_INTERNAL, "built-in task: no chain was found in %d draws", DRAWS);
}

static bool is_sum(char operation)
{
    return operation == '+' || operation == '-';
}

distill_status task_chain_render(distill_text *out, const task_chain *chain, const char *start)
{
    distill_status status = DISTILL_OK;
    bool closes[CHAIN_MAX_STEPS] = {false}; // a parenthesis before step i: a product of a sum
    for (int i = 1; i < chain->count; i++) {
        closes[i] = !is_sum(chain->steps[i].operation) && is_sum(chain->steps[i - 1].operation);
        if (closes[i])
            TRY(distill_text_add_char(out, '('));
    }
    TRY(distill_text_add(out, start));
    for (int i = 0; i < chain->count; i++)
        TRY(distill_text_printf(out, "%s%c%d", closes[i] ? ")" : "", chain->steps[i].operation,
                                chain->steps[i].operand));
done:
    return status;
}

static distill_status work_line(distill_text *out, bool first, int value, char operation,
                                int operand, int result)
{
    return distill_text_printf(out, "%s%d%c%d=%d", first ? "" : "\n", value, operation, operand,
                               result);
}

distill_status task_chain_work_forward(distill_text *out, const task_chain *chain)
{
    distill_status status = DISTILL_OK;
    for (int i = 0; i < chain->count; i++)
        TRY(work_line(out, i == 0, chain->values[i], chain->steps[i].operation,
                      chain->steps[i].operand, chain->values[i + 1]));
done:
    return status;
}

distill_status task_chain_work_backward(distill_text *out, const task_chain *chain)
{
    distill_status status = DISTILL_OK;
    for (int i = chain->count; i-- > 0;)
        TRY(work_line(out, i == chain->count - 1, chain->values[i + 1],
                      opposite(chain->steps[i].operation), chain->steps[i].operand,
                      chain->values[i]));
done:
    return status;
}
