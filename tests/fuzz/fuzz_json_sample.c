// tests/fuzz/fuzz_json_sample.c - a line of training data of any bytes: an error, or a sample whose
// texts can be read completely.
#include "student/json_sample.h"

#include <stdlib.h>

static volatile unsigned sum; // of all bytes, so that the compiler keeps the reads

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    data_sample sample = {.number = 1};
    data_sample_clear(&sample);
    if (distill_text_append(&sample.line, (const char *)data, size) != DISTILL_OK)
        abort();
    if (json_sample_parse(&sample, "fuzz") == DISTILL_OK) {
        for (size_t i = 0; i < sample.messages.length; i++)
            sum += (unsigned char)sample.messages.bytes[i];
        for (size_t i = 0; i < sample.response.length; i++)
            sum += (unsigned char)sample.response.bytes[i];
    }
    data_sample_free(&sample);
    return 0;
}
