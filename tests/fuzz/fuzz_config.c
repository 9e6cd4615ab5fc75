// tests/fuzz/fuzz_config.c - config.json of any bytes: an error, or a config with a valid layout.
#include "distill/model/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    distill_config config;
    distill_layout *layout = NULL;
    if (distill_config_parse(&config, (const char *)data, size, "fuzz") != DISTILL_OK)
        return 0;
    if (distill_layout_create(&layout, &config) == DISTILL_OK)
        distill_layout_free(layout);
    return 0;
}
