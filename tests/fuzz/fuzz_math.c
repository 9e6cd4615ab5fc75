// tests/fuzz/fuzz_math.c - the verifier on any bytes: a reference answer, a line end, a reply.
//
// answers_equal must be reflexive and symmetric, a verdict must name its evidence, and each call
// must end within two seconds.
#include "datasets/verify/gold.h"
#include "datasets/verify/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOWEST_SECONDS = 2 }; // with sanitizers, on a busy machine

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz_math: %s\n", what);
    abort();
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *line_end = memchr(text, '\n', size);
    size_t first = line_end != NULL ? (size_t)(line_end - text) : size;
    distill_span gold = {text, first};
    distill_span reply = {text + first + (first < size), size - first - (first < size)};
    verdict v = {0};
    double start = seconds();
    require(verdict_math(&v, gold, reply) == DISTILL_OK, "verdict_math failed");
    require(v.found || v.outcome == VERDICT_WRONG || gold_is_no_answer(gold),
            "right without an answer");
    require(v.rule != NULL && v.found_by != NULL, "a verdict without evidence");
    require(verdict_choice(&v, gold, reply) == DISTILL_OK, "verdict_choice failed");
    require(v.found || v.outcome == VERDICT_UNKNOWN, "a choice without a letter");
    verdict_free(&v);
    require(answers_equal(reply, reply) == VERDICT_RIGHT, "answers_equal is not reflexive");
    require(answers_equal(gold, reply) == answers_equal(reply, gold),
            "answers_equal is not symmetric");
    require(seconds() - start < SLOWEST_SECONDS, "too slow");
    return 0;
}
