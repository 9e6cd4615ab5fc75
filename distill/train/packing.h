// distill/train/packing.h - the documents of a step, packed into micro-batches of bounded size.
//
//     distill_packing *packing = NULL;
//     TRY(distill_packing_create(&packing, most_documents, &settings));
//     distill_packing_fill(packing, lengths, documents, count);      // those of a step
//     for (size_t i = 0; i < distill_packing_bins(packing); i++)
//         distill_packing_bin(packing, i, &documents, &count);
//
// How a step is packed changes its speed, but not its gradient: in a packed batch attention and
// positions restart at each document, and the loss is a mean over the tokens of the whole step.
// Nothing is allocated after creation.
#ifndef DISTILL_TRAIN_PACKING_H
#define DISTILL_TRAIN_PACKING_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct distill_packing_settings {
    size_t tokens;    // most of a bin; at least the longest document
    size_t documents; // most of a bin; 0 = any number, 1 = no packing
} distill_packing_settings;

typedef struct distill_packing distill_packing;

/// Room for `most_documents` documents a step.
distill_status distill_packing_create(distill_packing **out, size_t most_documents,
                                      const distill_packing_settings *settings) DISTILL_MUST_CHECK;
void distill_packing_free(distill_packing *packing);

/// Packs documents[0 … count-1], indices into `lengths`: best-fit decreasing, where equal lengths
/// are taken in the order of the indices.
void distill_packing_fill(distill_packing *packing, const uint32_t *lengths,
                          const size_t *documents, size_t count);
size_t distill_packing_bins(const distill_packing *packing);
/// Documents of a bin, borrowed until the next fill.
void distill_packing_bin(const distill_packing *packing, size_t bin, const size_t **documents,
                         size_t *count);

#endif
