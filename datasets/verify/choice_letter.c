// datasets/verify/choice_letter.c - a letter of an option and what surrounds it: brackets, styles,
// and the words that join it to another. Capitals that are English words ("A good one", "I
// believe") are no letters of options, unless a word follows that cannot follow an article or a
// pronoun.
#include "datasets/verify/choice_letter.h"

#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"

#include <string.h>

bool choice_word_byte(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '\'';
}

/// Skips the signs, styles and words that may stand between an announcement and its letter.
/// *bracket is set if a bracket or a command is among them.
static size_t skip_wrapping(distill_span text, size_t at, bool *bracket)
{
    static const char *const WRAPS[] = {
        "\\textbf", "\\text", "\\mathrm", "\\mathbf", "\\boxed", "option ", "choice ", "answer ",
        "letter ",  "the ",   "（",       "：",       "\\(",     "选项",    "项",      "择"};
    for (bool changed = true; changed && at < text.length;) {
        changed = false;
        if (strchr(" *_\"'`$:([{\n", text.bytes[at]) != NULL && text.bytes[at] != '\0') {
            *bracket = *bracket || text.bytes[at] == '(' || text.bytes[at] == '{';
            at++;
            changed = true;
        }
        for (size_t i = 0; i < sizeof WRAPS / sizeof *WRAPS; i++)
            if (scan_starts_any_case(text, at, WRAPS[i])) {
                *bracket = *bracket || WRAPS[i][0] == '\\';
                at += strlen(WRAPS[i]);
                changed = true;
            }
    }
    return at;
}

/// The word at `at` shows that the capital before it is the letter of an option: "A is", "I
/// because".
static bool follows_letter(distill_span text, size_t at)
{
    static const char *const WORDS[] = {
        "is ",    "because ", "since ", "as ",      "and ",  "or ",    "for ",       "which ",
        "but ",   "by ",      "with ",  "not ",     "has ",  "must ",  "remains",    "fits ",
        "if ",    "when ",    "o ",     "ou ",      "oder ", "vs ",    "satisfies ", "works ",
        "holds ", "can ",     "seems ", "follows ", "over ", "rather "};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (scan_starts(text, at, WORDS[i]))
            return true;
    return false;
}

/// The capital A or I at `at` is an article or a pronoun: "A good choice", "I believe".
static bool is_english_word(distill_span text, size_t at)
{
    char c = text.bytes[at], next = at + 1 < text.length ? text.bytes[at + 1] : '.';
    char further = at + 2 < text.length ? text.bytes[at + 2] : '.';
    if ((c != 'A' && c != 'I') || next != ' ' || !ascii_is_letter(further))
        return false;
    if (c == 'I')
        return !follows_letter(text, at + 2);
    return !ascii_is_capital(further) && !follows_letter(text, at + 2);
}

char choice_letter_at(distill_span text, size_t at, size_t *end)
{
    bool bracket = false;
    at = skip_wrapping(text, at, &bracket);
    if (at >= text.length)
        return '\0';
    char c = text.bytes[at], next = at + 1 < text.length ? text.bytes[at + 1] : ' ';
    char upper = ascii_upper(c);
    if (upper < 'A' || upper > 'J' || choice_word_byte(next))
        return '\0';
    char further = at + 2 < text.length ? text.bytes[at + 2] : ' ';
    bool article = (c == 'a' || c == 'i') && !bracket && next == ' ' && ascii_is_letter(further);
    *end = at + 1;
    return article || is_english_word(text, at) ? '\0' : upper;
}

size_t choice_skip_joins(distill_span text, size_t at, bool *joined)
{
    static const char *const WORDS[] = {
        "or",     "and",    "maybe",    "possibly", "perhaps",  "also", "either",
        "even",   "option", "choice",   "could be", "might be", "oder", "und",
        "o",      "ou",     "y",        "et",       "или",      "и",    "to",
        "vs",     "vs.",    "plus",     "或",       "和",       "、",   "，",
        "\\text", "\\quad", "\\textbf", "\\mathrm", "\\boxed"};
    for (bool changed = true; changed && at < text.length;) {
        changed = false;
        if (strchr(" ,;/&|$(){}*?+\"", text.bytes[at]) != NULL && text.bytes[at] != '\0') {
            *joined = *joined || strchr(",;/&|?+", text.bytes[at]) != NULL;
            at++;
            changed = true;
        }
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
            size_t length = strlen(WORDS[i]);
            char behind = at + length < text.length ? text.bytes[at + length] : ' ';
            if (!scan_starts_any_case(text, at, WORDS[i]) ||
                (ascii_is_letter(behind) && !ascii_is_foreign(WORDS[i][0])))
                continue;
            *joined = *joined || WORDS[i][0] != '\\';
            at += length;
            changed = true;
        }
    }
    return at;
}

/// A letter that ends at `next` stands alone: the text ends there, or a sign follows.
static bool stands_alone(distill_span text, size_t next)
{
    return next >= text.length || strchr(".)}*,\n$<", text.bytes[next]) != NULL ||
           (text.bytes[next] == ' ' && next + 1 < text.length &&
            ascii_is_capital(text.bytes[next + 1]));
}

bool choice_names_another(distill_span text, size_t end, char letter)
{
    bool joined = false;
    size_t at = choice_skip_joins(text, end, &joined), next;
    if (at == end || at >= text.length || text.bytes[at] < 'A' || text.bytes[at] > 'J')
        return false;
    char other = choice_letter_at(text, at, &next);
    if (other == '\0' || other == letter || (!joined && !stands_alone(text, next)))
        return false;
    bool verb = next + 1 < text.length && text.bytes[next] == ' ' && // "B, as C is wrong"
                ascii_is_letter(text.bytes[next + 1]) && !ascii_is_capital(text.bytes[next + 1]) &&
                !scan_starts(text, next, " or ") && !scan_starts(text, next, " and ");
    return !verb;
}
