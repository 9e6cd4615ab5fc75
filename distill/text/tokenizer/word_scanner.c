// distill/text/tokenizer/word_scanner.c - splits words without a regular expression.
//
// The first two characters of a word decide which alternative of the pattern matches; the rest is
// a run of characters of one class.
#include "distill/text/tokenizer/word_scanner.h"

#include "distill/text/unicode.h"

#define HEAD "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
#define TAIL "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

size_t word_scanner_digits(distill_span pattern)
{
    if (distill_span_is(pattern, HEAD TAIL))
        return 1;
    return distill_span_is(pattern, HEAD "{1,3}" TAIL) ? 3 : 0;
}

typedef enum character {
    OTHER,
    LETTER,
    NUMBER,
    SPACE,
    LINE_END, // \r or \n
    END       // of the text
} character;

// Classes of ASCII; those not listed are OTHER.
static const unsigned char ASCII[128] = {
    ['\t'] = SPACE, ['\n'] = LINE_END, ['\v'] = SPACE, ['\f'] = SPACE, ['\r'] = LINE_END,
    [' '] = SPACE,  ['0'] = NUMBER,    ['1'] = NUMBER, ['2'] = NUMBER, ['3'] = NUMBER,
    ['4'] = NUMBER, ['5'] = NUMBER,    ['6'] = NUMBER, ['7'] = NUMBER, ['8'] = NUMBER,
    ['9'] = NUMBER, ['A'] = LETTER,    ['B'] = LETTER, ['C'] = LETTER, ['D'] = LETTER,
    ['E'] = LETTER, ['F'] = LETTER,    ['G'] = LETTER, ['H'] = LETTER, ['I'] = LETTER,
    ['J'] = LETTER, ['K'] = LETTER,    ['L'] = LETTER, ['M'] = LETTER, ['N'] = LETTER,
    ['O'] = LETTER, ['P'] = LETTER,    ['Q'] = LETTER, ['R'] = LETTER, ['S'] = LETTER,
    ['T'] = LETTER, ['U'] = LETTER,    ['V'] = LETTER, ['W'] = LETTER, ['X'] = LETTER,
    ['Y'] = LETTER, ['Z'] = LETTER,    ['a'] = LETTER, ['b'] = LETTER, ['c'] = LETTER,
    ['d'] = LETTER, ['e'] = LETTER,    ['f'] = LETTER, ['g'] = LETTER, ['h'] = LETTER,
    ['i'] = LETTER, ['j'] = LETTER,    ['k'] = LETTER, ['l'] = LETTER, ['m'] = LETTER,
    ['n'] = LETTER, ['o'] = LETTER,    ['p'] = LETTER, ['q'] = LETTER, ['r'] = LETTER,
    ['s'] = LETTER, ['t'] = LETTER,    ['u'] = LETTER, ['v'] = LETTER, ['w'] = LETTER,
    ['x'] = LETTER, ['y'] = LETTER,    ['z'] = LETTER,
};

static character classify_beyond_ascii(size_t *step, const char *bytes)
{
    uint32_t code;
    *step = unicode_next(&code, bytes);
    return unicode_is_letter(code)   ? LETTER
           : unicode_is_number(code) ? NUMBER
           : unicode_is_space(code)  ? SPACE
                                     : OTHER;
}

/// Class of the character at `at`, and its length.
static inline character classify(size_t *step, distill_span text, size_t at)
{
    *step = 1;
    if (at >= text.length)
        return END;
    unsigned char byte = (unsigned char)text.bytes[at];
    return byte < 0x80 ? (character)ASCII[byte] : classify_beyond_ascii(step, text.bytes + at);
}

/// First position from `at` on whose character is not of class `class`.
static inline size_t run_end(distill_span text, size_t at, character class)
{
    size_t step;
    while (classify(&step, text, at) == class)
        at += step;
    return at;
}

/// Length of an English ending ('s, 'LL, …) at `at`; 0 if there is none.
static size_t ending_length(distill_span text, size_t at)
{
    static const char pairs[][2] = {{'r', 'e'}, {'v', 'e'}, {'l', 'l'}};
    size_t left = text.length - at;
    char first = left > 1 ? (char)(text.bytes[at + 1] | 0x20) : '\0';
    char second = left > 2 ? (char)(text.bytes[at + 2] | 0x20) : '\0';
    if (first == 's' || first == 't' || first == 'm' || first == 'd')
        return 2;
    if (left > 2 && text.bytes[at + 1] == '\xC5' && text.bytes[at + 2] == '\xBF')
        return 3; // U+017F, the long s, matches s without regard to case
    for (size_t i = 0; i < 3; i++)
        if (first == pairs[i][0] && second == pairs[i][1])
            return 3;
    return 0;
}

static size_t space_length(distill_span text, size_t at)
{
    size_t end = at, line_end = at, last = at, step;
    character c;
    while ((c = classify(&step, text, end)) == SPACE || c == LINE_END) {
        last = end;
        end += step;
        if (c == LINE_END)
            line_end = end;
    }
    if (line_end > at)
        return line_end - at;
    return end == text.length || last == at ? end - at : last - at;
}

size_t word_scanner_next(distill_span text, size_t at, size_t digits)
{
    size_t step, next_step;
    character first = classify(&step, text, at);
    if (first == LETTER)
        return run_end(text, at + step, LETTER) - at;
    if (text.bytes[at] == '\'') {
        size_t ending = ending_length(text, at);
        if (ending > 0)
            return ending;
    }
    if (first == NUMBER) {
        size_t end = at + step;
        for (size_t i = 1; i < digits && classify(&next_step, text, end) == NUMBER; i++)
            end += next_step;
        return end - at;
    }
    character second = classify(&next_step, text, at + step);
    if (first != LINE_END && second == LETTER)
        return run_end(text, at + step + next_step, LETTER) - at;
    if (first == OTHER || (text.bytes[at] == ' ' && second == OTHER))
        return run_end(text, run_end(text, at + step, OTHER), LINE_END) - at;
    return space_length(text, at);
}
