// datasets/traces/trace_store_settings.h - the settings of an output directory of traces.
#ifndef DATASETS_TRACES_TRACE_STORE_SETTINGS_H
#define DATASETS_TRACES_TRACE_STORE_SETTINGS_H

#include "distill/base/output_dir.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct trace_store_settings {
    const char *teacher;
    const char *tokenizer_sha256; // "" = unknown
    const char *settings_json;    // kept in shards and manifest; a rerun must give the same
    size_t shard_traces;          // rows a shard (default 10000)
    int compression_level;        // zstd
    size_t topk;                  // K of topk datasets
    bool overwrite;               // removes an existing output first
    bool verdict;                 // every shard has verdict columns, even an empty one
    distill_output_keys keys;     // of settings_json that may differ between runs (batch_size, …)
} trace_store_settings;

#endif
