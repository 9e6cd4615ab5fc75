// distill/text/tokenizer/pretokenizer.h - cutting text into the words that byte-pair encoding works on.
//
//     TRY(pretokenizer_run(pre, work, text, true, take_word, &context));   // "Hi", " there"
//
// Stages are those of tokenizer.json's "pre_tokenizer": Split (a pattern with one of five
// behaviours), Digits, ByteLevel, Metaspace, and Sequence. Patterns run in PCRE2 with JIT, and only
// here.
// Threads: a loaded pre-tokenizer is immutable; `pretokenizer_work` belongs to one caller at a
// time.
#ifndef DISTILL_TEXT_TOKENIZER_PRETOKENIZER_H
#define DISTILL_TEXT_TOKENIZER_PRETOKENIZER_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

typedef struct pretokenizer pretokenizer;
typedef struct pretokenizer_work pretokenizer_work;

/// Gets one word, never empty; the bytes are borrowed for the call.
typedef distill_status (*pretokenizer_sink)(void *context, const char *word, size_t length);

/// Reads `node` (NULL or null: text is one word). *byte_level is set if words are to be taken as
/// bytes.
/// Errors  FORMAT; UNSUPPORTED for other kinds and for keys that would change the result.
distill_status pretokenizer_load(pretokenizer **out, bool *byte_level, const distill_json *doc,
                                 const distill_json_node *node) DISTILL_MUST_CHECK;
void pretokenizer_free(pretokenizer *pre);

distill_status pretokenizer_work_create(pretokenizer_work **out,
                                        const pretokenizer *pre) DISTILL_MUST_CHECK;
void pretokenizer_work_free(pretokenizer_work *work);

/// Gives the words of `text` (valid UTF-8) in order. `at_start`: the text begins the whole input.
/// Errors  those of `sink`; LIMIT if a pattern needs too many steps.
distill_status pretokenizer_run(const pretokenizer *pre, pretokenizer_work *work, distill_span text,
                                bool at_start, pretokenizer_sink sink,
                                void *context) DISTILL_MUST_CHECK;

#endif
