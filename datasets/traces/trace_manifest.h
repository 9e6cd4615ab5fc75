// datasets/traces/trace_manifest.h - manifest.json: what an output directory holds. Its presence
// means that the output is complete.
//
//     {"format":"distill-traces","version":1,"tool_version":…,"teacher":…,"tokenizer_sha256":…,
//      "shard_traces":N,"topk":K,"settings":{…},
//      "counts":{"traces":N,"prompt_tokens":N,"response_tokens":N,"truncated":N,"errors":N},
//      "shards":[{"file":"shard-00000.h5","traces":N,"bytes":N,"sha256":HEX},…]}
//
// Private to datasets/ (users: trace_store.h, trace_reader.h).
#ifndef DATASETS_TRACES_TRACE_MANIFEST_H
#define DATASETS_TRACES_TRACE_MANIFEST_H

#include "datasets/traces/shard/shard_write.h"
#include "datasets/traces/trace_store_settings.h"
#include "distill/base/json/json_writer.h"

typedef struct trace_counts {
    uint64_t traces, prompt_tokens, response_tokens, truncated, errors;
} trace_counts;

typedef struct manifest_shard {
    shard_info info;
    uint64_t end_order;  // all traces of the shard have smaller orders (journal only)
    trace_counts counts; // likewise
} manifest_shard;

typedef struct manifest_shards {
    manifest_shard *at;
    size_t count;
} manifest_shards;

/// "shard-00017.h5"
void manifest_shard_name(char name[32], size_t number);

/// Adds the members of a manifest that are settings, from "format" to "settings", to the open
/// object.
void manifest_add_settings(distill_json_writer *w, const trace_store_settings *settings);
/// Compares `old`, a manifest or a head frame, with `settings`. Errors  MISMATCH naming the first
/// setting that differs.
distill_status manifest_compare_settings(const distill_json *old,
                                         const trace_store_settings *settings,
                                         const char *dir) DISTILL_MUST_CHECK;

/// Appends the head frame of a complete shard: all of manifest_shard as JSON.
distill_status manifest_write_sealed(distill_text *out, const manifest_shard *shard,
                                     size_t number) DISTILL_MUST_CHECK;
/// Reads a head frame of a shard; sets *number to the number of the shard.
distill_status manifest_read_sealed(manifest_shard *shard, size_t *number,
                                    const distill_json *doc) DISTILL_MUST_CHECK;

/// Writes DIR/manifest.json.
distill_status manifest_write(const char *dir, const trace_store_settings *settings,
                              const manifest_shards *shards) DISTILL_MUST_CHECK;
/// Reads DIR/manifest.json. The caller frees `shards->at` and *doc; `doc` may be NULL.
distill_status manifest_read(manifest_shards *shards, distill_json **doc,
                             const char *dir) DISTILL_MUST_CHECK;

#endif
