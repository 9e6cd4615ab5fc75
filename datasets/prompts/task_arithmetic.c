// datasets/prompts/task_arithmetic.c - the task arithmetic: "Compute ((17+5)*3-8)/2+9.", four to
// six operations, solved from the inside outwards:
//
//     17+5=22
//     22*3=66
//     66-8=58
//     58/2=29
//     29+9=38
//
// The key of a problem is its expression.
#include "datasets/prompts/task_chain.h"
#include "datasets/prompts/task_kinds.h"

#include <stdio.h>

distill_status task_arithmetic_draw(task_draft *draft, distill_rng *rng)
{
    distill_status status = DISTILL_OK;
    task_chain chain;
    char start[16];
    TRY(task_chain_draw(&chain, rng));
    snprintf(start, sizeof start, "%d", chain.values[0]);
    TRY(task_chain_render(&draft->key, &chain, start));
    TRY(distill_text_printf(&draft->prompt, "Compute %s.", draft->key.bytes));
    TRY(task_chain_work_forward(&draft->thinking, &chain));
    draft->answer = chain.values[chain.count];
done:
    return status;
}
