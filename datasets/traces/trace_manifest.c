// datasets/traces/trace_manifest.c - writes, reads and compares manifest.json.
//
// The settings come first, then the counts, then a line for each shard. A journal's head frames
// hold the same two parts: the settings as an object, and each complete shard as another one.
//
// Limits: 256 MiB of manifest; counts and sizes up to 2^52, which every reader of JSON takes
// exactly.
#include "datasets/traces/trace_manifest.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/output_dir.h"

#include <stdio.h>
#include <string.h>

enum { MOST_MANIFEST_BYTES = 1 << 28 };
static const size_t MOST_COUNT = (size_t)1 << 52;

void manifest_shard_name(char name[32], size_t number)
{
    snprintf(name, 32, "shard-%05zu.h5", number);
}

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

void manifest_add_settings(distill_json_writer *w, const trace_store_settings *settings)
{
    const char *json = settings->settings_json;
    distill_json_add_string(w, "format", "distill-traces");
    distill_json_add_uint(w, "version", 1);
    distill_json_add_string(w, "tool_version", DISTILL_VERSION);
    distill_json_add_string(w, "teacher", text_or_empty(settings->teacher));
    distill_json_add_string(w, "tokenizer_sha256", text_or_empty(settings->tokenizer_sha256));
    distill_json_add_uint(w, "shard_traces", settings->shard_traces);
    distill_json_add_uint(w, "topk", settings->topk);
    distill_json_add_raw(w, "settings",
                         distill_span_of(json != NULL && json[0] != '\0' ? json : "{}"));
}

// --- comparing ---------------------------------------------------------------------------------

distill_status manifest_compare_settings(const distill_json *old,
                                         const trace_store_settings *settings, const char *dir)
{
    // "settings" is compared by itself; the others may differ between two runs
    static const char *const free[] = {"settings", "tool_version", "counts", "shards"};
    const distill_output_keys root_keys = {.free = free, .free_count = sizeof free / sizeof *free};
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    distill_json_writer w = {.out = &text};
    distill_json *new = NULL;
    distill_json_begin_object(&w, NULL);
    manifest_add_settings(&w, settings);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
    TRY(distill_json_parse(&new, text.bytes, text.length, "settings"));
    const distill_json_node *old_root = distill_json_root(old), *new_root = distill_json_root(new);
    TRY(distill_output_compare(dir, &settings->keys, old, distill_json_member(old_root, "settings"),
                               new, distill_json_member(new_root, "settings")));
    TRY(distill_output_compare(dir, &root_keys, old, old_root, new, new_root));
done:
    distill_json_free(new);
    distill_text_free(&text);
    return status;
}

// --- shards ------------------------------------------------------------------------------------

/// Adds a shard as a member `key`, or as an element of an array.
static void add_shard(distill_json_writer *w, const char *key, const shard_info *info,
                      size_t number)
{
    char name[32];
    manifest_shard_name(name, number);
    distill_json_begin_object(w, key);
    distill_json_add_string(w, "file", name);
    distill_json_add_uint(w, "traces", info->traces);
    distill_json_add_uint(w, "bytes", info->bytes);
    distill_json_add_string(w, "sha256", info->sha256);
    distill_json_end_object(w);
}

static distill_status read_shard(shard_info *info, const distill_json *doc,
                                 const distill_json_node *node, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_span file, sha256;
    char name[32];
    size_t traces = 0, bytes = 0;
    manifest_shard_name(name, number);
    TRY(distill_json_get_string(&file, doc, node, "file"));
    if (!distill_span_is(file, name))
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected %s", distill_json_where(doc, node, "file"),
                         name));
    TRY(distill_json_get_size(&traces, doc, node, "traces", 0, MOST_COUNT));
    TRY(distill_json_get_size(&bytes, doc, node, "bytes", 0, MOST_COUNT));
    TRY(distill_json_get_string(&sha256, doc, node, "sha256"));
    if (sha256.length != DISTILL_SHA256_HEX - 1)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected 64 hex digits",
                         distill_json_where(doc, node, "sha256")));
    info->traces = traces;
    info->bytes = bytes;
    memcpy(info->sha256, sha256.bytes, DISTILL_SHA256_HEX);
done:
    return status;
}

static void add_counts(distill_json_writer *w, const trace_counts *counts)
{
    distill_json_begin_object(w, "counts");
    distill_json_add_uint(w, "traces", counts->traces);
    distill_json_add_uint(w, "prompt_tokens", counts->prompt_tokens);
    distill_json_add_uint(w, "response_tokens", counts->response_tokens);
    distill_json_add_uint(w, "truncated", counts->truncated);
    distill_json_add_uint(w, "errors", counts->errors);
    distill_json_end_object(w);
}

static distill_status read_counts(trace_counts *counts, const distill_json *doc,
                                  const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    size_t values[5];
    static const char *const keys[5] = {"traces", "prompt_tokens", "response_tokens", "truncated",
                                        "errors"};
    for (size_t i = 0; i < 5; i++)
        TRY(distill_json_get_size(&values[i], doc, node, keys[i], 0, MOST_COUNT));
    *counts = (trace_counts){values[0], values[1], values[2], values[3], values[4]};
done:
    return status;
}

distill_status manifest_write_sealed(distill_text *out, const manifest_shard *shard, size_t number)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_json_add_uint(&w, "number", number);
    // a string, because a double does not hold every 64-bit number
    distill_json_add_format(&w, "end_order", "%llu", (unsigned long long)shard->end_order);
    add_shard(&w, "shard", &shard->info, number);
    add_counts(&w, &shard->counts);
    distill_json_end_object(&w);
    return distill_json_finish(&w);
}

distill_status manifest_read_sealed(manifest_shard *shard, size_t *number, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    distill_span order;
    unsigned long long end_order = 0;
    TRY(distill_json_get_size(number, doc, root, "number", 0, 99999999));
    TRY(distill_json_get_string(&order, doc, root, "end_order"));
    if (sscanf(order.bytes, "%llu", &end_order) != 1)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a number",
                         distill_json_where(doc, root, "end_order")));
    shard->end_order = end_order;
    TRY(read_shard(&shard->info, doc, distill_json_member(root, "shard"), *number));
    TRY(read_counts(&shard->counts, doc, distill_json_member(root, "counts")));
done:
    return status;
}

// --- the file ----------------------------------------------------------------------------------

static trace_counts sum_of_counts(const manifest_shards *shards)
{
    trace_counts sum = {0};
    for (size_t i = 0; i < shards->count; i++) {
        const trace_counts *counts = &shards->at[i].counts;
        sum.traces += counts->traces;
        sum.prompt_tokens += counts->prompt_tokens;
        sum.response_tokens += counts->response_tokens;
        sum.truncated += counts->truncated;
        sum.errors += counts->errors;
    }
    return sum;
}

distill_status manifest_write(const char *dir, const trace_store_settings *settings,
                              const manifest_shards *shards)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0}, path = {0};
    distill_json_writer w = {.out = &text};
    trace_counts sum = sum_of_counts(shards);
    distill_json_begin_object(&w, NULL);
    manifest_add_settings(&w, settings);
    distill_json_break_line(&w, 1);
    add_counts(&w, &sum);
    distill_json_break_line(&w, 1);
    distill_json_begin_array(&w, "shards");
    for (size_t i = 0; i < shards->count; i++) {
        distill_json_break_line(&w, 2);
        add_shard(&w, NULL, &shards->at[i].info, i);
    }
    distill_json_end_array(&w);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(distill_path_join(&path, dir, "manifest.json"));
    TRY(distill_file_write(path.bytes, text.bytes, text.length));
done:
    distill_text_free(&text);
    distill_text_free(&path);
    return status;
}

static distill_status read_shards(manifest_shards *shards, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *list = distill_json_member(root, "shards");
    distill_span format;
    size_t version = 0;
    TRY(distill_json_get_string(&format, doc, root, "format"));
    if (!distill_span_is(format, "distill-traces"))
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected \"distill-traces\"",
                         distill_json_where(doc, root, "format")));
    TRY(distill_json_get_size(&version, doc, root, "version", 1, 1));
    if (list == NULL || distill_json_kind_of(list) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an array",
                         distill_json_where(doc, root, "shards")));
    TRY(DISTILL_NEW(&shards->at, distill_json_count(list)));
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node)) {
        TRY(read_shard(&shards->at[shards->count].info, doc, node, shards->count));
        shards->count++;
    }
done:
    return status;
}

distill_status manifest_read(manifest_shards *shards, distill_json **out, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    distill_json *doc = NULL;
    *shards = (manifest_shards){0};
    TRY(distill_path_join(&path, dir, "manifest.json"));
    TRY(distill_json_read(&doc, path.bytes, MOST_MANIFEST_BYTES));
    TRY(read_shards(shards, doc));
    if (out != NULL) {
        *out = doc;
        doc = NULL;
    }
done:
    if (status != DISTILL_OK) {
        distill_free(shards->at);
        *shards = (manifest_shards){0};
    }
    distill_json_free(doc);
    distill_text_free(&path);
    return status;
}
