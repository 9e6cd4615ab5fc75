// distill/checkpoint/model_path.h - the checkpoint directory of the model that a user names.
//
//     distill_text dir = {0};
//     TRY(distill_model_path(&dir, options->model));       // "builtin", "models/Qwen2.5-0.5B"
//     TRY(distill_checkpoint_open(&checkpoint, dir.bytes));
#ifndef DISTILL_CHECKPOINT_MODEL_PATH_H
#define DISTILL_CHECKPOINT_MODEL_PATH_H

#include "distill/base/text.h"

/// Sets `out` to the directory of `name`: "builtin" is the teacher shipped with the project, found
/// through DISTILL_BUILTIN_DIR, else in the installation or the source tree that the program
/// belongs to; any other name is used as it is, without a check.
/// Errors  IO if the builtin teacher is not found.
distill_status distill_model_path(distill_text *out, const char *name) DISTILL_MUST_CHECK;

#endif
