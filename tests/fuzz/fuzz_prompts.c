// tests/fuzz/fuzz_prompts.c - lines of JSON as prompts, and as traces to import.
#include "datasets/prompts/prompts.h"
#include "datasets/traces/json_trace_read.h"
#include "datasets/traces/json_trace_write.h"
#include "distill/base/file.h"
#include "distill/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];

static void remove_file(void)
{
    unlink(path);
}

static const char *input_file(void)
{
    if (path[0] == '\0') {
        snprintf(path, sizeof path, "/tmp/distill-fuzz-prompts-%ld", (long)getpid());
        atexit(remove_file);
        if (distill_log_open(NULL, true) != DISTILL_OK)
            abort();
    }
    return path;
}

static void read_prompts(const uint8_t *data, size_t size)
{
    prompt_set *set = NULL;
    FILE *file = fopen(input_file(), "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    if (prompt_set_open(&set, path, NULL) != DISTILL_OK)
        return;
    for (size_t i = 0; i < prompt_set_count(set); i++) {
        const prompt_record *record = prompt_set_at(set, i);
        if (record->prompt.length == 0 || record->id.length == 0 || record->domain.length == 0 ||
            record->prompt.bytes[record->prompt.length] != '\0')
            abort();
        if (record->messages.bytes[record->messages.length] != '\0')
            abort();
    }
    prompt_set_close(set);
}

/// A trace that can be imported can be exported, and is the same when it is read again.
static void read_trace(const uint8_t *data, size_t size)
{
    json_trace trace = {.has_id = false}, again = {.has_id = false};
    distill_json *doc = NULL, *second = NULL;
    distill_text line = {0}, same = {0};
    bool more = true;
    if (distill_json_parse(&doc, (const char *)data, size, "fuzz") != DISTILL_OK ||
        json_trace_read(&trace, doc) != DISTILL_OK)
        goto done;
    if (json_trace_write(&line, &trace.record) != DISTILL_OK ||
        distill_json_parse(&second, line.bytes, line.length, "again") != DISTILL_OK ||
        json_trace_read(&again, second) != DISTILL_OK ||
        json_trace_write(&same, &again.record) != DISTILL_OK || strcmp(line.bytes, same.bytes) != 0)
        abort();
    while (more && json_trace_next(&trace, doc, &more) == DISTILL_OK) {
    }
done:
    distill_json_free(doc);
    distill_json_free(second);
    distill_text_free(&line);
    distill_text_free(&same);
    json_trace_free(&trace);
    json_trace_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_prompts(data, size);
    read_trace(data, size);
    return 0;
}
