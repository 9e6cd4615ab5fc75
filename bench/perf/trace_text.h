// bench/perf/trace_text.h - synthetic reasoning traces for the measuring programs.
//
//     trace_text made = {0};
//     TRY(trace_text_make(&made, seed, 17, 20000));   // prompt, reply of about 20 kB, answer
//     trace_text_free(&made);
//
// The same (seed, index, bytes) gives the same trace. A reply has a think part and an answer, with
// sentences, numbers, formulas, displayed steps, case lists, some tables and code. About 70 in 100
// are correct and clean; the others have a wrong answer, are truncated, lack tags, mix languages,
// repeat a sentence, or nearly copy the previous reply. Four replies belong to one prompt. zstd -3
// compresses them to about a third, as real traces.
#ifndef BENCH_PERF_TRACE_TEXT_H
#define BENCH_PERF_TRACE_TEXT_H

#include "distill/base/text.h"

typedef struct trace_text {
    distill_text id, prompt, reply;
    char answer[24];
    int32_t sample;
    bool truncated; // the reply ends at the token limit
} trace_text;

/// Sets `out` to a trace whose reply has from bytes / 2 to 3 bytes / 2 bytes.
distill_status trace_text_make(trace_text *out, uint64_t seed, uint64_t index,
                               size_t bytes) DISTILL_MUST_CHECK;
void trace_text_free(trace_text *text);

#endif
