// datasets/verify/answer_statement.c - reads a statement: its formulas are found first, and numbers
// in plain words by sentence_number.h.
//
// A statement that begins with a formula says this formula; otherwise the last one counts, unless a
// number after it is stated in words. The last resort splits the end of the reply into sentences
// and takes the last one that states a number after the last formula.
#include "datasets/verify/answer_statement.h"

#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"
#include "datasets/verify/sentence_number.h"

#include <string.h>

enum {
    BARE_BYTES = 160,      // longest reply that can be an answer as a whole
    TAIL_BYTES = 4096,     // the last formula and the last number are searched in this many bytes
    REMARK_PARAGRAPHS = 2, // a heading and its text
    SENTENCE_BYTES = 1024  // of a longer sentence, its end is read
};

/// In a sentence of plain words, where the answer ends and its explanation begins.
static size_t clause_end(distill_span text)
{
    static const char *const WORDS[] = {
        ", which",    ", so ",       ", because",    " because ", ", since",  " since ",
        ", where ",   ", as ",       " (since",      " (because", " (approx", " (as ",
        " (rounded ", " (in ",       " (the ",       " when ",    ", not ",   " not ",
        ", and not ", " instead of", " rather than", ", in all",  " in all",  ", in total",
        " in total",  " altogether", ", altogether", ", but ",    " (not ",   ", rather than"};
    size_t end = text.length;
    if (memchr(text.bytes, ' ', text.length) == NULL)
        return end;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t at = scan_first(text, 1, WORDS[i]);
        if (at < end && !scan_starts(text, at, ", as well as "))
            end = at;
    }
    return end;
}

/// The formulas of a statement, with their places.
typedef struct formulas {
    size_t count, from[ANSWER_PARTS], to[ANSWER_PARTS];
    distill_span inside[ANSWER_PARTS];
} formulas;

/// Keeps the last ANSWER_PARTS formulas.
static void find_formulas(formulas *out, distill_span text)
{
    out->count = 0;
    for (size_t at = 0; at < text.length; at++) {
        distill_span inside;
        size_t behind = scan_formula(text, at, &inside);
        if (behind == at)
            continue;
        if (distill_span_trim(inside).length > 0) {
            if (out->count == ANSWER_PARTS) {
                out->count--;
                memmove(out->from, out->from + 1, out->count * sizeof *out->from);
                memmove(out->to, out->to + 1, out->count * sizeof *out->to);
                memmove(out->inside, out->inside + 1, out->count * sizeof *out->inside);
            }
            out->from[out->count] = at;
            out->to[out->count] = behind;
            out->inside[out->count++] = inside;
        }
        at = behind - 1;
    }
}

/// Takes the last formula and those joined to it.
static void take_last_formulas(answer *out, distill_span text, const formulas *f)
{
    size_t first = f->count - 1;
    while (first > 0 && scan_only_joins(scan_part(text, f->to[first - 1], f->from[first])))
        first--;
    for (size_t i = first; i < f->count; i++)
        answer_add(out, f->inside[i]);
}

/// Takes the first formula, with which the statement begins, and those joined to it.
static void take_first_formulas(answer *out, distill_span text, const formulas *f)
{
    answer_add(out, f->inside[0]);
    for (size_t i = 1; i < f->count; i++) {
        if (!scan_only_joins(scan_part(text, f->to[i - 1], f->from[i])))
            return;
        answer_add(out, f->inside[i]);
    }
}

/// The formula is the name of something: $x$, $ABC$.
static bool is_name(distill_span formula)
{
    formula = distill_span_trim(formula);
    for (size_t i = 0; i < formula.length; i++)
        if (!ascii_is_letter(formula.bytes[i]))
            return false;
    return formula.length <= 3;
}

/// The number that plain words state beside the formulas of a statement; empty if there is none.
static distill_span number_beside(distill_span text, const formulas *f, sentence_lead lead)
{
    distill_span number;
    distill_span behind = scan_part(text, f->to[f->count - 1], text.length);
    distill_span before = scan_part(text, 0, f->from[0]);
    if (sentence_number(&number, behind, LEAD_NOTHING) == SENTENCE_STATES)
        return number;
    bool begins = before.length > 0 && ascii_is_digit(*before.bytes) && lead == LEAD_ANNOUNCED;
    if (begins || is_name(f->inside[f->count - 1]))
        (void)sentence_number(&number, before, lead);
    return number;
}

/// A cheap test before the sentence is read: no word of two letters, or signs of LaTeX.
static bool is_surely_expression(distill_span text)
{
    bool word = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i], next = i + 1 < text.length ? text.bytes[i + 1] : ' ';
        if (c == '^' || c == '{' || c == '|' || (c == '\\' && ascii_is_letter(next)))
            return true;
        word = word || (ascii_is_letter(c) && ascii_is_letter(next)) || ascii_is_foreign(c);
    }
    return !word;
}

/// Reads a text without formulas: is it plain words, and which number do they state?
static sentence_state read_words(answer *out, distill_span text, sentence_lead lead)
{
    if (is_surely_expression(text))
        return SENTENCE_EXPRESSION;
    sentence_state state = sentence_number_in_words(&out->stated, text, lead);
    out->plain = state != SENTENCE_NONE && state != SENTENCE_EXPRESSION;
    out->labels = state == SENTENCE_LABELS;
    return state;
}

void answer_take_statement(answer *out, distill_span text)
{
    formulas f;
    text = scan_trim(text);
    find_formulas(&f, text);
    if (f.count > 0 && f.from[0] == 0) {
        take_first_formulas(out, text, &f);
        return;
    }
    if (f.count > 0) {
        distill_span number = number_beside(text, &f, LEAD_ANNOUNCED);
        if (number.length > 0)
            answer_add(out, number);
        else
            take_last_formulas(out, text, &f);
        return;
    }
    read_words(out, text, LEAD_ANNOUNCED);
    text.length = clause_end(text);
    while (text.length > 0 && strchr("}\"] ", text.bytes[text.length - 1]) != NULL &&
           memchr(text.bytes, text.bytes[text.length - 1] == '}' ? '{' : '[', text.length) ==
               NULL &&
           (text.bytes[text.length - 1] != ']' || memchr(text.bytes, '(', text.length) == NULL))
        text.length--;
    answer_add(out, text);
    out->loose = true;
}

size_t answer_plain_words(distill_span text)
{
    size_t words = 0, letters = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '\\') {
            while (i + 1 < text.length && ascii_is_letter(text.bytes[i + 1]))
                i++;
            letters = 0;
            continue;
        }
        letters = ascii_is_letter(text.bytes[i]) ? letters + 1 : 0;
        words += letters == 3;
    }
    return words;
}

/// Words that may stand between a value and the end of its statement.
static bool is_short_rest(distill_span rest)
{
    static const char *const RELATIVES[] = {"more",   "less",  "fewer",  "times", "than", "greater",
                                            "larger", "lower", "higher", "of ",   "digit"};
    rest.length = clause_end(rest);
    for (size_t i = 0; i < sizeof RELATIVES / sizeof *RELATIVES; i++)
        if (scan_first(rest, 0, RELATIVES[i]) != SIZE_MAX)
            return false;
    for (size_t i = 0; i < rest.length; i++)
        if (ascii_is_digit(rest.bytes[i]))
            return false;
    return answer_plain_words(rest) <= 2;
}

bool answer_begins_with_value(distill_span text)
{
    distill_span inside;
    text = scan_trim(text);
    size_t end = scan_formula(text, 0, &inside), at = 0;
    if (end == 0) {
        if (at < text.length && (text.bytes[at] == '-' || text.bytes[at] == '$'))
            at++;
        if (at < text.length && (text.bytes[at] == '-' || text.bytes[at] == '$'))
            at++;
        for (end = at; end < text.length &&
                       (ascii_is_digit(text.bytes[end]) || strchr(".,/", text.bytes[end]) != NULL);)
            end++;
        if (at == text.length || !ascii_is_digit(text.bytes[at]))
            return false;
    }
    return is_short_rest(scan_part(text, end, text.length));
}

/// The reply as a whole is an answer: one short line with at most three words and no verb.
static bool is_bare(distill_span text)
{
    static const char *const VERBS[] = {" is ", " are ", " find ", " get ", " have ", " that "};
    if (text.length == 0 || text.length > BARE_BYTES || answer_plain_words(text) > 3 ||
        memchr(text.bytes, '\n', text.length) != NULL ||
        strchr("=+-*/^(", text.bytes[text.length - 1]) != NULL)
        return false;
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (scan_first(text, 0, VERBS[i]) != SIZE_MAX)
            return false;
    return true;
}

/// The line says that there is no answer: "I do not know."
static bool declines(distill_span text)
{
    static const char *const WORDS[] = {"i ",    "i'm ",    "we ",     "sorry",  "cannot",
                                        "can't", "unable ", "unsure ", "don't ", "not sure"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (scan_starts_any_case(text, 0, WORDS[i]))
            return true;
    return false;
}

/// A line without the marks of a quotation, a list, an answer, and without single quotes around it:
/// "> 5", "1. 5", "A: 5", "'5'".
static distill_span without_marks(distill_span line)
{
    size_t digits = 0;
    while (digits < line.length && ascii_is_digit(line.bytes[digits]))
        digits++;
    static const char *const ARROWS[] = {"=> ", "-> ", "→ ", "⇒ ", "∴ "};
    for (size_t i = 0; i < sizeof ARROWS / sizeof *ARROWS; i++)
        if (scan_starts(line, 0, ARROWS[i]))
            line = scan_part(line, strlen(ARROWS[i]), line.length);
    if (scan_starts(line, 0, "> "))
        line = scan_part(line, 2, line.length);
    else if (scan_starts(line, 0, "A: "))
        line = scan_part(line, 3, line.length);
    else if (digits > 0 && digits <= 2 && scan_starts(line, digits, ". "))
        line = scan_part(line, digits + 2, line.length);
    if (line.length > 2 && line.bytes[0] == '\'' && line.bytes[line.length - 1] == '\'')
        line = scan_part(line, 1, line.length - 1);
    return distill_span_trim(line);
}

/// A question, or a sentence that does not end: "We have 5 cases:", "Let x = 5 and".
static bool is_open(distill_span text, size_t end)
{
    static const char *const WORDS[] = {" and", " or",   " the", " so",
                                        " of",  " then", " is",  " but"};
    while (end > 0 && strchr(" \n\t*_", text.bytes[end - 1]) != NULL)
        end--;
    if (end > 0 && strchr("?:,", text.bytes[end - 1]) != NULL)
        return true;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t length = strlen(WORDS[i]);
        if (end >= length && memcmp(text.bytes + end - length, WORDS[i], length) == 0)
            return true;
    }
    return false;
}

/// Takes one line of plain words without a formula. False if it is none.
static bool take_line(answer *out, distill_span text)
{
    text = without_marks(text);
    static const char *const VERBS[] = {" is ", " are ", " was ", " were ",
                                        " es ", " ist ", " est "};
    distill_span line = text;
    if (text.length == 0 || text.length > BARE_BYTES ||
        memchr(text.bytes, '\n', text.length) != NULL)
        return false;
    bool bare = is_bare(text);
    sentence_state state = read_words(out, text, LEAD_NOTHING);
    out->unclear = out->stated.length > 0 && is_open(text, text.length);
    if (state == SENTENCE_NONE && declines(text))
        return false;
    for (size_t i = 0; state == SENTENCE_NONE && !bare && i < sizeof VERBS / sizeof *VERBS; i++) {
        size_t at = scan_last(text, text.length, VERBS[i]);
        if (at != SIZE_MAX)
            line = scan_part(text, at + strlen(VERBS[i]), text.length);
    }
    if (!bare && (line.length == text.length || answer_plain_words(line) > 3))
        return false;
    answer_add(out, line);
    out->found_by = "whole reply";
    out->loose = true;
    return true;
}

/// Where the sentence begins that ends at `end`.
static size_t sentence_begin(distill_span text, size_t end)
{
    size_t from = end;
    while (from > 0 && strchr(" \n\t.!?*_`\"", text.bytes[from - 1]) != NULL)
        from--;
    for (; from > 0 && end - from < SENTENCE_BYTES; from--) {
        char c = text.bytes[from - 1], next = from < text.length ? text.bytes[from] : ' ';
        if (c == '\n' || (strchr(".!?", c) != NULL && strchr(" \n\t*\"", next) != NULL) ||
            scan_starts(text, from - 1, "。"))
            return from;
    }
    return from;
}

/// The sentence is the label of a list: "2." at the beginning of a line with more text.
static bool is_label(distill_span text, size_t from, size_t end)
{
    size_t digits = 0;
    while (from + digits < end && ascii_is_digit(text.bytes[from + digits]))
        digits++;
    bool line = from == 0 || text.bytes[from - 1] == '\n';
    return line && digits > 0 && digits <= 2 && from + digits + 2 >= end && end < text.length &&
           text.bytes[end] != '\n';
}

/// The value of a row "| Total | 5 |" of a table with two columns; any other text itself.
static distill_span row_value(distill_span row)
{
    if (row.length < 2 || row.bytes[0] != '|' || row.bytes[row.length - 1] != '|')
        return row;
    distill_span inside = scan_part(row, 1, row.length - 1);
    size_t bar = scan_first(inside, 0, "|");
    bool two = bar != SIZE_MAX && scan_first(inside, bar + 1, "|") == SIZE_MAX;
    return two ? scan_trim(scan_part(inside, bar + 1, inside.length)) : row;
}

/// Without a program at the end: a fenced block with the name of a language.
static distill_span without_program(distill_span text)
{
    if (text.length < 8 || !scan_starts(text, text.length - 3, "```"))
        return text;
    size_t open = scan_last(text, text.length - 3, "```");
    static const char *const LANGUAGES[] = {"python", "py\n", "c\n",  "cpp",
                                            "java",   "js",   "rust", "go\n"};
    for (size_t i = 0; open != SIZE_MAX && i < sizeof LANGUAGES / sizeof *LANGUAGES; i++)
        if (scan_starts(text, open + 3, LANGUAGES[i]))
            return distill_span_trim(scan_part(text, 0, open));
    return text;
}

/// The sentence has one run of digits, or none.
static bool has_one_number(distill_span sentence)
{
    size_t runs = 0;
    for (size_t i = 0; i < sentence.length; i++)
        runs +=
            ascii_is_digit(sentence.bytes[i]) && (i == 0 || !ascii_is_digit(sentence.bytes[i - 1]));
    return runs < 2;
}

/// Takes the last sentence of `text` that has a number; false if there is none.
static bool take_last_sentence(answer *out, distill_span text)
{
    for (size_t end = text.length; end > 0;) {
        distill_span number, sentence;
        size_t from = sentence_begin(text, end);
        if (is_label(text, from, end)) {
            end = from;
            continue;
        }
        sentence = row_value(scan_trim(scan_part(text, from, end)));
        sentence_state state = sentence_number(&number, sentence, LEAD_NOTHING);
        if (state == SENTENCE_STATES && is_open(text, end))
            state = SENTENCE_UNCLEAR;
        if (state == SENTENCE_STATES || state == SENTENCE_UNCLEAR) {
            answer_add(out, state == SENTENCE_STATES ? number : sentence);
            out->found_by = state == SENTENCE_STATES ? "last number" : "last sentence";
            out->unclear = state == SENTENCE_UNCLEAR && has_one_number(sentence); // "at least 5"
            return true;
        }
        if (state == SENTENCE_UNFINISHED)
            return false;
        end = from;
    }
    return false;
}

/// The paragraph is a check or a remark: "**Check:** 3 + 4 = 7", "Note that …".
static bool is_remark(distill_span paragraph)
{
    static const char *const WORDS[] = {"check",        "verification", "verify",  "verifying",
                                        "checking",     "remark",       "remarks", "note",
                                        "sanity check", "probe",        "验证",    "检验"};
    size_t at = 0;
    while (at < paragraph.length && strchr(" *#_(\n", paragraph.bytes[at]) != NULL)
        at++;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t end = at + strlen(WORDS[i]);
        char next = end < paragraph.length ? paragraph.bytes[end] : ':';
        if (scan_starts_any_case(paragraph, at, WORDS[i]) &&
            (strchr(":*.)", next) != NULL || ascii_is_foreign(next) ||
             scan_starts(paragraph, end, " that ")))
            return true;
    }
    return false;
}

/// The text without checks and remarks at its end.
static distill_span without_remarks(distill_span text)
{
    for (size_t at = text.length, paragraphs = 0; paragraphs < REMARK_PARAGRAPHS; paragraphs++) {
        at = scan_last(text, at, "\n\n");
        if (at == SIZE_MAX)
            break;
        if (is_remark(scan_part(text, at, text.length)))
            return distill_span_trim(scan_part(text, 0, at));
    }
    return text;
}

static void take_tail(answer *out, distill_span text)
{
    formulas f;
    if (take_line(out, text))
        return;
    if (text.length > TAIL_BYTES)
        text = scan_part(text, text.length - TAIL_BYTES, text.length);
    find_formulas(&f, text);
    size_t behind = f.count > 0 ? f.to[f.count - 1] : 0;
    if (take_last_sentence(out, scan_part(text, behind, text.length)) || f.count == 0)
        return;
    distill_span number = {text.bytes, 0};
    if (is_name(f.inside[f.count - 1])) {
        size_t from = sentence_begin(text, f.from[f.count - 1]);
        (void)sentence_number(&number, scan_part(text, from, f.from[f.count - 1]), LEAD_NOTHING);
    }
    if (number.length > 0)
        answer_add(out, number);
    else
        take_last_formulas(out, text, &f);
    out->found_by = number.length > 0 ? "last number" : "last formula";
}

void answer_take_last_resort(answer *out, distill_span text)
{
    text = without_program(distill_span_trim(text));
    distill_span stated = without_remarks(text);
    take_tail(out, stated);
    if (out->count == 0 && stated.length < text.length) {
        *out = (answer){.found_by = "none"};
        take_tail(out, text);
    }
}
