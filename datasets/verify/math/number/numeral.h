// datasets/verify/math/number/numeral.h - answers that are plain numbers, compared without building
// trees. Private to the verifier.
//
//     72   -3.50   1,234   $\frac{3}{8}$   5/16   12.
#ifndef DATASETS_VERIFY_MATH_NUMBER_NUMERAL_H
#define DATASETS_VERIFY_MATH_NUMBER_NUMERAL_H

#include "distill/base/text.h"

typedef struct numeral {
    bool negative, decimal; // `decimal`: written with a point
    uint64_t num, den;      // num / den, not reduced; den > 0
} numeral;

/// Reads the whole of `text` as a number of at most 18 digits, or as a fraction of two such
/// numbers; false if it is anything else.
bool numeral_read(numeral *out, distill_span text);

/// -1, 0 or 1 as a < b, a = b or a > b.
int numeral_compare(const numeral *a, const numeral *b);

#endif
