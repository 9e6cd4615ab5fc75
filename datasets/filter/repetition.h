// datasets/filter/repetition.h - has the model fallen into a loop?
//
//     double share;
//     TRY(repetition_share(&share, reply));      // 0.9: nine tenths of the reply say nothing new
//
// Tables, case lists and a sentence said twice are no loops: the first copies of everything are
// free.
#ifndef DATASETS_FILTER_REPETITION_H
#define DATASETS_FILTER_REPETITION_H

#include "distill/base/text.h"

/// Sets *share to the share of bytes that are
///   - in the fifth or a later copy of a sentence or line (numbers of a list in front of it aside), or
///   - in a part that repeats the bytes before it with a period of at most 512 bytes, beyond its
///     first four periods (parts without letters and digits aside).
/// Time  linear in the length of the reply.
distill_status repetition_share(double *share, distill_span reply) DISTILL_MUST_CHECK;

#endif
