// distill/text/tokenizer/train/bpe_train.h - trains a byte-level BPE vocabulary and writes it as a
// Hugging Face tokenizer.
//
//     distill_bpe_trainer *trainer = NULL;
//     TRY(distill_bpe_trainer_create(&trainer));
//     TRY(distill_bpe_trainer_add(trainer, line.bytes, line.length)); // for each text
//     TRY(distill_bpe_trainer_write(&size, trainer, 512, "out/", false));
//
// The tokenizer splits words as Qwen2 does (each digit is a word). It has the 256 bytes, the
// learned merges, the special tokens <|endoftext|>, <|im_start|>, <|im_end|> and the ordinary added
// tokens <think>, </think>. Its chat template is ChatML in the published Qwen2.5 form without a
// default system prompt. The files depend only on the text.
// Limits  for small vocabularies: each merge scans all distinct words.
#ifndef DISTILL_TEXT_TOKENIZER_TRAIN_BPE_TRAIN_H
#define DISTILL_TEXT_TOKENIZER_TRAIN_BPE_TRAIN_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    DISTILL_BPE_TRAIN_MIN = 256 + 5, // the bytes and the added tokens
    DISTILL_BPE_TRAIN_MAX = 1 << 16
};

typedef struct distill_bpe_trainer distill_bpe_trainer;

distill_status distill_bpe_trainer_create(distill_bpe_trainer **out) DISTILL_MUST_CHECK;
void distill_bpe_trainer_free(distill_bpe_trainer *trainer);

/// Counts the words of a text. Invalid UTF-8 is read as U+FFFD.
distill_status distill_bpe_trainer_add(distill_bpe_trainer *trainer, const char *bytes,
                                       size_t length) DISTILL_MUST_CHECK;

/// Learns merges until the vocabulary has `vocabulary_size` tokens or no pair of neighbours occurs
/// twice, and writes tokenizer.json and tokenizer_config.json into `dir`, which is created if it
/// does not exist. *size is the number of tokens. May be called once.
/// Errors  USAGE for a size out of range; MISMATCH if other files exist there and `overwrite` is
///         false.
distill_status distill_bpe_trainer_write(size_t *size, distill_bpe_trainer *trainer,
                                         size_t vocabulary_size, const char *dir,
                                         bool overwrite) DISTILL_MUST_CHECK;

#endif
