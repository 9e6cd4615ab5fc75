// distill/checkpoint/hf_read.h - Hugging Face checkpoint directories, in and out.
//
//     distill_checkpoint *ckpt = NULL;
//     TRY(distill_checkpoint_open(&ckpt, "models/Qwen2.5-0.5B"));  // maps and checks all
//     TRY(distill_layout_create(&layout, distill_checkpoint_config(ckpt)));
//     TRY(DISTILL_NEW(&block, layout->total));
//     TRY(distill_checkpoint_load(block, layout, ckpt));           // to float32; NaN is found
//     distill_checkpoint_close(ckpt);
//
// Files: config.json, generation_config.json, model.safetensors or shards named by
// model.safetensors.index.json. Names may lack "model." (a base model saved alone). A tied model
// may store lm_head.weight if it equals the embedding. Links are followed (the Hugging Face cache
// is made of them), but a shard's name in the index must be a plain file name.
#ifndef DISTILL_CHECKPOINT_HF_READ_H
#define DISTILL_CHECKPOINT_HF_READ_H

#include "distill/checkpoint/safetensors.h"
#include "distill/model/parameters.h"
#include "distill/tensor/dtype.h"

typedef struct distill_checkpoint distill_checkpoint;

/// Errors  those of config.json; FORMAT for missing, surplus, doubled or wrongly shaped tensors,
///         for an index that does not agree with its shards, and for broken safetensors files.
distill_status distill_checkpoint_open(distill_checkpoint **out,
                                       const char *dir) DISTILL_MUST_CHECK;
void distill_checkpoint_close(distill_checkpoint *ckpt);
const distill_config *distill_checkpoint_config(const distill_checkpoint *ckpt);
const char *distill_checkpoint_path(const distill_checkpoint *ckpt);
/// Type of the stored weights (that of the largest tensor).
distill_dtype distill_checkpoint_dtype(const distill_checkpoint *ckpt);
/// A tensor as it is stored, by the name of the layout; NULL if there is none. Borrowed.
const distill_safetensor *distill_checkpoint_find(const distill_checkpoint *ckpt, const char *name);

/// Copies every tensor of `layout` (made from the checkpoint's config) into `block`
/// (layout->total floats), widened to float32, on all threads; the gaps become zero.
/// Errors  NUMERIC for NaN and infinities, naming tensor and place; FORMAT if a tied model's
///         lm_head.weight differs from its embedding.
distill_status distill_checkpoint_load(float *block, const distill_layout *layout,
                                       const distill_checkpoint *ckpt) DISTILL_MUST_CHECK;
/// The same, piece by piece to wherever the values go; the gaps are not written. Pages of the files
/// leave this process's memory as they are read.
distill_status distill_checkpoint_load_into(const distill_block_sink *to,
                                            const distill_layout *layout,
                                            const distill_checkpoint *ckpt) DISTILL_MUST_CHECK;

/// What distill_checkpoint_load checks of a tied model: a head stored beside the embedding equals
/// it.
distill_status distill_checkpoint_check_tied(const distill_checkpoint *ckpt) DISTILL_MUST_CHECK;

/// Writes a complete checkpoint into `dir` (created): config.json, generation_config.json,
/// tokenizer files and model.safetensors, or shards of at most 5 GB with an index. The weights
/// appear last, atomically. `config_source`: directory or .json file whose config is carried over
/// (torch_dtype set to `dtype`, "architectures" filled in if missing), its generation_config.json
/// too (with those of layout->config.eos_ids added that it lacks); `tokenizer_source`: directory
/// whose tokenizer files are carried over byte for byte (NULL = none).
distill_status distill_checkpoint_write(const char *dir, const distill_layout *layout,
                                        const float *block, distill_dtype dtype,
                                        const char *config_source,
                                        const char *tokenizer_source) DISTILL_MUST_CHECK;
/// The same of values that lie somewhere else.
distill_status distill_checkpoint_write_from(const char *dir, const distill_layout *layout,
                                             const distill_block_source *from, distill_dtype dtype,
                                             const char *config_source,
                                             const char *tokenizer_source) DISTILL_MUST_CHECK;

/// The weights alone: model.safetensors, or shards of at most `shard_bytes` with an index.
distill_status distill_checkpoint_write_weights(const char *dir, const distill_layout *layout,
                                                const float *block, distill_dtype dtype,
                                                uint64_t shard_bytes) DISTILL_MUST_CHECK;

#endif
