// tests/support/tiny_model.h - a small random checkpoint with a byte-level tokenizer.
//
//     tiny_model_write(path, &TINY_QWEN2);   // config.json, model.safetensors, tokenizer.json, …
//
// The tokenizer has a token for each byte (0 … 255, in byte order), then <|endoftext|> 256,
// <|im_start|> 257 and <|im_end|> 258 with the ChatML template; the embedding has more rows than
// that, as in Qwen. The files are written without the code under test: only distill/base and the
// names and shapes of distill/model/tensor_table.h are used.
#ifndef TESTS_SUPPORT_TINY_MODEL_H
#define TESTS_SUPPORT_TINY_MODEL_H

#include "distill/base/text.h"

typedef struct tiny_model {
    const char *model_type; // "qwen2", "qwen3", "llama", "mistral"
    size_t L, D, F, H, Hkv, Dh, V;
    size_t max_positions;
    bool tied;
    bool bf16;
    uint64_t seed;
    const char *more_config; // further members of config.json ("\"sliding_window\":8"), NULL = none
} tiny_model;

enum { TINY_END_OF_TEXT = 256, TINY_IM_START = 257, TINY_IM_END = 258 };

extern const tiny_model TINY_QWEN2, TINY_QWEN3, TINY_LLAMA;

/// Creates the folder and writes all files. Aborts the test program on failure.
void tiny_model_write(const char *dir, const tiny_model *model);
/// Only config.json, as a text or as a file; only the tokenizer's files.
void tiny_model_config(distill_text *out, const tiny_model *model);
void tiny_model_write_config(const char *path, const tiny_model *model);
void tiny_model_write_tokenizer(const char *dir);
/// Writes a text file; aborts on failure.
void tiny_write_file(const char *dir, const char *name, const char *text);

#endif
