// datasets/verify/code/packed_tests.h - text as LiveCodeBench packs it: base64 of zlib of a Python pickle
// of a text, or of the text itself.
//
// A pickle is a program for Python's unpickler. Only the one that makes a single text is read here;
// every other is refused, and nothing is ever executed.
#ifndef DATASETS_VERIFY_CODE_PACKED_TESTS_H
#define DATASETS_VERIFY_CODE_PACKED_TESTS_H

#include "distill/base/text.h"

/// Appends the text. *fault is NULL, or says (static text) why it cannot be unpacked.
distill_status packed_tests_read(distill_text *out, const char **fault,
                                 distill_span packed) DISTILL_MUST_CHECK;

#endif
