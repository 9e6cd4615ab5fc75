// distill/model/checkpoint_dir.h - Hugging Face checkpoint directories, in and out.
//
//     distill_checkpoint *ckpt = NULL;
//     TRY(distill_checkpoint_open(&ckpt, "models/Qwen2.5-0.5B"));    // maps the files, checks
//     every header TRY(distill_layout_create(&layout, distill_checkpoint_config(ckpt)));
//     TRY(DISTILL_NEW(&block, layout->total));
//     TRY(distill_checkpoint_load(block, layout, ckpt));             // widened to float32, NaN
//     found distill_checkpoint_close(ckpt);
#ifndef DISTILL_MODEL_CHECKPOINT_DIR_H
#define DISTILL_MODEL_CHECKPOINT_DIR_H

#include "distill/model/parameters.h"

typedef enum distill_dtype { DISTILL_F32, DISTILL_BF16, DISTILL_F16 } distill_dtype;

typedef struct distill_checkpoint distill_checkpoint;

distill_status distill_checkpoint_open(distill_checkpoint **out,
                                       const char *dir) DISTILL_MUST_CHECK;
void distill_checkpoint_close(distill_checkpoint *ckpt);
const distill_config *distill_checkpoint_config(const distill_checkpoint *ckpt);
const char *distill_checkpoint_path(const distill_checkpoint *ckpt);
/// Type of the stored weights (that of the largest tensor).
distill_dtype distill_checkpoint_dtype(const distill_checkpoint *ckpt);

/// Copies every tensor of `layout` into `block`, widened to float32.
/// Errors  FORMAT for missing, surplus or wrongly shaped tensors; NUMERIC for NaN and infinities,
/// naming tensor and place.
distill_status distill_checkpoint_load(float *block, const distill_layout *layout,
                                       const distill_checkpoint *ckpt) DISTILL_MUST_CHECK;

/// Writes a complete checkpoint into `dir` (created): config.json, generation_config.json,
/// tokenizer files and model.safetensors, or shards of at most 5 GB with an index. The weights
/// appear last, atomically. `config_source`: directory or .json file whose config is carried over
/// (torch_dtype set to `dtype`, "architectures" filled in if missing); `tokenizer_source`:
/// directory whose tokenizer files are carried over byte for byte (NULL = none).
distill_status distill_checkpoint_write(const char *dir, const distill_layout *layout,
                                        const float *block, distill_dtype dtype,
                                        const char *config_source,
                                        const char *tokenizer_source) DISTILL_MUST_CHECK;

#endif
