// datasets/verify/answer_box.c - the last box decides. Boxes before it belong to the same answer
// where only "and", "or" or signs stand between them, where they are members of a list ("x = …"),
// or where every box of the reply is that of a part, (a), (b), … in this order. A box that the reply
// rejects or doubts ("not \boxed{4}") is passed over; if it is the only one, or is an operand of a
// larger formula, the answer is unclear.
#include "datasets/verify/answer_box.h"

#include "datasets/verify/answer_doubt.h"
#include "datasets/verify/ascii.h"

#include <string.h>

enum {
    BOX_GAP = 48,   // longest text between two boxes of one answer
    NAME_BYTES = 24 // longest name of a value before a box of a list
};

static bool has_any(distill_span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (scan_first(text, 0, words[i]) != SIZE_MAX)
            return true;
    return false;
}

/// The text between two boxes makes them one answer: "and", "or", or signs, within one sentence.
static bool joins_boxes(distill_span gap)
{
    static const char *const BREAKS[] = {
        "\n\n", ". ",      " so ",   "hence",  "herefore", "thus",  " then ",  " not ",   "wait",
        "Wait", "instead", "rather", "actual", " gives",   "which", "correct", "mistake", " but "};
    static const char *const WORDS[] = {" and ",  " or ",  "{or}",         "{and}",  " y ",
                                        " oder ", " und ", " as well as ", " and\n", " or\n"};
    if (scan_only_joins(gap))
        return true;
    return gap.length <= BOX_GAP && !has_any(gap, BREAKS, sizeof BREAKS / sizeof *BREAKS) &&
           has_any(gap, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// The last byte before `at`, signs that open a formula aside.
static char sign_before(distill_span text, size_t from, size_t at)
{
    while (at > from && strchr(" $\\([*", text.bytes[at - 1]) != NULL)
        at--;
    return at > from ? text.bytes[at - 1] : ' ';
}

/// The text between two boxes sets the first against the second: "vs", "alternatively", "if x is
/// even,", labels ("max: [5], min: [3]"). Which of them is the answer is open.
static bool contrasts_boxes(distill_span text, size_t from, size_t to, size_t first)
{
    static const char *const WORDS[] = {
        " vs",    " versus ", "lternative", "therwise",  " else ",     " odd",     " even", " if ",
        " when ", " statt ",  " anstatt ",  " vez de ",  " lugar de ", " au lieu", "≠",     "\\ne",
        "case ",  "Case ",    ", no ",      " whereas ", " while ",    " ou ",     " o ",   "或"};
    distill_span gap = scan_part(text, from, to);
    if (gap.length > BOX_GAP || scan_first(gap, 0, "\n\n") != SIZE_MAX)
        return false;
    size_t stop = scan_first(gap, 0, ". ");
    if (stop != SIZE_MAX && scan_first(gap, stop, "ase ") == SIZE_MAX)
        return false;
    bool labels = sign_before(text, from, to) == ':' && sign_before(text, 0, first) == ':';
    return labels || has_any(gap, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// The text between two boxes assigns the second one to another letter: "x = [3], y = [5]".
static bool assigns_boxes(distill_span text, size_t from, size_t to, size_t first)
{
    bool parted = false;
    size_t end = to;
    if (sign_before(text, from, to) != '=' || sign_before(text, 0, first) != '=')
        return false;
    while (end > from && strchr(" $\\(=", text.bytes[end - 1]) != NULL)
        end--;
    if (end == from || !ascii_is_letter(text.bytes[end - 1]))
        return false;
    for (size_t i = from; i + 1 < end; i++) {
        bool and = scan_starts(text, i, "and ");
        parted = parted || and || strchr("\n,;", text.bytes[i]) != NULL;
        if (!and&&strchr(" $\\()\n,;", text.bytes[i]) == NULL)
            return false;
        i += and? strlen("and") : 0;
    }
    return parted;
}

/// The texts that end at `a` and `b`, from `begin` to `b`, are equal but for their digits.
static bool are_alike(distill_span text, size_t a, size_t begin, size_t b)
{
    for (;;) {
        while (a > 0 && ascii_is_digit(text.bytes[a - 1]))
            a--;
        while (b > begin && ascii_is_digit(text.bytes[b - 1]))
            b--;
        if (b == begin)
            return true;
        if (a == 0 || text.bytes[--a] != text.bytes[--b])
            return false;
    }
}

/// The boxes are members of one list: after a line end or a comma, the same name of a value stands
/// before the second one as before the first ("x = ", "x_2 = ", "Case 2: x = ", "- ").
static bool are_members(distill_span text, const scan_box *a, const scan_box *b)
{
    size_t begin = a->to, letters = 0;
    bool parted = false;
    for (; begin < b->from && strchr(" \n$.,;)]\\*", text.bytes[begin]) != NULL; begin++)
        parted = parted || strchr("\n,.;", text.bytes[begin]) != NULL;
    if (!parted || b->from - begin > NAME_BYTES)
        return false;
    for (size_t i = begin; i < b->from; i++) {
        letters = ascii_is_letter(text.bytes[i]) ? letters + 1 : 0;
        if (letters > 1 && !scan_starts_any_case(text, begin, "case "))
            return false;
    }
    return are_alike(text, a->from, begin, b->from);
}

static char byte_at(distill_span text, size_t at)
{
    return at < text.length ? text.bytes[at] : ' ';
}

/// A command of an operator begins at `at`, or ends before it.
static bool is_operator_command(distill_span text, size_t at, bool before)
{
    static const char *const COMMANDS[] = {
        "\\cdot",   "\\times",   "\\div",     "\\pm",    "\\mp",    "\\sqrt", "\\pi",
        "\\sin",    "\\cos",     "\\tan",     "\\log",   "\\ln",    "\\lg",   "\\exp",
        "\\frac",   "\\dfrac",   "\\tfrac",   "\\theta", "\\alpha", "\\beta", "\\ast",
        "\\cancel", "\\xcancel", "\\bcancel", "\\sout",  "\\st"};
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        size_t length = strlen(COMMANDS[i]);
        if (before ? at >= length && scan_starts(text, at - length, COMMANDS[i])
                   : scan_starts(text, at, COMMANDS[i]) &&
                         !ascii_is_letter(byte_at(text, at + length)))
            return true;
    }
    return false;
}

/// A sign beyond ASCII that makes an operand of the box ends before `at`, or begins there.
static bool is_operator_sign(distill_span text, size_t at, bool before)
{
    static const char *const SIGNS[] = {"×", "·", "÷", "√", "±", "−", "π", "²", "³", "½"};
    char c = before ? (at > 0 ? text.bytes[at - 1] : ' ') : byte_at(text, at);
    for (size_t i = 0; ascii_is_foreign(c) && i < sizeof SIGNS / sizeof *SIGNS; i++) {
        size_t length = strlen(SIGNS[i]);
        if (before ? at >= length && scan_starts(text, at - length, SIGNS[i])
                   : scan_starts(text, at, SIGNS[i]))
            return true;
    }
    return false;
}

/// An exponent at `at`, which is no degree sign.
static bool is_exponent(distill_span text, size_t at)
{
    return byte_at(text, at) == '^' && !scan_starts(text, at, "^\\circ") &&
           !scan_starts(text, at, "^{\\circ");
}

/// A sign that touches the box, which ends at `at`, goes on with its value: "[5]^2", "[5].5",
/// "[5]!$", "[5](x", "([5])^2".
static bool is_continued(distill_span text, size_t at)
{
    char sign = byte_at(text, at), next = byte_at(text, at + 1);
    switch (sign) {
    case '^':
        return is_exponent(text, at);
    case '.':
        return ascii_is_digit(next);
    case '!':
        return next == '$' || next == '\\' || next == '^' || ascii_is_digit(next);
    case '(':
        return ascii_is_digit(next) ||
               (ascii_is_letter(next) && !ascii_is_letter(byte_at(text, at + 2)));
    case ')':
    case '}':
        return is_exponent(text, at + 1) || (sign == '}' && next == '{');
    default:
        return ascii_is_digit(sign) || (ascii_is_letter(sign) && !ascii_is_letter(next)) ||
               (sign == '\\' && scan_starts(text, at, "\\right)^"));
    }
}

/// An operator behind the box: "[5]^2", "[5] + 1", "[5]x", "[5]\pi"; no degree sign.
static bool is_left_operand(distill_span text, size_t at)
{
    if (is_continued(text, at) || is_operator_sign(text, at, false))
        return true;
    while (byte_at(text, at) == ' ' && at < text.length)
        at++;
    char sign = byte_at(text, at), next = byte_at(text, at + 1);
    size_t value = next == ' ' ? at + 2 : at + 1;
    if (sign == '\\')
        return is_operator_command(text, at, false);
    return (sign == '+' || sign == '-' || sign == '/') &&
           (ascii_is_digit(byte_at(text, value)) ||
            (ascii_is_letter(byte_at(text, value)) && !ascii_is_letter(byte_at(text, value + 1))));
}

/// A letter, a digit or an index stands before the box: "2[5]", "0.[5]", "a[5]", "\log_2 [5]".
static bool touches_name(distill_span text, size_t at)
{
    if (at < 2)
        return at == 1 && (ascii_is_digit(*text.bytes) || ascii_is_letter(*text.bytes));
    char last = text.bytes[at - 1], before = text.bytes[at - 2];
    if (ascii_is_digit(last) || (last == '.' && ascii_is_digit(before)))
        return true;
    return ascii_is_letter(last) && !ascii_is_letter(before) && !ascii_is_digit(before) &&
           before != '\\';
}

/// An opening brace at `at` is that of an argument or an exponent.
static bool opens_argument(distill_span text, size_t at)
{
    char before = at > 0 ? text.bytes[at - 1] : ' ';
    return before == '}' || before == '^' || before == '_' || before == ']' ||
           is_operator_command(text, at, true);
}

/// The box begins at `at`, with a minus sign before its formula, or a verb and that sign with spaces
/// around it, or in a comment: "-$[5]$", "we get - [5]", "<!-- [5]".
static bool is_outside_sign(distill_span text, size_t at)
{
    static const char *const ENDS[] = {"<!--",    " is -",    " get -", " obtain -",
                                       " have -", " gives -", " be -",  " equals -"};
    size_t open = at > 0 && text.bytes[at - 1] == '$'          ? 1
                  : at > 1 && scan_starts(text, at - 2, "\\(") ? 2
                                                               : 0;
    if (open > 0)
        return at > open && text.bytes[at - open - 1] == '-';
    size_t end = at;
    while (end > 0 && text.bytes[end - 1] == ' ')
        end--;
    for (size_t i = 0;
         end < at && end > 0 && text.bytes[end - 1] == '-' && i < sizeof ENDS / sizeof *ENDS; i++)
        if (end >= strlen(ENDS[i]) && scan_starts(text, end - strlen(ENDS[i]), ENDS[i]))
            return true;
    return false;
}

/// An operator before the box, which begins at `at`: "2[5]", "4 + [5]", "\sqrt{[5]}", "x > [5]".
static bool is_right_operand(distill_span text, size_t at)
{
    if (touches_name(text, at) || is_outside_sign(text, at) ||
        (at > 1 && text.bytes[at - 1] == '{' && opens_argument(text, at - 1)))
        return true;
    while (at > 0 && text.bytes[at - 1] == ' ')
        at--;
    if (is_operator_sign(text, at, true) ||
        (at > 1 && ascii_is_digit(text.bytes[at - 1]) && text.bytes[at - 2] == '_'))
        return true;
    bool begins = at < 2 || text.bytes[at - 2] == '\n';
    char sign = at > 0 ? text.bytes[at - 1] : ' ', before = begins ? ' ' : text.bytes[at - 2];
    if (sign == '+' || sign == '/' || sign == '^')
        return !begins;
    if (sign == '>' || sign == '<')
        return !begins && (before == ' ' || before == '$') && text.bytes[at] == ' ';
    return is_operator_command(text, at, true);
}

/// "2 + [5] = 7": the box is a gap to be filled.
static bool is_gap(distill_span text, size_t at)
{
    for (; at < text.length && strchr("$\n,;", text.bytes[at]) == NULL; at++)
        if (text.bytes[at] == '=')
            return true;
    return false;
}

/// The box is a part of a larger expression.
static bool is_operand(distill_span text, const scan_box *box)
{
    bool operand = is_left_operand(text, box->to) || is_right_operand(text, box->from);
    return operand && !is_gap(text, box->to);
}

/// The inside of the box; with a minus sign before it, that and the box.
static distill_span with_sign(distill_span text, const scan_box *box)
{
    size_t minus = box->from;
    while (minus > 0 && text.bytes[minus - 1] == ' ')
        minus--;
    if (minus == 0 || text.bytes[--minus] != '-')
        return box->inside;
    size_t before = minus;
    while (before > 0 && text.bytes[before - 1] == ' ')
        before--;
    bool word = before > 1 && before < minus && minus + 1 == box->from &&
                (ascii_is_letter(text.bytes[before - 2]) || text.bytes[before - 1] == ':');
    bool begins = minus + 1 == box->from && (before == 0 || text.bytes[before - 1] == '\n');
    bool sign = word || begins || (before > 0 && strchr("=$([{", text.bytes[before - 1]) != NULL);
    return sign ? scan_part(text, minus, box->to) : box->inside;
}

/// The base that is named behind the box: "_2", "in base 2", "(base 2)".
static distill_span base_behind(distill_span text, size_t at)
{
    if (byte_at(text, at) == '_') {
        size_t begin = at + 1 + (byte_at(text, at + 1) == '{'), end = begin;
        while (ascii_is_digit(byte_at(text, end)))
            end++;
        return scan_part(text, begin, end);
    }
    while (at < text.length && strchr(" $\\)(,", text.bytes[at]) != NULL && text.bytes[at] != '\0')
        at++;
    if (scan_starts(text, at, "in "))
        at += strlen("in ");
    if (!scan_starts(text, at, "base"))
        return (distill_span){text.bytes, 0};
    at += strlen("base");
    while (at < text.length && strchr(" -$", text.bytes[at]) != NULL && text.bytes[at] != '\0')
        at++;
    size_t end = at;
    while (end < text.length &&
           (ascii_is_digit(text.bytes[end]) || ascii_is_letter(text.bytes[end])))
        end++;
    return scan_part(text, at, end);
}

/// The place after the label of part `part` ("(a)", "Part b", "**c)**") in [from, to); SIZE_MAX if
/// there is none.
static size_t find_label(distill_span text, size_t from, size_t to, size_t part)
{
    char letter = (char)('a' + part);
    for (size_t at = from; at + 2 < to; at++) {
        char before = at > 0 ? text.bytes[at - 1] : '\n', behind = text.bytes[at + 1];
        if (ascii_lower(text.bytes[at]) != letter || ascii_is_letter(behind))
            continue;
        bool line = strchr("\n*#", before) != NULL && strchr(").", behind) != NULL;
        bool bracket = before == '(' && behind == ')';
        bool named = at >= 5 && scan_starts_any_case(text, at - 5, "part ");
        if (line || bracket || named)
            return at + 2;
    }
    return SIZE_MAX;
}

/// The boxes of a text, the last one first.
typedef struct box_list {
    size_t count; // more than ANSWER_PARTS are not counted
    scan_box at[ANSWER_PARTS + 1];
} box_list;

static void find_boxes(box_list *out, distill_span text, const scan_box *last)
{
    out->count = 0;
    out->at[out->count++] = *last;
    scan_box box;
    while (out->count <= ANSWER_PARTS && scan_last_box(&box, text, out->at[out->count - 1].from))
        out->at[out->count++] = box;
}

/// Takes all boxes if each is that of a part with a letter; false if not.
static bool take_labelled(answer *out, distill_span text, const box_list *boxes)
{
    size_t from = 0;
    if (boxes->count < 2 || boxes->count > ANSWER_PARTS)
        return false;
    for (size_t i = 0; i < boxes->count; i++) {
        const scan_box *box = &boxes->at[boxes->count - 1 - i];
        if (!box->complete || find_label(text, from, box->from, i) == SIZE_MAX)
            return false;
        from = box->to;
    }
    for (size_t i = boxes->count; i-- > 0;)
        answer_add(out, boxes->at[i].inside);
    out->found_by = "boxes";
    return true;
}

/// The boxes, of which `b` follows `a`, are parts of one answer.
static bool are_one_answer(distill_span text, const scan_box *a, const scan_box *b)
{
    return joins_boxes(scan_part(text, a->to, b->from)) || are_members(text, a, b) ||
           assigns_boxes(text, a->to, b->from, a->from);
}

void answer_take_boxes(answer *out, distill_span text, const scan_box *last)
{
    box_list boxes;
    size_t first = 0;
    if (!last->complete)
        return;
    out->in_box = true;
    find_boxes(&boxes, text, last);
    if (take_labelled(out, text, &boxes))
        return;
    while ((out->unclear = answer_is_doubted(text, boxes.at[first].from, boxes.at[first].to)) &&
           first + 1 < boxes.count && boxes.at[first + 1].complete)
        first++;
    out->unclear = out->unclear || is_operand(text, &boxes.at[first]);
    out->base = base_behind(text, boxes.at[first].to);
    size_t end = first + 1;
    while (end < boxes.count && end - first < ANSWER_PARTS && boxes.at[end].complete &&
           boxes.at[end].to <= boxes.at[end - 1].from &&
           are_one_answer(text, &boxes.at[end], &boxes.at[end - 1]))
        end++;
    if (end < boxes.count && boxes.at[end].to <= boxes.at[end - 1].from)
        out->unclear = out->unclear || contrasts_boxes(text, boxes.at[end].to,
                                                       boxes.at[end - 1].from, boxes.at[end].from);
    while (end-- > first)
        answer_add(out, with_sign(text, &boxes.at[end]));
    out->found_by = "box";
}
