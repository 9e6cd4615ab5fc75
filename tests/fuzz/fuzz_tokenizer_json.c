// tests/fuzz/fuzz_tokenizer_json.c - a tokenizer.json of any bytes is an error, or encodes and
// decodes text.
#include "distill/text/tokenizer/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] =
        "It's 12  pieces: <s>caf\xC3\xA9</s> e\xCC\x81 <think>\n\n \xF0\x9F\x98\x80 \xFF";
    distill_tokenizer *tok = NULL;
    distill_ids ids = {0};
    distill_text back = {0};
    if (distill_tokenizer_parse(&tok, (const char *)data, size, "fuzz") != DISTILL_OK)
        return 0;
    for (unsigned flags = 0; flags < 4; flags++)
        if (distill_tokenizer_encode(&ids, tok, text, sizeof text - 1, flags) != DISTILL_OK)
            break;
    if (distill_tokenizer_decode(&back, tok, ids.at, ids.count, DISTILL_SKIP_UNKNOWN) == DISTILL_OK)
        for (int32_t id = -1; (size_t)(id + 1) < distill_tokenizer_size(tok) && id < 4096; id++)
            (void)distill_tokenizer_is_special(tok, id);
    distill_ids_free(&ids);
    distill_text_free(&back);
    distill_tokenizer_free(tok);
    return 0;
}
