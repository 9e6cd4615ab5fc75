// tests/fuzz/fuzz_code_tests.c - any bytes as tests, as compressed tests, as a reply with a
// program, and as outputs. No program is run.
#include "datasets/verify/code/code_reply.h"
#include "datasets/verify/code/code_tests.h"
#include "datasets/verify/code/compressed_tests.h"
#include "datasets/verify/code/output_match.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    distill_span input = {(const char *)data, size};
    distill_span half = {input.bytes, size / 2}, rest = {input.bytes + size / 2, size - size / 2};
    code_tests tests;
    code_reply reply;
    output_difference difference;
    distill_text text = {.limit = 1 << 20};
    const char *fault = NULL;
    if (code_tests_read(&tests, input) == DISTILL_OK)
        code_tests_free(&tests);
    if (compressed_tests_read(&text, &fault, input) != DISTILL_OK)
        distill_text_clear(&text);
    code_reply_find(&reply, input, &any);
    if (reply.code.length > size) // it lies within the input
        abort();
    output_matches(&difference, half, rest);
    distill_text_free(&text);
    return 0;
}
