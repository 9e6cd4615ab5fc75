// datasets/verify/sentence.c - reads a sentence of plain words into words, numbers and signs.
//
// A digit begins a number unless a letter or a digit stands before it ("x2" is a word). A run of
// '*', '_' or '`' is Markdown where it touches text on one side only, as in "**48**", and a sign
// otherwise ("5*3", "5 * 3"). Units are looked up only for the numbers that matter.
#include "datasets/verify/sentence.h"

#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"
#include "datasets/verify/math/words/number_word.h"
#include "datasets/verify/math/words/unit.h"

#include <string.h>

enum {
    LONGEST_NUMBER = 40, // a longer one comes from a repetition loop
    UNIT_WORDS = 4,      // "miles per hour", "square centimetres"
    NUMBER_WORDS = 8,    // "one hundred and twenty-five"
    LONGEST_WORD = 48
};

static char byte_at(distill_span text, size_t at)
{
    return at < text.length ? text.bytes[at] : ' ';
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

bool sentence_word_in(const sentence_token *token, const char *words)
{
    if (token->kind != SENTENCE_WORD)
        return false;
    char first = ascii_lower(*token->text.bytes);
    for (const char *word = words; word != NULL && *word != '\0';) {
        if (*word == first) {
            size_t i = 1;
            while (i < token->text.length && ascii_lower(token->text.bytes[i]) == word[i])
                i++;
            if (i == token->text.length && (word[i] == ' ' || word[i] == '\0'))
                return true;
        }
        word = strchr(word, ' ');
        word = word != NULL ? word + 1 : NULL;
    }
    return false;
}

/// Digits with separators: 1,234.5  1{,}234  12 345  1\,234. Gives the place after them.
static size_t skip_digits(distill_span text, size_t at)
{
    static const char *const SEPARATORS[] = {",", ".", "{,}", "\\,", "\\!", "\xE2\x80\xAF"};
    size_t from = at;
    for (;;) {
        while (ascii_is_digit(byte_at(text, at)))
            at++;
        size_t step = 0;
        for (size_t i = 0; i < sizeof SEPARATORS / sizeof *SEPARATORS; i++)
            if (scan_starts(text, at, SEPARATORS[i]))
                step = strlen(SEPARATORS[i]);
        bool group = at - from <= 3 && byte_at(text, at) == ' ';
        for (size_t i = 1; group && i <= 3; i++)
            group = ascii_is_digit(byte_at(text, at + i));
        if (group && !is_one_of(byte_at(text, at + 4), ".,/:%") &&
            !ascii_is_digit(byte_at(text, at + 4)) && !ascii_is_letter(byte_at(text, at + 4)))
            step = 1;
        if (step == 0 || !ascii_is_digit(byte_at(text, at + step)))
            return at;
        at += step;
    }
}

/// A number at `at`: digits, a fraction 3/4, a mixed number 2 3/4, a time 9:30, a percent sign.
/// Gives the place after it.
static size_t skip_number(distill_span text, size_t at)
{
    size_t end = skip_digits(text, at);
    size_t mixed = byte_at(text, end) == ' ' && ascii_is_digit(byte_at(text, end + 1))
                       ? skip_digits(text, end + 1)
                       : end;
    if (mixed > end && byte_at(text, mixed) == '/' && ascii_is_digit(byte_at(text, mixed + 1)))
        end = skip_digits(text, mixed + 1);
    else if (is_one_of(byte_at(text, end), "/:") && ascii_is_digit(byte_at(text, end + 1)))
        end = skip_digits(text, end + 1);
    size_t sign = byte_at(text, end) == ' ' ? end + 1 : end;
    if (byte_at(text, end) == '\\')
        sign = end + 1;
    if (byte_at(text, sign) == '%')
        return sign + 1;
    return scan_starts(text, end, "°") ? end + strlen("°") : end;
}

/// The signs that are not ASCII: what they stand for, '\0' for those that are dropped.
typedef struct foreign_sign {
    const char *text;
    char sign;
} foreign_sign;

static const foreign_sign SIGNS[] = {
    {"×", '*'},  {"÷", '/'},         {"·", '*'},  {"−", '-'},  {"–", '-'},  {"—", ';'},
    {"≈", '='},  {"≤", '\\'},        {"≥", '\\'}, {"≡", '\\'}, {"≠", '\\'}, {"±", '\\'},
    {"√", '\\'}, {"∪", '\\'},        {"∈", '\\'}, {"→", ';'},  {"²", '\\'}, {"³", '\\'},
    {"€", '\0'}, {"£", '\0'},        {"¥", '\0'}, {"₹", '\0'}, {"°", '\0'}, {"，", ','},
    {"、", ','}, {"。", ';'},        {"：", ':'}, {"；", ';'}, {"“", '\0'}, {"”", '\0'},
    {"‘", '\0'}, {"’", '\0'},        {"（", '('}, {"）", ')'}, {"！", ';'}, {"¿", '\0'},
    {"¡", '\0'}, {"\xC2\xA0", '\0'}, {"＝", '='}, {"‼", '\\'},
};

static const foreign_sign *foreign_sign_at(distill_span text, size_t at)
{
    for (size_t i = 0; ascii_is_foreign(byte_at(text, at)) && i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (scan_starts(text, at, SIGNS[i].text))
            return &SIGNS[i];
    return NULL;
}

/// The end of the word at `at`: letters of any script, digits after ASCII letters ("x2").
static size_t skip_word(distill_span text, size_t at)
{
    for (; at < text.length; at++) {
        char c = text.bytes[at], before = at > 0 ? text.bytes[at - 1] : ' ';
        bool inside = ascii_is_letter(c) || (ascii_is_digit(c) && !ascii_is_foreign(before)) ||
                      (ascii_is_foreign(c) && foreign_sign_at(text, at) == NULL) ||
                      (is_one_of(c, "'-") && ascii_is_letter(byte_at(text, at + 1)));
        if (!inside)
            return at;
    }
    return at;
}

/// The words of a unit do not begin with these: "$300 a week", "5 per hour".
static bool begins_unit(distill_span word)
{
    static const char *const OTHERS[] = {"a", "A", "an", "I", "x", "per", "in", "as"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (distill_span_is(word, OTHERS[i]))
            return false;
    return true;
}

/// "in" at the end of the text is the unit of inches.
static bool is_inches(distill_span text, size_t from, size_t to)
{
    return distill_span_is(scan_part(text, from, to), "in") &&
           (to == text.length || (to + 1 == text.length && is_one_of(text.bytes[to], ".!")));
}

/// The word begins a unit although it is none: "square metres".
static bool is_size(distill_span word)
{
    return distill_span_is(word, "square") || distill_span_is(word, "cubic") ||
           distill_span_is(word, "sq") || distill_span_is(word, "cu");
}

/// The end of the unit that follows a number at `end`; `end` if none follows.
static size_t skip_unit(distill_span text, size_t end)
{
    size_t from = byte_at(text, end) == ' ' ? end + 1 : end, best = end, at = from;
    bool one_letter = from == end && !ascii_is_letter(byte_at(text, end + 1)); // "5m" is 5·m
    if (!ascii_is_letter(byte_at(text, from)) || one_letter)
        return end;
    for (size_t words = 0; words < UNIT_WORDS; words++) {
        size_t behind = at;
        while (ascii_is_letter(byte_at(text, behind)))
            behind++;
        distill_span word = scan_part(text, at, behind), phrase = scan_part(text, from, behind);
        if (byte_at(text, behind) == '/') { // "km/h"
            size_t rate = behind + 1;
            while (ascii_is_letter(byte_at(text, rate)))
                rate++;
            if (unit_read(scan_part(text, from, rate)).known)
                return rate;
        }
        if (behind == at || (words == 0 && !begins_unit(word) && !is_inches(text, at, behind)))
            break;
        unit u = unit_read(phrase);
        if ((u.known && !u.bound) || (words == 0 && unit_multiplier(word) > 0))
            best = behind;
        if (byte_at(text, behind) != ' ' || (best == end && !is_size(word)))
            break;
        at = behind + 1;
    }
    return best;
}

/// The end of a further quantity, joined to the one that ends at `end`: " and 30 minutes".
static size_t skip_second_quantity(distill_span text, size_t end)
{
    static const char *const JOINS[] = {" and ", ", and ", ", ", " "};
    for (size_t i = 0; i < sizeof JOINS / sizeof *JOINS; i++) {
        size_t at = end + strlen(JOINS[i]);
        if (!scan_starts(text, end, JOINS[i]) || !ascii_is_digit(byte_at(text, at)))
            continue;
        size_t number = skip_number(text, at), behind = skip_unit(text, number);
        return behind > number ? behind : end;
    }
    return end;
}

distill_span sentence_quantity(distill_span text, distill_span number)
{
    size_t from = (size_t)(number.bytes - text.bytes), digits = from + number.length;
    size_t end = skip_unit(text, digits);
    for (size_t next; end > digits && (next = skip_second_quantity(text, end)) > end;)
        end = next;
    return scan_part(text, from, end);
}

static void add(sentence *out, sentence_token token)
{
    if (out->count < SENTENCE_TOKENS && token.text.length > 0)
        out->at[out->count++] = token;
}

/// The length of the sign at `at` that goes on with a number: a Greek letter, a vulgar fraction, a
/// superscript or subscript; 0 if there is none.
static size_t factor_length(distill_span text, size_t at)
{
    unsigned char first = (unsigned char)byte_at(text, at);
    unsigned char second = (unsigned char)byte_at(text, at + 1);
    unsigned char third = (unsigned char)byte_at(text, at + 2);
    if (first == 0xCE || first == 0xCF) { // one letter, no Greek word
        unsigned char next = third;
        return next == 0xCE || next == 0xCF ? 0 : 2;
    }
    if (first == 0xC2)
        return second == 0xB9 || (second >= 0xBC && second <= 0xBE) ? 2 : 0;
    if (first != 0xE2)
        return 0;
    bool script = (second == 0x81 && third >= 0xB0) || (second == 0x82 && third <= 0x9C);
    bool fraction = second == 0x85 && third >= 0x90 && third <= 0x9E;
    return script || fraction ? 3 : 0;
}

/// The end of the factors behind the digits that end at `end`: 16π, 16 π, 16 pi, 2√3, 16½.
static size_t skip_factors(distill_span text, size_t end)
{
    size_t at = end + (byte_at(text, end) == ' ');
    if (!ascii_is_foreign(byte_at(text, at)) && byte_at(text, at) != 'p')
        return end;
    for (size_t length; (length = factor_length(text, at)) > 0; at = end)
        end = at + length;
    if (scan_starts(text, at, "pi") && !ascii_is_letter(byte_at(text, at + 2)))
        return at + strlen("pi");
    size_t root = at + strlen("√");
    if (scan_starts(text, at, "√") && ascii_is_digit(byte_at(text, root)))
        return skip_digits(text, root);
    return end;
}

/// Adds the number whose sign or first digit stands at `from` and whose digits begin at `at`. With
/// one or two letters after it that are no unit (5x, 3rd) it is a word. Gives the place after it.
static size_t add_number(sentence *out, distill_span text, size_t from, size_t at, bool marked)
{
    size_t digits = skip_factors(text, skip_number(text, at)), end = digits;
    while (ascii_is_letter(byte_at(text, end)))
        end++;
    distill_span letters = scan_part(text, digits, end);
    bool hyphen = byte_at(text, end) == '-' && ascii_is_letter(byte_at(text, end + 1));
    bool word = digits - at > LONGEST_NUMBER || hyphen ||
                (letters.length > 0 && letters.length <= 2 && !unit_read(letters).known);
    if (scan_starts(text, end, "²") || scan_starts(text, end, "³"))
        end += letters.length > 0 ? strlen("²") : 0;
    if (word)
        end = skip_word(text, digits);
    add(out, (sentence_token){.kind = word ? SENTENCE_WORD : SENTENCE_NUMBER,
                              .text = scan_part(text, from, word ? end : digits),
                              .marked = marked});
    return end;
}

/// The length of the minus sign at `at` that belongs to a number; 0 if it is something else.
static size_t minus_length(distill_span text, size_t at)
{
    size_t length = text.bytes[at] == '-' ? 1 : scan_starts(text, at, "−") ? strlen("−") : 0;
    char before = at > 0 ? text.bytes[at - 1] : ' ';
    return length > 0 && is_one_of(before, " \t\n(=:*_`$\"[>") ? length : 0;
}

/// Reads a number with its sign and currency at `at`; 0 if there is none, else the place after it.
static size_t take_number(sentence *out, distill_span text, size_t at, bool marked)
{
    char before = at > 0 ? text.bytes[at - 1] : ' ';
    size_t minus = minus_length(text, at), digits = at + minus;
    if (minus > 0 && byte_at(text, digits) == '\\' && byte_at(text, digits + 1) == '$')
        digits++;
    if (minus > 0 && byte_at(text, digits) == '$')
        digits++;
    if (byte_at(text, digits) == '.' && !ascii_is_digit(byte_at(text, digits + 1)))
        return 0;
    if (!ascii_is_digit(byte_at(text, digits)) && byte_at(text, digits) != '.')
        return 0;
    if (minus == 0 && (ascii_is_letter(before) || ascii_is_digit(before)))
        return 0;
    return add_number(out, text, at, digits, marked);
}

/// A run of '*', '_' or '`' at `at`: Markdown, which changes *marked, or a sign. Gives the place
/// after it.
static size_t take_markup(sentence *out, distill_span text, size_t at, bool *marked)
{
    size_t end = at;
    while (byte_at(text, end) == text.bytes[at])
        end++;
    char before = at > 0 ? text.bytes[at - 1] : ' ', behind = byte_at(text, end);
    bool touches_before = !is_space(before) && !is_one_of(before, "($\"'");
    bool touches_behind = !is_space(behind) && !is_one_of(behind, ".,;:!?)\"'");
    if (touches_before != touches_behind || text.bytes[at] == '`' || (*marked && touches_before))
        *marked = touches_behind && !*marked;
    else
        add(out, (sentence_token){SENTENCE_SIGN, scan_part(text, at, end), text.bytes[at], false});
    return end;
}

/// An HTML mark at `at`; those of bold and code change *marked. Gives the place after it; 0 if there
/// is none.
static size_t take_html(distill_span text, size_t at, bool *marked)
{
    size_t end = text.bytes[at] == '<' ? scan_html_mark(text, at) : at;
    if (end == at)
        return 0;
    char name = ascii_lower(byte_at(text, at + 1));
    *marked = name != '/' && !scan_starts_any_case(text, at, "<br") && is_one_of(name, "bisecm");
    return end;
}

/// Reads a sign or a word. Calculator annotations <<…>> are left out. Gives the place after it.
static size_t take_other(sentence *out, distill_span text, size_t at, bool marked)
{
    size_t note = scan_starts(text, at, "<<") ? scan_first(text, at, ">>") : SIZE_MAX;
    if (note != SIZE_MAX)
        return note + 2;
    const foreign_sign *sign = foreign_sign_at(text, at);
    if (sign != NULL) {
        size_t end = at + strlen(sign->text);
        if (sign->sign != '\0')
            add(out, (sentence_token){SENTENCE_SIGN, scan_part(text, at, end), sign->sign, marked});
        return end;
    }
    if (ascii_is_letter(text.bytes[at]) || ascii_is_foreign(text.bytes[at])) {
        size_t end = skip_word(text, at);
        add(out, (sentence_token){SENTENCE_WORD, scan_part(text, at, end), '\0', marked});
        return end;
    }
    if (scan_starts(text, at, "\\$"))
        return at + 2;
    if (!is_space(text.bytes[at]) && !is_one_of(text.bytes[at], "$\"'#"))
        add(out,
            (sentence_token){SENTENCE_SIGN, scan_part(text, at, at + 1), text.bytes[at], marked});
    return at + 1;
}

/// The value of the words in [from, to), in sequence; -1 if they are none.
static int64_t value_of_words(const sentence *s, size_t from, size_t to, distill_span *whole)
{
    char lower[LONGEST_WORD * 2];
    const char *begin = s->at[from].text.bytes;
    const char *end = s->at[to - 1].text.bytes + s->at[to - 1].text.length;
    *whole = (distill_span){begin, (size_t)(end - begin)};
    if (whole->length >= sizeof lower)
        return -1;
    for (size_t i = 0; i < whole->length; i++)
        lower[i] = ascii_lower(begin[i]);
    int64_t num, den;
    bool number = number_word_read(&num, &den, (distill_span){lower, whole->length});
    return number && den == 1 ? num : -1;
}

/// A cheap test by length and first letter, before a word is looked up.
static bool may_be_number_word(const sentence_token *token)
{
    distill_span word = token->text;
    if (token->kind != SENTENCE_WORD || word.length < 3 || word.length > LONGEST_WORD)
        return false;
    return ascii_is_foreign(*word.bytes) || is_one_of(ascii_lower(*word.bytes), "zotfsenhm");
}

/// Makes numbers of the numbers in words: "thirty-seven". "One" alone is none ("this one").
static void merge_number_words(sentence *s)
{
    for (size_t from = 0; from < s->count; from++) {
        size_t most = from;
        if (!may_be_number_word(&s->at[from]))
            continue;
        while (most < s->count && most - from < NUMBER_WORDS && s->at[most].kind == SENTENCE_WORD)
            most++;
        for (size_t to = most; to > from; to--) {
            distill_span whole;
            int64_t value = value_of_words(s, from, to, &whole);
            if (value < 0 || (to == from + 1 && value < 2))
                continue;
            s->at[from].kind = SENTENCE_NUMBER;
            s->at[from].text = whole;
            memmove(&s->at[from + 1], &s->at[to], (s->count - to) * sizeof *s->at);
            s->count -= to - from - 1;
            break;
        }
    }
}

void sentence_read(sentence *out, distill_span text)
{
    bool marked = false, any = false;
    out->count = 0;
    for (size_t at = 0; at < text.length && out->count < SENTENCE_TOKENS;) {
        size_t behind = take_number(out, text, at, marked);
        if (behind == 0)
            behind = take_html(text, at, &marked);
        if (behind == 0)
            behind = is_one_of(text.bytes[at], "*_`") ? take_markup(out, text, at, &marked)
                                                      : take_other(out, text, at, marked);
        at = behind;
    }
    for (size_t i = 0; i < out->count; i++)
        any = any || out->at[i].kind == SENTENCE_NUMBER;
    if (!any)
        merge_number_words(out);
}
