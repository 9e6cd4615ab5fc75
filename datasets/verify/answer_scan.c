// datasets/verify/answer_scan.c - searches boxes, cues and formulas in the text of a reply.
//
// Boxes and cues are searched backwards with memrchr, so that a long reply takes little time if its
// answer is at the end. Cues are searched in the last 64 KiB and formulas end after 2,000 bytes, so
// that the time is linear at most.
#include "datasets/verify/answer_scan.h"

#include "datasets/verify/ascii.h"

#include <string.h>

enum {
    LONGEST_FORMULA = 2000, // bytes between the delimiters
    CUE_GAP = 60,           // bytes between "answer" and its verb
    CUE_BYTES = 1 << 16     // end of the text in which cues are searched
};

distill_span scan_part(distill_span text, size_t from, size_t to)
{
    if (to > text.length)
        to = text.length;
    return (distill_span){text.bytes + from, to > from ? to - from : 0};
}

bool scan_starts_any_case(distill_span text, size_t at, const char *word)
{
    if (at >= text.length || ascii_lower(text.bytes[at]) != *word)
        return false;
    size_t length = strlen(word);
    if (text.length - at < length)
        return false;
    for (size_t i = 1; i < length; i++)
        if (ascii_lower(text.bytes[at + i]) != word[i])
            return false;
    return true;
}

size_t scan_last(distill_span text, size_t end, const char *word)
{
    const char *from = text.bytes, *found;
    size_t left = end < text.length ? end : text.length;
    while (left > 0 && (found = memrchr(from, word[0], left)) != NULL) {
        if (scan_starts(text, (size_t)(found - from), word))
            return (size_t)(found - from);
        left = (size_t)(found - from);
    }
    return SIZE_MAX;
}

size_t scan_first(distill_span text, size_t from, const char *word)
{
    return distill_span_find(text, distill_span_of(word), from);
}

size_t scan_closing_brace(distill_span text, size_t open)
{
    int depth = 0;
    for (size_t i = open; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '\\')
            i++;
        else if (c == '{')
            depth++;
        else if (c == '}' && --depth == 0)
            return i;
    }
    return SIZE_MAX;
}

/// \boxed 5, without braces: the text up to a space or the end of the formula.
static void bare_box(scan_box *out, distill_span text, size_t at)
{
    size_t to = at;
    while (to < text.length && strchr(" \t\n$", text.bytes[to]) == NULL &&
           !scan_starts(text, to, "\\)") && !scan_starts(text, to, "\\]"))
        to++;
    out->inside = scan_part(text, at, to);
    out->to = to;
    out->complete = true;
}

bool scan_last_box(scan_box *out, distill_span text, size_t end)
{
    for (size_t at = end; (at = scan_last(text, at, "\\")) != SIZE_MAX;) {
        size_t name = scan_starts(text, at, "\\boxed")  ? 6
                      : scan_starts(text, at, "\\fbox") ? 5
                                                        : 0;
        if (name == 0 || (at + name < text.length && ascii_is_letter(text.bytes[at + name])))
            continue; // another command
        size_t open = at + name;
        while (open < text.length && (text.bytes[open] == ' ' || text.bytes[open] == '\n'))
            open++;
        *out = (scan_box){.from = at};
        if (open >= text.length || text.bytes[open] != '{') {
            bare_box(out, text, open);
            return true;
        }
        size_t close = scan_closing_brace(text, open);
        out->complete = close != SIZE_MAX;
        out->to = out->complete ? close + 1 : text.length;
        out->inside = scan_part(text, open + 1, out->complete ? close : text.length);
        return true;
    }
    return false;
}

/// The two dollar signs around `inside` are amounts of money, not delimiters of a formula: a digit
/// follows each ("$180. He pays $120"), at least three words of three letters stand between them,
/// or it ends with an operator. Words in the argument of \text and the like do not count.
static bool is_money(distill_span inside, char behind)
{
    static const char *const WITH_WORDS[] = {"\\text", "\\begin", "\\end",
                                             "\\math", "\\mbox",  "\\operatorname"};
    size_t words = 0, letters = 0;
    bool amount = inside.length > 0 && ascii_is_digit(*inside.bytes);
    if (amount && ascii_is_digit(behind))
        return true;
    for (size_t i = 0; i < inside.length; i++) {
        if (inside.bytes[i] != '\\') {
            letters = ascii_is_letter(inside.bytes[i]) ? letters + 1 : 0;
            words += letters == 3;
            continue;
        }
        size_t end = i + 1, close = SIZE_MAX; // skip the command, and the words in its braces
        while (end < inside.length && ascii_is_letter(inside.bytes[end]))
            end++;
        for (size_t j = 0; j < sizeof WITH_WORDS / sizeof *WITH_WORDS; j++)
            if (scan_starts(inside, i, WITH_WORDS[j]) && end < inside.length &&
                inside.bytes[end] == '{')
                close = scan_closing_brace(inside, end);
        i = close != SIZE_MAX ? close : end > i + 1 ? end - 1 : end;
        letters = 0;
    }
    distill_span trimmed = distill_span_trim(inside);
    char last = trimmed.length > 0 ? trimmed.bytes[trimmed.length - 1] : '+';
    amount = amount && inside.bytes[inside.length - 1] == ' ';
    return words >= (amount ? 1 : 3) || strchr("+-*/=", last) != NULL;
}

size_t scan_formula(distill_span text, size_t at, distill_span *inside)
{
    static const char *const OPEN[] = {"$$", "$", "\\(", "\\["};
    static const char *const CLOSE[] = {"$$", "$", "\\)", "\\]"};
    if (at >= text.length || (text.bytes[at] != '$' && text.bytes[at] != '\\') ||
        (at > 0 && text.bytes[at - 1] == '\\'))
        return at;
    for (size_t i = 0; i < 4; i++) {
        if (!scan_starts(text, at, OPEN[i]))
            continue;
        size_t from = at + strlen(OPEN[i]), close = from - 1;
        distill_span window = scan_part(text, 0, from + LONGEST_FORMULA);
        do
            close = scan_first(window, close + 1, CLOSE[i]);
        while (close != SIZE_MAX && text.bytes[close - 1] == '\\' && *CLOSE[i] == '$');
        if (close == SIZE_MAX || scan_first(scan_part(text, from, close), 0, "\n\n") != SIZE_MAX)
            return at;
        *inside = scan_part(text, from, close);
        if (i == 1 && is_money(*inside, close + 1 < text.length ? text.bytes[close + 1] : ' '))
            return at;
        return close + strlen(CLOSE[i]);
    }
    return at;
}

/// A full stop or question mark that ends a statement, not a decimal point.
static bool is_full_stop(distill_span text, size_t at)
{
    char c = text.bytes[at], next = at + 1 < text.length ? text.bytes[at + 1] : ' ';
    if (c == '.' || c == '?')
        return strchr(" \n\t\"*)<]}", next) != NULL && next != '\0';
    return scan_starts(text, at, "。") || scan_starts(text, at, "；");
}

size_t scan_statement_end(distill_span text, size_t from)
{
    bool any = false;
    for (size_t i = from; i < text.length; i++) {
        distill_span inside;
        size_t behind = scan_formula(text, i, &inside);
        if (behind > i) {
            i = behind - 1;
            any = true;
            continue;
        }
        char c = text.bytes[i];
        if (c == '\n' && any)
            return i;
        if (any && is_full_stop(text, i))
            return i;
        any = any || strchr(" \n\t*:", c) == NULL;
    }
    return text.length;
}

size_t scan_html_mark(distill_span text, size_t at)
{
    static const char *const NAMES[] = {"b",    "i",  "u",    "p",   "br", "em",  "strong",
                                        "code", "tt", "span", "div", "li", "pre", "mark"};
    size_t from = at + 1, end;
    if (at >= text.length || text.bytes[at] != '<')
        return at;
    from += from < text.length && text.bytes[from] == '/';
    for (end = from; end < text.length && ascii_is_letter(text.bytes[end]);)
        end++;
    distill_span name = scan_part(text, from, end);
    while (end < text.length && (text.bytes[end] == ' ' || text.bytes[end] == '/'))
        end++;
    if (end >= text.length || text.bytes[end] != '>')
        return at;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (distill_span_is(name, NAMES[i]))
            return end + 1;
    return at;
}

/// The text without HTML marks at both ends.
static distill_span without_html(distill_span text)
{
    size_t behind = scan_html_mark(text, 0);
    text = scan_part(text, behind, text.length);
    if (text.length > 0 && text.bytes[text.length - 1] == '>') {
        size_t open = scan_last(text, text.length, "<");
        if (open != SIZE_MAX && scan_html_mark(text, open) == text.length)
            text.length = open;
    }
    return text;
}

distill_span scan_trim(distill_span text)
{
    static const char *const ENDS[] = {" ",  "\n", "\t", "\r", "*",  "\"", "`", "_",
                                       "。", "．", "，", "；", "：", "、", "“", "”"};
    bool changed = true;
    while (changed && text.length > 0) {
        changed = false;
        for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
            size_t length = strlen(ENDS[i]);
            if (scan_starts(text, 0, ENDS[i])) {
                text = scan_part(text, length, text.length);
                changed = true;
            }
            if (text.length >= length && scan_starts(text, text.length - length, ENDS[i])) {
                text.length -= length;
                changed = true;
            }
        }
        if (text.length > 0 && strchr(".,;:", text.bytes[text.length - 1]) != NULL) {
            text.length--;
            changed = true;
        }
        if (text.length > 0 && strchr(":;=", text.bytes[0]) != NULL) {
            text = scan_part(text, 1, text.length);
            changed = true;
        }
        if (text.length > 0 && (text.bytes[0] == '<' || text.bytes[text.length - 1] == '>')) {
            size_t before = text.length;
            text = without_html(text);
            changed = changed || text.length < before;
        }
    }
    return text;
}

bool scan_only_joins(distill_span gap)
{
    static const char *const JOINS[] = {"and", "or", "text", "quad", "qquad",
                                        "和",  "或", "、",   "，"};
    for (size_t i = 0; i < gap.length;) {
        size_t length = 0;
        for (size_t j = 0; j < sizeof JOINS / sizeof *JOINS; j++)
            if (scan_starts(gap, i, JOINS[j]))
                length = strlen(JOINS[j]);
        if (length == 0 && strchr(" ,;$\\()[]{}/|&", gap.bytes[i]) != NULL)
            length = 1;
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

/// Skips spaces, quotes and markers of Markdown and JSON.
static size_t skip_markup(distill_span text, size_t at)
{
    while (at < text.length && strchr(" \t*_\"'`#", text.bytes[at]) != NULL)
        at++;
    return at;
}

/// Skips the signs and words that may be between "is" and the answer.
static size_t skip_after_verb(distill_span text, size_t at)
{
    static const char *const WORDS[] = {"indeed", "therefore", "thus",     "simply", "just",
                                        "then",   "given by",  "equal to", "now",    "hence"};
    for (bool changed = true; changed;) {
        changed = false;
        at = skip_markup(text, at);
        if (at < text.length && strchr(":,}", text.bytes[at]) != NULL && text.bytes[at] != '\0') {
            at++;
            changed = true;
        }
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
            if (scan_starts_any_case(text, at, WORDS[i]) &&
                strchr(" :,", at + strlen(WORDS[i]) < text.length
                                  ? text.bytes[at + strlen(WORDS[i])]
                                  : ' ') != NULL) {
                at += strlen(WORDS[i]);
                changed = true;
            }
    }
    return at;
}

/// The end of the verb between "answer" and the answer, at most CUE_GAP bytes on; SIZE_MAX if there
/// is none.
static size_t find_verb(distill_span text, size_t at)
{
    static const char *const VERBS[] = {
        " is ", " are ", " be ", " equals ", " is:", " are:", " is\n", " is $", " is\\", " is*"};
    size_t end = at + CUE_GAP < text.length ? at + CUE_GAP : text.length;
    for (; at < end; at++) {
        char c = text.bytes[at];
        if (c == '\n' || c == '.' || c == '?' || c == '!' || c == '$')
            return SIZE_MAX;
        if (c == ':')
            return at + 1;
        for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
            if (scan_starts_any_case(text, at, VERBS[i]))
                return at + strlen(VERBS[i]) - 1;
    }
    return SIZE_MAX;
}

/// `at` is on a line that is a heading: ### Answer, **Final Answer**, Final Answer.
static bool is_heading(distill_span text, size_t at)
{
    size_t from = at;
    while (from > 0 && text.bytes[from - 1] != '\n')
        from--;
    return text.bytes[from] == '#' || text.bytes[from] == '*' ||
           scan_starts_any_case(text, from, "final ");
}

/// The payload of the word "answer" at `at`; SIZE_MAX if it announces nothing.
static size_t english_payload(distill_span text, size_t at)
{
    size_t next = at + 6;
    if (next < text.length && ascii_lower(text.bytes[next]) == 's')
        next++;
    if (next < text.length && ascii_is_letter(text.bytes[next]))
        return SIZE_MAX; // "answered"
    size_t behind = skip_markup(text, next);
    if (behind >= text.length)
        return SIZE_MAX;
    char c = text.bytes[behind];
    if (c == ':' || c == '=')
        return skip_after_verb(text, behind + 1);
    if (scan_starts(text, behind, "："))
        return skip_after_verb(text, behind + strlen("："));
    distill_span inside;
    if (scan_formula(text, behind, &inside) > behind)
        return behind;
    if (c == '\n')
        return is_heading(text, at) ? behind : SIZE_MAX;
    size_t verb = find_verb(text, next);
    return verb != SIZE_MAX ? skip_after_verb(text, verb) : SIZE_MAX;
}

/// Likewise for 答案: up to two verbs may follow it (答案是：).
static size_t chinese_payload(distill_span text, size_t at)
{
    static const char *const VERBS[] = {"应该是", "应为", "就是", "是", "为", "：", ":", "等于"};
    at += strlen("答案");
    for (int round = 0; round < 2; round++) {
        size_t before = at;
        at = skip_markup(text, at);
        for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
            if (scan_starts(text, at, VERBS[i])) {
                at += strlen(VERBS[i]);
                break;
            }
        if (at == before && round == 0)
            return SIZE_MAX;
    }
    return skip_after_verb(text, at);
}

bool scan_last_cue(scan_cue *out, distill_span text, size_t begin, size_t end)
{
    if (text.length > CUE_BYTES && begin < text.length - CUE_BYTES)
        begin = text.length - CUE_BYTES;
    for (size_t at = end < text.length ? end : text.length; at-- > begin;) {
        unsigned char c = (unsigned char)text.bytes[at];
        size_t payload = SIZE_MAX;
        if ((c == 'a' || c == 'A') && scan_starts_any_case(text, at, "answer"))
            payload = english_payload(text, at);
        else if (c == 0xE7 && scan_starts(text, at, "答案"))
            payload = chinese_payload(text, at);
        if (payload != SIZE_MAX && payload < text.length &&
            !scan_starts_any_case(text, payload, "not ")) {
            *out = (scan_cue){at, payload};
            return true;
        }
    }
    return false;
}
