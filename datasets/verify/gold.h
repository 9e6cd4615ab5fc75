// datasets/verify/gold.h - reference answers that are none: what data sets write where a problem
// has no answer to compare with.
//
//     gold_is_no_answer(distill_span_of("proof"));        // true
//     gold_is_no_answer(distill_span_of("no solution"));  // false: an answer
#ifndef DATASETS_VERIFY_GOLD_H
#define DATASETS_VERIFY_GOLD_H

#include "distill/base/text.h"

/// The text is a placeholder: "proof", "notfound", "see solution", "N/A". An empty text is not; it
/// means that there is no reference at all.
bool gold_is_no_answer(distill_span gold);

#endif
