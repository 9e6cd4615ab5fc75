// distill/train/schedule.c - warmup, then one of three curves.
#include "distill/train/schedule.h"

#include <math.h>

double distill_schedule_at(const distill_schedule *s, uint64_t step)
{
    if (step <= s->warmup)
        return s->peak * (double)step / (double)s->warmup;
    if (s->kind == DISTILL_CONSTANT)
        return s->peak;
    double x = 1;
    if (step < s->total)
        x = (double)(step - s->warmup) / (double)(s->total - s->warmup);
    double share = s->kind == DISTILL_COSINE ? (1 + cos(M_PI * x)) / 2 : 1 - x;
    return s->peak * (s->min_ratio + (1 - s->min_ratio) * share);
}
