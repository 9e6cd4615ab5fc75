// student/packing.h - which documents an optimizer step holds, and how they are packed for it.
//
//     packing *pack = NULL;
//     TRY(packing_create(&pack, &data, &settings));
//     packing_go_to(pack, step);                       // step 1, 2, …; nothing is allocated
//     for (size_t i = 0; i < packing_bins(pack); i++)
//         packing_bin(pack, i, &documents, &count);           // indices into data->documents
//
// Everything is a pure function of (data, settings, step): an epoch is a shuffle of all documents
// by (seed, epoch), cut into steps of about equal numbers of tokens. How a step is then packed
// into bins changes its speed, not what it learns: attention and positions restart at each
// document, and the loss is a mean over the tokens of the whole step.
#ifndef STUDENT_PACKING_H
#define STUDENT_PACKING_H

#include "student/training_data.h"

typedef struct packing_settings {
    uint64_t seed;
    size_t batch_documents; // documents a step, or 0: by tokens
    size_t
        batch_tokens;  // most tokens a step on average (0 with batch_documents 0: all in one step)
    size_t bin_tokens; // most tokens of a bin; at least the longest document
    size_t bin_documents; // most documents of a bin, 0 = any number, 1 = no packing
} packing_settings;

typedef struct packing packing;

/// `data` is borrowed. A source of weight w is gone through w times an epoch: all of it floor(w)
/// times, and a random part of it that changes with the epoch for the rest.
distill_status packing_create(packing **out, const training_data *data,
                              const packing_settings *settings) DISTILL_MUST_CHECK;
void packing_free(packing *pack);
/// Optimizer steps in an epoch: the same in all of them.
size_t packing_steps(const packing *pack);
/// Documents in an epoch.
size_t packing_documents(const packing *pack);

void packing_go_to(packing *pack, uint64_t step);
size_t packing_bins(const packing *pack);
/// Documents of a bin; borrowed until the next packing_go_to.
void packing_bin(const packing *pack, size_t bin, const size_t **documents, size_t *count);

#endif
