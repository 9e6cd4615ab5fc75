// distill/checkpoint/hf_write.h - writing Hugging Face checkpoint directories.
//
//     distill_hf_origin origin = {.config = "base/", .tokenizer = "base/"};
//     distill_block_source from = distill_block_source_of(params);
//     TRY(distill_checkpoint_write("student", layout, &from, DISTILL_BF16, &origin));
//
// Each file is written atomically, the weights last: a directory that holds them is a complete
// checkpoint.
#ifndef DISTILL_CHECKPOINT_HF_WRITE_H
#define DISTILL_CHECKPOINT_HF_WRITE_H

#include "distill/model/parameters.h"
#include "distill/tensor/dtype.h"

/// Where the files other than the weights are copied from.
typedef struct distill_hf_origin {
    const char *config;    // directory, or a config.json file: see distill_hf_config_write
    const char *tokenizer; // directory whose tokenizer files are copied byte for byte; NULL = none
    const char *chat_template;   // replaces that of the tokenizer files; NULL = as it is
    const char *prompt_template; // a member of generation_config.json; NULL = as it is
} distill_hf_origin;

/// Writes a complete checkpoint into `dir` (created): config.json, generation_config.json,
/// tokenizer files and the values of `from` as model.safetensors, or shards of at most 5 GB with an
/// index.
/// Errors  NUMERIC for a value that is not finite as `dtype`, naming tensor and element; IO; those
///         of the configuration.
distill_status distill_checkpoint_write(const char *dir, const distill_layout *layout,
                                        const distill_block_source *from, distill_dtype dtype,
                                        const distill_hf_origin *origin) DISTILL_MUST_CHECK;

/// The weights alone: model.safetensors, or shards of at most `shard_bytes` with an index. Existing
/// weights of the other form in `dir` are removed.
distill_status distill_checkpoint_write_weights(const char *dir, const distill_layout *layout,
                                                const distill_block_source *from,
                                                distill_dtype dtype,
                                                uint64_t shard_bytes) DISTILL_MUST_CHECK;

#endif
