// distill/base/program_path.c - paths relative to the folder of the program, from /proc/self/exe.
//
// The first existing candidate of a fixed list is taken. Linux only.
#include "distill/base/program_path.h"

#include "distill/base/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUILTIN_VARIABLE "DISTILL_BUILTIN_DIR"

static const char *const PROGRAM_PLACES[] = {".", "../bin", "../libexec"};
static const char *const BUILTIN_PLACES[] = {"../share/distill/builtin", "../../teacher/builtin"};
enum {
    PROGRAM_PLACE_COUNT = sizeof PROGRAM_PLACES / sizeof *PROGRAM_PLACES,
    BUILTIN_PLACE_COUNT = sizeof BUILTIN_PLACES / sizeof *BUILTIN_PLACES
};

distill_status distill_program_folder(distill_text *out)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0)
        return distill_fail_errno(DISTILL_IO, "/proc/self/exe");
    const char *slash = memrchr(path, '/', (size_t)length);
    if ((size_t)length == sizeof path || slash == NULL)
        return distill_fail(DISTILL_IO,
                            "/proc/self/exe: not an absolute path of at most 4095 bytes");
    distill_text_clear(out);
    return distill_text_append(out, path, slash == path ? 1 : (size_t)(slash - path));
}

/// Searches for `name` in `places`, which are relative to the program's folder.
static distill_status find_in(distill_text *out, bool *found, const char *const *places,
                              size_t count, const char *name, int access_mode)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    *found = false;
    TRY(distill_program_folder(&folder));
    for (size_t i = 0; i < count && !*found; i++) {
        distill_text_clear(out);
        if (strcmp(places[i], ".") == 0)
            TRY(distill_text_printf(out, "%s/%s", folder.bytes, name));
        else
            TRY(distill_text_printf(out, "%s/%s/%s", folder.bytes, places[i], name));
        *found = access(out->bytes, access_mode) == 0;
    }
    if (!*found)
        distill_text_clear(out);
done:
    distill_text_free(&folder);
    return status;
}

distill_status distill_program_beside(distill_text *out, bool *found, const char *name)
{
    return find_in(out, found, PROGRAM_PLACES, PROGRAM_PLACE_COUNT, name, X_OK);
}

/// The folder set by the environment; NULL if there is none.
static const char *chosen_builtin(void)
{
    const char *chosen = getenv(BUILTIN_VARIABLE);
    return chosen != NULL && chosen[0] != '\0' ? chosen : NULL;
}

distill_status distill_builtin_path(distill_text *out, bool *found, const char *name)
{
    distill_status status = DISTILL_OK;
    const char *chosen = chosen_builtin();
    if (chosen == NULL)
        return find_in(out, found, BUILTIN_PLACES, BUILTIN_PLACE_COUNT, name, F_OK);
    TRY(distill_path_join(out, chosen, name));
    *found = distill_file_exists(out->bytes);
    if (!*found)
        distill_text_clear(out);
done:
    return status;
}

distill_status distill_builtin_places(distill_text *out)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    const char *chosen = chosen_builtin();
    if (chosen != NULL)
        return distill_text_printf(out, "%s (" BUILTIN_VARIABLE ")", chosen);
    TRY(distill_program_folder(&folder));
    for (size_t i = 0; i < BUILTIN_PLACE_COUNT; i++)
        TRY(distill_text_printf(out, "%s%s/%s", i > 0 ? " or " : "", folder.bytes,
                                BUILTIN_PLACES[i]));
done:
    distill_text_free(&folder);
    return status;
}
