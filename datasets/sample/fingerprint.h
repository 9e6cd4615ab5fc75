// datasets/sample/fingerprint.h - SHA-256 fingerprints of the inputs of sampling: a checkpoint, a
// prompt set.
//
//     TRY(model_fingerprint(hex, "models/qwen2.5-1.5b"));
//
// They are among the settings of an output (gen_run.c, bench). A run that resumes the output
// compares them, so that traces of two teachers, or of two prompt files, with the same name are
// never mixed.
#ifndef DATASETS_SAMPLE_FINGERPRINT_H
#define DATASETS_SAMPLE_FINGERPRINT_H

#include "datasets/prompts/prompts.h"
#include "distill/base/sha256.h"

/// Of the names, sizes and contents of a checkpoint's files: *.json, *.jinja, *.safetensors. Of a
/// file larger than 4 MiB, 64 parts of 64 KiB spread over it are read, so that large weights take
/// milliseconds.
/// Errors  IO.
distill_status model_fingerprint(char hex[DISTILL_SHA256_HEX], const char *dir) DISTILL_MUST_CHECK;

/// Of the ids, prompts, answers and earlier turns, in their order.
distill_status prompts_fingerprint(char hex[DISTILL_SHA256_HEX],
                                   const prompt_set *prompts) DISTILL_MUST_CHECK;

#endif
