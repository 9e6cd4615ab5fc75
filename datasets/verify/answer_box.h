// datasets/verify/answer_box.h - the boxes of a reply that make up its answer. Private to the
// verifier.
//
//     "First \boxed{3}. No: \boxed{4}."                  ->  4
//     "\boxed{3} or \boxed{5}"                           ->  3, 5
//     "(a) \boxed{3} … (b) \boxed{5}"                    ->  3, 5
//
// There is one reading only: a reply that lists candidates in boxes answers with the list, so that
// one of them being right gains nothing.
#ifndef DATASETS_VERIFY_ANSWER_BOX_H
#define DATASETS_VERIFY_ANSWER_BOX_H

#include "datasets/verify/answer.h"
#include "datasets/verify/answer_scan.h"

/// Takes the last box and those joined to it, in the order of the text; nothing if the last box is
/// cut off.
void answer_take_boxes(answer *out, distill_span text, const scan_box *last);

#endif
