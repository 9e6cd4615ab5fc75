// distill/checkpoint/hf_read.h - reading Hugging Face checkpoint directories.
//
//     distill_checkpoint *ckpt = NULL;
//     TRY(distill_checkpoint_open(&ckpt, "models/Qwen2.5-0.5B"));  // maps and checks the files
//     TRY(distill_layout_create(&layout, distill_checkpoint_config(ckpt)));
//     TRY(DISTILL_NEW(&block, layout->total));
//     TRY(distill_checkpoint_load(block, layout, ckpt));           // to float32; NaN is found
//     distill_checkpoint_close(ckpt);
//
// Files   config.json, generation_config.json, model.safetensors or shards named by
//         model.safetensors.index.json. Names may lack "model." (a base model saved alone). A tied
//         model may store lm_head.weight if it equals the embedding. Links are followed (the
//         Hugging Face cache consists of links), but a shard's name in the index must be a plain
//         file name.
// Threads an open checkpoint is immutable and may be shared.
#ifndef DISTILL_CHECKPOINT_HF_READ_H
#define DISTILL_CHECKPOINT_HF_READ_H

#include "distill/model/parameters.h"
#include "distill/tensor/dtype.h"

typedef struct distill_checkpoint distill_checkpoint;

/// Errors  those of config.json; FORMAT for missing, surplus, repeated or wrongly shaped tensors,
///         for an index that does not agree with its shards, for broken safetensors files, and if a
///         tied model stores an lm_head.weight that differs from its embedding.
distill_status distill_checkpoint_open(distill_checkpoint **out,
                                       const char *dir) DISTILL_MUST_CHECK;
void distill_checkpoint_close(distill_checkpoint *ckpt);
const distill_config *distill_checkpoint_config(const distill_checkpoint *ckpt);
const char *distill_checkpoint_path(const distill_checkpoint *ckpt);
/// Type of the stored weights (that of the largest tensor).
distill_dtype distill_checkpoint_dtype(const distill_checkpoint *ckpt);
/// The tensors in the mapped files, and the layout they belong to. Borrowed.
distill_tensor_views distill_checkpoint_views(const distill_checkpoint *ckpt);

/// Copies every tensor of `layout` (made from the checkpoint's config) into `block`
/// (layout->total floats), widened to float32, on all threads; the gaps become zero.
/// Errors  NUMERIC for NaN and infinities, naming tensor and place.
distill_status distill_checkpoint_load(float *block, const distill_layout *layout,
                                       const distill_checkpoint *ckpt) DISTILL_MUST_CHECK;
/// The same, piece by piece into a sink; the gaps are not written. Pages of the files leave this
/// process's memory as they are read.
distill_status distill_checkpoint_load_into(const distill_block_sink *to,
                                            const distill_layout *layout,
                                            const distill_checkpoint *ckpt) DISTILL_MUST_CHECK;

#endif
