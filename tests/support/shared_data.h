// tests/support/shared_data.h - where the reference data stand, if they are there.
#ifndef TESTS_SUPPORT_SHARED_DATA_H
#define TESTS_SUPPORT_SHARED_DATA_H

/// Path of `name` under the shared reference data (DISTILL_SHARED_DIR, default ../shared beside the
/// source tree), NULL if it is not there: the test then prints that it was skipped and why. Static
/// memory of 8 last results.
const char *shared_data(const char *name);

/// A fresh empty folder for this test, removed at exit.
const char *scratch_folder(void);

/// cmocka: skips the test with a printed reason if the data are absent.
#define REQUIRE_SHARED(path, name)                                                                 \
    const char *path = shared_data(name);                                                          \
    if (path == NULL) {                                                                            \
        print_message("skipped: %s is not there\n", name);                                         \
        skip();                                                                                    \
    }

#endif
