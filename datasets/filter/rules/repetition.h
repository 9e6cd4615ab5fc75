// datasets/filter/rules/repetition.h - has the model fallen into a loop?
//
//     repetition_scratch *scratch = NULL;
//     TRY(repetition_scratch_create(&scratch));
//     double share;
//     TRY(repetition_share(&share, reply, scratch));  // 0.9: nine tenths of the reply say nothing new
//     repetition_scratch_free(scratch);
//
// Tables, case lists and a sentence said twice are no loops: the first copies of everything are
// free.
#ifndef DATASETS_FILTER_RULES_REPETITION_H
#define DATASETS_FILTER_RULES_REPETITION_H

#include "distill/base/text.h"

/// Memory that is used again from reply to reply; one a thread.
typedef struct repetition_scratch repetition_scratch;

distill_status repetition_scratch_create(repetition_scratch **out) DISTILL_MUST_CHECK;
void repetition_scratch_free(repetition_scratch *scratch);

/// Sets *share to the share of bytes that are
///   - in the fifth or a later copy of a sentence or line (numbers of a list in front of it aside),
///   - in the third or a later copy of a passage of sentences that follow each other again and again,
///     longer than 512 bytes, or
///   - in a part that repeats the bytes before it with a period of at most 512 bytes, beyond its
///     first four periods (parts without letters and digits aside).
/// Time  linear in the length of the reply.
distill_status repetition_share(double *share, distill_span reply,
                                repetition_scratch *scratch) DISTILL_MUST_CHECK;

#endif
