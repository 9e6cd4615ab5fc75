// distill/train/batching.h - selects the documents of each optimizer step.
//
//     distill_batching *batching = NULL;
//     TRY(distill_batching_create(&batching, &documents, &settings));
//     distill_batching_step(batching, step, &indices, &count);    // step 1, 2, …
//
// The documents of a step are a pure function of (documents, settings, step): an epoch is a shuffle
// of all documents by (seed, epoch), cut into steps of about equal numbers of tokens, or of
// documents. A resumed run needs only the number of its step. Nothing is allocated after creation.
#ifndef DISTILL_TRAIN_BATCHING_H
#define DISTILL_TRAIN_BATCHING_H

#include "distill/base/status.h"

#include <stddef.h>
#include <stdint.h>

/// Documents first … first + count - 1, used `weight` times an epoch: all of them floor(weight)
/// times, and for the rest a random part that changes with the epoch.
typedef struct distill_document_source {
    size_t first, count;
    double weight; // > 0
} distill_document_source;

typedef struct distill_document_set {
    const uint32_t *lengths; // [count] tokens of each
    size_t count;
    const distill_document_source *sources; // [source_count], one after the other
    size_t source_count;
} distill_document_set;

typedef struct distill_batching_settings {
    uint64_t seed;
    size_t documents; // of a step, or 0: by tokens
    size_t tokens;    // of a step, at most on average; 0 with documents 0: all in one step
} distill_batching_settings;

typedef struct distill_batching distill_batching;

/// The arrays of `documents` are borrowed.
/// Errors  USAGE if the weights leave no document in an epoch.
distill_status
distill_batching_create(distill_batching **out, const distill_document_set *documents,
                        const distill_batching_settings *settings) DISTILL_MUST_CHECK;
void distill_batching_free(distill_batching *batching);
/// Optimizer steps in an epoch, the same in all of them; and documents.
size_t distill_batching_steps(const distill_batching *batching);
size_t distill_batching_documents(const distill_batching *batching);
/// Most documents of a step, in any epoch.
size_t distill_batching_most_documents(const distill_batching *batching);

/// The documents of step `step` (from 1); borrowed until the next call.
void distill_batching_step(distill_batching *batching, uint64_t step, const size_t **documents,
                           size_t *count);

#endif
