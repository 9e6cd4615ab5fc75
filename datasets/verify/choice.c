// datasets/verify/choice.c - finds the conclusion of a multiple-choice reply.
//
// Five kinds of conclusions are searched: the last box, the last <answer> tag, the last
// announcement ("the answer is C", "hence C.", "C is correct"), the last line that consists of a
// letter, and, only if there is none of these, the only letter of the last sentence. The last one
// in the text counts. A conclusion that names two letters or is cut off is a conclusion without a
// letter (CHOICE_AMBIGUOUS); it counts as well, because it replaces the earlier ones.
#include "datasets/verify/choice.h"

#include "datasets/verify/answer.h"
#include "datasets/verify/answer_box.h"
#include "datasets/verify/answer_doubt.h"
#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"
#include "datasets/verify/choice_letter.h"
#include "datasets/verify/choice_line.h"
#include "datasets/verify/math/math_equal.h"
#include "distill/text/chat/think.h"

#include <string.h>

enum { MOST_LETTERS = 10, TAIL_BYTES = 1 << 15 };

/// "A if x > 0, B if x < 0": the rest of the line has two conditions.
static bool has_cases(distill_span text, size_t end)
{
    if (!scan_starts(text, end, " if ") && !scan_starts(text, end, " when "))
        return false;
    const char *newline = memchr(text.bytes + end, '\n', text.length - end);
    distill_span line =
        scan_part(text, end + 1, newline != NULL ? (size_t)(newline - text.bytes) : text.length);
    return scan_first(line, 0, " if ") != SIZE_MAX || scan_first(line, 0, " when ") != SIZE_MAX;
}

/// A sign behind the letter in a box makes it a part of a larger formula, or words reject it.
static bool is_altered(distill_span inside, size_t end)
{
    static const char *const SIGNS[] = {"^",     "_",     "\\lor",   "\\cup",
                                        "\\vee", "\\cap", "\\wedge", "\\land"};
    if (answer_is_doubted(inside, end - 1, end))
        return true;
    while (end < inside.length && inside.bytes[end] == ' ')
        end++;
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (scan_starts(inside, end, SIGNS[i]))
            return true;
    return false;
}

/// The letter that an announcement names; CHOICE_AMBIGUOUS if it names more than one, NUL if none,
/// or if the sentence doubts it.
static char announced(distill_span text, size_t payload)
{
    size_t end;
    char letter = choice_letter_at(text, payload, &end);
    if (letter != '\0' && answer_is_doubted(text, end - 1, end))
        return '\0';
    bool several =
        letter != '\0' && (choice_names_another(text, end, letter) || has_cases(text, end));
    return several ? CHOICE_AMBIGUOUS : letter;
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
    char letter = at < text.length && !joined ? choice_letter_at(text, at, &end) : '\0';
    return letter != '\0' && says_correct(text, end) ? letter : '\0';
}

/// Words with which a conclusion may begin, in lower case.
typedef struct trigger {
    const char *word;
    enum { TRIGGER_OPTION, TRIGGER_CHOOSE, TRIGGER_SO, TRIGGER_ONLY, TRIGGER_NO } kind;
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
    {"settle on", TRIGGER_CHOOSE}, {"only", TRIGGER_ONLY},         {"no", TRIGGER_NO},
    {"wait", TRIGGER_NO},          {"edit", TRIGGER_NO},           {"correction", TRIGGER_NO},
    {"sorry", TRIGGER_NO},         {"oops", TRIGGER_NO},           {"i mean", TRIGGER_SO},
    {"i meant", TRIGGER_SO},       {"make that", TRIGGER_SO},
};

/// "Only C remains."
static char remaining(distill_span text, size_t at)
{
    static const char *const PHRASES[] = {" remains", " is left", " survives", " fits",
                                          " works",   " holds",   " satisf",   " can be"};
    size_t end;
    char letter =
        at < text.length && text.bytes[at] == ' ' ? choice_letter_at(text, at, &end) : '\0';
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
    if (at < text.length && (text.bytes[at] == ',' || text.bytes[at] == ':'))
        at++;
    if (at >= text.length || text.bytes[at] != ' ')
        return '\0';
    char letter = choice_letter_at(text, at, &end);
    while (letter != '\0' && end < text.length && strchr(")*}", text.bytes[end]) != NULL)
        end++;
    bool doubted = letter != '\0' && answer_is_doubted(text, end - 1, end);
    bool ends = letter != '\0' && !doubted &&
                (end >= text.length || strchr(".\n!", text.bytes[end]) != NULL);
    return ends ? letter : '\0';
}

/// "No, C.", "Wait: (C)": a letter that replaces another.
static char replaced(distill_span text, size_t at)
{
    bool sign = at < text.length && (text.bytes[at] == ',' || text.bytes[at] == ':');
    return sign ? concluded(text, at) : '\0';
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
                      : t->kind == TRIGGER_NO     ? replaced(text, behind)
                                                  : concluded(text, behind);
        if (letter != '\0' || t->kind == TRIGGER_OPTION)
            return letter;
    }
    size_t end; // "C is correct"
    bool capital = text.bytes[at] >= 'A' && text.bytes[at] <= 'J';
    char letter = capital ? choice_letter_at(text, at, &end) : '\0';
    bool correct = letter != '\0' && says_correct(text, end);
    return correct && !answer_is_doubted_before(text, at) ? letter : '\0';
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

/// The letter of the last announcement at or after `begin`, CHOICE_AMBIGUOUS included; *place is
/// where it begins.
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
                letter = CHOICE_AMBIGUOUS; // cut off
            if (letter == '\0')
                letter = option_text(said, options, count);
            has_cue = scan_last_cue(&cue, text, begin, at);
        } else if (ascii_is_foreign(text.bytes[at]) || ascii_is_letter(text.bytes[at])) {
            letter = trigger_at(text, at);
            if (letter == '\0' && scan_starts_any_case(text, at, "answer ")) {
                size_t end; // "pick the answer C"
                letter = choice_letter_at(text, at + 7, &end);
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

char choice_letter_of(distill_span text)
{
    size_t end;
    text = distill_span_trim(text);
    char letter = choice_letter_at(text, 0, &end);
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

/// The letter in a box or tag: it begins with one, or is the text of an option; else
/// CHOICE_AMBIGUOUS.
static char held_letter(distill_span inside, const distill_span *options, size_t count)
{
    size_t end;
    scan_box box;
    if (scan_last_box(&box, inside, inside.length))
        inside = box.inside;
    char letter = choice_letter_at(inside, 0, &end);
    if (letter != '\0') {
        bool asked = end < inside.length && inside.bytes[end] == '?';
        return asked || is_altered(inside, end) || choice_names_another(inside, end, letter)
                   ? CHOICE_AMBIGUOUS
                   : letter;
    }
    letter = option_text(inside, options, count);
    return letter != '\0' ? letter : CHOICE_AMBIGUOUS;
}

/// The letter of all boxes of the answer; CHOICE_AMBIGUOUS if they hold several.
static char boxed_letter(distill_span text, const scan_box *box, const distill_span *options,
                         size_t count)
{
    answer boxes = {0};
    answer_take_boxes(&boxes, text, box);
    bool clear = boxes.count > 0 && !boxes.unclear;
    char letter = clear ? held_letter(boxes.part[0], options, count) : CHOICE_AMBIGUOUS;
    for (size_t i = 1; i < boxes.count; i++)
        if (held_letter(boxes.part[i], options, count) != letter)
            return CHOICE_AMBIGUOUS;
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

/// A sentence behind the conclusion at `place` takes it back: "Wait, that is wrong."
static bool is_corrected(distill_span text, size_t place)
{
    return answer_find_correction(text, scan_statement_end(text, place)) != SIZE_MAX;
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
        keep(out, &best, tag.is_closed ? letter : CHOICE_AMBIGUOUS, tag.begin, "answer tag");
    }
    char letter = last_announcement(text, best, &place, options, count);
    keep(out, &best, letter, place, "answer sentence");
    letter = choice_last_line(text, &place);
    keep(out, &best, letter, place, "letter line");
    if (out->letter == '\0')
        *out = (choice){.letter = choice_only_letter(text), .found_by = "only letter"};
    else if (is_corrected(text, best))
        out->letter = CHOICE_AMBIGUOUS;
    if (out->letter == CHOICE_AMBIGUOUS)
        *out = (choice){.found_by = out->found_by, .ambiguous = true};
    else if (out->letter == '\0')
        *out = (choice){.found_by = "none"};
}
