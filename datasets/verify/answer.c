// datasets/verify/answer.c - chooses among the places of a reply that may hold the answer.
//
// Boxes, an <answer> tag, a "####" line and an announcing sentence are each searched from the end,
// and the last of them is the answer. A sentence after the last box counts only if it states a
// value, because replies often continue after the box ("the answer is correct since …"). If there
// is none of these, the answer is the whole reply, its last formula or its last number.
#include "datasets/verify/answer.h"

#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"
#include "distill/text/chat/think.h"

#include <string.h>

enum {
    BOX_GAP = 48,        // longest text between two boxes of one answer
    BARE_BYTES = 160,    // longest reply that can be an answer as a whole
    TAIL_BYTES = 4096,   // the last formula and the last number are searched in this many bytes
    LONGEST_NUMBER = 40, // a longer one comes from a repetition loop
    GOLD_SOLUTION = 120, // a reference answer longer than this is a whole solution
    GOLD_WORDS = 6       // if it also has this many words
};

bool answer_text(distill_span *out, distill_span reply)
{
    if (distill_think_is_unfinished(reply))
        return false;
    reply = distill_think_after_mark(distill_think_answer(reply));
    static const char *const ENDS[] = {"<|im_end|>",      "<|im_start|>", "<|endoftext|>",
                                       "<|end_of_text|>", "<|eot_id|>",   "<|end_of_solution|>"};
    for (size_t at = 0; (at = scan_first(reply, at, "<|")) != SIZE_MAX; at++)
        for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
            if (scan_starts(reply, at, ENDS[i]))
                reply.length = at; // a marker of the chat template ends the reply
    *out = reply;
    return true;
}

static void add_part(answer *out, distill_span part)
{
    part = scan_trim(part);
    if (part.length == 0 || out->count == ANSWER_PARTS)
        return;
    for (size_t i = 0; i < out->count; i++)
        if (distill_span_equal(out->part[i], part))
            return;
    out->part[out->count++] = part;
}

/// The text consists of joining words and signs: "and", "or", commas, delimiters of formulas.
static bool only_joins(distill_span gap)
{
    static const char *const JOINS[] = {"and", "or", "text", "quad", "qquad",
                                        "和",  "或", "、",   "，"};
    for (size_t i = 0; i < gap.length;) {
        size_t length = 0;
        for (size_t j = 0; j < sizeof JOINS / sizeof *JOINS; j++)
            if (scan_starts(gap, i, JOINS[j]))
                length = strlen(JOINS[j]);
        if (length == 0 && strchr(" ,;$\\()[]{}", gap.bytes[i]) != NULL)
            length = 1;
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

/// The text between two boxes makes them one answer: "and", "or", or signs, within one sentence.
static bool joins_boxes(distill_span gap)
{
    if (only_joins(gap))
        return true;
    if (gap.length > BOX_GAP || scan_first(gap, 0, "\n\n") != SIZE_MAX ||
        scan_first(gap, 0, ". ") != SIZE_MAX)
        return false;
    return scan_first(gap, 0, " and ") != SIZE_MAX || scan_first(gap, 0, " or ") != SIZE_MAX;
}

/// Takes the last box and the boxes before it that belong to the same answer, in the order of the
/// text.
static void take_boxes(answer *out, distill_span text, const scan_box *last)
{
    scan_box chain[ANSWER_PARTS];
    size_t count = 0;
    chain[count++] = *last;
    scan_box before;
    while (count < ANSWER_PARTS && scan_last_box(&before, text, chain[count - 1].from) &&
           before.complete && before.to <= chain[count - 1].from &&
           joins_boxes(scan_part(text, before.to, chain[count - 1].from)))
        chain[count++] = before;
    while (count-- > 0)
        add_part(out, chain[count].inside);
    out->found_by = "box";
    out->in_box = true;
}

/// In a sentence of plain words, where the answer ends and its explanation begins.
static size_t clause_end(distill_span text)
{
    static const char *const WORDS[] = {", which",    ", so ",     ", because", " because ",
                                        ", since",    " since ",   ", where ",  ", as ",
                                        " (since",    " (because", " (approx",  " (as ",
                                        " (rounded ", " (in ",     " (the ",    " when "};
    size_t end = text.length;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t at = scan_first(text, 1, WORDS[i]);
        if (at < end)
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
    while (first > 0 && only_joins(scan_part(text, f->to[first - 1], f->from[first])))
        first--;
    for (size_t i = first; i < f->count; i++)
        add_part(out, f->inside[i]);
}

/// Takes the first formula, with which the statement begins, and those joined to it.
static void take_first_formulas(answer *out, distill_span text, const formulas *f)
{
    add_part(out, f->inside[0]);
    for (size_t i = 1; i < f->count; i++) {
        if (!only_joins(scan_part(text, f->to[i - 1], f->from[i])))
            return;
        add_part(out, f->inside[i]);
    }
}

/// Takes what an announcing sentence announces: formulas, a number after them, or words.
static void take_statement(answer *out, distill_span text)
{
    formulas f;
    text = scan_trim(text);
    find_formulas(&f, text);
    if (f.count > 0 && f.from[0] == 0) {
        take_first_formulas(out, text, &f);
        return;
    }
    if (f.count > 0) {
        distill_span behind = scan_part(text, f.to[f.count - 1], text.length);
        distill_span number = answer_last_number(behind);
        if (number.length > 0)
            add_part(out, number);
        else
            take_last_formulas(out, text, &f);
        return;
    }
    text.length = clause_end(text);
    while (text.length > 0 && strchr("}\"] ", text.bytes[text.length - 1]) != NULL &&
           memchr(text.bytes, text.bytes[text.length - 1] == '}' ? '{' : '[', text.length) == NULL)
        text.length--;
    add_part(out, text);
    out->loose = true;
}

static bool is_number_sign(char c)
{
    return ascii_is_digit(c) || c == '.' || c == ',' || c == '/' || c == '%';
}

distill_span answer_last_number(distill_span text)
{
    size_t end = text.length;
    while (end > 0 && !ascii_is_digit(text.bytes[end - 1]))
        end--;
    size_t from = end;
    while (from > 0 && is_number_sign(text.bytes[from - 1]))
        from--;
    while (from < end &&
           (text.bytes[from] == ',' || text.bytes[from] == '/' || text.bytes[from] == '%'))
        from++;
    if (from == end || end - from > LONGEST_NUMBER)
        return (distill_span){text.bytes, 0};
    size_t before = from, behind = end;
    while (before > 0 && text.bytes[before - 1] == ' ')
        before--;
    while (behind < text.length && text.bytes[behind] == ' ')
        behind++;
    char left = before > 0 ? text.bytes[before - 1] : ' ';
    char right = behind < text.length ? text.bytes[behind] : ' ';
    if (strchr("*+/^_<{", left) != NULL || strchr("*+/^=-", right) != NULL)
        return (distill_span){text.bytes, 0}; // part of a calculation
    if (left == '-') {
        char further = before > 1 ? text.bytes[before - 2] : ' ';
        if (further == ' ' && before > 2)
            further = text.bytes[before - 3];
        if (ascii_is_digit(further) || further == ')' || ascii_is_letter(further))
            return (distill_span){text.bytes, 0}; // a difference
        from = before - 1;
    }
    if (end < text.length && text.bytes[end] == '%')
        end++;
    return scan_part(text, from, end);
}

/// Number of words of at least three letters; names of commands are not words.
static size_t plain_words(distill_span text)
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

/// The reply as a whole is an answer: one short line with at most three words and no verb.
static bool is_bare(distill_span text)
{
    static const char *const VERBS[] = {" is ", " are ", " find ", " get ", " have ", " that "};
    if (text.length == 0 || text.length > BARE_BYTES || plain_words(text) > 3 ||
        memchr(text.bytes, '\n', text.length) != NULL ||
        strchr("=+-*/^(", text.bytes[text.length - 1]) != NULL)
        return false;
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (scan_first(text, 0, VERBS[i]) != SIZE_MAX)
            return false;
    return true;
}

/// Nothing announces an answer: takes the whole reply, the last number or the last formula.
static void take_last_resort(answer *out, distill_span text)
{
    formulas f;
    text = distill_span_trim(text);
    if (is_bare(text)) {
        add_part(out, text);
        out->found_by = "whole reply";
        out->loose = true;
        return;
    }
    if (text.length > TAIL_BYTES)
        text = scan_part(text, text.length - TAIL_BYTES, text.length);
    find_formulas(&f, text);
    size_t behind = f.count > 0 ? f.to[f.count - 1] : 0;
    distill_span number = answer_last_number(scan_part(text, behind, text.length));
    if (number.length > 0) {
        add_part(out, number);
        out->found_by = "last number";
    } else if (f.count > 0) {
        take_last_formulas(out, text, &f);
        out->found_by = "last formula";
    }
}

/// The place of the last "####" at or after `begin`.
static size_t find_hash_line(distill_span text, size_t begin)
{
    size_t at = scan_last(text, text.length, "####");
    if (at == SIZE_MAX || at < begin)
        return SIZE_MAX;
    while (at > 0 && text.bytes[at - 1] == '#')
        at--;
    return at;
}

static void take_hash_line(answer *out, distill_span text, size_t at)
{
    while (at < text.length && text.bytes[at] == '#')
        at++;
    const char *line_end = memchr(text.bytes + at, '\n', text.length - at);
    size_t end = line_end != NULL ? (size_t)(line_end - text.bytes) : text.length;
    distill_span line = distill_span_trim(scan_part(text, at, end));
    size_t cut = 0; // calculator annotations <<…>> are not part of the answer
    while ((cut = scan_first(line, 0, "<<")) != SIZE_MAX)
        line.length = cut;
    take_statement(out, line);
    out->found_by = "hash line";
}

/// The sentence states a value, so that it counts even after the last box.
static bool states_value(distill_span text, const scan_cue *cue)
{
    distill_span inside;
    size_t at = cue->payload;
    if (scan_formula(text, at, &inside) > at)
        return true;
    if (at < text.length && (text.bytes[at] == '-' || text.bytes[at] == '$'))
        at++;
    return at < text.length && ascii_is_digit(text.bytes[at]);
}

static void take_tag(answer *out, distill_span inside)
{
    scan_box box;
    if (scan_last_box(&box, inside, inside.length)) {
        if (box.complete)
            take_boxes(out, inside, &box);
        return;
    }
    take_statement(out, inside);
    out->found_by = "answer tag";
}

void answer_find(answer *out, distill_span reply)
{
    distill_span text;
    distill_answer_part tag;
    scan_box box;
    scan_cue cue;
    *out = (answer){.found_by = "none"};
    if (!answer_text(&text, reply))
        return;
    bool has_box = scan_last_box(&box, text, text.length);
    bool has_tag = distill_answer_part_find(&tag, text);
    size_t begin = has_box ? box.to : 0;
    if (has_tag && (!has_box || tag.begin + tag.inside.length > box.from)) {
        take_tag(out, tag.inside);
        return;
    }
    size_t hash = find_hash_line(text, begin);
    bool has_cue = scan_last_cue(&cue, text, hash != SIZE_MAX ? hash : begin, text.length);
    if (has_cue && has_box && !states_value(text, &cue))
        has_cue = false;
    if (has_cue) {
        take_statement(out, scan_part(text, cue.payload, scan_statement_end(text, cue.payload)));
        out->found_by = "answer sentence";
    } else if (hash != SIZE_MAX) {
        take_hash_line(out, text, hash);
    } else if (has_box) {
        if (box.complete)
            take_boxes(out, text, &box);
    } else {
        take_last_resort(out, text);
    }
}

void answer_all_boxes(answer *out, distill_span reply)
{
    distill_span text;
    scan_box box, chain[ANSWER_PARTS];
    size_t count = 0, end;
    *out = (answer){.found_by = "boxes"};
    if (!answer_text(&text, reply))
        return;
    for (end = text.length; count < ANSWER_PARTS && scan_last_box(&box, text, end); end = box.from)
        if (box.complete && distill_span_trim(box.inside).length > 0)
            chain[count++] = box;
    while (count-- > 0)
        add_part(out, chain[count].inside);
}

/// The reference is a whole solution rather than an answer: a long text of many words.
static bool is_solution(distill_span gold)
{
    return gold.length > GOLD_SOLUTION && plain_words(gold) >= GOLD_WORDS;
}

void answer_of_gold(answer *out, distill_span gold)
{
    scan_box box;
    *out = (answer){.found_by = "reference"};
    if (scan_last_box(&box, gold, gold.length) && box.complete) {
        take_boxes(out, gold, &box);
        return;
    }
    if (is_solution(gold) || find_hash_line(gold, 0) != SIZE_MAX) {
        answer_find(out, gold);
        if (out->count > 0)
            return;
    }
    out->count = 1;
    out->part[0] = distill_span_trim(gold);
}
