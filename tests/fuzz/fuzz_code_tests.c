// tests/fuzz/fuzz_code_tests.c - any bytes as tests, as compressed tests, as a reply with a
// program that is assembled, and as outputs. No program is run.
#include "datasets/verify/code/code_program.h"
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
    static const char *const NAMED[] = {"{\"entry_point\":\"f\",\"test\":\"assert f(1)\"}",
                                        "[\"assert f(1)\"]",
                                        "[{\"input\":\"1\",\"output\":\"1\"}]"};
    if (code_tests_read(&tests, input) == DISTILL_OK)
        code_tests_free(&tests);
    if (compressed_tests_read(&text, &fault, input) != DISTILL_OK)
        distill_text_clear(&text);
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++) {
        bool continues;
        if (code_tests_read(&tests, distill_span_of(NAMED[i])) != DISTILL_OK)
            continue;
        code_reply_find(&reply, input, &tests);
        distill_text_clear(&text);
        if (reply.chosen > reply.count || code_reply_block(&reply).code.length > size)
            abort();
        if (code_program_prefix(&tests, half) == DISTILL_OK && reply.chosen < reply.count &&
            code_program_write(&text, &continues, &tests, &reply) != DISTILL_OK)
            distill_text_clear(&text);
        code_tests_free(&tests);
    }
    output_matches(&difference, half, rest);
    distill_text_free(&text);
    return 0;
}
