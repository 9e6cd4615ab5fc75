// datasets/filter/rules/language_mix.c - letters are counted by script; sentences in Latin letters
// are recognised by their stop words.
//
// Stop words cost most, so they are counted only in sentences that may be foreign: a Bloom filter
// of the stop words that the expected language lacks finds the sentences with at least two of them.
#include "datasets/filter/rules/language_mix.h"

#include "datasets/filter/rules/byte_scan.h"
#include "datasets/filter/rules/prose.h"
#include "datasets/filter/rules/script.h"
#include "datasets/filter/rules/stop_words.h"
#include "distill/base/memory.h"
#include "distill/text/unicode.h"

enum { LEAST_HITS = 3 }; // stop words that decide the language of a sentence
enum { STRETCH = 2048 }; // bytes in which candidates are collected before sentences are checked

struct language_scratch {
    stop_words table;
    size_t expected;          // language of the Bloom filter
    stop_words_bloom unknown; // stop words that it lacks
    const uint8_t *scripts;   // of characters below 65536
    distill_text prose, prompt;
    distill_text last_prompt; // replies to one prompt follow each other:
    char last_language[8];    // its language is kept
};

distill_status language_scratch_create(language_scratch **out)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(out, 1));
    stop_words_make(&(*out)->table);
    (*out)->scripts = script_table();
    (*out)->expected = STOP_WORD_LANGUAGES;
done:
    return status;
}

void language_scratch_free(language_scratch *scratch)
{
    if (scratch == NULL)
        return;
    distill_text_free(&scratch->prose);
    distill_text_free(&scratch->prompt);
    distill_text_free(&scratch->last_prompt);
    distill_free(scratch);
}

static size_t most_hits(const size_t hits[STOP_WORD_LANGUAGES])
{
    size_t best = 0;
    for (size_t i = 1; i < STOP_WORD_LANGUAGES; i++)
        if (hits[i] > hits[best])
            best = i;
    return best;
}

// --- words by script ----------------------------------------------------------------------------

typedef struct word_counts {
    uint64_t letters[SCRIPTS];
    uint64_t greek; // letters of the current Greek word
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

/// Counts the letters of `text` from `at` to `end`, character by character; returns where it
/// stopped.
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

/// Counts the letters of valid UTF-8, ASCII 64 bytes at a time.
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
        counts->letters[SCRIPT_LATIN] += byte_count_letters(text.bytes + at);
        at += SCAN_BYTES;
    }
    end_greek(counts);
}

// --- stop words ---------------------------------------------------------------------------------

/// Latin letters of a sentence if its stop words are those of another language; else 0.
static uint64_t foreign_sentence(const language_scratch *scratch, distill_span sentence)
{
    size_t hits[STOP_WORD_LANGUAGES], expected = scratch->expected;
    stop_words_count(&scratch->table, hits, sentence);
    size_t best = most_hits(hits);
    if (best == expected || hits[best] < LEAST_HITS || hits[best] <= 2 * hits[expected])
        return 0;
    word_counts counts = {{0}, 0};
    count_letters(&counts, scratch->scripts, sentence);
    return counts.letters[SCRIPT_LATIN];
}

static bool is_sentence_end(char c)
{
    return c == '.' || c == '!' || c == '?' || c == '\n';
}

/// End of the sentence that contains byte `at`. `text` can be read 64 bytes beyond its end.
static inline __attribute__((always_inline)) size_t sentence_end(distill_span text, size_t at)
{
    for (; at < text.length; at += SCAN_BYTES) {
        uint64_t ends = byte_mask_any(text.bytes + at, ".!?\n");
        if (ends != 0) {
            size_t end = at + (size_t)__builtin_ctzll(ends) + 1;
            return end < text.length ? end : text.length;
        }
    }
    return text.length;
}

/// Beginning of the sentence that contains byte `at`, `from` at the earliest.
static size_t sentence_begin(distill_span text, size_t from, size_t at)
{
    while (at > from && !is_sentence_end(text.bytes[at - 1]))
        at--;
    return at;
}

/// Mask of the 64 bytes at `at` that belong to words; bytes after the text do not.
static inline __attribute__((always_inline)) uint64_t words_at(distill_span text, size_t at)
{
    char tail[SCAN_BYTES];
    if (at >= text.length)
        return 0;
    const char *bytes = scan_bytes(text, at, tail, '\n');
    return byte_mask_letters(bytes) | byte_mask_high(bytes);
}

/// Words around the current 64 bytes.
typedef struct word_scan {
    uint64_t before, after; // masks of the 64 bytes before, and of the next 64
} word_scan;

/// Sets `places` to where in the stretch at `from` words begin that pass the filter, and returns
/// how many do. `text` can be read 64 bytes beyond its end.
static inline __attribute__((always_inline)) size_t find_candidates(uint32_t places[STRETCH / 2],
                                                                    word_scan *scan,
                                                                    distill_span text, size_t from,
                                                                    const stop_words_bloom *unknown)
{
    size_t count = 0;
    for (size_t block = 0; block < STRETCH && from + block < text.length; block += SCAN_BYTES) {
        const char *bytes = text.bytes + from + block;
        uint64_t words = scan->after;
        uint64_t after = scan->after = words_at(text, from + block + SCAN_BYTES);
        uint64_t starts = words & ~(words << 1 | scan->before >> 63);
        scan->before = words;
        for (; starts != 0; starts &= starts - 1) {
            unsigned at = (unsigned)__builtin_ctzll(starts);
            uint64_t word = words >> at | after << 1 << (63 - at);
            size_t length = (size_t)__builtin_ctzll(~word | 1ull << 63);
            bool passes = stop_words_bloom_has(unknown, bytes + at, length <= 8 ? length : 8);
            places[count] = (uint32_t)block + at;
            count += passes & (length <= 8);
        }
    }
    return count;
}

/// Latin letters in sentences of other languages than the expected one. A sentence of another
/// language has F stop words that the expected language lacks and S that both have, with F + S >= 3
/// and F + S > 2 S, hence F >= 2: only sentences with two candidates are checked. `text` can be
/// read 64 bytes beyond its end.
static uint64_t foreign_letters(const language_scratch *scratch, distill_span text)
{
    uint32_t candidates[STRETCH / 2];
    word_scan scan = {.after = words_at(text, 0)};
    uint64_t foreign = 0;
    size_t last_end = 0, end = 0; // of the sentence before, and of that of the last candidate
    bool checked = true;          // the latter: its second candidate is checked
    for (size_t from = 0; from < text.length; from += STRETCH) {
        size_t count = find_candidates(candidates, &scan, text, from, &scratch->unknown);
        for (size_t i = 0; i < count; i++) {
            size_t at = from + candidates[i];
            if (at >= end) {
                last_end = end;
                end = sentence_end(text, at);
                checked = false;
            } else if (!checked) {
                size_t begin = sentence_begin(text, last_end, at);
                foreign +=
                    foreign_sentence(scratch, (distill_span){text.bytes + begin, end - begin});
                checked = true;
            }
        }
    }
    return foreign;
}

// --- the expected language ----------------------------------------------------------------------

/// The language of a text: that of its most frequent script, in Latin letters by its stop words;
/// empty if it has no words.
static distill_span language_of(const language_scratch *scratch, distill_span text)
{
    word_counts counts = {{0}, 0};
    size_t best = SCRIPT_LATIN, hits[STOP_WORD_LANGUAGES];
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
    stop_words_count(&scratch->table, hits, text);
    return distill_span_of(stop_words_code(most_hits(hits)));
}

/// The longest valid UTF-8 in front.
static distill_span valid_part(const distill_text *text)
{
    distill_span span = distill_text_span(text);
    size_t ascii = 0; // valid without a check
    while (span.length - ascii >= SCAN_BYTES && byte_mask_high(span.bytes + ascii) == 0)
        ascii += SCAN_BYTES;
    span.length = ascii + unicode_valid_prefix(span.bytes + ascii, span.length - ascii);
    return span;
}

/// The language of a prompt; empty if it has no words.
static distill_status language_of_prompt(distill_span *out, language_scratch *scratch,
                                         distill_span prompt)
{
    distill_status status = DISTILL_OK;
    if (scratch->last_prompt.bytes == NULL ||
        !distill_span_equal(prompt, distill_text_span(&scratch->last_prompt))) {
        TRY(prose_extract(&scratch->prompt, prompt));
        distill_span language = language_of(scratch, valid_part(&scratch->prompt));
        distill_text_clear(&scratch->last_prompt);
        TRY(distill_text_append(&scratch->last_prompt, prompt.bytes, prompt.length));
        memcpy(scratch->last_language, language.bytes, language.length);
        scratch->last_language[language.length] = '\0';
    }
    *out = distill_span_of(scratch->last_language);
done:
    return status;
}

static distill_status expected_language(distill_span *out, language_scratch *scratch,
                                        distill_span prompt, distill_span reply_prose,
                                        distill_span language)
{
    distill_status status = DISTILL_OK;
    *out = language;
    if (language.length > 0)
        return DISTILL_OK;
    TRY(language_of_prompt(out, scratch, prompt));
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
    size_t latin = stop_words_language(expected);
    count_letters(&counts, scratch->scripts, text);
    for (unsigned i = 1; i < SCRIPTS; i++)
        if ((mask >> i & 1) == 0)
            foreign += words_of(&counts, (script)i);
    if (latin < STOP_WORD_LANGUAGES) {
        if (latin != scratch->expected)
            stop_words_bloom_make(&scratch->unknown, &scratch->table, latin);
        scratch->expected = latin;
        foreign += 0.2 * (double)foreign_letters(scratch, text);
    }
    double total = all_words(&counts);
    if (total > 0)
        *share = foreign / total;
done:
    return status;
}
