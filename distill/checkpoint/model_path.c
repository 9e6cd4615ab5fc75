// distill/checkpoint/model_path.c - the directory of the model that a user names.
#include "distill/checkpoint/model_path.h"

#include "distill/base/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// Sets `out` to FOLDER/NAME if a checkpoint stands there.
static distill_status try_place(distill_text *out, bool *found, const char *folder,
                                const char *name)
{
    distill_status status = DISTILL_OK;
    distill_text config = {0};
    TRY(distill_path_join(out, folder, name));
    TRY(distill_path_join(&config, out->bytes, "config.json"));
    *found = distill_file_exists(config.bytes);
done:
    distill_text_free(&config);
    return status;
}

/// The folder that the program was started from.
static bool program_folder(char *folder, size_t capacity)
{
    ssize_t length = readlink("/proc/self/exe", folder, capacity - 1);
    if (length <= 0)
        return false;
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

static distill_status find_builtin(distill_text *out)
{
    static const char *const PLACES[] = {"../share/distill/builtin/checkpoint", // installed
                                         "../../teacher/builtin/checkpoint"};   // built
    distill_status status = DISTILL_OK;
    char folder[4096] = "";
    bool found = false, known = program_folder(folder, sizeof folder);
    for (size_t i = 0; known && !found && i < sizeof PLACES / sizeof *PLACES; i++)
        TRY(try_place(out, &found, folder, PLACES[i]));
    if (!found)
        TRY(distill_fail(DISTILL_IO,
                         "the builtin teacher is neither in %s/%s nor in %s/%s; set "
                         "DISTILL_BUILTIN_DIR to its directory",
                         folder, PLACES[0], folder, PLACES[1]));
done:
    return status;
}

static distill_status find_chosen(distill_text *out, const char *chosen)
{
    distill_status status = DISTILL_OK;
    bool found = false;
    TRY(try_place(out, &found, chosen, "checkpoint"));
    if (!found)
        TRY(try_place(out, &found, chosen, "."));
    if (!found)
        TRY(distill_fail(DISTILL_IO, "DISTILL_BUILTIN_DIR: there is no checkpoint in %s", chosen));
done:
    return status;
}

distill_status distill_model_path(distill_text *out, const char *name)
{
    const char *chosen = getenv("DISTILL_BUILTIN_DIR");
    distill_text_clear(out);
    if (strcmp(name, "builtin") != 0)
        return distill_text_add(out, name);
    return chosen != NULL && chosen[0] != '\0' ? find_chosen(out, chosen) : find_builtin(out);
}
