// distill/text/jinja/syntax/jinja_lexer.h - the tokens of a template.
//
//     jinja_lexer lexer = {.memory = &memory};
//     TRY(jinja_lexer_read(&lexer, source));
//     … lexer.tokens, the last of which is JINJA_TOKEN_END …
//     jinja_lexer_free(&lexer);
//
// Private to distill/text. As in transformers, trim_blocks and lstrip_blocks are on and
// keep_trailing_newline is off; comments and white space do not become tokens.
#ifndef DISTILL_TEXT_JINJA_SYNTAX_JINJA_LEXER_H
#define DISTILL_TEXT_JINJA_SYNTAX_JINJA_LEXER_H

#include "distill/text/jinja/values/jinja_run.h"

typedef enum jinja_token_kind {
    JINJA_TOKEN_END,
    JINJA_TOKEN_DATA,        // text outside of blocks
    JINJA_TOKEN_PRINT_BEGIN, // {{
    JINJA_TOKEN_PRINT_END,
    JINJA_TOKEN_BLOCK_BEGIN, // {%
    JINJA_TOKEN_BLOCK_END,
    JINJA_TOKEN_NAME,
    JINJA_TOKEN_STRING,
    JINJA_TOKEN_INTEGER,
    JINJA_TOKEN_FLOAT,
    JINJA_TOKEN_OPERATOR // text: the operator
} jinja_token_kind;

typedef struct jinja_token {
    jinja_token_kind kind;
    jinja_place place;
    distill_span text; // a string's escapes are decoded
    jinja_value value; // of numbers
} jinja_token;

typedef struct jinja_lexer {
    jinja_memory *memory; // of the texts
    jinja_token *tokens;
    size_t count, capacity;
    // private
    distill_span source;
    size_t at;
    size_t counted; // `place` is that of this offset
    jinja_place place;
    bool starts_line; // the last block ended with a line end, or there is none yet
} jinja_lexer;

/// Errors  FORMAT with line and column.
distill_status jinja_lexer_read(jinja_lexer *lexer, distill_span source) DISTILL_MUST_CHECK;
void jinja_lexer_free(jinja_lexer *lexer);

#endif
