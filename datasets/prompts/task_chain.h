// datasets/prompts/task_chain.h - a chain of operations on a number, from which all built-in tasks
// are made.
//
//     task_chain chain;
//     TRY(task_chain_draw(&chain, &rng));          // 17, +5, *3, -8, /2, +9
//     TRY(task_chain_render(&text, &chain, "17")); // ((17+5)*3-8)/2+9
//
// Private to the tasks.
#ifndef DATASETS_PROMPTS_TASK_CHAIN_H
#define DATASETS_PROMPTS_TASK_CHAIN_H

#include "distill/base/rng.h"
#include "distill/base/text.h"

// Every intermediate value has two digits; the operands are different single digits. So all steps
// of a worked solution have one form ("22*3=66"), of which there are few enough for a very small
// model to learn, and the last operand identifies the position in the question. There are too many
// chains for a model to memorise them.
enum { CHAIN_LOW = 10, CHAIN_HIGH = 99, CHAIN_MIN_STEPS = 4, CHAIN_MAX_STEPS = 6 };

typedef struct task_step {
    char operation; // one of + - * /
    int operand;    // 2 … 9, each at most once in a chain
} task_step;

typedef struct task_chain {
    int count;
    task_step steps[CHAIN_MAX_STEPS];
    int values[CHAIN_MAX_STEPS + 1]; // values[0] is the start; values[i + 1] the result of step i
} task_chain;

/// Draws a chain with at least one multiplication and one division or subtraction.
distill_status task_chain_draw(task_chain *chain, distill_rng *rng) DISTILL_MUST_CHECK;

/// Appends the chain as one expression in which `start` stands for the first number, with the
/// parentheses that evaluation from left to right needs and no others.
distill_status task_chain_render(distill_text *out, const task_chain *chain,
                                 const char *start) DISTILL_MUST_CHECK;

/// Appends the worked steps, a line each: forward "17+5=22\n22*3=66", or backward from the last
/// value to the first with the opposite operations: "66/3=22\n22-5=17".
distill_status task_chain_work_forward(distill_text *out,
                                       const task_chain *chain) DISTILL_MUST_CHECK;
distill_status task_chain_work_backward(distill_text *out,
                                        const task_chain *chain) DISTILL_MUST_CHECK;

#endif
