// tests/support/tiny_layout.h - the layout of a tiny model, for tests that link distill/model.
#ifndef TESTS_SUPPORT_TINY_LAYOUT_H
#define TESTS_SUPPORT_TINY_LAYOUT_H

#include "distill/model/layout.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

/// The caller frees it (distill_layout_free).
static inline distill_layout *tiny_layout(const tiny_model *model)
{
    distill_text text = {0};
    distill_config config;
    distill_layout *layout = NULL;
    tiny_model_config(&text, model);
    assert_ok(distill_config_parse(&config, text.bytes, text.length, "config.json"));
    assert_ok(distill_layout_create(&layout, &config));
    distill_text_free(&text);
    return layout;
}

#endif
