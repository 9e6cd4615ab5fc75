// datasets/task_arithmetic.c - "Compute (7+5)*3-8*2+41.": three to five operations, numbers of one
// or two digits.
//
// More than 10^8 different expressions; the key of a problem is its expression.
#include "datasets/task_expression.h"
#include "datasets/task_kinds.h"

// Letters as task_expression_draw reads them.
static const char *const SHAPES[] = {
    "A?b*c?d*e?F",     "(A?B)*c?d*e?F",   "a*(B?C)?d*e?F",   "a*b?c*d?e*f?G",
    "(a?b)*(c?d)?e*f", "A?(B?C)*d?e*f",   "a*b?(C?D)?e*f",   "(a*b?C)/d?e*f",
    "A?B?c*d?E?F",     "((A?B)*c?D)*e?F", "(A?B?C)*d?e*f?G", "A?(b*c?D)/e?F",
};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof SHAPES[0] };

distill_status task_arithmetic_draw(task_draft *draft, distill_rng *rng)
{
    distill_status status = DISTILL_OK;
    task_expression drawn;
    TRY(task_expression_draw(&drawn, SHAPES[distill_rng_below(rng, SHAPE_COUNT)], rng));
    TRY(distill_text_printf(&draft->prompt, "Compute %s.", drawn.text));
    TRY(distill_text_add(&draft->thinking, drawn.working));
    TRY(distill_text_add(&draft->key, drawn.text));
    draft->answer = drawn.value;
done:
    return status;
}
