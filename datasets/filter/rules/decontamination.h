// datasets/filter/rules/decontamination.h - prompts that overlap with a benchmark.
//
//     decontamination *benchmarks = NULL;
//     TRY(decontamination_open(&benchmarks, files, count, 13));
//     TRY(decontamination_hit(&found, &overlap, benchmarks, prompt, &scratch));
//     overlap.file, overlap.item: which prompt of which benchmark
//
// Texts are compared as words: letters and digits, in lower case; a Chinese or Japanese character is
// a word. A prompt overlaps if `ngram` words in a row stand in a benchmark prompt too; benchmark
// prompts of fewer words must be equal as a whole.
// Memory   24 to 48 bytes a word of the benchmarks. Exact but for collisions of 64-bit hashes.
#ifndef DATASETS_FILTER_RULES_DECONTAMINATION_H
#define DATASETS_FILTER_RULES_DECONTAMINATION_H

#include "distill/base/text.h"

typedef struct decontamination decontamination;

/// What a prompt has in common with a benchmark; borrowed from it.
typedef struct contamination {
    const char *file;  // as it was given
    distill_span item; // id of the benchmark's prompt, the first with these words
    size_t begin, end; // the words in the prompt, in bytes
} contamination;

/// Memory for the words of a prompt; one a thread. {0} is empty.
typedef struct decontamination_scratch {
    struct word *words;
    size_t count, capacity;
} decontamination_scratch;

/// `files`: see benchmark_texts.h.
distill_status decontamination_open(decontamination **out, const char *const *files, size_t count,
                                    size_t ngram) DISTILL_MUST_CHECK;
/// *overlap is set if *found.
distill_status decontamination_hit(bool *found, contamination *overlap,
                                   const decontamination *benchmarks, distill_span prompt,
                                   decontamination_scratch *scratch) DISTILL_MUST_CHECK;
void decontamination_scratch_free(decontamination_scratch *scratch);
void decontamination_close(decontamination *benchmarks);

#endif
