// tests/fuzz/fuzz_safetensors.c - a safetensors file of any bytes: an error, or tensors inside it.
#include "distill/checkpoint/safetensors.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    distill_safetensors *file = NULL;
    float first[4];
    if (distill_safetensors_parse(&file, data, size, "fuzz") != DISTILL_OK)
        return 0;
    for (size_t i = 0; i < distill_safetensors_count(file); i++) {
        const distill_safetensor *t = distill_safetensors_at(file, i);
        size_t n = t->count < 4 ? t->count : 4;
        if (distill_safetensors_find(file, t->name) != t ||
            t->data + t->count * t->item_bytes > data + size)
            abort();
        if (distill_safetensor_widen(first, t, t->count - n, n) != DISTILL_OK)
            continue;
    }
    distill_safetensors_close(file);
    return 0;
}
