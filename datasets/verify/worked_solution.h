// datasets/verify/worked_solution.h - the result of a worked solution that a data set gives as its
// reference.
#ifndef DATASETS_VERIFY_WORKED_SOLUTION_H
#define DATASETS_VERIFY_WORKED_SOLUTION_H

#include "distill/base/text.h"

/// What follows the last "####" (GSM8K). Without one, for a `solution`, the content of the last
/// \boxed{} whose braces balance (MATH); else the whole text. Borrowed from `text`.
distill_span worked_solution_result(distill_span text, bool solution);

#endif
