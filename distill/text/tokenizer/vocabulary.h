// distill/text/tokenizer/vocabulary.h - token ids and their bytes, in both directions.
//
//     int32_t id = vocabulary_find(vocab, " the", 4);   // -1 if there is no such token
//     distill_span bytes = vocabulary_bytes(vocab, id); // empty if no token has this id
//
// Private to distill/text. Byte-level vocabularies (GPT-2's) spell each byte as a printable
// character ("Ġthe"). Tokens are stored as bytes, so that only loading and writing convert the
// spelling. Bytes are borrowed from the vocabulary.
#ifndef DISTILL_TEXT_TOKENIZER_VOCABULARY_H
#define DISTILL_TEXT_TOKENIZER_VOCABULARY_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

enum { VOCABULARY_LIMIT = 1 << 24 }; // ids must be smaller

typedef struct vocabulary vocabulary;

/// Reads the object {"token": id, ...} at `node`. With `byte_level`, each character spells a byte.
/// Errors  FORMAT for ids that are not integers, are out of range or occur twice.
distill_status vocabulary_load(vocabulary **out, const distill_json *doc,
                               const distill_json_node *node, bool byte_level) DISTILL_MUST_CHECK;
void vocabulary_free(vocabulary *vocab);

/// Id of the token with exactly these bytes, -1 if there is none.
int32_t vocabulary_find(const vocabulary *vocab, const char *bytes, size_t length);
/// Prefetches the hash slot of these bytes, for a vocabulary_find some hundred nanoseconds later.
void vocabulary_prefetch(const vocabulary *vocab, const char *bytes, size_t length);
/// Bytes of a token as the encoder uses them; NULL bytes if no token has this id.
distill_span vocabulary_bytes(const vocabulary *vocab, int32_t id);
/// Largest id + 1.
size_t vocabulary_size(const vocabulary *vocab);

/// Appends the bytes of a byte-level spelling. If a character stands for no byte, appends the
/// spelling unchanged and sets *spelled to false.
distill_status vocabulary_unspell(distill_text *out, bool *spelled,
                                  distill_span spelling) DISTILL_MUST_CHECK;
/// Appends the byte-level spelling of `bytes`.
distill_status vocabulary_spell(distill_text *out, distill_span bytes) DISTILL_MUST_CHECK;

/// A hash for tables in memory; its values may change between versions.
uint64_t vocabulary_hash(const char *bytes, size_t length);

#endif
