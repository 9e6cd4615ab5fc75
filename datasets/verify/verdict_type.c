// datasets/verify/verdict_type.c - frees a verdict.
#include "datasets/verify/verdict_type.h"

void verdict_free(verdict *v)
{
    distill_text_free(&v->extracted);
    *v = (verdict){0};
}
