// distill/text/tokenizer/tokenizer.h - text <-> token ids, from Hugging Face tokenizer.json.
//
//     distill_tokenizer *tok = NULL;
//     TRY(distill_tokenizer_load(&tok, "models/qwen2.5-1.5b"));
//     TRY(distill_tokenizer_encode(&ids, tok, text, length, DISTILL_ADD_SPECIAL));
//
// Ownership: the tokenizer owns its tables; `ids` grows in the caller's list.
// Threads:   a loaded tokenizer is immutable and may be shared.
#ifndef DISTILL_TEXT_TOKENIZER_TOKENIZER_H
#define DISTILL_TEXT_TOKENIZER_TOKENIZER_H

#include "distill/base/memory.h"
#include "distill/base/sha256.h"
#include "distill/base/text.h"

typedef struct distill_tokenizer distill_tokenizer;

enum {
    DISTILL_PLAIN = 0,         // text only: never gives special tokens
    DISTILL_PARSE_SPECIAL = 1, // special tokens written in the text are recognised
    DISTILL_ADD_SPECIAL = 2,   // what the post-processor adds (bos) is added
    DISTILL_SKIP_SPECIAL = 4   // decode: leave special tokens out
};

/// Loads DIR/tokenizer.json (and tokenizer_config.json, chat_template.jinja if there).
distill_status distill_tokenizer_load(distill_tokenizer **out, const char *dir) DISTILL_MUST_CHECK;
/// The same from the text of a tokenizer.json in memory, without the other files; `name` is used in
/// messages.
distill_status distill_tokenizer_parse(distill_tokenizer **out, const char *bytes, size_t length,
                                       const char *name) DISTILL_MUST_CHECK;
/// Loads only what a chat template's text needs: tokenizer_config.json and chat_template.jinja,
/// without a vocabulary (encoding and decoding then fail).
distill_status distill_tokenizer_load_for_render(distill_tokenizer **out,
                                                 const char *dir) DISTILL_MUST_CHECK;
void distill_tokenizer_free(distill_tokenizer *tok);

/// Appends the ids of `bytes` to `ids`. Invalid UTF-8 is read as U+FFFD.
distill_status distill_tokenizer_encode(distill_ids *ids, const distill_tokenizer *tok,
                                        const char *bytes, size_t length,
                                        unsigned flags) DISTILL_MUST_CHECK;
/// Appends the text of `ids`; each maximal invalid part of UTF-8 becomes one U+FFFD.
/// Errors  FORMAT for an id that the vocabulary does not have (a model may have more rows than the
/// tokenizer has
///         words: pass DISTILL_SKIP_UNKNOWN to read those as nothing).
distill_status distill_tokenizer_decode(distill_text *out, const distill_tokenizer *tok,
                                        const int32_t *ids, size_t count,
                                        unsigned flags) DISTILL_MUST_CHECK;
enum { DISTILL_SKIP_UNKNOWN = 8 };

/// Streaming: text of ids one by one; bytes that may still become a character are held back.
/// Set `begun` for ids that go on after other text: Llama-2-style decoders take a space away at the
/// very beginning, which a reply behind its prompt must keep.
typedef struct distill_detokenizer {
    const distill_tokenizer *tok;
    unsigned flags;
    char held[8];
    size_t held_count;
    bool begun;
} distill_detokenizer;
/// Appends what is now certain. distill_detokenizer_end appends what is left (U+FFFD for a cut
/// character).
distill_status distill_detokenizer_push(distill_detokenizer *stream, distill_text *out,
                                        int32_t id) DISTILL_MUST_CHECK;
distill_status distill_detokenizer_end(distill_detokenizer *stream,
                                       distill_text *out) DISTILL_MUST_CHECK;

/// Largest id + 1.
size_t distill_tokenizer_size(const distill_tokenizer *tok);
/// Id of a token by its exact text (special or ordinary), -1 if there is none.
int32_t distill_tokenizer_id(const distill_tokenizer *tok, const char *token);
/// Has some token this id? (Some vocabularies have holes.)
bool distill_tokenizer_has(const distill_tokenizer *tok, int32_t id);
bool distill_tokenizer_is_special(const distill_tokenizer *tok, int32_t id);
/// From tokenizer_config.json, -1 if absent.
int32_t distill_tokenizer_bos(const distill_tokenizer *tok);
int32_t distill_tokenizer_eos(const distill_tokenizer *tok);
/// The checkpoint's own chat template (Jinja source), NULL if it has none; borrowed.
const char *distill_tokenizer_chat_template(const distill_tokenizer *tok);
/// SHA-256 of tokenizer.json, hex; borrowed.
const char *distill_tokenizer_sha256(const distill_tokenizer *tok);
/// The directory it was loaded from; borrowed.
const char *distill_tokenizer_dir(const distill_tokenizer *tok);

#endif
