// datasets/verify/code/output_match.c - compares outputs word by word.
//
// Integers are compared as digits, so that numbers beyond 2^53 are exact; only where one of two
// numbers has a point or an exponent are they compared as doubles.
#include "datasets/verify/code/output_match.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 60 }; // of a number that is compared by its value

static distill_span next_word(distill_span *rest)
{
    while (rest->length > 0 && isspace((unsigned char)*rest->bytes)) {
        rest->bytes++;
        rest->length--;
    }
    distill_span word = {rest->bytes, 0};
    while (word.length < rest->length && !isspace((unsigned char)rest->bytes[word.length]))
        word.length++;
    rest->bytes += word.length;
    rest->length -= word.length;
    return word;
}

/// Reads digits with a sign, a point or an exponent, and nothing else that strtod accepts (inf,
/// nan, hexadecimal).
static bool read_number(double *out, bool *whole, distill_span word)
{
    char text[MOST_DIGITS + 1];
    if (word.length == 0 || word.length > MOST_DIGITS)
        return false;
    *whole = true;
    for (size_t i = 0; i < word.length; i++) {
        char c = word.bytes[i];
        if (strchr(".eE", c) != NULL && c != '\0')
            *whole = false;
        else if (!isdigit((unsigned char)c) && c != '-' && c != '+')
            return false;
    }
    memcpy(text, word.bytes, word.length);
    text[word.length] = '\0';
    char *end = NULL;
    *out = strtod(text, &end);
    return *end == '\0' && end != text;
}

/// An integer without its sign and leading zeros; -0 is not negative.
static distill_span without_zeros(distill_span word, bool *negative)
{
    *negative = word.bytes[0] == '-';
    if (word.bytes[0] == '-' || word.bytes[0] == '+') {
        word.bytes++;
        word.length--;
    }
    while (word.length > 1 && word.bytes[0] == '0') {
        word.bytes++;
        word.length--;
    }
    if (word.length == 1 && word.bytes[0] == '0')
        *negative = false;
    return word;
}

static bool same_word(distill_span expected, distill_span found)
{
    double a, b;
    bool whole_a, whole_b, minus_a, minus_b;
    if (distill_span_equal(expected, found))
        return true;
    if (!read_number(&a, &whole_a, expected) || !read_number(&b, &whole_b, found))
        return false;
    if (whole_a && whole_b) {
        distill_span x = without_zeros(expected, &minus_a), y = without_zeros(found, &minus_b);
        return minus_a == minus_b && distill_span_equal(x, y);
    }
    return whole_a ? a == b && fabs(a) < 0x1p53 : fabs(a - b) <= 1e-6 * fmax(1, fabs(a));
}

bool output_matches(output_difference *difference, distill_span expected, distill_span found)
{
    for (size_t word = 1;; word++) {
        distill_span a = next_word(&expected), b = next_word(&found);
        if (a.length == 0 && b.length == 0)
            return true;
        if (a.length == 0 || b.length == 0 || !same_word(a, b)) {
            *difference = (output_difference){a, b, word};
            return false;
        }
    }
}
