// bench/perf/text/tokenizer_speed.c - measures encoding and decoding on one core, in megabytes per
// second.
//
// Each file is encoded three times with the same tokenizer, whose cache of words is empty the first
// time. Times are processor time of the thread, so that other programs on the machine do not
// matter.
#include "bench/perf/usage.h"
#include "distill/base/file.h"
#include "distill/text/tokenizer/tokenizer.h"

#include <stdio.h>
#include <time.h>

static const char USAGE[] = "usage: tokenizer_speed DIR FILE...\n"
                            "Encodes and decodes plain text files on one core.\n"
                            "  DIR    folder of a tokenizer\n";

enum { ROUNDS = 3, FILE_BYTES_MAX = 1 << 30 };

static double core_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static distill_status measure(const distill_tokenizer *tok, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text text = {.limit = FILE_BYTES_MAX}, back = {0};
    distill_ids ids = {0};
    TRY(distill_file_read(&text, path, FILE_BYTES_MAX));
    double megabytes = (double)text.length / 1e6;
    for (int round = 0; round < ROUNDS; round++) {
        ids.count = 0;
        double started = core_seconds();
        TRY(distill_tokenizer_encode(&ids, tok, text.bytes, text.length, DISTILL_PLAIN));
        printf("%s: encode %.1f MB/s", path, megabytes / (core_seconds() - started));
        distill_text_clear(&back);
        started = core_seconds();
        TRY(distill_tokenizer_decode(&back, tok, ids.at, ids.count, 0));
        printf(", decode %.1f MB/s, %.2f bytes a token\n",
               (double)back.length / 1e6 / (core_seconds() - started),
               (double)text.length / (double)ids.count);
    }
done:
    distill_text_free(&text);
    distill_text_free(&back);
    distill_ids_free(&ids);
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    distill_tokenizer *tok = NULL;
    usage_check(argc, argv, 2, argc, USAGE);
    double started = core_seconds();
    TRY(distill_tokenizer_load(&tok, argv[1]));
    printf("%s: loaded in %.2f s\n", argv[1], core_seconds() - started);
    for (int i = 2; i < argc; i++)
        TRY(measure(tok, argv[i]));
done:
    if (status != DISTILL_OK)
        fprintf(stderr, "tokenizer_speed: error: %s\n", distill_error_message());
    distill_tokenizer_free(tok);
    return status == DISTILL_OK ? 0 : 1;
}
