// distill/train/resume.h - the state of a training run on disk, for an exact resume.
//
//     OUTPUT/checkpoints/step-120/   a Hugging Face checkpoint in float32, and beside it
//         optimizer.safetensors      "m.NAME", "v.NAME": AdamW's two moments; with 8-bit moments
//                                    "m8.NAME", "v8.NAME": their codes, U8 [blocks, 256], and
//                                    "m8.NAME.scale", "v8.NAME.scale": F32 [blocks]
//         training_state.json        {"step":120,"tokens":…,"threads":2,"data_sha256":"…"}
//
// A checkpoint is written under another name and renamed, and renamed before it is removed: a
// folder named step-N is complete. The order of the data and all random numbers are functions of
// (seed, step), so that only the step is stored.
#ifndef DISTILL_TRAIN_RESUME_H
#define DISTILL_TRAIN_RESUME_H

#include "distill/base/sha256.h"
#include "distill/checkpoint/hf_write.h"
#include "distill/train/moments.h"
#include "distill/train/train_weights.h"

typedef struct distill_train_state {
    uint64_t step;                        // optimizer steps done
    uint64_t tokens;                      // seen so far
    int threads;                          // another number gives the same result up to rounding
    char data_sha256[DISTILL_SHA256_HEX]; // of the documents in memory; "" = unknown
} distill_train_state;

/// The state in memory that is saved and loaded.
typedef struct distill_train_blocks {
    const distill_layout *layout;
    distill_train_weights *weights;
    distill_moments *moments;
} distill_train_blocks;

/// Writes OUTPUT/checkpoints/step-N, unless it exists, and removes the oldest ones beyond `keep`
/// (0 = keep all). `origin`: as in distill_checkpoint_write.
distill_status distill_train_checkpoint_save(const char *output, const distill_train_state *state,
                                             const distill_train_blocks *blocks,
                                             const distill_hf_origin *origin,
                                             size_t keep) DISTILL_MUST_CHECK;
/// Sets `dir` to the newest checkpoint, cleared if there is none. Leftovers of a killed run are
/// removed.
distill_status distill_train_checkpoint_latest(distill_text *dir,
                                               const char *output) DISTILL_MUST_CHECK;
distill_status distill_train_checkpoint_load(distill_train_state *state,
                                             const distill_train_blocks *blocks,
                                             const char *dir) DISTILL_MUST_CHECK;

#endif
