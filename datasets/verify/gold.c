// datasets/verify/gold.c - a small table of placeholders, compared without case, punctuation,
// brackets and the commands of text. "None", "undefined" and "no solution" are answers of published
// problems and therefore not in the table.
#include "datasets/verify/gold.h"

#include "datasets/verify/ascii.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 40 };

/// Copies the letters in lower case, with single spaces between words. False if the text is longer
/// than any placeholder.
static bool words_of(char out[LONGEST], distill_span text)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = ascii_lower(text.bytes[i]);
        bool command = c == '\\';
        if (command)
            while (i + 1 < text.length && ascii_is_letter(text.bytes[i + 1]))
                i++;
        if (ascii_is_digit(c) || ascii_is_foreign(c) || strchr("+-=<>^", c) != NULL)
            return false;
        bool space = !ascii_is_letter(c);
        if (space && (length == 0 || out[length - 1] == ' ' || c == '\'' || c == '/'))
            continue;
        if (length + 1 == LONGEST)
            return false;
        out[length++] = space ? ' ' : c;
    }
    if (length > 0 && out[length - 1] == ' ')
        length--;
    out[length] = '\0';
    return length > 0;
}

/// What data sets write where there is no answer, in small letters, without signs.
static const char *const PLACEHOLDERS[] = {"proof",
                                           "proofs",
                                           "see proof",
                                           "see the proof",
                                           "proof needed",
                                           "proof required",
                                           "proven",
                                           "proved",
                                           "qed",
                                           "q e d",
                                           "solution",
                                           "see solution",
                                           "see the solution",
                                           "see above",
                                           "see below",
                                           "see explanation",
                                           "see figure",
                                           "see image",
                                           "see diagram",
                                           "notfound",
                                           "not found",
                                           "answer not found",
                                           "no answer found",
                                           "no answer",
                                           "no answer given",
                                           "no answer provided",
                                           "not given",
                                           "not provided",
                                           "not available",
                                           "not applicable",
                                           "na",
                                           "n a",
                                           "null",
                                           "nan",
                                           "tbd",
                                           "todo",
                                           "missing",
                                           "answer missing",
                                           "omitted",
                                           "answer",
                                           "none given",
                                           "none provided",
                                           "unanswerable",
                                           "no reference",
                                           "answer omitted",
                                           "no gold",
                                           "placeholder",
                                           "no final answer"};

bool gold_is_no_answer(distill_span gold)
{
    char words[LONGEST];
    if (!words_of(words, distill_span_trim(gold)))
        return false;
    for (size_t i = 0; i < sizeof PLACEHOLDERS / sizeof *PLACEHOLDERS; i++)
        if (strcmp(words, PLACEHOLDERS[i]) == 0)
            return true;
    return false;
}
