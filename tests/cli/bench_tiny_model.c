// bench_tiny_model DIR - writes the tiny random checkpoint of tests/support for the CLI tests.
#include "tests/support/tiny_model.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "Usage: bench_tiny_model DIR\n");
        return 2;
    }
    tiny_model_write(argv[1], &TINY_QWEN2);
    return 0;
}
