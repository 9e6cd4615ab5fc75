// datasets/filter/rules/decontamination.h - finds prompts that overlap with a benchmark.
//
//     decontamination *benchmarks = NULL;
//     TRY(decontamination_open(&benchmarks, files, count, BENCHMARK_PROMPTS, 13));
//     TRY(decontamination_hit(&found, &overlap, benchmarks, BENCHMARK_PROMPT, prompt, &scratch));
//     overlap.file, overlap.item;                  // the benchmark and its prompt
//
// Texts are compared as words: letters and digits in lower case; a Chinese or Japanese character is
// a word. A prompt overlaps if it has `ngram` consecutive words of a benchmark prompt; a benchmark
// prompt of fewer words must be equal to it.
// Memory   24 to 48 bytes a word of the benchmarks.
// Limits   exact except for collisions of 64-bit hashes.
// Source   Brown et al. 2020, arXiv:2005.14165, appendix C (13-grams).
#ifndef DATASETS_FILTER_RULES_DECONTAMINATION_H
#define DATASETS_FILTER_RULES_DECONTAMINATION_H

#include "datasets/filter/benchmark_texts.h"

typedef struct decontamination decontamination;

/// What a prompt has in common with a benchmark. Borrowed from the benchmarks.
typedef struct contamination {
    const char *file;  // as it was given
    distill_span item; // id of the first prompt of the benchmark with these words
    size_t begin, end; // bytes of these words in the text
} contamination;

/// Memory for the words of a prompt, used again; one a thread. {0} is empty.
typedef struct decontamination_scratch {
    struct word *words;
    size_t count, capacity;
} decontamination_scratch;

/// `files`: as benchmark_texts_read takes them; borrowed until close.
/// Errors  those of benchmark_texts_read.
distill_status decontamination_open(decontamination **out, const char *const *files, size_t count,
                                    benchmark_fields fields, size_t ngram) DISTILL_MUST_CHECK;
/// Looks in a text of a trace. Sets *found, and *overlap if it is true. Thread-safe. Errors  NO_MEMORY.
distill_status decontamination_hit(bool *found, contamination *overlap,
                                   const decontamination *benchmarks, benchmark_text kind,
                                   distill_span text,
                                   decontamination_scratch *scratch) DISTILL_MUST_CHECK;
void decontamination_scratch_free(decontamination_scratch *scratch);
void decontamination_close(decontamination *benchmarks);

#endif
