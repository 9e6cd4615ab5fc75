// datasets/sample/fingerprint.h - is this still the same model, are these still the same prompts?
//
// A run that goes on after an interruption must not mix traces of two teachers or of two prompt
// files that bear the same name. Fingerprints stand among the settings that a rerun must repeat.
#ifndef DATASETS_SAMPLE_FINGERPRINT_H
#define DATASETS_SAMPLE_FINGERPRINT_H

#include "datasets/prompts/prompts.h"
#include "distill/base/sha256.h"

/// Names, sizes and contents of a checkpoint's files: config, tokenizer, weights. Of a file larger
/// than 4 MiB, 64 parts spread over it are read.
/// Errors  IO.
distill_status model_fingerprint(char hex[DISTILL_SHA256_HEX], const char *dir) DISTILL_MUST_CHECK;

/// Ids, prompts, earlier turns and answers, in order.
distill_status prompts_fingerprint(char hex[DISTILL_SHA256_HEX],
                                   const prompt_set *prompts) DISTILL_MUST_CHECK;

#endif
