// datasets/filter/rules/stop_words.c - the lists, and a hash table in which a word has a counter
// lane for each language, so that one look-up counts for all of them.
#include "datasets/filter/rules/stop_words.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *code, *name, *words;
} LISTS[STOP_WORD_LANGUAGES] = {
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
    {"nl", "dutch",
     "de het een en van is dat niet met voor op zijn wij dus als dan ook deze maar worden te er"},
    {"pl", "polish",
     "jest nie si\u0119 na to \u017Ce wi\u0119c w z i do mamy oraz tak jak dla tej tego co czyli "
     "po"},
    {"tr", "turkish",
     "bir ve bu i\u00E7in ile olarak ise o de da de\u011Fil olur \u00E7ok sonra yani her ki var "
     "e\u011Fer"},
    {"vi", "vietnamese",
     "l\u00E0 c\u1EE7a ta c\u00F3 v\u00E0 cho kh\u00F4ng m\u1ED9t c\u00E1c s\u1ED1 n\u00EAn trong "
     "v\u1EDBi th\u00EC \u0111\u1EC3 n\u00E0y"},
    {"id", "indonesian",
     "yang dan di ini dengan untuk adalah kita dari tidak maka itu jika pada karena dapat ke akan"},
    {"sv", "swedish",
     "och att det som en p\u00E5 \u00E4r av f\u00F6r med inte vi den ett om s\u00E5 har till kan "
     "eller"},
};

/// Linear probing in a table of fixed size, not distill/base/hash_map: it is read for every word.
static size_t slot_of(const stop_words *table, uint64_t key)
{
    size_t at = key * 0x9E3779B97F4A7C15u >> 54; // the top 10 bits
    while (table->keys[at] != 0 && table->keys[at] != key)
        at = (at + 1) % STOP_WORD_SLOTS;
    return at;
}

void stop_words_make(stop_words *table)
{
    memset(table, 0, sizeof *table);
    for (size_t i = 0; i < STOP_WORD_LANGUAGES; i++) {
        for (const char *word = LISTS[i].words; *word != '\0';) {
            size_t length = strcspn(word, " ");
            uint64_t bytes = 0;
            memcpy(&bytes, word, length);
            uint64_t key = stop_words_key(bytes, length);
            size_t slot = slot_of(table, key);
            table->keys[slot] = key;
            table->lanes[slot] |= 1ull << i * STOP_WORD_LANE_BITS;
            word += length + (word[length] == ' ');
        }
    }
}

void stop_words_bloom_make(stop_words_bloom *bloom, const stop_words *table, size_t language)
{
    memset(bloom, 0, sizeof *bloom);
    for (size_t i = 0; i < STOP_WORD_SLOTS; i++) {
        bool is_known = language < STOP_WORD_LANGUAGES &&
                        (table->lanes[i] >> language * STOP_WORD_LANE_BITS & 1);
        if (table->keys[i] == 0 || is_known)
            continue;
        size_t length = 8 - (size_t)__builtin_clzll(table->keys[i]) / 8;
        uint64_t bit = stop_words_bloom_bit(table->keys[i], length);
        bloom->bits[bit >> 6] |= 1ull << (bit & 63);
    }
}

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

void stop_words_count(const stop_words *table, size_t hits[STOP_WORD_LANGUAGES],
                      distill_span sentence)
{
    memset(hits, 0, STOP_WORD_LANGUAGES * sizeof *hits);
    for (size_t at = 0; at < sentence.length; at++) {
        size_t begin = at;
        uint64_t word = 0;
        while (at < sentence.length && is_word_byte((unsigned char)sentence.bytes[at]))
            at++;
        if (at == begin || at - begin > 8)
            continue;
        memcpy(&word, sentence.bytes + begin, at - begin);
        uint64_t lanes = table->lanes[slot_of(table, stop_words_key(word, at - begin))];
        for (size_t i = 0; lanes != 0; i++, lanes >>= STOP_WORD_LANE_BITS)
            hits[i] += lanes & 1;
    }
}

size_t stop_words_language(distill_span language)
{
    for (size_t i = 0; i < STOP_WORD_LANGUAGES; i++)
        if ((language.length >= 2 && strncasecmp(language.bytes, LISTS[i].code, 2) == 0 &&
             (language.length == 2 || language.bytes[2] == '-' || language.bytes[2] == '_')) ||
            (language.length == strlen(LISTS[i].name) &&
             strncasecmp(language.bytes, LISTS[i].name, language.length) == 0))
            return i;
    return STOP_WORD_LANGUAGES;
}

const char *stop_words_code(size_t language)
{
    return LISTS[language].code;
}
