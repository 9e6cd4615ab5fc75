// datasets/task_equations.c - "Solve 7(x+4)-9=3(x+2)+37 for x.": linear equations with a whole
// positive solution.
//
//     a(x+b) ± c = d(x+e) ± f,   a > d >= 2,   worked as
//     7x+28-9=3x+6+37            multiply out
//     7x+19=3x+43                add up each side
//     7x-3x=43-19                collect
//     4x=24
//     x=6
//
// More than 10^6 different equations; the key of a problem is its numbers, not the name of its
// unknown.
#include "datasets/task_expression.h"
#include "datasets/task_kinds.h"

typedef struct equation {
    int a, b, c, d, e, f; // c and f with their signs
    int left, right;      // ab + c and de + f
    int k, x;             // k = a - d
} equation;

// Draws all but f, which follows from x; false if a number leaves the range.
static bool draw_equation(equation *q, distill_rng *rng)
{
    q->a = task_draw(rng, 3, 9);
    q->d = task_draw(rng, 2, q->a - 1);
    q->b = task_draw(rng, 1, 9);
    q->e = task_draw(rng, 1, 9);
    q->c = task_draw(rng, 1, 30) * (task_draw(rng, 0, 1) == 0 ? 1 : -1);
    q->k = q->a - q->d;
    q->x = task_draw(rng, 1, TASK_LARGEST / (q->k + 1));
    q->left = q->a * q->b + q->c;
    q->right = q->left + q->k * q->x;
    q->f = q->right - q->d * q->e;
    return q->left >= 1 && q->left <= TASK_LARGEST && q->right <= TASK_LARGEST && q->f != 0 &&
           q->f >= -60 && q->f <= 60;
}

distill_status task_equations_draw(task_draft *draft, distill_rng *rng)
{
    distill_status status = DISTILL_OK;
    equation q;
    while (!draw_equation(&q, rng))
        continue;
    char v = "xyznmk"[distill_rng_below(rng, 6)];
    TRY(distill_text_printf(&draft->prompt, "Solve %d(%c+%d)%+d=%d(%c+%d)%+d for %c.", q.a, v, q.b,
                            q.c, q.d, v, q.e, q.f, v));
    TRY(distill_text_printf(&draft->thinking, "%d%c+%d%+d=%d%c+%d%+d\n", q.a, v, q.a * q.b, q.c,
                            q.d, v, q.d * q.e, q.f));
    TRY(distill_text_printf(&draft->thinking, "%d%c+%d=%d%c+%d\n", q.a, v, q.left, q.d, v,
                            q.right));
    TRY(distill_text_printf(&draft->thinking, "%d%c-%d%c=%d-%d\n", q.a, v, q.d, v, q.right,
                            q.left));
    if (q.k > 1)
        TRY(distill_text_printf(&draft->thinking, "%d%c=%d\n", q.k, v, q.k * q.x));
    TRY(distill_text_printf(&draft->thinking, "%c=%d", v, q.x));
    TRY(distill_text_printf(&draft->key, "%d,%d,%d,%d,%d,%d", q.a, q.b, q.c, q.d, q.e, q.f));
    draft->answer = q.x;
done:
    return status;
}
