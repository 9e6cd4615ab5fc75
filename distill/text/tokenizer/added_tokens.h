// distill/text/tokenizer/added_tokens.h - tokens that are matched before text is split into words.
//
//     added_cursor cursor = {.set = set, .text = text, .skip_control = true};
//     while (added_next(&cursor))
//         … cursor.plain is text before the token cursor.id, which is -1 at the end …
//
// Private to distill/text. A token is "special" if the file says so. It is a *control* token if it
// is special or has the form of one (<|...|>, <｜...｜>): DeepSeek's <｜User｜> and Qwen's
// <|fim_prefix|> control the model, although their files declare them as ordinary. Control tokens
// in text are recognised only on request; the others (<think>, <tool_call>) always. Matching is
// leftmost, then longest.
// Source  Hugging Face tokenizers, added_vocabulary.rs.
#ifndef DISTILL_TEXT_TOKENIZER_ADDED_TOKENS_H
#define DISTILL_TEXT_TOKENIZER_ADDED_TOKENS_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

typedef struct added_token {
    char *content; // as written, followed by NUL
    size_t length;
    char *normal; // normalised content; for tokens that are matched after normalisation
    size_t normal_length;
    int32_t id;
    bool special, control, single_word, strips_left, strips_right, normalized;
} added_token;

/// All added tokens of a file, in the order of the file.
typedef struct added_tokens {
    added_token *at;
    size_t count;
} added_tokens;

/// Reads the list "added_tokens"; NULL or null is an empty list.
distill_status added_tokens_load(added_tokens *out, const distill_json *doc,
                                 const distill_json_node *node) DISTILL_MUST_CHECK;
void added_tokens_free(added_tokens *tokens);

/// A search structure for a subset of the tokens, which it borrows.
typedef struct added_set added_set;
typedef enum added_group {
    ADDED_RAW,        // matched before normalisation
    ADDED_NORMALIZED, // matched after normalisation
    ADDED_ALL         // all tokens, matched before normalisation
} added_group;
distill_status added_set_create(added_set **out, const added_tokens *tokens,
                                added_group group) DISTILL_MUST_CHECK;
void added_set_free(added_set *set);

/// Bytes begin … end-1 of a text, in which control tokens are not recognised.
typedef struct added_range {
    size_t begin, end;
} added_range;

typedef struct added_cursor {
    const added_set *set;
    distill_span text;
    bool skip_control;          // control tokens are not recognised anywhere
    const added_range *guarded; // … or only not in these ranges, which are in order
    size_t guarded_count;
    // set by added_next
    distill_span plain; // text before the token; may be empty
    int32_t id;         // -1: the end of the text
    // private
    size_t at;
    bool ended;
} added_cursor;

/// Finds the next token. False once all text has been returned.
bool added_next(added_cursor *cursor);

#endif
