// tests/cli/make_tiny_model.c - make_tiny_model DIR [qwen2|qwen3|llama]: a random checkpoint for
// script tests.
#include "tests/support/tiny_model.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *family = argc > 2 ? argv[2] : "qwen2";
    if (argc < 2) {
        fprintf(stderr, "usage: make_tiny_model DIR [qwen2|qwen3|llama]\n");
        return 2;
    }
    tiny_model_write(argv[1], strcmp(family, "qwen3") == 0   ? &TINY_QWEN3
                              : strcmp(family, "llama") == 0 ? &TINY_LLAMA
                                                             : &TINY_QWEN2);
    return 0;
}
