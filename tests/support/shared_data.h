// tests/support/shared_data.h - paths of the shared reference data and of scratch folders.
#ifndef TESTS_SUPPORT_SHARED_DATA_H
#define TESTS_SUPPORT_SHARED_DATA_H

/// Path of `name` in the shared reference data (DISTILL_SHARED_DIR, default ../shared beside the
/// source tree). NULL if it does not exist: the test then prints that it was skipped, and why. The
/// last 8 results stay valid.
const char *shared_data(const char *name);

/// A new empty folder for this test, removed at exit.
const char *scratch_folder(void);

/// cmocka: skips the test with a printed reason if the data do not exist.
#define REQUIRE_SHARED(path, name)                                                                 \
    const char *path = shared_data(name);                                                          \
    if (path == NULL) {                                                                            \
        print_message("skipped: %s does not exist\n", name);                                       \
        skip();                                                                                    \
    }

#endif
