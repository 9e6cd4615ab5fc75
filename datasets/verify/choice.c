// datasets/verify/choice.c - finds the conclusion of a multiple-choice reply.
//
// Five kinds of conclusions are searched: the last box, the last <answer> tag, the last
// announcement ("the answer is C", "hence C.", "C is correct"), the last line that consists of a
// letter, and, only if there is none of these, the only letter of the last sentence. The last one
// in the text counts. A conclusion that names two letters or is cut off is a conclusion without a
// letter (AMBIGUOUS); it counts as well, because it replaces the earlier ones.
#include "datasets/verify/choice.h"

#include "datasets/verify/answer.h"
#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"
#include "datasets/verify/math/math_equal.h"
#include "distill/text/chat/think.h"

#include <string.h>

enum { MOST_LETTERS = 10, AMBIGUOUS = '?', TAIL_BYTES = 1 << 15 };

static bool is_word_byte(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '\'';
}

/// Skips the signs, styles and words that may be between an announcement and its letter. *bracket
/// is set if a bracket or a command is among them.
static size_t skip_wrapping(distill_span text, size_t at, bool *bracket)
{
    static const char *const WRAPS[] = {"\\textbf", "\\text",  "\\mathrm", "\\mathbf", "\\boxed",
                                        "option ",  "choice ", "answer ",  "letter ",  "Option ",
                                        "Choice ",  "the ",    "（",       "：",       "\\(",
                                        "选项",     "项",      "择"};
    for (bool changed = true; changed && at < text.length;) {
        changed = false;
        if (strchr(" *_\"'`$:([{\n", text.bytes[at]) != NULL && text.bytes[at] != '\0') {
            *bracket = *bracket || text.bytes[at] == '(' || text.bytes[at] == '{';
            at++;
            changed = true;
        }
        for (size_t i = 0; i < sizeof WRAPS / sizeof *WRAPS; i++)
            if (scan_starts(text, at, WRAPS[i])) {
                *bracket = *bracket || WRAPS[i][0] == '\\';
                at += strlen(WRAPS[i]);
                changed = true;
            }
    }
    return at;
}

/// The letter of an option at `at`, perhaps wrapped, in upper case; NUL if there is none. *end is
/// the place after it.
static char letter_at(distill_span text, size_t at, size_t *end)
{
    bool bracket = false;
    at = skip_wrapping(text, at, &bracket);
    if (at >= text.length)
        return '\0';
    char c = text.bytes[at], next = at + 1 < text.length ? text.bytes[at + 1] : ' ';
    char upper = ascii_upper(c);
    if (upper < 'A' || upper > 'J' || is_word_byte(next))
        return '\0';
    char further = at + 2 < text.length ? text.bytes[at + 2] : ' ';
    bool article = (c == 'a' || c == 'i') && !bracket && next == ' ' && ascii_is_letter(further);
    *end = at + 1;
    return article ? '\0' : upper;
}

/// Another letter is joined to the one that ends at `end`: "C or A", "B, D".
static bool names_another(distill_span text, size_t end, char letter)
{
    static const char *const JOINS[] = {" or ", " and ", ", ",     "/",      " 或 ",
                                        "或",   "和",    ") or (", ") and ("};
    while (end < text.length && strchr(")}*\"$", text.bytes[end]) != NULL &&
           text.bytes[end] != '\0')
        end++;
    for (size_t i = 0; i < sizeof JOINS / sizeof *JOINS; i++) {
        size_t behind = end + strlen(JOINS[i]), next;
        if (!scan_starts(text, end, JOINS[i]))
            continue;
        bool capital =
            behind < text.length && text.bytes[behind] >= 'A' && text.bytes[behind] <= 'J';
        bool wrapped = behind < text.length && strchr("(*", text.bytes[behind]) != NULL;
        char other = capital || wrapped ? letter_at(text, behind, &next) : '\0';
        if (other != '\0' && other != letter)
            return true;
    }
    return false;
}

/// The letter that an announcement names; AMBIGUOUS if it names more than one, NUL if none.
static char announced(distill_span text, size_t payload)
{
    size_t end;
    char letter = letter_at(text, payload, &end);
    return letter != '\0' && names_another(text, end, letter) ? AMBIGUOUS : letter;
}

/// The text at `at`, after a letter, states that it is the right one.
static bool says_correct(distill_span text, size_t at)
{
    static const char *const PHRASES[] = {
        " is correct",  " is the correct",  " is right", " is the answer", " is the right",
        " is the best", " must be correct", "正确",      " is true"};
    while (at < text.length && strchr(")}*\"$", text.bytes[at]) != NULL && text.bytes[at] != '\0')
        at++;
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++)
        if (scan_starts(text, at, PHRASES[i]))
            return true;
    return false;
}

/// "option is (C)", "choice: C", "option C is correct", 选项C正确; `at` is the place after the
/// first word.
static char named_option(distill_span text, size_t at)
{
    static const char *const VERBS[] = {" is ", ":", "**:", "\":", "是", "为", "："};
    size_t end;
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (scan_starts(text, at, VERBS[i]))
            return announced(text, at + strlen(VERBS[i]));
    bool joined =
        at < text.length && text.bytes[at] != ' ' && !ascii_is_foreign(text.bytes[at - 1]);
    char letter = at < text.length && !joined ? letter_at(text, at, &end) : '\0';
    return letter != '\0' && says_correct(text, end) ? letter : '\0';
}

/// Words with which a conclusion may begin, in lower case.
typedef struct trigger {
    const char *word;
    enum { TRIGGER_OPTION, TRIGGER_CHOOSE, TRIGGER_SO } kind;
} trigger;

static const trigger TRIGGERS[] = {
    {"option", TRIGGER_OPTION}, {"choice", TRIGGER_OPTION}, {"choose", TRIGGER_CHOOSE},
    {"pick", TRIGGER_CHOOSE},   {"select", TRIGGER_CHOOSE}, {"选项", TRIGGER_OPTION},
    {"故选", TRIGGER_CHOOSE},   {"应选", TRIGGER_CHOOSE},   {"选择", TRIGGER_CHOOSE},
    {"选", TRIGGER_CHOOSE},     {"hence", TRIGGER_SO},      {"therefore", TRIGGER_SO},
    {"thus", TRIGGER_SO},       {"leaves", TRIGGER_SO},     {"so", TRIGGER_SO},
};

/// "Hence D.": a letter that ends the sentence.
static char concluded(distill_span text, size_t at)
{
    size_t end;
    if (at < text.length && text.bytes[at] == ',')
        at++;
    if (at >= text.length || text.bytes[at] != ' ')
        return '\0';
    char letter = letter_at(text, at, &end);
    while (letter != '\0' && end < text.length && strchr(")*}", text.bytes[end]) != NULL)
        end++;
    bool ends = letter != '\0' && (end >= text.length || strchr(".\n!", text.bytes[end]) != NULL);
    return ends ? letter : '\0';
}

/// The letter of the conclusion that begins at `at`; NUL if none begins there.
static char trigger_at(distill_span text, size_t at)
{
    if (at > 0 && ascii_is_letter(text.bytes[at - 1]) && ascii_is_letter(text.bytes[at]))
        return '\0'; // inside a word
    for (size_t i = 0; i < sizeof TRIGGERS / sizeof *TRIGGERS; i++) {
        const trigger *t = &TRIGGERS[i];
        if (ascii_lower(text.bytes[at]) != t->word[0] || !scan_starts_any_case(text, at, t->word))
            continue;
        size_t behind = at + strlen(t->word);
        char letter = t->kind == TRIGGER_OPTION   ? named_option(text, behind)
                      : t->kind == TRIGGER_CHOOSE ? announced(text, behind)
                                                  : concluded(text, behind);
        if (letter != '\0' || t->kind == TRIGGER_OPTION)
            return letter;
    }
    size_t end; // "C is correct"
    bool capital = text.bytes[at] >= 'A' && text.bytes[at] <= 'J';
    char letter = capital ? letter_at(text, at, &end) : '\0';
    return letter != '\0' && says_correct(text, end) ? letter : '\0';
}

/// The letter of the only option whose text equals `said`; NUL if none or several do.
static char option_text(distill_span said, const distill_span *options, size_t count)
{
    char found = '\0';
    said = scan_trim(said);
    for (size_t i = 0; i < count && i < MOST_LETTERS && said.length > 0; i++)
        if (answers_equal(said, options[i]) == VERDICT_RIGHT) {
            if (found != '\0')
                return '\0';
            found = (char)('A' + i);
        }
    return found;
}

/// The letter of the last announcement at or after `begin`, AMBIGUOUS included; *place is where it
/// begins.
static char last_announcement(distill_span text, size_t begin, size_t *place,
                              const distill_span *options, size_t count)
{
    scan_cue cue;
    size_t cue_end = text.length;
    bool has_cue = scan_last_cue(&cue, text, begin, cue_end);
    for (size_t at = text.length; at-- > begin;) {
        char letter = '\0';
        if (has_cue && cue.from == at) {
            letter = announced(text, cue.payload);
            size_t end = scan_statement_end(text, cue.payload);
            distill_span said = scan_trim(scan_part(text, cue.payload, end));
            if (letter == '\0' && (said.length == 0 || distill_span_is(said, "(")))
                letter = AMBIGUOUS; // cut off
            if (letter == '\0')
                letter = option_text(said, options, count);
            has_cue = scan_last_cue(&cue, text, begin, at);
        } else if (ascii_is_foreign(text.bytes[at]) || ascii_is_letter(text.bytes[at])) {
            letter = trigger_at(text, at);
            if (letter == '\0' && scan_starts_any_case(text, at, "answer ")) {
                size_t end; // "pick the answer C"
                letter = letter_at(text, at + 7, &end);
                bool capital = letter != '\0' && text.bytes[end - 1] == letter;
                letter = capital && (end >= text.length || text.bytes[end] == '.') ? letter : '\0';
            }
        }
        if (letter != '\0') {
            *place = at;
            return letter;
        }
    }
    return '\0';
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
    char letter = sign ? letter_at(trimmed, 0, &end) : '\0';
    if (letter == '\0')
        return '\0';
    char next = end < trimmed.length ? trimmed.bytes[end] : '\n';
    *only = scan_trim(scan_part(trimmed, end, trimmed.length)).length <= 1;
    bool marked = strchr(".):", next) != NULL;
    return *only || marked ? letter : '\0';
}

/// The letter of the last line that consists of one. Failing that, the letter with which lines
/// begin, if it is the same on all such lines: several of them are a list of the options.
static char last_letter_line(distill_span text, size_t *place)
{
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
            with_text = with_text != '\0' && with_text != letter ? AMBIGUOUS : letter;
            with_text_place = at;
        }
        at = end + 1;
    }
    if (alone != '\0')
        return alone;
    *place = with_text_place;
    return with_text == AMBIGUOUS ? '\0' : with_text;
}

/// The letter at `at` is rejected ("not C", "C is wrong"), or is the name of a vitamin.
static bool is_rejected(distill_span sentence, size_t at)
{
    static const char *const WORDS[] = {"not",       "neither", "nor",    "eliminate",
                                        "except",    "either",  "isn't",  "out",
                                        "cannot be", "Vitamin", "vitamin"};
    size_t from = at > 14 ? at - 14 : 0;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (scan_first(scan_part(sentence, from, at), 0, WORDS[i]) != SIZE_MAX)
            return true;
    return scan_starts(sentence, at + 1, " is wrong") || scan_starts(sentence, at + 1, " is not") ||
           scan_starts(sentence, at + 1, " is out") || scan_starts(sentence, at + 1, " fails");
}

/// A verb or joining word follows a letter, which is therefore no article.
static bool joins_letters(distill_span sentence, size_t at)
{
    static const char *const JOINS[] = {" and ", " or ", " nor ", " is ", " are "};
    for (size_t i = 0; i < sizeof JOINS / sizeof *JOINS; i++)
        if (scan_starts(sentence, at, JOINS[i]))
            return true;
    return false;
}

/// The only letter that the last sentence names and does not reject; NUL if there is not exactly
/// one.
static char only_letter(distill_span text)
{
    text = distill_span_trim(text);
    size_t from = text.length;
    while (from > 0 && !(from < text.length && text.bytes[from] == ' ' &&
                         strchr(".!?\n", text.bytes[from - 1]) != NULL))
        from--;
    distill_span sentence = scan_part(text, from, text.length);
    char found = '\0';
    for (size_t at = 0; at < sentence.length; at++) {
        char c = sentence.bytes[at], next = at + 1 < sentence.length ? sentence.bytes[at + 1] : ' ';
        char before = at > 0 ? sentence.bytes[at - 1] : ' ';
        char further = at + 2 < sentence.length ? sentence.bytes[at + 2] : ' ';
        if (c < 'A' || c > 'J' || is_word_byte(next) || is_word_byte(before) || c == 'I')
            continue;
        if (c == 'A' && next == ' ' && further >= 'a' && further <= 'z' &&
            !joins_letters(sentence, at + 1))
            continue; // an article
        if (found != '\0' && found != c)
            return '\0';
        if (is_rejected(sentence, at))
            return '\0';
        found = c;
    }
    return found;
}

char choice_letter_of(distill_span text)
{
    size_t end;
    text = distill_span_trim(text);
    char letter = letter_at(text, 0, &end);
    if (letter == '\0' || text.length > 24)
        return '\0';
    for (; end < text.length; end++)
        if (strchr(" .)}*$:\"'", text.bytes[end]) == NULL)
            return '\0';
    return letter;
}

bool choice_is_letter(distill_span gold)
{
    gold = distill_span_trim(gold);
    if (gold.length == 3 && gold.bytes[0] == '(' && gold.bytes[2] == ')')
        gold = scan_part(gold, 1, 2);
    return gold.length == 1 && gold.bytes[0] >= 'A' && gold.bytes[0] <= 'J';
}

/// The letter in a box or tag: it begins with one, or is the text of an option; else AMBIGUOUS.
static char held_letter(distill_span inside, const distill_span *options, size_t count)
{
    size_t end;
    scan_box box;
    if (scan_last_box(&box, inside, inside.length))
        inside = box.inside;
    char letter = letter_at(inside, 0, &end);
    if (letter != '\0')
        return names_another(inside, end, letter) ? AMBIGUOUS : letter;
    letter = option_text(inside, options, count);
    return letter != '\0' ? letter : AMBIGUOUS;
}

/// Stores a conclusion that begins at or after the one stored so far.
static void keep(choice *out, size_t *best, char letter, size_t place, const char *found_by)
{
    if (letter == '\0' || (out->letter != '\0' && place < *best))
        return;
    *out = (choice){letter, found_by};
    *best = place;
}

void choice_find(choice *out, distill_span reply, const distill_span *options, size_t count)
{
    distill_span text;
    scan_box box;
    size_t best = 0, place = 0;
    *out = (choice){'\0', "none"};
    if (!answer_text(&text, reply))
        return;
    if (text.length > TAIL_BYTES)
        text = scan_part(text, text.length - TAIL_BYTES, text.length);
    distill_answer_part tag;
    if (scan_last_box(&box, text, text.length)) {
        char letter = box.complete ? held_letter(box.inside, options, count) : AMBIGUOUS;
        keep(out, &best, letter, box.to, "box");
    }
    if (distill_answer_part_find(&tag, text)) {
        char letter = held_letter(tag.inside, options, count);
        keep(out, &best, tag.is_closed ? letter : AMBIGUOUS, tag.begin, "answer tag");
    }
    char letter = last_announcement(text, best, &place, options, count);
    keep(out, &best, letter, place, "answer sentence");
    letter = last_letter_line(text, &place);
    keep(out, &best, letter, place, "letter line");
    if (out->letter == '\0')
        *out = (choice){only_letter(text), "only letter"};
    if (out->letter == AMBIGUOUS || out->letter == '\0')
        *out = (choice){'\0', "none"};
}
