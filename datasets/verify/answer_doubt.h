// datasets/verify/answer_doubt.h - a value that the reply names and does not give as its answer.
// Private to the verifier.
//
//     "It cannot be \boxed{5}."            "If the answer were B, …"         rejected, supposed
//     "\boxed{5}. Wait, I mean 6."         "\boxed{5}\n\nEdit: it is 6"      replaced
#ifndef DATASETS_VERIFY_ANSWER_DOUBT_H
#define DATASETS_VERIFY_ANSWER_DOUBT_H

#include "distill/base/text.h"

/// The sentence of the value at [from, to) rejects, doubts, supposes or asks for it.
bool answer_is_doubted(distill_span text, size_t from, size_t to);
/// The words before `at` in its sentence reject, doubt or suppose what follows.
bool answer_is_doubted_before(distill_span text, size_t at);
/// The first correction at or behind `from`: the place of what it states. SIZE_MAX if there is
/// none.
size_t answer_find_correction(distill_span text, size_t from);

#endif
