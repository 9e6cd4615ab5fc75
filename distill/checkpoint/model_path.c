// distill/checkpoint/model_path.c - the directory of the model that a user names.
#include "distill/checkpoint/model_path.h"

#include "distill/base/file.h"
#include "distill/base/program_path.h"

#include <string.h>

#define CONFIG "/config.json"

/// DISTILL_BUILTIN_DIR may also be the checkpoint itself.
static distill_status find_builtin(distill_text *out)
{
    distill_status status = DISTILL_OK;
    distill_text places = {0};
    bool found = false;
    TRY(distill_builtin_path(out, &found, "checkpoint" CONFIG));
    if (!found)
        TRY(distill_builtin_path(out, &found, "." CONFIG));
    if (!found) {
        TRY(distill_builtin_places(&places));
        TRY(distill_fail(DISTILL_IO,
                         "the built-in teacher is not in %s; set DISTILL_BUILTIN_DIR to its folder",
                         places.bytes));
    }
    out->length -= strlen(CONFIG);
    out->bytes[out->length] = '\0';
done:
    distill_text_free(&places);
    return status;
}

distill_status distill_model_path(distill_text *out, const char *name)
{
    if (strcmp(name, "builtin") == 0)
        return find_builtin(out);
    distill_text_clear(out);
    return distill_text_add(out, name);
}
