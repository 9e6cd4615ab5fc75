// datasets/verify/verdict.h - is the answer of a reply right? Three outcomes, with the evidence.
//
//     verdict v = {0};
//     TRY(verdict_math(&v, gold, response));
//     v.outcome == VERDICT_RIGHT; v.extracted.bytes; v.rule;  // "1/2", "number"
//     verdict_free(&v);
//
// A verdict may be used again for the next reply. Programs are checked by code/code_verdict.h.
// Limits:  time, depth and memory are bounded for any input; see docs/verifier.md.
// Errors:  only NO_MEMORY, for the text of the answer.
// Threads: no shared state; a check needs 1 MiB of stack.
#ifndef DATASETS_VERIFY_VERDICT_H
#define DATASETS_VERIFY_VERDICT_H

#include "datasets/verify/choice.h"
#include "datasets/verify/math/math_equal.h"
#include "datasets/verify/verdict_type.h"

/// Mathematics. A reply without an answer is wrong, with `found` false.
distill_status verdict_math(verdict *v, distill_span gold,
                            distill_span response) DISTILL_MUST_CHECK;
/// verdict_math with options other than MATH_DEFAULTS.
distill_status verdict_math_with(verdict *v, distill_span gold, distill_span response,
                                 const math_options *options) DISTILL_MUST_CHECK;
/// Multiple choice; `gold` is a letter. A reply that does not conclude with one letter is unknown.
distill_status verdict_choice(verdict *v, distill_span gold,
                              distill_span response) DISTILL_MUST_CHECK;
/// Likewise, of a conclusion that was found (choice.h); `expected` is NUL if the reference is no
/// letter.
distill_status verdict_of_letter(verdict *v, char expected, const choice *found) DISTILL_MUST_CHECK;
/// By domain: "math" or "choice"; "" is choice where `gold` is a single capital letter, else math.
/// Any other domain is unknown.
distill_status verdict_of(verdict *v, distill_span domain, distill_span gold,
                          distill_span response) DISTILL_MUST_CHECK;

#endif
