// datasets/verify/code/compressed_tests.h - decodes the compressed tests of LiveCodeBench: base64
// of zlib of a Python pickle of a string, or of the string itself.
//
// A pickle is a program for Python's unpickler and can run code. Only a pickle that makes a single
// string is read; any other is refused, and nothing is executed.
#ifndef DATASETS_VERIFY_CODE_COMPRESSED_TESTS_H
#define DATASETS_VERIFY_CODE_COMPRESSED_TESTS_H

#include "distill/base/text.h"

/// Appends the decoded string. *fault is NULL, or the static reason why it cannot be decoded.
/// Errors  NO_MEMORY.
distill_status compressed_tests_read(distill_text *out, const char **fault,
                                     distill_span compressed) DISTILL_MUST_CHECK;

#endif
