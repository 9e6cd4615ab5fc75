// datasets/verify/ascii.h - classes of ASCII characters, independent of the locale. Private to the
// verifier.
//
// <ctype.h> depends on the locale and is undefined for negative `char`s; bytes of UTF-8 sequences
// belong to no class here.
#ifndef DATASETS_VERIFY_ASCII_H
#define DATASETS_VERIFY_ASCII_H

#include <stdbool.h>

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool ascii_is_letter(char c)
{
    return ascii_is_capital(c) || (c >= 'a' && c <= 'z');
}

static inline char ascii_lower(char c)
{
    return ascii_is_capital(c) ? (char)(c + 32) : c;
}

static inline char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/// A byte of a UTF-8 sequence of several bytes. Does not depend on the signedness of `char`.
static inline bool ascii_is_foreign(char c)
{
    return (unsigned char)c >= 0x80;
}

#endif
