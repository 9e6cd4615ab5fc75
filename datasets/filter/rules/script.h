// datasets/filter/rules/script.h - which writing system a letter belongs to.
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

script script_of(uint32_t code);

/// The scripts of the characters below 65536, made at the first call; a look-up for long texts.
const uint8_t *script_table(void);

/// Bits (1 << script) of the writing systems of a language: "ru", "zh-CN", "Chinese". Those that are
/// not known are written in Latin letters.
unsigned script_mask(distill_span language);

/// The language that a script alone tells: "zh" for Han, "" for Latin.
const char *script_language(script kind);

#endif
