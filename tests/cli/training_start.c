// tests/cli/training_start.c - measures what distill-train does before its first step: time
// and memory of reading many traces.
//
// Writes traces with the token ids of the built-in teacher's tokenizer, of which a thousand differ
// in their text, and reads them as distill-train does: once from the shards, once from the token
// file that the first reading has left.
#include "bench/perf/trace_text.h"
#include "bench/perf/usage.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/checkpoint/model_path.h"
#include "student/training_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
    "usage: training_start DIR TRACES [BYTES_OF_A_TRACE]\n"
    "Writes DIR/traces, unless it exists, and reads it as training data. Prints seconds and the\n"
    "process's own memory (RssAnon) for the first reading and for a later start.\n"
    "  BYTES_OF_A_TRACE   about the length of a reply (default 16000)\n";

enum { DIFFERENT = 1000 };

typedef struct sample_text {
    trace_text text;
    distill_ids ids;
} sample_text;

static distill_status make_samples(sample_text *samples, const distill_tokenizer *tok, size_t bytes)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < DIFFERENT; i++) {
        TRY(trace_text_make(&samples[i].text, 1, i, bytes));
        TRY(distill_tokenizer_encode(&samples[i].ids, tok, samples[i].text.reply.bytes,
                                     samples[i].text.reply.length, 0));
    }
done:
    return status;
}

static distill_status write_trace(trace_store *store, const sample_text *s, uint64_t order)
{
    char id[32];
    snprintf(id, sizeof id, "%llu", (unsigned long long)order);
    const trace_record record = {
        .id = distill_span_of(id),
        .prompt = distill_text_span(&s->text.prompt),
        .response = distill_text_span(&s->text.reply),
        .answer = distill_span_of(s->text.answer),
        .domain = distill_span_of("math"),
        .finish = s->text.truncated ? TRACE_FINISH_LENGTH : TRACE_FINISH_STOP,
        .response_tokens = (int32_t)s->ids.count,
        .token_ids = s->ids.at,
        .token_count = s->ids.count,
    };
    return trace_store_write(store, &record, order);
}

static distill_status write_traces(const char *dir, const distill_tokenizer *tok, uint64_t count,
                                   size_t bytes)
{
    distill_status status = DISTILL_OK;
    trace_store *store = NULL;
    sample_text *samples = NULL;
    const trace_store_settings settings = {.teacher = "made",
                                           .settings_json = "{\"prompt-template\":\"{prompt}\"}",
                                           .tokenizer_sha256 = distill_tokenizer_sha256(tok),
                                           .shard_traces = 10000,
                                           .compression_level = 1};
    TRY(DISTILL_NEW(&samples, DIFFERENT));
    TRY(trace_store_open(&store, dir, &settings));
    if (trace_store_is_finished(store))
        goto done;
    TRY(make_samples(samples, tok, bytes));
    for (uint64_t i = 0; i < count; i++)
        if (!trace_store_has_order(store, i))
            TRY(write_trace(store, &samples[i % DIFFERENT], i));
    TRY(trace_store_finish(store));
done:
    trace_store_close(store);
    for (size_t i = 0; samples != NULL && i < DIFFERENT; i++) {
        trace_text_free(&samples[i].text);
        distill_ids_free(&samples[i].ids);
    }
    distill_free(samples);
    return status;
}

/// Kibibytes of a line of /proc/self/status.
static long memory_of(const char *name)
{
    char line[200];
    long value = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name), NULL, 10);
    if (file != NULL)
        fclose(file);
    return value;
}

static distill_status read_once(const char *label, const char *traces, const char *tokens,
                                const training_reading *reading)
{
    distill_status status = DISTILL_OK;
    const char *specs[] = {traces};
    const distill_string_list list = {.at = specs, .count = 1};
    training_data data = {.tokens.path = tokens};
    double start = distill_now_s();
    TRY(training_data_read(&data, &list, reading));
    TRY(training_data_limit(&data, 32768, LENGTH_TRUNCATE));
    printf("%-12s %9zu documents %13zu tokens %8.2f s   RssAnon %5.0f MiB\n", label, data.count,
           training_data_tokens(&data), distill_now_s() - start,
           (double)memory_of("RssAnon:") / 1024);
done:
    training_data_free(&data);
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    distill_text traces = {0}, tokens = {0}, dir = {0};
    distill_tokenizer *tok = NULL;
    distill_chat *chat = NULL;
    const distill_chat_options choice = {.chat_template = "chatml"};
    usage_check(argc, argv, 2, 3, USAGE);
    size_t count = (size_t)usage_number(argc, argv, 2, 1000, 1, 1e8, USAGE);
    size_t bytes = (size_t)usage_number(argc, argv, 3, 16000, 100, 1e6, USAGE);
    TRY(distill_path_join(&traces, argv[1], "traces"));
    TRY(distill_path_join(&tokens, argv[1], "tokens.bin"));
    TRY(distill_model_path(&dir, "builtin"));
    TRY(distill_tokenizer_load(&tok, dir.bytes));
    TRY(distill_chat_open(&chat, tok, &choice));
    TRY(write_traces(traces.bytes, tok, count, bytes));
    const training_reading reading = {.tokenizer = tok, .chat = chat, .vocabulary = 1 << 24};
    TRY(distill_remove_all(tokens.bytes));
    TRY(read_once("from shards", traces.bytes, tokens.bytes, &reading));
    TRY(read_once("later start", traces.bytes, tokens.bytes, &reading));
    TRY(distill_remove_all(tokens.bytes));
done:
    distill_chat_close(chat);
    distill_tokenizer_free(tok);
    distill_text_free(&traces);
    distill_text_free(&tokens);
    distill_text_free(&dir);
    if (status != DISTILL_OK)
        fprintf(stderr, "training_start: error: %s\n", distill_error_message());
    return status != DISTILL_OK;
}
