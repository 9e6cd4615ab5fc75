// datasets/verify/sentence.h - a sentence of plain words as tokens. Private to the verifier.
//
//     "So she pays **$5,200** in 3 weeks."  ->  So she pays 5,200 in 3 weeks
//                                               the first number is marked (bold)
//
// Markers of Markdown, currency signs and calculator annotations are dropped.
#ifndef DATASETS_VERIFY_SENTENCE_H
#define DATASETS_VERIFY_SENTENCE_H

#include "distill/base/text.h"

enum { SENTENCE_TOKENS = 128 };

typedef enum sentence_kind { SENTENCE_WORD, SENTENCE_NUMBER, SENTENCE_SIGN } sentence_kind;

typedef struct sentence_token {
    sentence_kind kind;
    distill_span text; // borrowed; of a number with its sign
    char sign;         // '*' and '-' for every sign of their kind; '\\' for what is no plain text
    bool marked;       // bold, italic or code
} sentence_token;

typedef struct sentence {
    size_t count;
    sentence_token at[SENTENCE_TOKENS];
} sentence;

/// Reads a sentence; of a long one its first SENTENCE_TOKENS tokens.
void sentence_read(sentence *out, distill_span text);
/// The number of a sentence with the unit after it, and with a further quantity where both have
/// units: "2 hours and 30 minutes".
distill_span sentence_quantity(distill_span text, distill_span number);
/// The token is one of the words, which are in lower case and separated by spaces.
bool sentence_word_in(const sentence_token *token, const char *words);

#endif
