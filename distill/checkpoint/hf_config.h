// distill/checkpoint/hf_config.h - config.json and generation_config.json of a checkpoint.
//
//     distill_config config;
//     TRY(distill_hf_config_read(&config, "models/Qwen2.5-0.5B"));
//     TRY(distill_hf_config_write("student", "models/Qwen2.5-0.5B", &config, DISTILL_BF16));
//
// distill/model/config.h interprets the members; this module reads and writes the files.
#ifndef DISTILL_CHECKPOINT_HF_CONFIG_H
#define DISTILL_CHECKPOINT_HF_CONFIG_H

#include "distill/model/config.h"
#include "distill/tensor/dtype.h"

/// Reads DIR/config.json and, if it is there, DIR/generation_config.json; or config.json alone if
/// `path` ends in ".json".
/// Errors  those of distill_config_parse; IO; LIMIT for a file over 16 MB.
distill_status distill_hf_config_read(distill_config *out, const char *path) DISTILL_MUST_CHECK;

/// Writes DIR/config.json and DIR/generation_config.json, copied from `source` (a directory, or a
/// config.json file alone):
///   config.json             every member as it was, "torch_dtype" (or "dtype") set to `dtype`,
///                           "architectures" filled in where it is missing
///   generation_config.json  as it was, with those of config->eos_ids added that it lacks
/// `dir` exists.
distill_status distill_hf_config_write(const char *dir, const char *source,
                                       const distill_config *config,
                                       distill_dtype dtype) DISTILL_MUST_CHECK;

#endif
