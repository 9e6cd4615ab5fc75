// distill/text/tokenizer/added_tokens.h - tokens that are found in text before any word is cut (private).
//
//     added_cursor cursor = {.set = set, .text = text, .skip_control = true};
//     while (added_next(&cursor)) ...  cursor.plain (text before), cursor.id (-1 at the end)
//
// A token is "special" if the file says so. It is a *control* token if it is special or is written
// like one (<|...|>, <｜...｜>): DeepSeek's <｜User｜> and Qwen's <|fim_prefix|> steer the model
// although their files call them ordinary. Control tokens come from templates, or from text where
// they are asked for; others (<think>, <tool_call>) are words like any other and always found.
// The longest token at the leftmost place wins. Source  Hugging Face tokenizers, added_vocabulary.rs.
#ifndef DISTILL_TEXT_TOKENIZER_ADDED_TOKENS_H
#define DISTILL_TEXT_TOKENIZER_ADDED_TOKENS_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

typedef struct added_token {
    char *content; // as written, followed by NUL
    size_t length;
    char *normal; // what it looks like after normalisation; for tokens that are looked for there
    size_t normal_length;
    int32_t id;
    bool special, control, single_word, strips_left, strips_right, normalized;
} added_token;

/// All added tokens of a file, in its order.
typedef struct added_tokens {
    added_token *at;
    size_t count;
} added_tokens;

/// Reads the list "added_tokens"; NULL or null is an empty one.
distill_status added_tokens_load(added_tokens *out, const distill_json *doc,
                                 const distill_json_node *node) DISTILL_MUST_CHECK;
void added_tokens_free(added_tokens *tokens);

/// A searchable part of them.
typedef struct added_set added_set;
typedef enum added_group {
    ADDED_RAW,        // those looked for in the text as it is
    ADDED_NORMALIZED, // those looked for after normalisation
    ADDED_ALL         // every one, in the text as it is
} added_group;
distill_status added_set_create(added_set **out, const added_tokens *tokens,
                                added_group group) DISTILL_MUST_CHECK;
void added_set_free(added_set *set);

/// Bytes `begin` to `end` of a text, in which control tokens are not recognised.
typedef struct added_range {
    size_t begin, end;
} added_range;

typedef struct added_cursor {
    const added_set *set;
    distill_span text;
    bool skip_control;          // nowhere are control tokens recognised
    const added_range *guarded; // ordered; here they are not recognised either
    size_t guarded_count;
    // Results of added_next.
    distill_span plain; // text before the token (may be empty)
    int32_t id;         // -1: no token behind the last plain text
    // Where the search stands.
    size_t at;
    bool ended;
} added_cursor;

/// Finds the next token. False when all text has been given.
bool added_next(added_cursor *cursor);

#endif
