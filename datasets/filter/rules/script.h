// datasets/filter/rules/script.h - the writing systems of letters and languages.
#ifndef DATASETS_FILTER_RULES_SCRIPT_H
#define DATASETS_FILTER_RULES_SCRIPT_H

#include "distill/base/text.h"

typedef enum script {
    SCRIPT_NONE, // not a letter
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_THAI,
    SCRIPT_HAN,
    SCRIPT_KANA,
    SCRIPT_HANGUL,
    SCRIPT_OTHER,
    SCRIPTS
} script;

/// The script of a character. Mathematical letters (U+2100 to U+214F, U+1D400 to U+1D7FF) are none.
script script_of(uint32_t code);

/// The scripts of the characters below 65536, one byte each; made at the first call. Thread-safe.
const uint8_t *script_table(void);

/// Bits (1 << script) of the scripts of a language: "ru", "zh-CN", "Chinese". An unknown language
/// is taken to be written in Latin letters.
unsigned script_mask(distill_span language);

/// The language that is expected for a script: "zh" for Han; "" for Latin, which many share.
const char *script_language(script kind);

#endif
