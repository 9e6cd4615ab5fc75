// A chat template from any bytes: an error, or a known family's.
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
