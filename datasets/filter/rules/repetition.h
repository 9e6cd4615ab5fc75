// datasets/filter/rules/repetition.h - share of a reply that is repetition; a reply in a loop has a
// large one.
//
//     repetition_scratch *scratch = NULL;
//     TRY(repetition_scratch_create(&scratch));
//     double share;
//     TRY(repetition_share(&share, reply, scratch));  // 0.9: nine tenths of it are copies
//     repetition_scratch_free(scratch);
//
// The first copies do not count, so that tables, lists of cases and a sentence that occurs twice
// have a share of 0.
#ifndef DATASETS_FILTER_RULES_REPETITION_H
#define DATASETS_FILTER_RULES_REPETITION_H

#include "distill/base/text.h"

/// Memory that is reused from reply to reply; one for each thread.
typedef struct repetition_scratch repetition_scratch;

distill_status repetition_scratch_create(repetition_scratch **out) DISTILL_MUST_CHECK;
void repetition_scratch_free(repetition_scratch *scratch);

/// Sets *share to the share of bytes that are
///   - in the fifth or a later copy of a sentence or line, compared without list marks and numbers,
///   - in the third or a later copy of a passage of more than 512 bytes: sentences in the same
///     order, or
///   - in a periodic run with a period of at most 512 bytes, beyond its fourth period, unless the
///     period has no letters and digits.
/// The time is linear in the length of the reply. Replies of 4 GiB and more have a share of 0.
/// Errors  NO_MEMORY.
distill_status repetition_share(double *share, distill_span reply,
                                repetition_scratch *scratch) DISTILL_MUST_CHECK;

#endif
