// distill/text/tokenizer/tokenizer_parts.h - private header of the module tokenizer: tokenizer.c
// (encoding), tokenizer_decode.c (decoding), tokenizer_load.c (files).
//
//     text -> added tokens | plain text -> normaliser -> words -> byte-pair encoding -> ids
//     ids  -> bytes of each token -> UTF-8, except bytes of an incomplete character
//
// distill/text/chat and train/ use it too: message text must not produce control tokens, and
// training counts words with the same stages.
#ifndef DISTILL_TEXT_TOKENIZER_TOKENIZER_PARTS_H
#define DISTILL_TEXT_TOKENIZER_TOKENIZER_PARTS_H

#include "distill/text/tokenizer/added_tokens.h"
#include "distill/text/tokenizer/bpe.h"
#include "distill/text/tokenizer/normalizer.h"
#include "distill/text/tokenizer/pretokenizer.h"
#include "distill/text/tokenizer/tokenizer.h"
#include "distill/text/tokenizer/word_cache.h"

#include <pthread.h>

/// What the decoder strips at the beginning of a text.
typedef enum leading_space {
    LEADING_KEPT,
    LEADING_ONE,   // one space (Strip)
    LEADING_TOKEN, // all spaces of the first token (Metaspace)
} leading_space;

/// Scratch memory of one encoding call; used by one thread at a time.
typedef struct encode_work {
    struct encode_work *next;
    bpe_work bpe;
    normalizer_work normal;
    pretokenizer_work *words;
    word_cache cache;
    distill_text repaired;
} encode_work;

struct distill_tokenizer {
    char *dir;
    char sha256[DISTILL_SHA256_HEX];

    // text -> ids
    added_tokens added;
    added_set *raw, *normalized, *all;
    normalizer *normal;
    pretokenizer *words;
    bpe *merges;
    bool byte_level;
    bool cuts_at_marks;         // splitting words before "▁" changes no ids
    distill_ids prefix, suffix; // added by the post-processor

    // ids -> text
    size_t size;      // largest id + 1
    char *blob;       // bytes of all tokens
    uint32_t *begin;  // [size]
    uint32_t *length; // [size]
    uint8_t *flags;   // [size] TOKEN_EXISTS, TOKEN_SPECIAL
    leading_space leading;

    // tokenizer_config.json and chat_template.jinja
    char *chat_template, *bos_text, *eos_text, *pad_text, *unk_text; // NULL if absent
    int32_t bos, eos;

    pthread_mutex_t lock; // protects `idle`
    encode_work *idle;    // scratch memory that no call uses
    bool has_lock;
};

enum { TOKEN_EXISTS = 1, TOKEN_SPECIAL = 2 };

/// The character that stands for a space in vocabularies like Llama 2's.
#define TOKENIZER_SPACE_MARK "\xE2\x96\x81" // U+2581

/// Fills `tok` (zeroed except for `dir`) from DIR/tokenizer.json or .zst.
distill_status tokenizer_read_json(distill_tokenizer *tok) DISTILL_MUST_CHECK;
/// The same from the text of the file; `name` is used in messages.
distill_status tokenizer_parse_json(distill_tokenizer *tok, distill_span text,
                                    const char *name) DISTILL_MUST_CHECK;
/// Reads tokenizer_config.json and chat_template.jinja if they exist.
distill_status tokenizer_read_config(distill_tokenizer *tok) DISTILL_MUST_CHECK;
/// Fills the tables from ids to text, from the "decoder" object.
distill_status tokenizer_load_decoder(distill_tokenizer *tok, const distill_json *doc,
                                      const distill_json_node *decoder) DISTILL_MUST_CHECK;

/// Like distill_tokenizer_encode with DISTILL_PARSE_SPECIAL, but control tokens in the guarded
/// ranges (bytes of `text`, in order) are plain text. `text` must be valid UTF-8.
distill_status tokenizer_encode_guarded(distill_ids *ids, const distill_tokenizer *tok,
                                        distill_span text, const added_range *guarded,
                                        size_t guarded_count) DISTILL_MUST_CHECK;

#endif
