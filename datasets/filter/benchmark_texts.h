// datasets/filter/benchmark_texts.h - the prompts of a benchmark's file, in the layout in which it
// is published.
//
//     distill_status add(void *context, distill_span id, benchmark_text kind, distill_span text);
//     TRY(benchmark_texts_read("HumanEval.jsonl", BENCHMARK_PROMPTS, add, context));
//
// Layouts: what distill-gen takes as prompts (JSON lines, .zst, builtin:TASK), JSON lines with
// `question_content` (LiveCodeBench) or `description` (Codeforces), and .csv files with a column
// Question (GPQA), problem, prompt or instruction. A row without an id has its line number.
#ifndef DATASETS_FILTER_BENCHMARK_TEXTS_H
#define DATASETS_FILTER_BENCHMARK_TEXTS_H

#include "distill/base/text.h"

/// What a text is of a problem, or of a trace.
typedef enum benchmark_text {
    BENCHMARK_PROMPT, // compared as a whole if it is short
    BENCHMARK_OTHER   // a reference, a solution: short ones, such as "5", say nothing
} benchmark_text;

/// Called once a text; `id` and `text` are borrowed until it returns.
typedef distill_status (*benchmark_text_fn)(void *context, distill_span id, benchmark_text kind,
                                            distill_span text);

typedef enum benchmark_fields {
    BENCHMARK_PROMPTS,
    BENCHMARK_ALL // `fn` is also called for the reference answer, and for each other text of a line
} benchmark_fields;

/// Errors  IO; FORMAT naming file, line and what was expected; those of `fn`.
distill_status benchmark_texts_read(const char *path, benchmark_fields fields, benchmark_text_fn fn,
                                    void *context) DISTILL_MUST_CHECK;

#endif
