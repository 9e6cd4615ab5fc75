// datasets/filter/small_words.c - lists, and a table of them for quick look-up.
#include "datasets/filter/small_words.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *code, *name, *words;
} LISTS[SMALL_LANGUAGES] = {
    {"en", "english",
     "the and is are of to that this we with for then so it be has have in which not from by as"},
    {"es", "spanish",
     "el los las una que por para con esta entonces como pero si es del al la de se ahora son"},
    {"fr", "french",
     "le les des est que pour dans une nous donc avec sont pas qui du et la de si on ce alors"},
    {"de", "german",
     "der die das und ist nicht wir ein eine mit den von auch dann wenn also sind zu dem im"},
    {"it", "italian",
     "il che di per una sono con non gli della questo quindi se dei nel la del un si allora"},
    {"pt", "portuguese",
     "os uma que para com dos como mas se da do em um por as ao ent\u00E3o n\u00E3o s\u00E3o"},
};

/// A word of at most 8 bytes as a number, in lower case.
static uint64_t key_of(const char *word, size_t length)
{
    uint64_t key = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)word[i];
        key = key << 8 | (c >= 'A' && c <= 'Z' ? c | 32u : c);
    }
    return key;
}

static size_t slot_of(const small_words *table, uint64_t key)
{
    size_t at = key * 0x9E3779B97F4A7C15u >> 55; // the top 9 bits
    while (table->keys[at] != 0 && table->keys[at] != key)
        at = (at + 1) % SMALL_SLOTS;
    return at;
}

void small_words_make(small_words *table)
{
    memset(table, 0, sizeof *table);
    for (size_t i = 0; i < SMALL_LANGUAGES; i++) {
        for (const char *word = LISTS[i].words; *word != '\0';) {
            size_t length = strcspn(word, " ");
            size_t slot = slot_of(table, key_of(word, length));
            table->keys[slot] = key_of(word, length);
            table->masks[slot] |= (uint8_t)(1u << i);
            word += length + (word[length] == ' ');
        }
    }
}

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

void small_words_count(const small_words *table, size_t hits[SMALL_LANGUAGES],
                       distill_span sentence)
{
    memset(hits, 0, SMALL_LANGUAGES * sizeof *hits);
    for (size_t at = 0; at < sentence.length; at++) {
        size_t begin = at;
        while (at < sentence.length && is_word_byte((unsigned char)sentence.bytes[at]))
            at++;
        if (at == begin || at - begin > 8)
            continue;
        uint8_t mask = table->masks[slot_of(table, key_of(sentence.bytes + begin, at - begin))];
        for (size_t i = 0; mask != 0; i++, mask >>= 1)
            hits[i] += mask & 1;
    }
}

size_t small_words_language(distill_span language)
{
    for (size_t i = 0; i < SMALL_LANGUAGES; i++)
        if ((language.length >= 2 && strncasecmp(language.bytes, LISTS[i].code, 2) == 0 &&
             (language.length == 2 || language.bytes[2] == '-' || language.bytes[2] == '_')) ||
            (language.length == strlen(LISTS[i].name) &&
             strncasecmp(language.bytes, LISTS[i].name, language.length) == 0))
            return i;
    return SMALL_LANGUAGES;
}

const char *small_words_code(size_t language)
{
    return LISTS[language].code;
}
