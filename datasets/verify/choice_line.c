// datasets/verify/choice_line.c - conclusions without an announcement: a line that consists of a
// letter, and the only letter that the last sentence names and does not reject.
#include "datasets/verify/choice_line.h"

#include "datasets/verify/answer_doubt.h"
#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"
#include "datasets/verify/choice_letter.h"

#include <string.h>

/// "c", "d)", "a. 17": a small letter that begins a line and is marked as that of an option.
static bool is_small_letter(distill_span line)
{
    distill_span bare = scan_trim(line);
    if (bare.length == 0 || bare.bytes[0] < 'a' || bare.bytes[0] > 'j')
        return false;
    char next = bare.length > 1 ? bare.bytes[1] : '\0';
    char further = bare.length > 2 ? bare.bytes[2] : ' ';
    return bare.length == 1 || (strchr(".):", next) != NULL && strchr(" \n*", further) != NULL);
}

/// The letter with which a line begins if it is marked as an option: C, (C), **C**, "**C. 97**".
/// *only is set if the line has nothing else.
static char letter_line(distill_span line, bool *only)
{
    size_t end;
    distill_span trimmed = distill_span_trim(line);
    bool bold = scan_starts(trimmed, 0, "**");
    bool sign = trimmed.length > 0 &&
                (bold || *trimmed.bytes == '(' || *trimmed.bytes == '$' || *trimmed.bytes == '\\' ||
                 *trimmed.bytes == '#' || (*trimmed.bytes >= 'A' && *trimmed.bytes <= 'J'));
    while (trimmed.length > 0 && *trimmed.bytes == '#')
        trimmed = scan_part(trimmed, 1, trimmed.length);
    char letter = sign ? choice_letter_at(trimmed, 0, &end) : '\0';
    if (letter == '\0')
        return '\0';
    char next = end < trimmed.length ? trimmed.bytes[end] : '\n';
    if (next == '?' || scan_starts(trimmed, end, " =") ||
        choice_names_another(trimmed, end, letter))
        return '\0';
    *only = scan_trim(scan_part(trimmed, end, trimmed.length)).length <= 1;
    bool marked = strchr(".):", next) != NULL;
    return *only || marked ? letter : '\0';
}

char choice_last_line(distill_span text, size_t *place)
{
    distill_span whole = distill_span_trim(text);
    size_t last = scan_last(whole, whole.length, "\n");
    last = last == SIZE_MAX ? 0 : last + 1;
    distill_span line = scan_trim(scan_part(whole, last, whole.length));
    if (is_small_letter(line) && (last == 0 || line.length <= 2)) {
        *place = (size_t)(line.bytes - text.bytes);
        return ascii_upper(*line.bytes);
    }
    char with_text = '\0', alone = '\0';
    size_t with_text_place = 0;
    for (size_t at = 0; at < text.length;) {
        const char *newline = memchr(text.bytes + at, '\n', text.length - at);
        size_t end = newline != NULL ? (size_t)(newline - text.bytes) : text.length;
        bool only = false;
        char letter = letter_line(scan_part(text, at, end), &only);
        if (letter != '\0' && only) {
            alone = letter;
            *place = at;
        } else if (letter != '\0') {
            with_text = with_text != '\0' && with_text != letter ? CHOICE_AMBIGUOUS : letter;
            with_text_place = at;
        }
        at = end + 1;
    }
    if (alone != '\0')
        return alone;
    *place = with_text_place;
    return with_text == CHOICE_AMBIGUOUS ? '\0' : with_text;
}

/// The word before the letter at `at` makes it the name of something else: "vitamin C", "Plan B".
static bool is_named(distill_span sentence, size_t at)
{
    static const char *const NAMES[] = {
        "vitamin", "appendix", "plan",  "type", "group", "hepatitis", "figure", "team", "grade",
        "section", "class",    "point", "part", "room",  "side",      "matrix", "let",  "see"};
    if (at == 0 || sentence.bytes[at - 1] != ' ')
        return false;
    size_t from = at - 1;
    while (from > 0 && ascii_is_letter(sentence.bytes[from - 1]))
        from--;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strlen(NAMES[i]) == at - 1 - from && scan_starts_any_case(sentence, from, NAMES[i]))
            return true;
    return false;
}

/// The words before a letter, from `from` on, or those after it, reject it: "not C", "C is wrong".
static bool is_rejected(distill_span sentence, size_t from, size_t at)
{
    static const char *const BEFORE[] = {
        "not",          "neither",  "nor",       "eliminat", "except", "isn't",  "out",
        "cannot be",    "but for",  "exclud",    "reject",   "wrong",  "false",  "ll but",
        "nything but",  "one but ", "incorrect", "can't be", " over ", " than ", "instead of",
        "ompare with ", "P(",       "排除",      "escart",   " ni ",   "еверно"};
    static const char *const BEHIND[] = {
        " is wrong",       " is not",       " is out",        " fails",       " isn't",
        " is false",       " is incorrect", " cannot",        " can't",       " does not",
        " doesn't",        " can be ruled", " is ruled",      " is excluded", " is eliminated",
        " breaks",         " are out",      " are wrong",     " are false",   " are incorrect",
        " are eliminated", " are not",      " is impossible", " = ",          " vitamins"};
    size_t letter = at;
    if (is_named(sentence, at))
        return true;
    from = at > from + 16 ? at - 16 : from;
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++)
        if (scan_first(scan_part(sentence, from, at), 0, BEFORE[i]) != SIZE_MAX)
            return true;
    at++;
    while (at < sentence.length && strchr(")*\"'", sentence.bytes[at]) != NULL)
        at++;
    for (size_t i = 0; i < sizeof BEHIND / sizeof *BEHIND; i++)
        if (scan_starts(sentence, at, BEHIND[i]))
            return true;
    return answer_is_doubted(sentence, letter, letter + 1);
}

/// A verb or joining word follows a letter, which is therefore no article.
static bool joins_letters(distill_span sentence, size_t at)
{
    static const char *const JOINS[] = {
        " and ",   " or ",    " nor ", " is ", " are ", " but ",  " because ", " since ",
        " would ", " could ", " can ", " o ",  " ou ",  " oder ", " if ",      " when "};
    for (size_t i = 0; i < sizeof JOINS / sizeof *JOINS; i++)
        if (scan_starts(sentence, at, JOINS[i]))
            return true;
    return false;
}

/// The last sentence of a text.
static distill_span last_sentence(distill_span text)
{
    text = distill_span_trim(text);
    size_t from = text.length;
    while (from > 0 && !(from < text.length && text.bytes[from] == ' ' &&
                         strchr(".!?\n", text.bytes[from - 1]) != NULL))
        from--;
    return scan_part(text, from, text.length);
}

/// A capital at `at` stands alone and is the name of an option.
static bool is_option_name(distill_span sentence, size_t at)
{
    char c = sentence.bytes[at], next = at + 1 < sentence.length ? sentence.bytes[at + 1] : ' ';
    char before = at > 0 ? sentence.bytes[at - 1] : ' ';
    char further = at + 2 < sentence.length ? sentence.bytes[at + 2] : ' ';
    if (c < 'A' || c > 'J' || c == 'I' || choice_word_byte(next) || choice_word_byte(before))
        return false;
    bool article = c == 'A' && next == ' ' && further >= 'a' && further <= 'z';
    return !article || joins_letters(sentence, at + 1);
}

static bool gives_reason(distill_span sentence, size_t at)
{
    return scan_starts(sentence, at, " because ") || scan_starts(sentence, at, " since ") ||
           scan_starts(sentence, at, ", as ");
}

char choice_only_letter(distill_span text)
{
    distill_span sentence = last_sentence(text);
    char found = '\0';
    if (sentence.length > 0 && sentence.bytes[sentence.length - 1] == '?')
        return '\0';
    if (scan_first(sentence, 0, " else ") != SIZE_MAX ||
        scan_first(sentence, 0, "therwise") != SIZE_MAX)
        return CHOICE_AMBIGUOUS;
    size_t from = 0;
    bool rejected = false;
    char before = '\0';
    for (size_t at = 0; at < sentence.length; at++) {
        if (found != '\0' && gives_reason(sentence, at))
            return found;
        if (!is_option_name(sentence, at))
            continue;
        bool joined = false;
        joined = from > 0 && choice_skip_joins(sentence, from, &joined) == at && joined;
        rejected = is_rejected(sentence, from, at) || (rejected && joined);
        from = at + 1;
        if (rejected && joined && found == before)
            found = '\0'; // "A and B are out"
        before = sentence.bytes[at];
        if (rejected)
            continue;
        if (found != '\0' && found != sentence.bytes[at])
            return CHOICE_AMBIGUOUS;
        found = sentence.bytes[at];
    }
    return found;
}
