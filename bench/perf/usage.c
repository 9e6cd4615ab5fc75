// bench/perf/usage.c - checks arguments; if they are wrong, prints the usage and ends the process.
#include "bench/perf/usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const char *what, const char *argument, const char *usage)
{
    fprintf(stderr, "error: %s%s\n%s", what, argument, usage);
    exit(2);
}

void usage_check(int argc, char **argv, int least, int most, const char *usage)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            exit(0);
        }
    if (argc - 1 < least)
        fail("arguments are missing", "", usage);
    if (argc - 1 > most)
        fail("unexpected argument: ", argv[most + 1], usage);
}

double usage_number(int argc, char **argv, int index, double fallback, double low, double high,
                    const char *usage)
{
    char *end = NULL;
    if (index >= argc)
        return fallback;
    double value = strtod(argv[index], &end);
    if (end == argv[index] || *end != '\0' || !(value >= low && value <= high)) {
        char what[80];
        snprintf(what, sizeof what, "expected a number from %g to %g, found ", low, high);
        fail(what, argv[index], usage);
    }
    return value;
}

const char *usage_word(int argc, char **argv, int index, const char *fallback)
{
    return index < argc ? argv[index] : fallback;
}
