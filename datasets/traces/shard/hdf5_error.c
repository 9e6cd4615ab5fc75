// datasets/traces/shard/hdf5_error.c - HDF5's error stack as a message of this project.
//
// The stack is walked from the innermost frame; the first frame with a description gives the
// reason, of which the text of errno is taken where it contains one.
#include "datasets/traces/shard/hdf5_error.h"

#include "datasets/traces/shard/zstd_filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

distill_status hdf5_start(void)
{
    static bool started;
    static _Thread_local bool quiet; // a thread-safe HDF5 has this setting for each thread
    if (!quiet && started && H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0)
        return distill_fail(DISTILL_INTERNAL, "HDF5: its error printing cannot be switched off");
    quiet = true;
    if (started)
        return DISTILL_OK;
    H5dont_atexit(); // after a full disk, the library would flush again at exit and print errors
    if (H5open() < 0 || H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0)
        return distill_fail(DISTILL_INTERNAL, "HDF5: the library cannot be initialised");
    if (H5Zregister(zstd_filter_class()) < 0)
        return hdf5_fail(DISTILL_INTERNAL, "HDF5: the zstd filter cannot be registered");
    started = true;
    return DISTILL_OK;
}

typedef struct reason {
    char text[512];
} reason;

/// Called for each frame, the innermost one first; keeps the first description.
static herr_t keep_reason(unsigned depth, const H5E_error2_t *error, void *context)
{
    reason *kept = context;
    if (depth > 0 || error->desc == NULL)
        return 0;
    // "file write failed: time = …, error message = 'No space left on device', …"
    const char *quoted = strstr(error->desc, "error message = '");
    if (quoted != NULL) {
        quoted += strlen("error message = '");
        snprintf(kept->text, sizeof kept->text, "%.*s", (int)strcspn(quoted, "'"), quoted);
    } else {
        snprintf(kept->text, sizeof kept->text, "%s", error->desc);
    }
    return 0;
}

distill_status hdf5_fail(distill_status status, const char *format, ...)
{
    char message[DISTILL_ERROR_CAPACITY];
    reason kept = {{0}};
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_reason, &kept);
    H5Eclear2(H5E_DEFAULT);
    if (kept.text[0] == '\0')
        return distill_fail(status, "%s", message);
    return distill_fail(status, "%s: %s", message, kept.text);
}
