// tests/fuzz/fuzz_jinja.c - a chat template of any bytes is an error, or belongs to a known family.
#include "distill/base/memory.h"
#include "distill/text/chat/chat_family.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *source = NULL;
    chat_family family;
    if (distill_copy_string(&source, (const char *)data, size) != DISTILL_OK)
        return 0;
    if (chat_family_recognize(&family, source) != DISTILL_OK)
        family.name = NULL;
    distill_free(source);
    return 0;
}
