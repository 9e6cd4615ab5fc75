// datasets/filter/decontamination.h - prompts that overlap with a benchmark.
//
//     decontamination *benchmarks = NULL;
//     TRY(decontamination_open(&benchmarks, files, count, 13));
//     TRY(decontamination_hit(&found, benchmarks, prompt));
//
// Texts are compared as words: letters and digits, in lower case; a Chinese or Japanese character is
// a word. A prompt overlaps if `ngram` words in a row stand in a benchmark prompt too; benchmark
// prompts of fewer words must be equal as a whole.
// Memory   8 to 16 bytes a word of the benchmarks. Exact but for collisions of 64-bit hashes.
#ifndef DATASETS_FILTER_DECONTAMINATION_H
#define DATASETS_FILTER_DECONTAMINATION_H

#include "distill/base/text.h"

typedef struct decontamination decontamination;

/// `files`: anything that distill-gen takes as prompts.
distill_status decontamination_open(decontamination **out, const char *const *files, size_t count,
                                    size_t ngram) DISTILL_MUST_CHECK;
distill_status decontamination_hit(bool *found, const decontamination *benchmarks,
                                   distill_span prompt) DISTILL_MUST_CHECK;
void decontamination_close(decontamination *benchmarks);

#endif
