// datasets/filter/language_mix.c - words a script, sentence by sentence.
#include "datasets/filter/language_mix.h"

#include "datasets/filter/prose.h"
#include "datasets/filter/script.h"
#include "datasets/filter/small_words.h"
#include "distill/text/unicode.h"

enum { LEAST_HITS = 3 }; // small words that tell the language of a sentence

static size_t most_hits(const size_t hits[SMALL_LANGUAGES])
{
    size_t best = 0;
    for (size_t i = 1; i < SMALL_LANGUAGES; i++)
        if (hits[i] > hits[best])
            best = i;
    return best;
}

// --- words a script ------------------------------------------------------------------------------

typedef struct word_counts {
    double words[SCRIPTS];
    double total;
} word_counts;

static double words_a_letter(script kind)
{
    return kind == SCRIPT_HAN || kind == SCRIPT_KANA || kind == SCRIPT_HANGUL ? 0.5 : 0.2;
}

/// Adds the words of valid UTF-8. One or two Greek letters are a symbol, more are a word.
static void count_words(word_counts *counts, distill_span text)
{
    size_t greek = 0;
    for (size_t at = 0; at <= text.length;) {
        uint32_t code = ' ';
        at += at < text.length ? unicode_next(&code, text.bytes + at) : 1;
        script kind = script_of(code);
        if (kind == SCRIPT_GREEK) {
            greek++;
            continue;
        }
        if (greek > 2)
            counts->words[SCRIPT_GREEK] += (double)greek * words_a_letter(SCRIPT_GREEK);
        greek = 0;
        if (kind != SCRIPT_NONE)
            counts->words[kind] += words_a_letter(kind);
    }
}

static void add_up(word_counts *counts)
{
    counts->total = 0;
    for (size_t i = 0; i < SCRIPTS; i++)
        counts->total += counts->words[i];
}

/// Splits off the first sentence of `rest`.
static distill_span next_sentence(distill_span *rest)
{
    size_t length = 0;
    while (length < rest->length && rest->bytes[length] != '.' && rest->bytes[length] != '!' &&
           rest->bytes[length] != '?' && rest->bytes[length] != '\n')
        length++;
    if (length < rest->length)
        length++;
    distill_span sentence = {rest->bytes, length};
    rest->bytes += length;
    rest->length -= length;
    return sentence;
}

/// Words of Latin sentences that are in another language than `home`.
static double foreign_latin(const small_words *table, distill_span text, size_t home)
{
    double words = 0;
    while (text.length > 0) {
        distill_span sentence = next_sentence(&text);
        size_t hits[SMALL_LANGUAGES];
        small_words_count(table, hits, sentence);
        size_t best = most_hits(hits);
        if (best == home || hits[best] < LEAST_HITS || hits[best] <= 2 * hits[home])
            continue;
        word_counts counts = {{0}, 0};
        count_words(&counts, sentence);
        words += counts.words[SCRIPT_LATIN];
    }
    return words;
}

// --- the language to expect -------------------------------------------------------------------

/// The language of a text: of its most frequent script, in Latin letters by its small words; empty
/// if it has no words.
static distill_span language_of(const small_words *table, distill_span text)
{
    word_counts counts = {{0}, 0};
    size_t best = SCRIPT_LATIN, hits[SMALL_LANGUAGES];
    count_words(&counts, text);
    add_up(&counts);
    if (counts.total < 0.8)
        return (distill_span){"", 0};
    if (counts.words[SCRIPT_KANA] > 0.2 * counts.words[SCRIPT_HAN] &&
        counts.words[SCRIPT_KANA] > counts.words[SCRIPT_LATIN])
        return distill_span_of("ja");
    for (size_t i = 1; i < SCRIPTS; i++)
        if (counts.words[i] > counts.words[best])
            best = i;
    const char *language = script_language((script)best);
    if (language[0] != '\0')
        return distill_span_of(language);
    small_words_count(table, hits, text);
    return distill_span_of(small_words_code(most_hits(hits)));
}

static distill_status expected_language(distill_span *out, const small_words *table,
                                        distill_text *scratch, distill_span prompt,
                                        distill_span reply_prose, distill_span language)
{
    distill_status status = DISTILL_OK;
    *out = language;
    if (language.length > 0 && !distill_span_is(language, "auto"))
        return DISTILL_OK;
    TRY(prose_extract(scratch, prompt));
    distill_span text = distill_text_span(scratch);
    text.length = unicode_valid_prefix(text.bytes, text.length);
    *out = language_of(table, text);
    if (out->length == 0)
        *out = language_of(table, reply_prose);
done:
    return status;
}

distill_status language_mix(double *share, distill_span prompt, distill_span reply,
                            distill_span language)
{
    distill_status status = DISTILL_OK;
    distill_text prose = {0}, scratch = {0};
    small_words table;
    word_counts counts = {{0}, 0};
    distill_span expected;
    double foreign = 0;
    *share = 0;
    small_words_make(&table);
    TRY(prose_extract(&prose, reply));
    distill_span text = distill_text_span(&prose);
    text.length = unicode_valid_prefix(text.bytes, text.length);
    TRY(expected_language(&expected, &table, &scratch, prompt, text, language));
    unsigned mask = script_mask(expected);
    size_t home = small_words_language(expected);
    count_words(&counts, text);
    add_up(&counts);
    for (unsigned i = 1; i < SCRIPTS; i++)
        if ((mask >> i & 1) == 0)
            foreign += counts.words[i];
    if (home < SMALL_LANGUAGES)
        foreign += foreign_latin(&table, text, home);
    if (counts.total > 0)
        *share = foreign / counts.total;
done:
    distill_text_free(&prose);
    distill_text_free(&scratch);
    return status;
}
