// datasets/verify/answer_box.c - the last box decides. Boxes before it belong to the same answer
// where only "and", "or" or signs stand between them, or where every box of the reply is that of a
// part, (a), (b), … in this order. A box that the reply rejects ("not \boxed{4}") is passed over.
#include "datasets/verify/answer_box.h"

#include "datasets/verify/ascii.h"

#include <string.h>

enum { BOX_GAP = 48 }; // longest text between two boxes of one answer

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
    static const char *const WORDS[] = {" and ", " or ", "{or}", "{and}", " y ", " oder ", " und "};
    if (scan_only_joins(gap))
        return true;
    return gap.length <= BOX_GAP && !has_any(gap, BREAKS, sizeof BREAKS / sizeof *BREAKS) &&
           has_any(gap, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// The words "not" or "n't be" stand before the box.
static bool is_rejected(distill_span text, const scan_box *box)
{
    static const char *const NEGATIONS[] = {" not", "n't be", " not be", "instead of",
                                            "rather than"};
    size_t end = box->from;
    while (end > 0 && strchr(" $\\([*", text.bytes[end - 1]) != NULL)
        end--;
    for (size_t i = 0; i < sizeof NEGATIONS / sizeof *NEGATIONS; i++) {
        size_t length = strlen(NEGATIONS[i]);
        if (end >= length && memcmp(text.bytes + end - length, NEGATIONS[i], length) == 0)
            return true;
    }
    return false;
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
    while (first + 1 < boxes.count && boxes.at[first + 1].complete &&
           is_rejected(text, &boxes.at[first]))
        first++;
    size_t end = first + 1;
    while (end < boxes.count && end - first < ANSWER_PARTS && boxes.at[end].complete &&
           boxes.at[end].to <= boxes.at[end - 1].from &&
           joins_boxes(scan_part(text, boxes.at[end].to, boxes.at[end - 1].from)))
        end++;
    while (end-- > first)
        answer_add(out, boxes.at[end].inside);
    out->found_by = "box";
}
