// tests/support/shared_data.c - looks for reference data, and creates a scratch folder per process.
#include "tests/support/shared_data.h"

#include "distill/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *shared_data(const char *name)
{
    static char paths[8][1024];
    static unsigned next;
    const char *root = getenv("DISTILL_SHARED_DIR");
    char *path = paths[next++ % 8];
    if (root != NULL && root[0] != '\0')
        snprintf(path, sizeof paths[0], "%s/%s", root, name);
    else
        snprintf(path, sizeof paths[0], "%s/../shared/%s", DISTILL_SOURCE_DIR, name);
    return access(path, R_OK) == 0 ? path : NULL;
}

static char scratch[64];

static void remove_scratch(void)
{
    distill_status ignored = distill_remove_all(scratch);
    (void)ignored;
}

const char *scratch_folder(void)
{
    if (scratch[0] == '\0') {
        snprintf(scratch, sizeof scratch, "/tmp/distill-test-XXXXXX");
        if (mkdtemp(scratch) == NULL)
            abort();
        atexit(remove_scratch);
    }
    return scratch;
}
