// datasets/filter/benchmark_texts.h - the prompts of a benchmark's file, in the layout in which it
// is published.
//
//     distill_status add(void *context, distill_span id, distill_span text);
//     TRY(benchmark_texts_read("HumanEval.jsonl", add, context));
//
// Layouts: what distill-gen takes as prompts (JSON lines, .zst, builtin:TASK), JSON lines with
// `question_content` (LiveCodeBench) or `description` (Codeforces), and .csv files with a column
// Question (GPQA), problem, prompt or instruction. A row without an id has its line number.
#ifndef DATASETS_FILTER_BENCHMARK_TEXTS_H
#define DATASETS_FILTER_BENCHMARK_TEXTS_H

#include "distill/base/text.h"

/// Called once a prompt; `id` and `text` are borrowed until it returns.
typedef distill_status (*benchmark_text_fn)(void *context, distill_span id, distill_span text);

/// Errors  IO; FORMAT naming file, line and what was expected; those of `fn`.
distill_status benchmark_texts_read(const char *path, benchmark_text_fn fn,
                                    void *context) DISTILL_MUST_CHECK;

#endif
