// distill/text/tokenizer/train/bpe_train_parts.h - private header of the module bpe_train: bpe_train.c
// (counting words, learning merges), bpe_train_write.c (the files).
#ifndef DISTILL_TEXT_TOKENIZER_TRAIN_BPE_TRAIN_PARTS_H
#define DISTILL_TEXT_TOKENIZER_TRAIN_BPE_TRAIN_PARTS_H

#include "distill/base/hash_map.h"
#include "distill/text/tokenizer/tokenizer_parts.h"
#include "distill/text/tokenizer/train/bpe_train.h"

// Normaliser and pre-tokenizer of Qwen2 as JSON: they split the training text, and are written
// unchanged to tokenizer.json.
#define BPE_TRAIN_NORMALIZER "{\"type\":\"NFC\"}"
#define BPE_TRAIN_PRE_TOKENIZER                                                                    \
    "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":"        \
    "\"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}|"             \
    " ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"},"      \
    "\"behavior\":\"Isolated\",\"invert\":false}," BPE_TRAIN_BYTE_LEVEL "]}"
#define BPE_TRAIN_BYTE_LEVEL                                                                       \
    "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,"                   \
    "\"use_regex\":false}"

typedef struct bpe_train_added {
    const char *content;
    bool special;
} bpe_train_added;

enum { BPE_TRAIN_ADDED_COUNT = 5 };
/// Tokens that are added after the learned ones.
extern const bpe_train_added BPE_TRAIN_ADDED[BPE_TRAIN_ADDED_COUNT];

/// A distinct word; its symbols begin at symbols[begin].
typedef struct train_word {
    size_t begin;
    uint32_t length; // current number of symbols
    uint32_t bytes;  // length in bytes, which is the initial number of symbols
    uint32_t next;   // number + 1 of the next word with the same hash; 0 = none
    uint64_t times;
} train_word;

typedef struct train_pair {
    uint64_t pair; // left << 32 | right
    uint64_t times;
} train_pair;

/// A token; its bytes begin at texts.bytes[begin].
typedef struct train_token {
    size_t begin, length;
} train_token;

struct distill_bpe_trainer {
    normalizer *normal;
    normalizer_work normal_work;
    pretokenizer *pre;
    pretokenizer_work *pre_work;
    added_tokens added;
    added_set *added_set;
    distill_text repaired;

    distill_text word_bytes; // all distinct words, concatenated
    train_word *words;
    size_t word_count, word_capacity;
    distill_hash_map numbers; // hash of a word's bytes -> number + 1 of the newest word with it

    int32_t *symbols;  // symbols of all words
    train_pair *pairs; // all that occur or have occurred
    size_t pair_count, pair_capacity;
    distill_hash_map pair_numbers; // left << 32 | right -> index in `pairs` + 1
    distill_text texts;            // bytes of all tokens
    train_token *tokens;
    size_t token_count;
    uint32_t *merges; // [merge_count][2] left and right token of each merge, in order
    size_t merge_count;
};

/// Appends the content of tokenizer.json.
distill_status bpe_train_write_tokenizer(distill_text *json,
                                         const distill_bpe_trainer *t) DISTILL_MUST_CHECK;
/// Appends the content of tokenizer_config.json.
distill_status bpe_train_write_config(distill_text *json) DISTILL_MUST_CHECK;

#endif
