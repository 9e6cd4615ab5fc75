// datasets/prompts/task_equations.c - the task equations: "Solve ((x+5)*3-8)/2+9=38 for x.", solved
// by the opposite operations, from the outside inwards:
//
//     38-9=29
//     29*2=58
//     58+8=66
//     66/3=22
//     22-5=17
//
// The key of a problem is its equation with the unknown named x.
#include "datasets/prompts/task_chain.h"
#include "datasets/prompts/task_kinds.h"

distill_status task_equations_draw(task_draft *draft, distill_rng *rng)
{
    distill_status status = DISTILL_OK;
    static const char unknowns[] = "xyznmkab";
    task_chain chain;
    TRY(task_chain_draw(&chain, rng));
    int last = chain.values[chain.count];
    char name[] = {unknowns[distill_rng_below(rng, sizeof unknowns - 1)], '\0'};
    TRY(distill_text_add(&draft->prompt, "Solve "));
    TRY(task_chain_render(&draft->prompt, &chain, name));
    TRY(distill_text_printf(&draft->prompt, "=%d for %s.", last, name));
    TRY(task_chain_work_backward(&draft->thinking, &chain));
    TRY(task_chain_render(&draft->key, &chain, "x"));
    TRY(distill_text_printf(&draft->key, "=%d", last));
    draft->answer = chain.values[0];
done:
    return status;
}
