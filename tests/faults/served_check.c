// tests/faults/served_check.c - compares traces with the fake teacher's replies, byte for byte.
//
//     served_check complete DIR N [MAX_TOKENS [REPLY_TOKENS]]
//         Every prompt has samples 0 … N-1, every reply is the fake teacher's to that prompt, and
//         none occurs twice; failed samples are counted.
//         Prints "traces 240 errors 0 tokens 14021 DIGEST".
//     served_check exact DIR N
//         The same, and response_tokens of every trace is the number of tokens of its reply.
//     served_check acknowledged DIR
//         Prints "ID SAMPLE SHA-256" of each trace in journal and shards, also of an unfinished
//         output.
//         The journal is opened as by a resumed program, which may modify it: pass a copy.
#include "datasets/traces/journal.h"
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_frame.h"
#include "distill/base/memory.h"
#include "distill/base/sha256.h"
#include "tests/support/fake_teacher_reply.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Lines of text, sorted at the end.
typedef struct lines {
    char **at;
    size_t count;
} lines;

static distill_status add_line(lines *out, const char *text)
{
    distill_status status = DISTILL_OK;
    TRY(distill_grow((void **)&out->at, out->count, out->count + 1, sizeof *out->at));
    TRY(distill_copy_string(&out->at[out->count++], text, strlen(text)));
done:
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/// Sorts, prints and frees the lines; returns the number of duplicates.
static size_t print_lines(lines *out, FILE *file)
{
    size_t duplicates = 0;
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_text);
    for (size_t i = 0; i < out->count; i++) {
        duplicates += i > 0 && strcmp(out->at[i], out->at[i - 1]) == 0;
        if (file != NULL)
            fprintf(file, "%s\n", out->at[i]);
    }
    for (size_t i = 0; i < out->count; i++)
        distill_free(out->at[i]);
    distill_free(out->at);
    return duplicates;
}

static distill_status describe(lines *out, const trace_record *r)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0};
    char hex[DISTILL_SHA256_HEX];
    TRY(distill_sha256_bytes(hex, r->response.bytes, r->response.length));
    TRY(distill_text_printf(&line, "%.*s %d %s", (int)r->id.length, r->id.bytes, r->sample, hex));
    TRY(add_line(out, line.bytes));
done:
    distill_text_free(&line);
    return status;
}

// --- acknowledged --------------------------------------------------------------------------------

static distill_status on_frame(void *context, journal_place place, distill_span payload)
{
    distill_status status = DISTILL_OK;
    trace_record record;
    uint64_t order;
    if (place.kind != JOURNAL_TRACE)
        return DISTILL_OK;
    TRY(trace_frame_decode(&record, &order, payload, TRACE_FRAME_CURRENT));
    TRY(describe(context, &record));
done:
    return status;
}

static distill_status describe_shard(lines *out, const char *path)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    trace_record record;
    TRY(trace_reader_open(&reader, path));
    for (size_t i = 0; i < trace_reader_count(reader); i++) {
        TRY(trace_reader_read(reader, i, &record));
        TRY(describe(out, &record));
    }
done:
    trace_reader_close(reader);
    return status;
}

static distill_status list_acknowledged(const char *dir)
{
    distill_status status = DISTILL_OK;
    lines out = {0};
    journal *log = NULL;
    char path[4096];
    DIR *folder = opendir(dir);
    if (folder == NULL)
        TRY(distill_fail_errno(DISTILL_IO, "%s", dir));
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const char *end = strrchr(entry->d_name, '.');
        if (end == NULL || strcmp(end, ".h5") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        TRY(describe_shard(&out, path));
    }
    TRY(journal_open(&log, dir, 0, on_frame, &out));
done:
    if (folder != NULL)
        closedir(folder);
    journal_close(log);
    print_lines(&out, stdout);
    return status;
}

// --- complete ------------------------------------------------------------------------------------

/// Compares a reply with the fake teacher's reply for its question, seed and index.
static distill_status check_reply(const trace_record *r, size_t max_tokens, size_t reply_tokens,
                                  bool is_exact)
{
    distill_status status = DISTILL_OK;
    distill_text expected = {0};
    fake_reply named = {0};
    if (!fake_reply_named(&named, r->response))
        TRY(distill_fail(DISTILL_FORMAT, "%.*s: sample %d is not a reply of the fake teacher",
                         (int)r->id.length, r->id.bytes, r->sample));
    fake_reply reply = fake_reply_to(r->prompt, named.seed, named.index, reply_tokens);
    bool cut = max_tokens > 0 && max_tokens < reply.length;
    TRY(fake_reply_write(&expected, &reply, 0, cut ? max_tokens : reply.length));
    if (!distill_span_equal(distill_text_span(&expected), r->response))
        TRY(distill_fail(DISTILL_FORMAT, "%.*s: sample %d: expected\n%s\n--- found\n%.*s",
                         (int)r->id.length, r->id.bytes, r->sample, expected.bytes,
                         (int)r->response.length, r->response.bytes));
    if (r->finish != (cut ? TRACE_FINISH_LENGTH : TRACE_FINISH_STOP))
        TRY(distill_fail(DISTILL_FORMAT, "%.*s: sample %d: finish %d", (int)r->id.length,
                         r->id.bytes, r->sample, (int)r->finish));
    if (is_exact && (size_t)r->response_tokens != reply.length)
        TRY(distill_fail(DISTILL_FORMAT, "%.*s: sample %d: %d tokens, expected %zu",
                         (int)r->id.length, r->id.bytes, r->sample, r->response_tokens,
                         reply.length));
done:
    distill_text_free(&expected);
    return status;
}

typedef struct tally {
    lines places, replies;
    distill_text all;
    size_t errors, tokens;
    bool is_exact;
} tally;

static distill_status check_trace(tally *t, const trace_record *r, size_t max_tokens,
                                  size_t reply_tokens)
{
    distill_status status = DISTILL_OK;
    char text[512];
    snprintf(text, sizeof text, "%.*s %d", (int)r->id.length, r->id.bytes, r->sample);
    TRY(add_line(&t->places, text));
    TRY(distill_text_printf(&t->all, "%s %zu:", text, r->response.length));
    TRY(distill_text_add_span(&t->all, r->response));
    t->errors += r->finish == TRACE_FINISH_ERROR;
    if (r->finish == TRACE_FINISH_ERROR)
        return DISTILL_OK;
    TRY(check_reply(r, max_tokens, reply_tokens, t->is_exact));
    t->tokens += (size_t)r->response_tokens;
    fake_reply named = {0};
    fake_reply_named(&named, r->response);
    snprintf(text, sizeof text, "%016llx %llu %zu", (unsigned long long)named.question,
             (unsigned long long)named.seed, named.index);
    TRY(add_line(&t->replies, text));
done:
    return status;
}

static distill_status check_complete(const char *dir, size_t n, size_t max_tokens,
                                     size_t reply_tokens, bool is_exact)
{
    distill_status status = DISTILL_OK;
    tally t = {.is_exact = is_exact};
    trace_reader *reader = NULL;
    trace_record r;
    char hex[DISTILL_SHA256_HEX];
    TRY(trace_reader_open(&reader, dir));
    TRY(trace_reader_verify(reader));
    size_t count = trace_reader_count(reader);
    for (size_t i = 0; i < count; i++) {
        TRY(trace_reader_read(reader, i, &r));
        if (r.sample != (int32_t)(i % n))
            TRY(distill_fail(DISTILL_FORMAT, "trace %zu is sample %d, expected %zu", i, r.sample,
                             i % n));
        TRY(check_trace(&t, &r, max_tokens, reply_tokens));
    }
    TRY(distill_sha256_bytes(hex, t.all.bytes, t.all.length));
    printf("traces %zu errors %zu tokens %zu %s\n", count, t.errors, t.tokens, hex);
done:
    trace_reader_close(reader);
    distill_text_free(&t.all);
    size_t duplicates = print_lines(&t.places, NULL), same = print_lines(&t.replies, NULL);
    if (status == DISTILL_OK && duplicates + same > 0)
        status = distill_fail(DISTILL_FORMAT, "%zu samples and %zu replies occur twice", duplicates,
                              same);
    return status;
}

int main(int argc, char **argv)
{
    distill_status status;
    if (argc == 3 && strcmp(argv[1], "acknowledged") == 0)
        status = list_acknowledged(argv[2]);
    else if (argc >= 4 && (strcmp(argv[1], "complete") == 0 || strcmp(argv[1], "exact") == 0))
        status = check_complete(
            argv[2], strtoul(argv[3], NULL, 10), argc > 4 ? strtoul(argv[4], NULL, 10) : 0,
            argc > 5 ? strtoul(argv[5], NULL, 10) : 0, strcmp(argv[1], "exact") == 0);
    else
        return 2;
    if (status != DISTILL_OK)
        fprintf(stderr, "served_check: %s\n", distill_error_message());
    return status != DISTILL_OK;
}
