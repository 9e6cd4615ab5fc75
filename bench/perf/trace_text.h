// bench/perf/trace_text.h - reasoning traces for programs that measure: the look of real ones, any amount.
//
//     trace_text made = {0};
//     TRY(trace_text_make(&made, seed, 17, 20000));   // prompt, reply of about 20 kB, answer
//     trace_text_free(&made);
//
// The same (seed, index, bytes) gives the same trace. Replies hold a think part and an answer;
// sentences with numbers, formulas, displayed steps, case lists, some tables and code. Of a hundred
// traces about 70 are right and clean; the others are wrong, cut off, without tags, in two languages,
// in a loop, or near copies of an earlier one. Four replies belong to one prompt. zstd -3 makes
// about a third of them, as of real traces.
#ifndef BENCH_PERF_TRACE_TEXT_H
#define BENCH_PERF_TRACE_TEXT_H

#include "distill/base/text.h"

typedef struct trace_text {
    distill_text id, prompt, reply;
    char answer[24];
    int32_t sample;
    bool truncated; // the reply ends at the token limit
} trace_text;

/// Replies have `bytes` bytes give or take a half. Clears and fills `out`.
distill_status trace_text_make(trace_text *out, uint64_t seed, uint64_t index,
                               size_t bytes) DISTILL_MUST_CHECK;
void trace_text_free(trace_text *text);

#endif
