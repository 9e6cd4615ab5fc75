// distill/text/tokenizer/tokenizer.h - text <-> token ids, with a Hugging Face tokenizer.json.
//
//     distill_tokenizer *tok = NULL;
//     TRY(distill_tokenizer_load(&tok, "models/qwen2.5-1.5b"));
//     TRY(distill_tokenizer_encode(&ids, tok, text, length, DISTILL_ADD_SPECIAL));
//
// Ownership  the tokenizer owns its tables; `ids` grows in the caller's list.
// Threads    a loaded tokenizer is immutable and may be shared between threads.
// Limits     BPE models only: byte-level, or with byte fallback (SentencePiece as converted by
//            Hugging Face). A setting in the file that is not supported and would change the result
//            is an error.
#ifndef DISTILL_TEXT_TOKENIZER_TOKENIZER_H
#define DISTILL_TEXT_TOKENIZER_TOKENIZER_H

#include "distill/base/memory.h"
#include "distill/base/sha256.h"
#include "distill/base/text.h"

typedef struct distill_tokenizer distill_tokenizer;

enum {
    DISTILL_PLAIN = 0,         // encode: special tokens in the text are plain text
    DISTILL_PARSE_SPECIAL = 1, // encode: special tokens in the text are recognised
    DISTILL_ADD_SPECIAL = 2,   // encode: add the tokens of the post-processor (bos)
    DISTILL_SKIP_SPECIAL = 4,  // decode: skip special tokens
    DISTILL_SKIP_UNKNOWN = 8   // decode: skip ids that are not in the vocabulary
};

/// Loads DIR/tokenizer.json (or tokenizer.json.zst), and tokenizer_config.json and
/// chat_template.jinja if they exist.
/// Errors  IO; FORMAT with the place in the file; UNSUPPORTED.
distill_status distill_tokenizer_load(distill_tokenizer **out, const char *dir) DISTILL_MUST_CHECK;
/// Parses the text of a tokenizer.json in memory, without the other files; `name` is used in
/// messages.
distill_status distill_tokenizer_parse(distill_tokenizer **out, const char *bytes, size_t length,
                                       const char *name) DISTILL_MUST_CHECK;
/// Loads only what rendering a chat template requires: tokenizer_config.json and
/// chat_template.jinja, without a vocabulary. Encoding and decoding then fail.
distill_status distill_tokenizer_load_for_render(distill_tokenizer **out,
                                                 const char *dir) DISTILL_MUST_CHECK;
void distill_tokenizer_free(distill_tokenizer *tok);

/// Appends the ids of `bytes`. Each maximal invalid part of UTF-8 is read as U+FFFD.
distill_status distill_tokenizer_encode(distill_ids *ids, const distill_tokenizer *tok,
                                        const char *bytes, size_t length,
                                        unsigned flags) DISTILL_MUST_CHECK;
/// Appends the text of `ids`; each maximal invalid part of UTF-8 becomes one U+FFFD.
/// Errors  FORMAT for an id that is not in the vocabulary, unless DISTILL_SKIP_UNKNOWN is set (the
///         embedding of a model may have more rows than the vocabulary has tokens).
distill_status distill_tokenizer_decode(distill_text *out, const distill_tokenizer *tok,
                                        const int32_t *ids, size_t count,
                                        unsigned flags) DISTILL_MUST_CHECK;

/// Streaming decoder. It holds the bytes of an incomplete character until further ids complete it.
typedef struct distill_detokenizer {
    const distill_tokenizer *tok;
    unsigned flags;
    char held[8];
    size_t held_count;
    bool begun; // not at the beginning of the text, where decoders in the style of Llama 2 strip a
                // space. Set it for a reply, whose text continues the prompt.
} distill_detokenizer;
/// Appends the text that `id` completes.
distill_status distill_detokenizer_push(distill_detokenizer *stream, distill_text *out,
                                        int32_t id) DISTILL_MUST_CHECK;
/// Appends U+FFFD if the stream holds bytes.
distill_status distill_detokenizer_end(distill_detokenizer *stream,
                                       distill_text *out) DISTILL_MUST_CHECK;

/// Largest id + 1.
size_t distill_tokenizer_size(const distill_tokenizer *tok);
/// Id of the special or ordinary token with exactly this text; -1 if there is none.
int32_t distill_tokenizer_id(const distill_tokenizer *tok, const char *token);
/// True if a token has this id. Some vocabularies do not use all ids below the size.
bool distill_tokenizer_has(const distill_tokenizer *tok, int32_t id);
bool distill_tokenizer_is_special(const distill_tokenizer *tok, int32_t id);
/// bos_token and eos_token of tokenizer_config.json; -1 if absent.
int32_t distill_tokenizer_bos(const distill_tokenizer *tok);
int32_t distill_tokenizer_eos(const distill_tokenizer *tok);
/// The checkpoint's chat template (Jinja source); NULL if it has none. Borrowed.
const char *distill_tokenizer_chat_template(const distill_tokenizer *tok);
/// SHA-256 of tokenizer.json in hexadecimal. Borrowed.
const char *distill_tokenizer_sha256(const distill_tokenizer *tok);
/// The directory it was loaded from. Borrowed.
const char *distill_tokenizer_dir(const distill_tokenizer *tok);

#endif
