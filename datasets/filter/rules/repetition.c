// datasets/filter/rules/repetition.c - copies of sentences, copies of passages, periodic runs.
//
// Sentences: their hashes are counted in a table. Runs: at the beginning of each word, the last
// position with the same eight bytes gives a candidate period, and the bytes around it confirm it.
// Both produce parts of the reply in ascending order; the share is the length of their union.
#include "datasets/filter/rules/repetition.h"

#include "datasets/filter/rules/byte_scan.h"
#include "distill/base/memory.h"

enum { FREE_COPIES = 4, MOST_PERIOD = 512, WINDOW = 8, MIN_UNIT = 6, LEAST_RUN = 24 };
enum { POSITION_BITS = 11, POSITIONS = 1 << POSITION_BITS };

/// A sentence or line.
typedef struct unit {
    uint64_t hash;
    uint32_t begin, end;
} unit;

/// Equal sentences: their number, and the index of the last one.
typedef struct unit_slot {
    uint64_t hash;
    uint32_t count, last; // count 0: free
} unit_slot;

typedef struct part {
    uint32_t begin, end;
} part;

typedef struct part_list {
    part *at;
    size_t count, capacity;
} part_list;

struct repetition_scratch {
    unit *units;
    size_t unit_count, unit_capacity;
    unit_slot *slots;
    size_t slot_capacity;
    part_list copies, runs; // repetition: of sentences, of bytes
    uint64_t positions
        [POSITIONS]; // by the hash of a window: last position + 1, and 32 more bits of the hash
};

distill_status repetition_scratch_create(repetition_scratch **out)
{
    return DISTILL_NEW(out, 1);
}

void repetition_scratch_free(repetition_scratch *scratch)
{
    if (scratch == NULL)
        return;
    distill_free(scratch->units);
    distill_free(scratch->slots);
    distill_free(scratch->copies.at);
    distill_free(scratch->runs.at);
    distill_free(scratch);
}

static distill_status add_part(part_list *list, size_t begin, size_t end)
{
    distill_status status = DISTILL_OK;
    if (begin >= end)
        return DISTILL_OK;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? 2 * list->capacity : 64;
        TRY(distill_grow((void **)&list->at, list->count, capacity, sizeof *list->at));
        list->capacity = capacity;
    }
    list->at[list->count++] = (part){(uint32_t)begin, (uint32_t)end};
done:
    return status;
}

/// Bytes in the union of both lists; each list ascends and does not overlap itself.
static size_t covered(const part_list *a, const part_list *b)
{
    size_t i = 0, k = 0, end = 0, bytes = 0;
    while (i < a->count || k < b->count) {
        bool first = k == b->count || (i < a->count && a->at[i].begin <= b->at[k].begin);
        part next = first ? a->at[i++] : b->at[k++];
        size_t begin = next.begin > end ? next.begin : end;
        if (next.end > begin) {
            bytes += next.end - begin;
            end = next.end;
        }
    }
    return bytes;
}

// --- sentences and lines ------------------------------------------------------------------------

enum { BLANK = 1, DIGIT = 2, LIST_MARK = 4, AFTER_NUMBER = 8 };
static const unsigned char CLASSES[256] = {
    [' '] = BLANK | AFTER_NUMBER,
    ['\t'] = BLANK,
    ['\n'] = BLANK,
    ['\r'] = BLANK,
    ['\v'] = BLANK,
    ['\f'] = BLANK,
    ['0'] = DIGIT,
    ['1'] = DIGIT,
    ['2'] = DIGIT,
    ['3'] = DIGIT,
    ['4'] = DIGIT,
    ['5'] = DIGIT,
    ['6'] = DIGIT,
    ['7'] = DIGIT,
    ['8'] = DIGIT,
    ['9'] = DIGIT,
    ['('] = LIST_MARK,
    ['-'] = LIST_MARK,
    ['*'] = LIST_MARK,
    ['#'] = LIST_MARK,
    ['.'] = AFTER_NUMBER,
    [')'] = AFTER_NUMBER,
    [':'] = AFTER_NUMBER,
};

static bool is(unsigned char kind, char c)
{
    return (CLASSES[(unsigned char)c] & kind) != 0;
}

static inline distill_span trimmed(distill_span text)
{
    while (text.length > 0 && is(BLANK, text.bytes[0])) {
        text.bytes++;
        text.length--;
    }
    while (text.length > 0 && is(BLANK, text.bytes[text.length - 1]))
        text.length--;
    return text;
}

/// The text without white space around it, and without a list mark or number: "40. ", "(3) ", "- ".
static distill_span bare_unit(distill_span text)
{
    text = trimmed(text);
    size_t at = 0;
    while (at < text.length && at < 8 && is(DIGIT | LIST_MARK, text.bytes[at]))
        at++;
    while (at > 0 && at < text.length && is(AFTER_NUMBER, text.bytes[at]))
        at++;
    if (at > 0 && at < text.length && is(AFTER_NUMBER, text.bytes[at - 1]))
        text = trimmed((distill_span){text.bytes + at, text.length - at});
    return text;
}

/// Length of a sentence end at `at`: . ! ? before white space, a line end, or 。！？.
static size_t sentence_end(distill_span text, size_t at)
{
    char c = text.bytes[at];
    if (c == '\n')
        return 1;
    if (c == '.' || c == '!' || c == '?')
        return at + 1 < text.length && is(BLANK, text.bytes[at + 1]) ? 1 : 0;
    bool wide = text.length - at >= 3 && (memcmp(text.bytes + at, "\u3002", 3) == 0 ||
                                          memcmp(text.bytes + at, "\uFF01", 3) == 0 ||
                                          memcmp(text.bytes + at, "\uFF1F", 3) == 0);
    return wide ? 3 : 0;
}

/// A hash of a sentence, 32 bytes a step: two independent chains of folded products, which a
/// processor computes in parallel.
static inline uint64_t unit_hash(distill_span text)
{
    const uint64_t A = 0xa0761d6478bd642fu, B = 0xe7037ed1a0b428dbu;
    const char *bytes = text.bytes;
    uint64_t one = text.length * A, two = B;
    size_t left = text.length;
    for (; left >= 32; left -= 32, bytes += 32) {
        one = fold(scan_word(bytes) ^ A, scan_word(bytes + 8) ^ one);
        two = fold(scan_word(bytes + 16) ^ B, scan_word(bytes + 24) ^ two);
    }
    return one ^ text_hash(two, bytes, left);
}

static distill_status add_unit(repetition_scratch *s, distill_span text, size_t begin, size_t end)
{
    distill_status status = DISTILL_OK;
    distill_span bare = bare_unit((distill_span){text.bytes + begin, end - begin});
    if (bare.length < MIN_UNIT)
        return DISTILL_OK;
    if (s->unit_count == s->unit_capacity) {
        size_t capacity = s->unit_capacity > 0 ? 2 * s->unit_capacity : 256;
        TRY(distill_grow((void **)&s->units, s->unit_count, capacity, sizeof *s->units));
        s->unit_capacity = capacity;
    }
    s->units[s->unit_count++] = (unit){unit_hash(bare), (uint32_t)begin, (uint32_t)end};
done:
    return status;
}

static distill_status split_units(repetition_scratch *s, distill_span text)
{
    distill_status status = DISTILL_OK;
    char tail[SCAN_BYTES];
    size_t begin = 0;
    s->unit_count = 0;
    for (size_t block = 0; block < text.length; block += SCAN_BYTES) {
        const char *bytes = scan_bytes(text, block, tail, ' ');
        uint64_t ends = byte_mask_any(bytes, "\n.!?"), high = byte_mask_high(bytes);
        if (high != 0)
            ends |= byte_mask_any(bytes, "\xE3\xE3\xEF\xEF");
        for (; ends != 0; ends &= ends - 1) {
            size_t at = block + (size_t)__builtin_ctzll(ends), step = sentence_end(text, at);
            if (step == 0)
                continue;
            TRY(add_unit(s, text, begin, at + step));
            begin = at + step;
        }
    }
    // the last sentence of a loop may be cut; it is found as a periodic run
    TRY(add_unit(s, text, begin, text.length));
done:
    return status;
}

static distill_status clear_slots(repetition_scratch *s)
{
    distill_status status = DISTILL_OK;
    size_t capacity = 256;
    while (capacity < 2 * s->unit_count)
        capacity *= 2;
    if (capacity > s->slot_capacity) {
        distill_free(s->slots);
        s->slots = NULL;
        s->slot_capacity = 0;
        TRY(DISTILL_NEW(&s->slots, capacity));
        s->slot_capacity = capacity;
    } else { // clears only as much as is used
        memset(s->slots, 0, capacity * sizeof *s->slots);
    }
done:
    return status;
}

/// Linear probing, not distill/base/hash_map: the table is cleared for each reply, as far as it is
/// used.
static unit_slot *slot_of(repetition_scratch *s, size_t mask, uint64_t hash)
{
    size_t at = (size_t)hash & mask;
    while (s->slots[at].count > 0 && s->slots[at].hash != hash)
        at = (at + 1) & mask;
    return &s->slots[at];
}

/// Marks copies of sentences and of passages: sentences that follow the same sentence as before. A
/// passage is repetition from its third copy on.
static distill_status mark_copies(repetition_scratch *s)
{
    distill_status status = DISTILL_OK;
    size_t mask = 255, before = SIZE_MAX, repeated = 0;
    TRY(clear_slots(s));
    while (mask + 1 < 2 * s->unit_count)
        mask = 2 * mask + 1;
    for (size_t i = 0; i < s->unit_count; i++) {
        const unit *u = &s->units[i];
        unit_slot *slot = slot_of(s, mask, u->hash);
        bool goes_on = before != SIZE_MAX && s->units[before + 1].hash == u->hash;
        size_t last = goes_on ? before + 1 : (slot->count > 0 ? slot->last : SIZE_MAX);
        repeated = last == SIZE_MAX ? 0 : (goes_on ? repeated : 0) + u->end - u->begin;
        size_t period = last == SIZE_MAX ? 0 : u->begin - s->units[last].begin;
        if (slot->count >= FREE_COPIES || (period > MOST_PERIOD && repeated > period))
            TRY(add_part(&s->copies, u->begin, u->end));
        *slot = (unit_slot){u->hash, slot->count + 1, (uint32_t)i};
        before = last;
    }
done:
    return status;
}

// --- runs with a period -------------------------------------------------------------------------

static bool has_word(distill_span text)
{
    char tail[SCAN_BYTES];
    for (size_t block = 0; block < text.length; block += SCAN_BYTES) {
        if (byte_mask_words(scan_bytes(text, block, tail, ' ')) != 0)
            return true;
    }
    return false;
}

/// End of the run of bytes from `at` on that equal the bytes `period` before them.
static size_t run_end(distill_span text, size_t at, size_t period)
{
    while (text.length - at >= 8) {
        uint64_t differ = scan_word(text.bytes + at) ^ scan_word(text.bytes + at - period);
        if (differ != 0)
            return at + (size_t)__builtin_ctzll(differ) / 8;
        at += 8;
    }
    while (at < text.length && text.bytes[at] == text.bytes[at - period])
        at++;
    return at;
}

/// Extends the run of this period around `at` to both sides and marks what counts; sets *end to its
/// end.
static distill_status mark_run(repetition_scratch *s, distill_span text, size_t at, size_t period,
                               size_t *end)
{
    distill_status status = DISTILL_OK;
    size_t begin = at, last_end = *end;
    *end = run_end(text, at, period);
    while (begin > period && begin > last_end &&
           text.bytes[begin - 1] == text.bytes[begin - 1 - period])
        begin--;
    size_t first = begin - period; // of the first copy
    size_t needed = FREE_COPIES * period > LEAST_RUN ? FREE_COPIES * period : LEAST_RUN;
    if (*end - first > needed && has_word((distill_span){text.bytes + first, period}))
        TRY(add_part(&s->runs, first + needed > last_end ? first + needed : last_end, *end));
done:
    return status;
}

/// Mask of where windows begin: at words, at every character beyond ASCII, and at every byte of
/// words of 16 letters and more.
static inline __attribute__((always_inline)) uint64_t window_starts(const char *bytes,
                                                                    uint64_t *word_before)
{
    uint64_t high = byte_mask_high(bytes);
    uint64_t word = byte_mask_words(bytes);
    uint64_t starts = word & ~(word << 1 | *word_before);
    if (high != 0)
        for (unsigned i = 0; i < SCAN_BYTES; i++) // lead bytes
            starts |= (uint64_t)((unsigned char)bytes[i] >= 0xC0) << i;
    uint64_t run = word & ~high; // of at least 16 letters and digits
    for (unsigned shift = 1; shift < 16; shift *= 2)
        run &= run >> shift;
    for (unsigned shift = 1; shift < 16; shift *= 2)
        run |= run << shift;
    *word_before = word >> 63;
    return starts | run;
}

static distill_status mark_runs(repetition_scratch *s, distill_span text)
{
    distill_status status = DISTILL_OK;
    char tail[SCAN_BYTES];
    uint64_t word_before = 0;
    size_t end = 0; // of the last run
    memset(s->positions, 0, sizeof s->positions);
    for (size_t block = 0; block < text.length; block += SCAN_BYTES) {
        uint64_t starts = window_starts(scan_bytes(text, block, tail, ' '), &word_before);
        if (text.length - block < SCAN_BYTES + WINDOW) // a window must fit
            starts &= text.length - block < WINDOW
                          ? 0
                          : UINT64_MAX >> (SCAN_BYTES + WINDOW - 1 - (text.length - block));
        for (; starts != 0; starts &= starts - 1) {
            size_t at = block + (size_t)__builtin_ctzll(starts);
            uint64_t window = scan_word(text.bytes + at), hash = window * 0x9E3779B97F4A7C15u;
            uint64_t *slot = &s->positions[hash >> (64 - POSITION_BITS)];
            size_t before = (uint32_t)*slot;
            bool near = (at + 1 - before <= MOST_PERIOD) & (at >= end);
            bool same = *slot >> 32 == (uint32_t)(hash >> 16);
            *slot = (hash >> 16) << 32 | (at + 1);
            if (!(near & same) || before == 0 || scan_word(text.bytes + before - 1) != window)
                continue;
            TRY(mark_run(s, text, at, at + 1 - before, &end));
        }
    }
done:
    return status;
}

distill_status repetition_share(double *share, distill_span reply, repetition_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    distill_span text = trimmed(reply);
    *share = 0;
    if (text.length == 0 || text.length > UINT32_MAX - 1)
        return DISTILL_OK;
    scratch->copies.count = scratch->runs.count = 0;
    TRY(split_units(scratch, text));
    TRY(mark_copies(scratch));
    TRY(mark_runs(scratch, text));
    *share = (double)covered(&scratch->copies, &scratch->runs) / (double)text.length;
done:
    return status;
}
