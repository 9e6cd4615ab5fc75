// datasets/filter/language_mix.c - words a script, sentence by sentence.
#include "datasets/filter/language_mix.h"

#include "datasets/filter/byte_scan.h"
#include "datasets/filter/prose.h"
#include "datasets/filter/script.h"
#include "datasets/filter/small_words.h"
#include "distill/base/memory.h"
#include "distill/text/unicode.h"

enum { LEAST_HITS = 3 }; // small words that tell the language of a sentence

struct language_scratch {
    small_words table;
    const uint8_t *scripts; // of characters below 65536
    distill_text prose, prompt;
};

distill_status language_scratch_create(language_scratch **out)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(out, 1));
    small_words_make(&(*out)->table);
    (*out)->scripts = script_table();
done:
    return status;
}

void language_scratch_free(language_scratch *scratch)
{
    if (scratch == NULL)
        return;
    distill_text_free(&scratch->prose);
    distill_text_free(&scratch->prompt);
    distill_free(scratch);
}

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
    uint64_t letters[SCRIPTS];
    uint64_t greek; // letters of the Greek word that is being read
} word_counts;

static double words_of(const word_counts *counts, script kind)
{
    bool short_words = kind == SCRIPT_HAN || kind == SCRIPT_KANA || kind == SCRIPT_HANGUL;
    return (double)counts->letters[kind] * (short_words ? 0.5 : 0.2);
}

static double all_words(const word_counts *counts)
{
    double total = 0;
    for (unsigned i = 1; i < SCRIPTS; i++)
        total += words_of(counts, (script)i);
    return total;
}

/// One or two Greek letters are a symbol, more are a word.
static void end_greek(word_counts *counts)
{
    if (counts->greek > 2)
        counts->letters[SCRIPT_GREEK] += counts->greek;
    counts->greek = 0;
}

/// Counts the letters of `text` from `at` to `end`, character by character; gives where it stopped.
static size_t count_characters(word_counts *counts, const uint8_t *scripts, distill_span text,
                               size_t at, size_t end)
{
    while (at < end) {
        uint32_t code;
        at += unicode_next(&code, text.bytes + at);
        script kind = code < 1 << 16 ? (script)scripts[code] : script_of(code);
        if (kind == SCRIPT_GREEK) {
            counts->greek++;
            continue;
        }
        end_greek(counts);
        counts->letters[kind]++;
    }
    return at;
}

/// Adds the letters of valid UTF-8; plain ASCII 64 bytes at a time.
static void count_letters(word_counts *counts, const uint8_t *scripts, distill_span text)
{
    size_t at = 0;
    while (at < text.length) {
        if (text.length - at < SCAN_BYTES || byte_mask_high(text.bytes + at) != 0) {
            size_t end = text.length - at < SCAN_BYTES ? text.length : at + SCAN_BYTES;
            at = count_characters(counts, scripts, text, at, end);
            continue;
        }
        end_greek(counts);
        counts->letters[SCRIPT_LATIN] +=
            (uint64_t)__builtin_popcountll(byte_mask_letters(text.bytes + at));
        at += SCAN_BYTES;
    }
    end_greek(counts);
}

// --- small words ---------------------------------------------------------------------------------

/// Reads words one after the other, and says where sentences end.
typedef struct sentence_scan {
    const language_scratch *scratch;
    distill_span text;
    size_t home;           // number of the expected language
    size_t sentence, word; // where they begin; word: SIZE_MAX between words
    uint64_t lanes;        // small words of the sentence, by language
    size_t waiting;        // words in `lanes` that `hits` does not have yet
    size_t hits[SMALL_LANGUAGES];
    bool any;         // a hit is not zero
    uint64_t foreign; // Latin letters in sentences of another language
} sentence_scan;

static void add_hits(sentence_scan *s)
{
    for (size_t i = 0; s->lanes != 0; i++, s->lanes >>= SMALL_LANE_BITS)
        s->hits[i] += s->lanes & ((1u << SMALL_LANE_BITS) - 1);
    s->waiting = 0;
    s->any = true;
}

static void end_word(sentence_scan *s, size_t end)
{
    size_t length = end - s->word;
    if (length <= 8) { // the text goes on for 8 bytes behind its end
        uint64_t lanes = small_words_lanes(&s->scratch->table, s->text.bytes + s->word, length);
        s->lanes += lanes;
        s->waiting += lanes != 0;
        if (s->waiting == (1u << SMALL_LANE_BITS) - 1)
            add_hits(s);
    }
    s->word = SIZE_MAX;
}

static void end_sentence(sentence_scan *s, size_t end)
{
    if (s->lanes != 0 || s->any) {
        add_hits(s);
        size_t best = most_hits(s->hits);
        if (best != s->home && s->hits[best] >= LEAST_HITS &&
            s->hits[best] > 2 * s->hits[s->home]) {
            word_counts counts = {{0}, 0};
            count_letters(&counts, s->scratch->scripts,
                          (distill_span){s->text.bytes + s->sentence, end - s->sentence});
            s->foreign += counts.letters[SCRIPT_LATIN];
        }
        memset(s->hits, 0, sizeof s->hits);
        s->any = false;
    }
    s->sentence = end;
}

/// Latin letters in sentences of another language than `home`. `text` can be read 64 bytes beyond its
/// end.
static uint64_t foreign_letters(const language_scratch *scratch, distill_span text, size_t home)
{
    sentence_scan s = {.scratch = scratch, .text = text, .home = home, .word = SIZE_MAX};
    char tail[SCAN_BYTES];
    uint64_t word_before = 0;
    for (size_t block = 0; block < text.length; block += SCAN_BYTES) {
        const char *bytes = scan_bytes(text, block, tail, ' ');
        uint64_t word = byte_mask_letters(bytes) | byte_mask_high(bytes);
        uint64_t ends = byte_mask_any(bytes, ".!?\n");
        uint64_t changes = word ^ (word << 1 | word_before); // words begin or end here
        word_before = word >> 63;
        for (uint64_t events = changes | ends; events != 0; events &= events - 1) {
            uint64_t bit = events & -events;
            size_t at = block + (size_t)__builtin_ctzll(events);
            if ((changes & bit) != 0 && (word & bit) != 0)
                s.word = at;
            else if ((changes & bit) != 0)
                end_word(&s, at);
            if ((ends & bit) != 0)
                end_sentence(&s, at + 1);
        }
    }
    if (s.word != SIZE_MAX)
        end_word(&s, text.length);
    end_sentence(&s, text.length);
    return s.foreign;
}

// --- the language to expect ----------------------------------------------------------------------

/// The language of a text: of its most frequent script, in Latin letters by its small words; empty
/// if it has no words.
static distill_span language_of(const language_scratch *scratch, distill_span text)
{
    word_counts counts = {{0}, 0};
    size_t best = SCRIPT_LATIN, hits[SMALL_LANGUAGES];
    count_letters(&counts, scratch->scripts, text);
    if (all_words(&counts) < 0.8)
        return (distill_span){"", 0};
    double kana = words_of(&counts, SCRIPT_KANA);
    if (kana > 0.2 * words_of(&counts, SCRIPT_HAN) && kana > words_of(&counts, SCRIPT_LATIN))
        return distill_span_of("ja");
    for (size_t i = 1; i < SCRIPTS; i++)
        if (words_of(&counts, (script)i) > words_of(&counts, (script)best))
            best = i;
    const char *language = script_language((script)best);
    if (language[0] != '\0')
        return distill_span_of(language);
    small_words_count(&scratch->table, hits, text);
    return distill_span_of(small_words_code(most_hits(hits)));
}

static distill_span valid_part(const distill_text *text)
{
    distill_span span = distill_text_span(text);
    span.length = unicode_valid_prefix(span.bytes, span.length);
    return span;
}

static distill_status expected_language(distill_span *out, language_scratch *scratch,
                                        distill_span prompt, distill_span reply_prose,
                                        distill_span language)
{
    distill_status status = DISTILL_OK;
    *out = language;
    if (language.length > 0 && !distill_span_is(language, "auto"))
        return DISTILL_OK;
    TRY(prose_extract(&scratch->prompt, prompt));
    *out = language_of(scratch, valid_part(&scratch->prompt));
    if (out->length == 0)
        *out = language_of(scratch, reply_prose);
done:
    return status;
}

distill_status language_mix(double *share, distill_span prompt, distill_span reply,
                            distill_span language, language_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    word_counts counts = {{0}, 0};
    distill_span expected;
    double foreign = 0;
    *share = 0;
    TRY(prose_extract(&scratch->prose, reply));
    TRY(distill_text_reserve(&scratch->prose, scratch->prose.length + SCAN_BYTES));
    distill_span text = valid_part(&scratch->prose);
    TRY(expected_language(&expected, scratch, prompt, text, language));
    unsigned mask = script_mask(expected);
    size_t home = small_words_language(expected);
    count_letters(&counts, scratch->scripts, text);
    for (unsigned i = 1; i < SCRIPTS; i++)
        if ((mask >> i & 1) == 0)
            foreign += words_of(&counts, (script)i);
    if (home < SMALL_LANGUAGES)
        foreign += 0.2 * (double)foreign_letters(scratch, text, home);
    double total = all_words(&counts);
    if (total > 0)
        *share = foreign / total;
done:
    return status;
}
