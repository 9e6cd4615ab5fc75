// tests/differential/gold_pairs.c - published reference answers, rewritten and damaged.
//
// A rewriting changes how TeX shows an answer, never what it says, so it applies to any answer. A
// damage changes a digit, a sign, the order of two coordinates or the number of members; each
// applies only to texts for which the result certainly differs.
#include "tests/differential/gold_pairs.h"

#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// ---- reading ------------------------------------------------------------------------------------

static distill_status add_gold(gold_list *out, distill_span gold)
{
    if (gold.length >= PAIR_GOLD / 4)
        return DISTILL_OK;
    if (out->count == out->capacity) {
        size_t capacity = out->capacity * 2 + 64;
        char **at = realloc(out->at, capacity * sizeof *at);
        if (at == NULL)
            return distill_fail(DISTILL_NO_MEMORY, "no memory for %zu answers", capacity);
        out->at = at;
        out->capacity = capacity;
    }
    char *copy = strndup(gold.bytes, gold.length);
    if (copy == NULL)
        return distill_fail(DISTILL_NO_MEMORY, "no memory for an answer");
    out->at[out->count++] = copy;
    return DISTILL_OK;
}

static distill_status read_line(gold_list *out, distill_span line, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(distill_json_parse(&doc, line.bytes, line.length, path));
    const distill_json_node *node = distill_json_present(distill_json_root(doc), "answer");
    distill_span gold = distill_json_string(doc, node);
    if (distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        gold = distill_span_of(pair_text("%.12g", distill_json_number(node)));
    size_t mark = distill_span_find_last(gold, distill_span_of("####"));
    if (mark != SIZE_MAX)
        gold = (distill_span){gold.bytes + mark + 4, gold.length - mark - 4};
    gold = distill_span_trim(gold);
    if (gold.length > 0)
        TRY(add_gold(out, gold));
done:
    distill_json_free(doc);
    return status;
}

distill_status gold_list_read(gold_list *out, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    TRY(distill_lines_open(&lines, path, 16 << 20));
    for (;;) {
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        if (line.length > 0)
            TRY(read_line(out, line, path));
    }
    if (out->count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no line has an \"answer\"", path));
done:
    distill_lines_close(lines);
    return status;
}

void gold_list_free(gold_list *golds)
{
    for (size_t i = 0; i < golds->count; i++)
        free(golds->at[i]);
    free(golds->at);
    *golds = (gold_list){0};
}

// ---- rewriting ----------------------------------------------------------------------------------

/// Every `from` replaced by `to`.
static const char *replaced(const char *text, const char *from, const char *to)
{
    const char *out = "", *next;
    while ((next = strstr(text, from)) != NULL) {
        out = pair_text("%s%.*s%s", out, (int)(next - text), text, to);
        text = next + strlen(from);
    }
    return pair_text("%s%s", out, text);
}

static bool is_whole(const char *text)
{
    const char *digits = text + (*text == '-');
    return *digits != '\0' && strspn(digits, "0123456789") == strlen(digits) && strlen(digits) < 15;
}

/// A whole number in another notation.
static const char *rewrite_whole(distill_rng *rng, const char *gold)
{
    static const char *const FORMS[] = {"@1.0",  "\\text{@1}",    "\\mathbf{@1}",
                                        "@1.00", "\\frac{@2}{7}", "\\left(@1\\right)"};
    const char *sign = *gold == '-' ? "-" : "", *digits = gold + (*gold == '-');
    size_t length = strlen(digits);
    if (length > 3 && length <= 6 && digits[0] != '0' && pair_chance(rng, 50))
        return pair_text("%s%.*s%s%s", sign, (int)(length - 3), digits,
                         pair_chance(rng, 50) ? "," : "{,}", digits + length - 3);
    return pair_fill(PAIR_PICK(rng, FORMS), gold, pair_text("%lld", 7 * atoll(gold)), NULL);
}

static const char *rewrite(distill_rng *rng, const char *gold)
{
    static const char *const AROUND[] = {"{@1}",
                                         "\\displaystyle @1",
                                         " @1 ",
                                         "{\\Large @1}",
                                         "@1.",
                                         "\\,@1",
                                         "\\boldsymbol{@1}",
                                         "{\\displaystyle{@1}}"};
    if (is_whole(gold) && pair_chance(rng, 60))
        return rewrite_whole(rng, gold);
    switch (pair_int(rng, 0, 7)) {
    case 0:
        return replaced(replaced(gold, "\\dfrac", "\\frac"), "\\frac", "\\dfrac");
    case 1:
        return replaced(replaced(gold, "\\dfrac", "\\frac"), "\\frac", "\\tfrac");
    case 2:
        if (strstr(gold, "\\left") == NULL && strchr(gold, '{') == NULL)
            return replaced(replaced(gold, "(", "\\left("), ")", "\\right)");
        return replaced(replaced(gold, "\\left", ""), "\\right", "");
    case 3:
        return strstr(gold, "\\text") == NULL ? replaced(gold, ",", ", ") : gold;
    case 4:
        return strstr(gold, "\\text") == NULL ? replaced(replaced(gold, "+", " + "), "=", " = ")
                                              : gold;
    case 5:
        return replaced(replaced(replaced(gold, "\\leq", "\\le"), "\\le", "\\leq"), "\\leqft",
                        "\\left");
    default:
        return pair_fill(PAIR_PICK(rng, AROUND), gold, NULL, NULL);
    }
}

// ---- damage -------------------------------------------------------------------------------------

/// One digit changed, not to 0 and not beside a factor of 0, nor in a number of another base, which
/// may lack the digit. NULL if there is none.
static const char *change_digit(distill_rng *rng, const char *gold)
{
    size_t places[PAIR_GOLD], count = 0;
    for (size_t i = 0; gold[i] != '\0'; i++)
        if (isdigit((unsigned char)gold[i]))
            places[count++] = i;
    if (count == 0 || strpbrk(gold, "_") != NULL || strstr(gold, "0^") != NULL ||
        strstr(gold, "{0}") != NULL)
        return NULL;
    size_t at = places[distill_rng_below(rng, count)];
    int old = gold[at] - '0', fresh;
    do
        fresh = pair_int(rng, 1, 9);
    while (fresh == old);
    return pair_text("%.*s%d%s", (int)at, gold, fresh, gold + at + 1);
}

/// A value without commas, relations, words and plus-minus: its negative differs, unless it is 0.
static const char *change_sign(const char *gold)
{
    bool value = strpbrk(gold, ",=<>[]:_%$") == NULL && strstr(gold, "\\text") == NULL &&
                 strstr(gold, "\\pm") == NULL && strstr(gold, "matrix") == NULL &&
                 strstr(gold, "\\le") == NULL && strstr(gold, "\\ge") == NULL;
    if (!value || strpbrk(gold, "123456789") == NULL || strstr(gold, "mp") != NULL)
        return NULL;
    if (gold[0] == '-' && strpbrk(gold + 1, "+-") == NULL)
        return gold + 1;
    return strpbrk(gold, "+-") == NULL ? pair_text("-%s", gold) : pair_text("-(%s)", gold);
}

/// (a,b) as (b,a), where a and b are other texts of digits and signs.
static const char *change_order(const char *gold)
{
    const char *comma = strchr(gold, ',');
    size_t length = strlen(gold);
    if (gold[0] != '(' || gold[length - 1] != ')' || comma == NULL ||
        strchr(comma + 1, ',') != NULL)
        return NULL;
    const char *a = pair_text("%.*s", (int)(comma - gold - 1), gold + 1);
    const char *b = pair_text("%.*s", (int)(gold + length - 1 - comma - 1), comma + 1);
    bool plain = strspn(a, "-0123456789 ") == strlen(a) && strspn(b, "-0123456789 ") == strlen(b);
    return plain && atoll(a) != atoll(b) ? pair_text("(%s,%s)", b, a) : NULL;
}

/// A list of numbers without its last member, or a whole number with a digit more.
static const char *change_length(distill_rng *rng, const char *gold)
{
    const char *comma = strrchr(gold, ',');
    if (is_whole(gold) && atoll(gold) != 0)
        return pair_text("%s%d", gold, pair_int(rng, 0, 9));
    if (comma == NULL || strspn(gold, "-0123456789, ") != strlen(gold) || strchr(gold, ' ') == NULL)
        return NULL;
    return pair_text("%.*s", (int)(comma - gold), gold);
}

bool gold_pair_make(pair *p, distill_rng *rng, const char *gold)
{
    const char *answer = NULL;
    p->form = strchr(gold, '$') != NULL || strstr(gold, "\\text") != NULL ? PAIR_BOX : PAIR_TEX;
    if (p->truth == PAIR_EQUAL)
        answer = rewrite(rng, gold);
    for (int i = 0; answer == NULL && i < 8; i++)
        switch (pair_int(rng, 0, 4)) {
        case 0:
            answer = change_sign(gold);
            break;
        case 1:
            answer = change_order(gold);
            break;
        case 2:
            answer = change_length(rng, gold);
            break;
        default:
            answer = change_digit(rng, gold);
        }
    if (answer == NULL)
        return false;
    pair_set_ordered(p, gold, answer);
    return true;
}
