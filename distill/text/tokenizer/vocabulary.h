// distill/text/tokenizer/vocabulary.h - token ids and their bytes, both ways (private to the text room).
//
//     int32_t id = vocabulary_find(vocab, " the", 4);   // -1 if there is no such token
//     distill_span bytes = vocabulary_bytes(vocab, id); // empty if no token has this id
//
// Byte-level vocabularies (GPT-2's) spell each byte as a printable character ("Ġthe"); here tokens
// are kept as the bytes they stand for, so that encoding and decoding never see the spelling.
// Ownership: bytes are borrowed from the vocabulary.
#ifndef DISTILL_TEXT_TOKENIZER_VOCABULARY_H
#define DISTILL_TEXT_TOKENIZER_VOCABULARY_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

enum { VOCABULARY_LIMIT = 1 << 24 }; // largest id + 1 that is believed

typedef struct vocabulary vocabulary;

/// Reads the object {"token": id, ...} at `node`. `byte_level`: tokens are spelled byte by
/// character.
/// Errors  FORMAT for ids that are no integers, out of range or given twice.
distill_status vocabulary_load(vocabulary **out, const distill_json *doc,
                               const distill_json_node *node, bool byte_level) DISTILL_MUST_CHECK;
void vocabulary_free(vocabulary *vocab);

/// Id of the token with exactly these bytes, -1 if there is none.
int32_t vocabulary_find(const vocabulary *vocab, const char *bytes, size_t length);
/// Asks memory for where vocabulary_find will look for these bytes; of use where some hundred
/// nanoseconds of other work come first.
void vocabulary_expect(const vocabulary *vocab, const char *bytes, size_t length);
/// Bytes of a token as the encoder sees them; NULL bytes if no token has this id.
distill_span vocabulary_bytes(const vocabulary *vocab, int32_t id);
/// Largest id + 1.
size_t vocabulary_size(const vocabulary *vocab);

/// Appends the bytes that the byte-level spelling stands for. Text that holds any other character
/// is appended as it is and *spelled is false.
distill_status vocabulary_unspell(distill_text *out, bool *spelled,
                                  distill_span spelling) DISTILL_MUST_CHECK;
/// Appends the byte-level spelling of `bytes`.
distill_status vocabulary_spell(distill_text *out, distill_span bytes) DISTILL_MUST_CHECK;

/// A hash of bytes, for tables in memory.
uint64_t vocabulary_hash(const char *bytes, size_t length);

#endif
