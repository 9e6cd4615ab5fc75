// tests/support/fuzz_replay.c - runs a fuzz target on stored inputs and on seeded mutations of
// them, with any compiler.
//
//     fuzz_config [--rounds N] FILE|FOLDER...
//
// With clang the same target is linked with -fsanitize=fuzzer instead of this file.
#include "distill/base/file.h"
#include "distill/base/rng.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_INPUT_BYTES = 1 << 20 };

static size_t inputs;
static size_t rounds = 200;

/// Mutates `text`: flips, overwrites, truncates or doubles.
static void mutate(distill_text *text, distill_rng *rng)
{
    size_t changes = 1 + distill_rng_below(rng, 8);
    for (size_t i = 0; i < changes && text->length > 0; i++) {
        size_t at = distill_rng_below(rng, text->length);
        switch (distill_rng_below(rng, 4)) {
        case 0:
            text->bytes[at] ^= (char)(1 << distill_rng_below(rng, 8));
            break;
        case 1:
            text->bytes[at] = (char)distill_rng_below(rng, 256);
            break;
        case 2:
            text->length = at;
            break;
        default:
            text->bytes[at] = "0123456789-.eE\"{}[],:\\"[distill_rng_below(rng, 22)];
        }
    }
}

static void run_one(const char *bytes, size_t length)
{
    // an exact copy, so that the sanitizer detects reading one byte too many
    uint8_t *copy = malloc(length > 0 ? length : 1);
    if (copy == NULL)
        abort();
    if (length > 0)
        memcpy(copy, bytes, length);
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
}

static void run_file(const char *path)
{
    distill_text text = {0}, changed = {0};
    if (distill_file_read(&text, path, MOST_INPUT_BYTES) != DISTILL_OK) {
        fprintf(stderr, "%s\n", distill_error_message());
        exit(1);
    }
    run_one(text.bytes, text.length);
    distill_rng rng = distill_rng_start(1, inputs++);
    for (size_t i = 0; i < rounds; i++) {
        distill_text_clear(&changed);
        if (distill_text_append(&changed, text.bytes, text.length) != DISTILL_OK)
            exit(1);
        mutate(&changed, &rng);
        run_one(changed.bytes, changed.length);
    }
    distill_text_free(&text);
    distill_text_free(&changed);
}

static void run_folder(const char *path)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            run_file(file);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            rounds = (size_t)strtoul(argv[++i], NULL, 10);
        else if (distill_is_directory(argv[i]))
            run_folder(argv[i]);
        else
            run_file(argv[i]);
    }
    printf("%zu inputs, %zu mutations of each\n", inputs, rounds);
    return inputs > 0 ? 0 : 1;
}
