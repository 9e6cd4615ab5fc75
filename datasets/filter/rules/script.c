// datasets/filter/rules/script.c - a sorted table of Unicode ranges, searched by bisection, and a
// table of languages. Sources  Unicode 15, Scripts.txt and the block names; ISO 639 for the codes.
#include "datasets/filter/rules/script.h"

#include "distill/text/unicode.h"

#include <pthread.h>
#include <strings.h>

typedef struct range {
    uint32_t low, high;
    script kind;
} range;

static const range RANGES[] = {
    {0x0041, 0x005A, SCRIPT_LATIN},      {0x0061, 0x007A, SCRIPT_LATIN},
    {0x00AA, 0x00AA, SCRIPT_LATIN},      {0x00BA, 0x00BA, SCRIPT_LATIN},
    {0x00C0, 0x024F, SCRIPT_LATIN},      {0x0370, 0x03FF, SCRIPT_GREEK},
    {0x0400, 0x052F, SCRIPT_CYRILLIC},   {0x0590, 0x05FF, SCRIPT_HEBREW},
    {0x0600, 0x06FF, SCRIPT_ARABIC},     {0x0750, 0x077F, SCRIPT_ARABIC},
    {0x0900, 0x097F, SCRIPT_DEVANAGARI}, {0x0E00, 0x0E7F, SCRIPT_THAI},
    {0x1100, 0x11FF, SCRIPT_HANGUL},     {0x1E00, 0x1EFF, SCRIPT_LATIN},
    {0x1F00, 0x1FFF, SCRIPT_GREEK},      {0x2E80, 0x2FDF, SCRIPT_HAN},
    {0x3005, 0x3007, SCRIPT_HAN},        {0x3041, 0x30FF, SCRIPT_KANA},
    {0x3130, 0x318F, SCRIPT_HANGUL},     {0x31F0, 0x31FF, SCRIPT_KANA},
    {0x3400, 0x4DBF, SCRIPT_HAN},        {0x4E00, 0x9FFF, SCRIPT_HAN},
    {0xAC00, 0xD7AF, SCRIPT_HANGUL},     {0xF900, 0xFAFF, SCRIPT_HAN},
    {0xFB50, 0xFDFF, SCRIPT_ARABIC},     {0xFE70, 0xFEFF, SCRIPT_ARABIC},
    {0xFF21, 0xFF3A, SCRIPT_LATIN},      {0xFF41, 0xFF5A, SCRIPT_LATIN},
    {0xFF66, 0xFF9F, SCRIPT_KANA},       {0x20000, 0x3FFFF, SCRIPT_HAN},
};

script script_of(uint32_t code)
{
    size_t low = 0, high = sizeof RANGES / sizeof *RANGES;
    if (code < 0x80)
        return (code | 32) >= 'a' && (code | 32) <= 'z' ? SCRIPT_LATIN : SCRIPT_NONE;
    // mathematical letters occur in formulas: they are symbols
    if (!unicode_is_letter(code) || (code >= 0x2100 && code <= 0x214F) ||
        (code >= 0x1D400 && code <= 0x1D7FF))
        return SCRIPT_NONE;
    while (low < high) { // finds the first range that does not end before the character
        size_t middle = low + (high - low) / 2;
        if (RANGES[middle].high < code)
            low = middle + 1;
        else
            high = middle;
    }
    bool inside = low < sizeof RANGES / sizeof *RANGES && RANGES[low].low <= code;
    return inside ? RANGES[low].kind : SCRIPT_OTHER;
}

static uint8_t table[1 << 16];

static void make_table(void)
{
    for (uint32_t code = 0; code < sizeof table; code++)
        table[code] = (uint8_t)script_of(code);
}

const uint8_t *script_table(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_table);
    return table;
}

typedef struct language_row {
    const char *code, *name;
    unsigned mask;
} language_row;

#define BIT(kind) (1u << SCRIPT_##kind)
static const language_row LANGUAGES[] = {
    {"zh", "chinese", BIT(HAN)},        {"ja", "japanese", BIT(HAN) | BIT(KANA)},
    {"ko", "korean", BIT(HANGUL)},      {"ru", "russian", BIT(CYRILLIC)},
    {"uk", "ukrainian", BIT(CYRILLIC)}, {"be", "belarusian", BIT(CYRILLIC)},
    {"bg", "bulgarian", BIT(CYRILLIC)}, {"mk", "macedonian", BIT(CYRILLIC)},
    {"kk", "kazakh", BIT(CYRILLIC)},    {"sr", "serbian", BIT(CYRILLIC) | BIT(LATIN)},
    {"el", "greek", BIT(GREEK)},        {"he", "hebrew", BIT(HEBREW)},
    {"ar", "arabic", BIT(ARABIC)},      {"fa", "persian", BIT(ARABIC)},
    {"ur", "urdu", BIT(ARABIC)},        {"hi", "hindi", BIT(DEVANAGARI)},
    {"mr", "marathi", BIT(DEVANAGARI)}, {"ne", "nepali", BIT(DEVANAGARI)},
    {"th", "thai", BIT(THAI)},
};

unsigned script_mask(distill_span language)
{
    size_t length = 0; // of the code: 2 for "zh-CN"
    while (length < language.length && language.bytes[length] != '-' &&
           language.bytes[length] != '_')
        length++;
    for (size_t i = 0; i < sizeof LANGUAGES / sizeof *LANGUAGES; i++) {
        const language_row *row = &LANGUAGES[i];
        if ((length == 2 && strncasecmp(language.bytes, row->code, 2) == 0) ||
            (length == distill_span_of(row->name).length &&
             strncasecmp(language.bytes, row->name, length) == 0))
            return row->mask;
    }
    return BIT(LATIN);
}

const char *script_language(script kind)
{
    static const char *const names[SCRIPTS] = {
        [SCRIPT_GREEK] = "el",  [SCRIPT_CYRILLIC] = "ru",   [SCRIPT_HEBREW] = "he",
        [SCRIPT_ARABIC] = "ar", [SCRIPT_DEVANAGARI] = "hi", [SCRIPT_THAI] = "th",
        [SCRIPT_HAN] = "zh",    [SCRIPT_KANA] = "ja",       [SCRIPT_HANGUL] = "ko",
    };
    return names[kind] != NULL ? names[kind] : "";
}
