// datasets/verify/choice.c - finds the conclusion of a multiple-choice reply.
//
// Five kinds of conclusions are searched: the last box, the last <answer> tag, the last
// announcement ("the answer is C", "hence C.", "C is correct"), the last line that consists of a
// letter, and, only if there is none of these, the only letter of the last sentence. The last one
// in the text counts. A conclusion that names two letters or is cut off is a conclusion without a
// letter (AMBIGUOUS); it counts as well, because it replaces the earlier ones.
#include "datasets/verify/choice.h"

#include "datasets/verify/answer.h"
#include "datasets/verify/answer_box.h"
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

/// The word at `at` shows that the capital before it is the letter of an option: "A is", "I because".
static bool follows_letter(distill_span text, size_t at)
{
    static const char *const WORDS[] = {
        "is ",        "because ", "since ", "as ",  "and ",   "or ",     "for ",    "which ",
        "but ",       "by ",      "with ",  "not ", "has ",   "must ",   "remains", "fits ",
        "satisfies ", "works ",   "holds ", "can ", "seems ", "follows "};
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
    return article || is_english_word(text, at) ? '\0' : upper;
}

/// Skips what may join the letters of two options; *joined is set if "or", "and" or a sign is there.
static size_t skip_joins(distill_span text, size_t at, bool *joined)
{
    static const char *const WORDS[] = {
        "or",     "and",    "maybe",    "possibly", "perhaps",  "also",     "either", "even",
        "option", "choice", "could be", "might be", "oder",     "und",      "或",     "和",
        "、",     "，",     "\\text",   "\\quad",   "\\textbf", "\\mathrm", "\\boxed"};
    for (bool changed = true; changed && at < text.length;) {
        changed = false;
        if (strchr(" ,;/&|$(){}*?\"", text.bytes[at]) != NULL && text.bytes[at] != '\0') {
            *joined = *joined || strchr(",;/&|?", text.bytes[at]) != NULL;
            at++;
            changed = true;
        }
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
            size_t length = strlen(WORDS[i]);
            char behind = at + length < text.length ? text.bytes[at + length] : ' ';
            if (!scan_starts_any_case(text, at, WORDS[i]) || ascii_is_letter(behind))
                continue;
            *joined = *joined || WORDS[i][0] != '\\';
            at += length;
            changed = true;
        }
    }
    return at;
}

/// Another letter is joined to the one that ends at `end`: "C or A", "B, D", "B, or maybe D".
static bool names_another(distill_span text, size_t end, char letter)
{
    bool joined = false;
    size_t at = skip_joins(text, end, &joined), next;
    if (!joined || at >= text.length || text.bytes[at] < 'A' || text.bytes[at] > 'J')
        return false;
    char other = letter_at(text, at, &next);
    if (other == '\0' || other == letter)
        return false;
    bool verb = next + 1 < text.length && text.bytes[next] == ' ' && // "B, as C is wrong"
                ascii_is_letter(text.bytes[next + 1]) && !ascii_is_capital(text.bytes[next + 1]) &&
                !scan_starts(text, next, " or ") && !scan_starts(text, next, " and ");
    return !verb;
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
    enum { TRIGGER_OPTION, TRIGGER_CHOOSE, TRIGGER_SO, TRIGGER_ONLY } kind;
} trigger;

static const trigger TRIGGERS[] = {
    {"option", TRIGGER_OPTION},    {"choice", TRIGGER_OPTION},     {"choose", TRIGGER_CHOOSE},
    {"pick", TRIGGER_CHOOSE},      {"select", TRIGGER_CHOOSE},     {"选项", TRIGGER_OPTION},
    {"故选", TRIGGER_CHOOSE},      {"应选", TRIGGER_CHOOSE},       {"选择", TRIGGER_CHOOSE},
    {"选", TRIGGER_CHOOSE},        {"hence", TRIGGER_SO},          {"therefore", TRIGGER_SO},
    {"thus", TRIGGER_SO},          {"leaves", TRIGGER_SO},         {"so", TRIGGER_SO},
    {"leaving", TRIGGER_SO},       {"left is", TRIGGER_SO},        {"remains is", TRIGGER_SO},
    {"remaining is", TRIGGER_SO},  {"it must be", TRIGGER_SO},     {"it has to be", TRIGGER_SO},
    {"actually", TRIGGER_SO},      {"it is", TRIGGER_SO},          {"it's", TRIGGER_SO},
    {"go with", TRIGGER_CHOOSE},   {"going with", TRIGGER_CHOOSE}, {"lean towards", TRIGGER_CHOOSE},
    {"settle on", TRIGGER_CHOOSE}, {"only", TRIGGER_ONLY},
};

/// "Only C remains."
static char remaining(distill_span text, size_t at)
{
    static const char *const PHRASES[] = {" remains", " is left", " survives", " fits",
                                          " works",   " holds",   " satisf",   " can be"};
    size_t end;
    char letter = at < text.length && text.bytes[at] == ' ' ? letter_at(text, at, &end) : '\0';
    while (letter != '\0' && end < text.length && strchr(")*}", text.bytes[end]) != NULL)
        end++;
    for (size_t i = 0; letter != '\0' && i < sizeof PHRASES / sizeof *PHRASES; i++)
        if (scan_starts(text, end, PHRASES[i]))
            return letter;
    return '\0';
}

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
                      : t->kind == TRIGGER_ONLY   ? remaining(text, behind)
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

/// The words before a letter, from `from` on, or those behind it, reject it: "not C", "C is wrong".
static bool is_rejected(distill_span sentence, size_t from, size_t at)
{
    static const char *const BEFORE[] = {
        "not",       "neither", "nor",         "eliminat",  "except",  "isn't",  "out",
        "cannot be", "Vitamin", "vitamin",     "but for",   "exclud",  "reject", "wrong",
        "false",     "ll but",  "nything but", "incorrect", "can't be"};
    static const char *const BEHIND[] = {
        " is wrong",       " is not",       " is out",       " fails",       " isn't",
        " is false",       " is incorrect", " cannot",       " can't",       " does not",
        " doesn't",        " can be ruled", " is ruled",     " is excluded", " is eliminated",
        " breaks",         " are out",      " are wrong",    " are false",   " are incorrect",
        " are eliminated", " are not",      " is impossible"};
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
    return false;
}

/// A verb or joining word follows a letter, which is therefore no article.
static bool joins_letters(distill_span sentence, size_t at)
{
    static const char *const JOINS[] = {" and ", " or ",  " nor ",     " is ",
                                        " are ", " but ", " because ", " since "};
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
    if (c < 'A' || c > 'J' || c == 'I' || is_word_byte(next) || is_word_byte(before))
        return false;
    bool article = c == 'A' && next == ' ' && further >= 'a' && further <= 'z';
    return !article || joins_letters(sentence, at + 1);
}

static bool gives_reason(distill_span sentence, size_t at)
{
    return scan_starts(sentence, at, " because ") || scan_starts(sentence, at, " since ") ||
           scan_starts(sentence, at, ", as ");
}

/// The only letter that the last sentence names and does not reject; NUL if there is none, AMBIGUOUS
/// if there are several. A letter that is joined to a rejected one is rejected too: "not A or B".
static char only_letter(distill_span text)
{
    distill_span sentence = last_sentence(text);
    char found = '\0';
    size_t from = 0;
    bool rejected = false;
    char before = '\0';
    for (size_t at = 0; at < sentence.length; at++) {
        if (found != '\0' && gives_reason(sentence, at))
            return found;
        if (!is_option_name(sentence, at))
            continue;
        bool joined = false;
        joined = from > 0 && skip_joins(sentence, from, &joined) == at && joined;
        rejected = is_rejected(sentence, from, at) || (rejected && joined);
        from = at + 1;
        if (rejected && joined && found == before)
            found = '\0'; // "A and B are out"
        before = sentence.bytes[at];
        if (rejected)
            continue;
        if (found != '\0' && found != sentence.bytes[at])
            return AMBIGUOUS;
        found = sentence.bytes[at];
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

/// The letter of all boxes of the answer; AMBIGUOUS if they hold several.
static char boxed_letter(distill_span text, const scan_box *box, const distill_span *options,
                         size_t count)
{
    answer boxes = {0};
    answer_take_boxes(&boxes, text, box);
    char letter = boxes.count > 0 ? held_letter(boxes.part[0], options, count) : AMBIGUOUS;
    for (size_t i = 1; i < boxes.count; i++)
        if (held_letter(boxes.part[i], options, count) != letter)
            return AMBIGUOUS;
    return letter;
}

/// Keeps a conclusion that stands at or after the one kept so far.
static void keep(choice *out, size_t *best, char letter, size_t place, const char *found_by)
{
    if (letter == '\0' || (out->letter != '\0' && place < *best))
        return;
    *out = (choice){.letter = letter, .found_by = found_by};
    *best = place;
}

void choice_find(choice *out, distill_span reply, const distill_span *options, size_t count)
{
    distill_span text;
    scan_box box;
    size_t best = 0, place = 0;
    *out = (choice){.found_by = "none"};
    if (!answer_text(&text, reply))
        return;
    if (text.length > TAIL_BYTES)
        text = scan_part(text, text.length - TAIL_BYTES, text.length);
    distill_answer_part tag;
    if (scan_last_box(&box, text, text.length)) {
        keep(out, &best, boxed_letter(text, &box, options, count), box.to, "box");
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
        *out = (choice){.letter = only_letter(text), .found_by = "only letter"};
    if (out->letter == AMBIGUOUS)
        *out = (choice){.found_by = out->found_by, .ambiguous = true};
    else if (out->letter == '\0')
        *out = (choice){.found_by = "none"};
}
