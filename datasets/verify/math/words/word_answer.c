// datasets/verify/math/words/word_answer.c - compares texts by a key: lower-case words without
// styles.
//
// The key of "\text{The $x$-axis}." is "x-axis". Texts whose key exceeds 1 KiB are prose and
// compare as unknown.
#include "datasets/verify/math/words/word_answer.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/words/number_word.h"
#include "datasets/verify/math/words/unit.h"

#include <string.h>

enum { KEY_BYTES = 1024, FEW_WORDS = 3 };

typedef struct key {
    char bytes[KEY_BYTES];
    size_t length, words;
    bool cut;
} key;

/// Length of the command at `text`: a backslash and letters, or a backslash and one sign.
static size_t command_length(distill_span text)
{
    size_t length = 1;
    while (length < text.length && ascii_is_letter(text.bytes[length]))
        length++;
    return length == 1 && text.length > 1 ? 2 : length;
}

/// The command does not change the meaning.
static bool is_style(distill_span command)
{
    static const char *const STYLES[] = {"\\left",
                                         "\\right",
                                         "\\,",
                                         "\\!",
                                         "\\;",
                                         "\\:",
                                         "\\ ",
                                         "\\big",
                                         "\\Big",
                                         "\\quad",
                                         "\\qquad",
                                         "\\(",
                                         "\\)",
                                         "\\[",
                                         "\\]",
                                         "\\text",
                                         "\\textbf",
                                         "\\mathrm",
                                         "\\mbox",
                                         "\\textrm",
                                         "\\textit",
                                         "\\large",
                                         "\\Large",
                                         "\\LARGE",
                                         "\\huge",
                                         "\\Huge",
                                         "\\small",
                                         "\\rm",
                                         "\\displaystyle",
                                         "\\boxed",
                                         "\\mathbf",
                                         "\\emph"};
    for (size_t i = 0; i < sizeof STYLES / sizeof *STYLES; i++)
        if (distill_span_is(command, STYLES[i]))
            return true;
    return false;
}

static distill_span skip(distill_span text, size_t count)
{
    return (distill_span){text.bytes + count, text.length - count};
}

/// Takes the next byte of the source that is neither white space nor part of a size; NUL at the
/// end. \dfrac and \tfrac read as \frac. White space between two digits is one space: 3 1/4 is not
/// 31/4. `last` is the byte taken before.
static char next_of_source(distill_span *text, char last)
{
    bool space = false;
    static const char *const SIZES[] = {"\\left", "\\right", "\\,",           "\\!",
                                        "\\;",    "\\ ",     "\\displaystyle"};
    while (text->length > 0) {
        char c = *text->bytes;
        if (c == '\\') {
            distill_span command = {text->bytes, command_length(*text)};
            bool size = false;
            for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
                size = size || distill_span_is(command, SIZES[i]);
            if (size) {
                *text = skip(*text, command.length);
                continue;
            }
            if (distill_span_is(command, "\\dfrac") || distill_span_is(command, "\\tfrac")) {
                *text = skip(*text, 2); // the backslash and the style
                return '\\';
            }
        }
        if (space && ascii_is_digit(c) && ascii_is_digit(last))
            return ' ';
        *text = skip(*text, 1);
        if (strchr(" \t\r\n$", c) == NULL)
            return c;
        space = true;
    }
    return '\0';
}

/// Without full stops, dollar signs and white space at the end.
static distill_span without_end_mark(distill_span text)
{
    text = distill_span_trim(text);
    while (text.length > 0 && strchr(".$ \n", text.bytes[text.length - 1]) != NULL)
        text.length--;
    return text;
}

bool word_same_source(distill_span a, distill_span b)
{
    a = without_end_mark(a);
    b = without_end_mark(b);
    char last = '\0';
    for (;;) {
        char x = next_of_source(&a, last), y = next_of_source(&b, last);
        if (x != y)
            return false;
        if (x == '\0')
            return a.length == 0 && b.length == 0;
        last = x;
    }
}

static void put(key *k, char c)
{
    if (k->length + 1 >= KEY_BYTES)
        k->cut = true;
    else
        k->bytes[k->length++] = c;
}

/// Length of the command or byte with which `text` begins.
static size_t part_length(distill_span text)
{
    return *text.bytes == '\\' ? command_length(text) : 1;
}

/// What a command or byte adds to the key: a space, an operator, or part of a word.
typedef enum part_kind { PART_SPACE, PART_SIGN, PART_WORD } part_kind;

static part_kind kind_of(distill_span part)
{
    char c = *part.bytes;
    if (distill_span_is(part, "\\{") || distill_span_is(part, "\\}"))
        return PART_SIGN;
    if (c == '\\')
        return part.length == 2 || is_style(part) ? PART_SPACE : PART_WORD;
    if (ascii_is_letter(c) || ascii_is_digit(c) || ascii_is_foreign(c))
        return PART_WORD;
    return c != '\0' && strchr("+-=<>/^_*!?%|()[]", c) != NULL ? PART_SIGN : PART_SPACE;
}

static bool begins_with(const key *k, const char *word)
{
    size_t length = strlen(word);
    return k->length > length && memcmp(k->bytes, word, length) == 0;
}

static void drop_front(key *k, size_t count)
{
    memmove(k->bytes, k->bytes + count, k->length - count);
    k->length -= count;
}

/// Removes an article at the beginning and brackets around the whole: "(c)" is "c".
static void strip_key(key *k)
{
    static const char *const ARTICLES[] = {"the ", "a ", "an "};
    for (size_t i = 0; i < sizeof ARTICLES / sizeof *ARTICLES; i++)
        if (begins_with(k, ARTICLES[i])) {
            drop_front(k, strlen(ARTICLES[i]));
            k->words--;
        }
    if (k->length >= 3 && k->bytes[0] == '(' && k->bytes[k->length - 1] == ')' &&
        memchr(k->bytes + 1, '(', k->length - 1) == NULL) {
        k->length--;
        drop_front(k, 1);
    }
}

/// The words in lower case and the operators, with one space between words; styles, braces of TeX
/// and quotes disappear.
static void make_whole_key(key *k, distill_span text)
{
    bool space = true;
    k->length = k->words = 0;
    k->cut = false;
    while (text.length > 0 && !k->cut) {
        distill_span part = {text.bytes, part_length(text)};
        part_kind kind = kind_of(part);
        text = skip(text, part.length);
        if (kind == PART_WORD && space) {
            if (k->length > 0)
                put(k, ' ');
            k->words++;
        }
        space = kind == PART_SPACE;
        for (size_t i = 0; i < part.length && kind != PART_SPACE; i++) {
            char b = part.bytes[i];
            put(k, ascii_lower(b));
        }
    }
}

/// The same without an article and brackets around the whole.
static void make_key(key *k, distill_span text)
{
    make_whole_key(k, text);
    strip_key(k);
}

static bool key_is(const key *k, const char *text)
{
    return distill_span_is((distill_span){k->bytes, k->length}, text);
}

/// Phrases with the same meaning, one meaning a row.
static const char *const SYNONYMS[][8] = {
    {"no solution", "no solutions", "no real solution", "no real solutions", "empty set",
     "the empty set", "no such solution", "emptyset"},
    {"does not exist", "dne", "doesn t exist", "not exist", "undefined", "not defined"},
    {"all real numbers", "all reals", "all real", "any real number", "every real number",
     "the set of all real numbers", "real numbers", "all real values"},
    {"infinitely many", "infinitely many solutions", "infinite solutions", "infinite"},
    {"yes", "true"},
    {"no", "false"},
};
enum { NO_SOLUTION_ROW = 0, ALL_REALS_ROW = 2, MANY_ROW = 3 };

/// The row of a phrase in SYNONYMS; -1 if it has none.
static int meaning(const key *k)
{
    for (size_t i = 0; i < sizeof SYNONYMS / sizeof *SYNONYMS; i++)
        for (size_t j = 0; j < 8 && SYNONYMS[i][j] != NULL; j++)
            if (key_is(k, SYNONYMS[i][j]))
                return (int)i;
    return -1;
}

char word_set(distill_span text)
{
    key k;
    make_key(&k, text);
    int row = meaning(&k);
    return row == NO_SOLUTION_ROW ? '0' : row == ALL_REALS_ROW ? 'R' : '\0';
}

bool word_no_value(distill_span text)
{
    key k;
    make_key(&k, text);
    int row = meaning(&k);
    return row >= NO_SOLUTION_ROW && row <= MANY_ROW;
}

/// The text consists of words: it has no digits and no operators.
static bool word_only(distill_span text)
{
    key k;
    make_key(&k, text);
    for (size_t i = 0; i < k.length; i++)
        if (!ascii_is_letter(k.bytes[i]) && k.bytes[i] != ' ' && !ascii_is_foreign(k.bytes[i]))
            return false;
    return k.length > 0 && !k.cut;
}

bool word_number(int64_t *num, int64_t *den, distill_span text)
{
    key k;
    make_whole_key(&k, text); // with its article: a third
    return !k.cut && number_word_read(num, den, (distill_span){k.bytes, k.length});
}

bool word_quantity(int64_t *num, int64_t *den, distill_span *measure, distill_span text)
{
    enum { LONGEST_UNIT = 24 };
    size_t at = text.length;
    while (at > 0 && text.bytes[at - 1] != ' ')
        at--;
    for (size_t i = 0; i < at; i++)
        if (!ascii_is_letter(text.bytes[i]) && text.bytes[i] != ' ' && text.bytes[i] != '-')
            return false;
    *measure = (distill_span){text.bytes + at, text.length - at};
    return at > 0 && measure->length <= LONGEST_UNIT && unit_is_word(*measure) &&
           word_number(num, den, (distill_span){text.bytes, at});
}

/// The next run of digits of the key at or after *at, which moves after it; false if there is
/// none.
static bool next_number(distill_span *number, const key *k, size_t *at)
{
    while (*at < k->length && !ascii_is_digit(k->bytes[*at]))
        ++*at;
    size_t from = *at;
    while (*at < k->length && ascii_is_digit(k->bytes[*at]))
        ++*at;
    *number = (distill_span){k->bytes + from, *at - from};
    return *at > from;
}

/// Both keys have the same numbers in the same order.
static bool same_numbers(const key *a, const key *b)
{
    size_t i = 0, j = 0;
    for (;;) {
        distill_span x, y;
        bool more = next_number(&x, a, &i), others = next_number(&y, b, &j);
        if (more != others || (more && !distill_span_equal(x, y)))
            return false;
        if (!more)
            return true;
    }
}

/// A word of at least four letters of `a` occurs in `b`.
static bool share_word(const key *a, const key *b)
{
    distill_span text = {b->bytes, b->length};
    for (size_t i = 0; i < a->length;) {
        size_t end = i;
        while (end < a->length && a->bytes[end] != ' ')
            end++;
        distill_span word = {a->bytes + i, end - i};
        if (word.length >= 4 && distill_span_find(text, word, 0) != SIZE_MAX)
            return true;
        i = end + 1;
    }
    return false;
}

/// The key has words and numbers, and no operators.
static bool is_prose(const key *k)
{
    size_t letters = 0, longest = 0;
    for (size_t i = 0; i < k->length; i++) {
        char c = k->bytes[i];
        letters = ascii_is_letter(c) ? letters + 1 : 0;
        longest = letters > longest ? letters : longest;
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != ' ')
            return false;
    }
    return longest >= 3;
}

/// The key has digits and spaces alone.
static bool is_digits(const key *k)
{
    for (size_t i = 0; i < k->length; i++)
        if (!ascii_is_digit(k->bytes[i]) && k->bytes[i] != ' ')
            return false;
    return k->length > 0;
}

bool word_digits(distill_span text)
{
    key k;
    make_key(&k, text);
    return !k.cut && is_digits(&k);
}

verdict_outcome word_compare(distill_span a, distill_span b)
{
    key x, y;
    make_key(&x, a);
    make_key(&y, b);
    if (x.cut || y.cut)
        return VERDICT_UNKNOWN;
    if (x.length == y.length && memcmp(x.bytes, y.bytes, x.length) == 0)
        return x.length > 0 ? VERDICT_RIGHT : VERDICT_UNKNOWN;
    if (meaning(&x) >= 0 && meaning(&x) == meaning(&y))
        return VERDICT_RIGHT;
    if ((is_prose(&x) || is_prose(&y)) && !same_numbers(&x, &y))
        return VERDICT_WRONG;
    if (!word_only(a) || !word_only(b))
        return VERDICT_UNKNOWN;
    bool few = x.words <= FEW_WORDS && y.words <= FEW_WORDS;
    bool apart = (x.words <= FEW_WORDS || y.words <= FEW_WORDS) && !share_word(&x, &y);
    return few || apart ? VERDICT_WRONG : VERDICT_UNKNOWN;
}
