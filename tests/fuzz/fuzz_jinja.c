// tests/fuzz/fuzz_jinja.c - a chat template of any bytes is an error, or renders a conversation
// within its limits.
#include "distill/base/json/json_reader.h"
#include "distill/text/jinja/jinja.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const char VARIABLES[] =
    "{\"messages\": [{\"role\": \"system\", \"content\": \"Be \\u00e9.\"}, {\"role\": \"user\", "
    "\"content\": \"2+2?\"}, {\"role\": \"assistant\", \"content\": "
    "\"<think>\\nx\\n</think>\\n4\", "
    "\"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\": {\"a\": 1.5}}}]}], "
    "\"tools\": [{\"type\": \"function\"}], \"add_generation_prompt\": true, \"bos_token\": "
    "\"<s>\", "
    "\"n\": 3, \"items\": [3, 1, 2]}";

enum { STEPS = 20000 }; // so that an input takes a few milliseconds

static distill_status render(const jinja_template *t, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    jinja_rendering r = {.program = t, .now = "2024-07-26"};
    TRY(jinja_rendering_begin(&r));
    for (const distill_json_node *item = distill_json_first(distill_json_root(doc)); item != NULL;
         item = distill_json_next(item)) {
        jinja_value value;
        TRY(jinja_from_json(&value, &r.run, doc, item));
        TRY(jinja_rendering_set(&r, distill_json_key(item), value));
    }
    r.run.steps = JINJA_MAX_STEPS - STEPS;
    TRY(jinja_rendering_run(&r));
done:
    jinja_rendering_end(&r);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    jinja_template *t = NULL;
    distill_json *doc = NULL;
    distill_status status = DISTILL_OK;
    TRY(distill_json_parse(&doc, VARIABLES, strlen(VARIABLES), "variables"));
    TRY(jinja_compile(&t, (distill_span){(const char *)data, size}));
    TRY(render(t, doc));
done:
    jinja_free(t);
    distill_json_free(doc);
    (void)status;
    return 0;
}
