// tests/fuzz/fuzz_shard.c - the files of an output directory, changed: journal, frames, manifest,
// chunks, and whole shards.
//
// An input is a letter that selects the file, then patches of four bytes: position (24 bits) and
// new value. They are applied to a valid file that is created at the start.
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "datasets/traces/trace_frame.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[64];
static distill_text good_journal, good_manifest, good_shard, good_frame;

/// HDF5 leaks memory when it finds damaged metadata.
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

static void must(distill_status status)
{
    if (status != DISTILL_OK) {
        fprintf(stderr, "%s\n", distill_error_message());
        abort();
    }
}

static void remove_root(void)
{
    distill_status ignored = distill_remove_all(root);
    (void)ignored;
    distill_text_free(&good_journal);
    distill_text_free(&good_manifest);
    distill_text_free(&good_shard);
    distill_text_free(&good_frame);
}

static const char *inside(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static trace_record good_record(int32_t sample)
{
    static const int32_t ids[] = {1, 2, 3}, topk_ids[] = {1, 2, 3, 4, 5, 6};
    static const float logprobs[] = {-1, -2, -3};
    static const uint16_t halves[] = {0xB800, 0xC000, 0xB800, 0xC000, 0xB800, 0xC000};
    return (trace_record){.id = distill_span_of("id"),
                          .prompt = distill_span_of("What is 2+2?"),
                          .response = distill_span_of("<think>\n4\n</think>\n\n\\boxed{4}"),
                          .answer = distill_span_of("4"),
                          .domain = distill_span_of("math"),
                          .sample = sample,
                          .token_ids = ids,
                          .logprobs = logprobs,
                          .token_count = 3,
                          .topk = 2,
                          .topk_ids = topk_ids,
                          .topk_logprobs = halves,
                          .has_verdict = true,
                          .correct = 1,
                          .extracted = distill_span_of("4"),
                          .error = distill_span_of("x")};
}

static trace_store_settings settings(bool overwrite)
{
    return (trace_store_settings){.teacher = "t", .topk = 2, .overwrite = overwrite};
}

static void make_good(void)
{
    trace_store *store = NULL;
    trace_store_settings fresh = settings(true);
    // in memory if possible: each input causes about 12 fsync calls
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(root, sizeof root, "%s/distill-fuzz-shard-%ld", place, (long)getpid());
    atexit(remove_root);
    must(distill_log_open(NULL, true));
    must(trace_store_open(&store, inside("good"), &fresh));
    for (int32_t i = 0; i < 3; i++) {
        trace_record record = good_record(i);
        must(trace_store_append(store, &record, (uint64_t)i));
    }
    must(distill_file_read(&good_journal, inside("good/journal-00000.log"), 1 << 20));
    must(trace_store_finish(store));
    trace_store_close(store);
    must(distill_file_read(&good_manifest, inside("good/manifest.json"), 1 << 20));
    must(distill_file_read(&good_shard, inside("good/shard-00000.h5"), 1 << 20));
    trace_record record = good_record(0);
    must(trace_frame_encode(&good_frame, &record, 5));
    must(distill_make_directory(inside("changed")));
}

/// A copy of `good` with the patches applied; positions wrap around.
static void patch(distill_text *out, const distill_text *good, const uint8_t *data, size_t size)
{
    must(distill_text_append(out, good->bytes, good->length));
    for (; size >= 4; data += 4, size -= 4) {
        size_t place = (size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2];
        out->bytes[place % out->length] = (char)data[3];
    }
    if (size == 1)
        out->length = out->length * data[0] / 256; // truncated
}

static void write_changed(const char *name, const distill_text *bytes)
{
    FILE *file = fopen(inside(name), "wb");
    if (file == NULL || fwrite(bytes->bytes, 1, bytes->length, file) != bytes->length ||
        fclose(file) != 0)
        abort();
}

static void read_changed(const char *path)
{
    trace_reader *reader = NULL;
    trace_record record;
    if (trace_reader_open(&reader, path) != DISTILL_OK)
        return;
    for (size_t i = 0; i < trace_reader_count(reader) && i < 100; i++)
        if (trace_reader_read(reader, i, &record) == DISTILL_OK && record.response.length > 0 &&
            record.response.bytes[record.response.length] != '\0')
            abort();
    trace_reader_close(reader);
}

static void open_journal(const distill_text *bytes)
{
    trace_store *store = NULL;
    trace_store_settings again = settings(false);
    unlink(inside("changed/manifest.json"));
    write_changed("changed/journal-00000.log", bytes);
    if (trace_store_open(&store, inside("changed"), &again) != DISTILL_OK)
        return;
    // the remaining traces can be finished and read
    must(trace_store_finish(store));
    trace_store_close(store);
    read_changed(inside("changed"));
}

static void decode_frame(const distill_text *bytes, trace_frame_form form)
{
    trace_record record;
    uint64_t order = 0;
    distill_text again = {0};
    if (trace_frame_decode(&record, &order, distill_text_span(bytes), form) == DISTILL_OK)
        must(trace_frame_encode(&again, &record, order));
    distill_text_free(&again);
}

static void unpack_chunk(const distill_text *bytes, const uint8_t *data, size_t size)
{
    static char out[4096];
    const char *why = NULL;
    zstd_filter_unpack(out, sizeof out, data, size, &why);
    zstd_filter_unpack(out, bytes->length % sizeof out, data, size, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    distill_text changed = {0};
    if (root[0] == '\0')
        make_good();
    if (size == 0)
        return 0;
    const distill_text *const goods[] = {&good_journal, &good_frame, &good_manifest, &good_shard};
    size_t kind = data[0] % 5;
    patch(&changed, goods[kind % 4], data + 1, size - 1);
    switch (kind) {
    case 0:
        open_journal(&changed);
        break;
    case 1:
        decode_frame(&changed, TRACE_FRAME_CURRENT);
        decode_frame(&changed, TRACE_FRAME_OLDER);
        break;
    case 2:
        write_changed("good/manifest.json", &changed);
        read_changed(inside("good"));
        break;
    case 3:
        write_changed("changed.h5", &changed);
        read_changed(inside("changed.h5"));
        break;
    default:
        unpack_chunk(&changed, data + 1, size - 1);
    }
    distill_text_free(&changed);
    return 0;
}
