// distill/text/tokenizer/pretokenizer.h - splits text into the words that byte-pair encoding
// encodes.
//
//     TRY(pretokenizer_run(pre, work, text, true, on_word, &context));   // "Hi", " there"
//
// Private to distill/text. The stages are those of the "pre_tokenizer" of tokenizer.json: Split (a
// pattern with one of five behaviours), Digits, ByteLevel, Metaspace, and Sequence.
// Threads  a loaded pre-tokenizer is immutable; one thread at a time uses a `pretokenizer_work`.
#ifndef DISTILL_TEXT_TOKENIZER_PRETOKENIZER_H
#define DISTILL_TEXT_TOKENIZER_PRETOKENIZER_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

typedef struct pretokenizer pretokenizer;
typedef struct pretokenizer_work pretokenizer_work;

/// Called for each word, which is not empty and is borrowed during the call.
typedef distill_status (*pretokenizer_sink)(void *context, const char *word, size_t length);

/// Reads `node` (NULL or null: the text is one word). *byte_level is true if words are bytes.
/// Errors  FORMAT; UNSUPPORTED for other kinds, and for settings that would change the result.
distill_status pretokenizer_load(pretokenizer **out, bool *byte_level, const distill_json *doc,
                                 const distill_json_node *node) DISTILL_MUST_CHECK;
void pretokenizer_free(pretokenizer *pre);

distill_status pretokenizer_work_create(pretokenizer_work **out) DISTILL_MUST_CHECK;
void pretokenizer_work_free(pretokenizer_work *work);

/// Calls `sink` for the words of `text` (valid UTF-8) in order. `at_start`: the input begins here.
/// Errors  those of `sink`; LIMIT if a pattern needs too many steps.
distill_status pretokenizer_run(const pretokenizer *pre, pretokenizer_work *work, distill_span text,
                                bool at_start, pretokenizer_sink sink,
                                void *context) DISTILL_MUST_CHECK;

#endif
