// datasets/verify/gold.c - placeholders: words that data sets write where there is no answer, in a
// small table, compared without case, punctuation, brackets and the commands of text; phrases that
// begin like one ("see …", "answers will vary …"); a drawing; and signs alone ("?", "-").
//
// "None", "undefined", "no solution", "empty" and "cannot be determined" are answers of published
// problems and therefore not in the table. "Unknown" is in it: a reply that gives up must not equal
// it.
#include "datasets/verify/gold.h"

#include "datasets/verify/ascii.h"

#include <string.h>

enum { LONGEST = 48 };

/// Copies the letters in lower case, with single spaces between words; of a longer text its
/// beginning. False if the text is mathematics.
static bool words_of(char out[LONGEST], distill_span text)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length && length + 1 < LONGEST; i++) {
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
        out[length++] = space ? ' ' : c;
    }
    if (length > 0 && out[length - 1] == ' ')
        length--;
    out[length] = '\0';
    return length > 1;
}

/// What data sets write where there is no answer, in small letters, without signs.
// clang-format off
static const char *const PLACEHOLDERS[] = {
    "answer", "answer missing", "answer not available", "answer not found",
    "answer not given", "answer not provided", "answer omitted", "as above", "as claimed",
    "as desired", "as given", "as required", "as shown", "as shown above", "as was to be proved",
    "as was to be shown", "blank", "diagram", "error", "failed", "figure", "graph", "image",
    "left as an exercise", "left blank", "left to the reader", "missing", "n a", "na", "nan",
    "no answer", "no answer available", "no answer found", "no answer given", "no answer key",
    "no answer provided", "no final answer", "no gold", "no reference", "no solution available",
    "no solution given", "no solution provided", "none available", "none given", "none provided",
    "not answered", "not applicable", "not available", "not found", "not given", "not provided",
    "notfound", "null", "omitted", "picture", "placeholder", "proof", "proofs", "proved", "proven",
    "q e d", "qed", "sample answer", "shown", "shown above", "solution", "solution omitted", "tbd",
    "the image", "the picture", "the proof", "timeout", "to be announced", "to be decided",
    "to be determined", "todo", "unanswerable", "unanswered", "unavailable", "unknown", "unsolved",
};

/// What longer ones begin with.
static const char *const BEGINNINGS[] = {
    "answer is missing", "answer see ", "answers may ", "answers vary",
    "answers will ", "check student", "proof is ", "proof left ", "proof needed", "proof omitted",
    "proof required", "refer to ", "responses will ", "see ", "solutions may vary",
    "solutions will vary", "student answers ", "students answers ", "the answer is missing",
    "the proof is ", "unable to ",
};
// clang-format on

static bool begins_with(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/// The text consists of question marks, dashes, dots and the like.
static bool is_signs(distill_span text)
{
    static const char *const SIGNS[] = {"\xE2\x80\x93",  "\xE2\x80\x94", "\xE2\x80\xA6",
                                        "\\blacksquare", "\\square",     "\\Box"};
    for (size_t i = 0; i < text.length;) {
        size_t length = text.bytes[i] != '\0' && strchr("?-_.# $", text.bytes[i]) != NULL;
        for (size_t j = 0; length == 0 && j < sizeof SIGNS / sizeof *SIGNS; j++) {
            size_t sign = strlen(SIGNS[j]);
            if (text.length - i >= sign && memcmp(text.bytes + i, SIGNS[j], sign) == 0)
                length = sign;
        }
        if (length == 0)
            return false;
        i += length;
    }
    return text.length > 0;
}

/// The text is a drawing: [asy]…[/asy] without more, an image of Markdown, HTML or LaTeX.
static bool is_drawing(distill_span text)
{
    static const char *const BEGINNINGS_OF_IMAGES[] = {"![", "<image", "<img", "[image",
                                                       "\\includegraphics"};
    static const char END[] = "[/asy]";
    for (size_t i = 0; i < sizeof BEGINNINGS_OF_IMAGES / sizeof *BEGINNINGS_OF_IMAGES; i++) {
        size_t length = strlen(BEGINNINGS_OF_IMAGES[i]);
        if (text.length >= length && memcmp(text.bytes, BEGINNINGS_OF_IMAGES[i], length) == 0)
            return true;
    }
    return text.length >= sizeof END - 1 && memcmp(text.bytes, "[asy]", 5) == 0 &&
           memcmp(text.bytes + text.length - (sizeof END - 1), END, sizeof END - 1) == 0;
}

/// "See page 5", "Error: timeout": signs and digits may follow.
static bool begins_like_a_remark(distill_span text)
{
    static const char *const WORDS[] = {"see ", "error:", "refer to "};
    char begin[16];
    size_t length = 0;
    for (; length < text.length && length + 1 < sizeof begin; length++)
        begin[length] = ascii_lower(text.bytes[length]);
    begin[length] = '\0';
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (begins_with(begin, WORDS[i]))
            return true;
    return false;
}

bool gold_is_no_answer(distill_span gold)
{
    char words[LONGEST];
    gold = distill_span_trim(gold);
    if (gold.length == 0 || ascii_is_digit(gold.bytes[0]))
        return false;
    char first = gold.bytes[0], next = gold.length > 1 ? gold.bytes[1] : ' ';
    bool command = first == '\\' && strchr("sbBi", next) != NULL; // \square, \includegraphics
    bool sign = !ascii_is_letter(first) && strchr("?-_.#$![<\xE2", first) != NULL;
    if ((command || sign) && (is_signs(gold) || is_drawing(gold)))
        return true;
    if (strchr("sSeErR", first) != NULL && begins_like_a_remark(gold))
        return true;
    if (!words_of(words, gold))
        return false;
    for (size_t i = 0; i < sizeof PLACEHOLDERS / sizeof *PLACEHOLDERS; i++)
        if (strcmp(words, PLACEHOLDERS[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof *BEGINNINGS; i++)
        if (begins_with(words, BEGINNINGS[i]))
            return true;
    return false;
}
