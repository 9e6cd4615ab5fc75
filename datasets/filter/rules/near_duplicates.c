// datasets/filter/rules/near_duplicates.c - MinHash signatures of shingles, and a hash table of
// their bands whose entries of equal values form linked lists.
//
// One permutation hashing: the hash of a shingle chooses a bin by its upper bits, and each of the
// 256 bins keeps its smallest hash. Traces with a band of equal values are candidates, which are
// compared value by value.
//
// Limits: 64 candidates of a band are compared.
#include "datasets/filter/rules/near_duplicates.h"

#include "datasets/filter/rules/byte_scan.h"
#include "distill/base/memory.h"

#include <math.h>

enum { SHINGLE = 5, MOST_CANDIDATES = 64, BLOCK = 1024 };

// --- signatures ---------------------------------------------------------------------------------

/// The smallest hash of each bin, and the last words.
typedef struct shingles {
    uint32_t smallest[NEAR_VALUES]; // UINT32_MAX: an empty bin
    uint64_t last[SHINGLE];         // hashes of the last words, a ring
    uint64_t rolling;               // polynomial hash of the last words
    size_t words;
} shingles;

static const uint64_t FACTOR = 0x9E3779B97F4A7C15u;
static const uint64_t FACTOR_5 = // FACTOR to the power of SHINGLE, modulo 2^64
    0x9E3779B97F4A7C15u * 0x9E3779B97F4A7C15u * 0x9E3779B97F4A7C15u * 0x9E3779B97F4A7C15u *
    0x9E3779B97F4A7C15u;

static void add_shingle(shingles *s, uint64_t value)
{
    uint64_t hash = fold(value ^ 0xa0761d6478bd642fu, value ^ 0xe7037ed1a0b428dbu);
    uint32_t *bin = &s->smallest[hash >> 56];
    if ((uint32_t)hash < *bin)
        *bin = (uint32_t)hash;
}

static void add_word(shingles *s, uint64_t hash)
{
    uint64_t *oldest = &s->last[s->words % SHINGLE];
    s->rolling = s->rolling * FACTOR + hash - *oldest * FACTOR_5;
    *oldest = hash;
    if (++s->words >= SHINGLE)
        add_shingle(s, s->rolling);
}

/// A word of letters and digits, in lower case for ASCII.
static void add_plain_word(shingles *s, const char *bytes, size_t length)
{
    uint64_t hash = length;
    for (size_t at = 0; at < length; at += 8) {
        uint64_t part = 0;
        if (length - at >= 8)
            memcpy(&part, bytes + at, 8);
        else
            for (size_t i = 0; i < length - at; i++)
                part |= (uint64_t)(unsigned char)bytes[at + i] << 8 * i;
        part |= (~part & part << 1 & 0x8080808080808080u) >> 2; // letters below 0x80
        hash = fold(part ^ 0xa0761d6478bd642fu, hash ^ 0xe7037ed1a0b428dbu);
    }
    add_word(s, hash);
}

/// True if the three bytes are punctuation beyond ASCII: U+2000 to U+203F, U+3000 to U+303F, or
/// full-width forms that are no letters or digits.
static bool is_wide_punctuation(const char *bytes)
{
    unsigned char lead = (unsigned char)bytes[0], second = (unsigned char)bytes[1];
    unsigned char third = (unsigned char)bytes[2];
    if (lead == 0xEF && second == 0xBC)
        return !((third >= 0x90 && third <= 0x99) || (third >= 0xA1 && third <= 0xBA));
    if (lead == 0xEF && second == 0xBD)
        return third >= 0x9B || third == 0x80;
    return (lead == 0xE2 || lead == 0xE3) && second == 0x80;
}

/// A run with characters beyond ASCII: each one from U+3000 on (Chinese, Japanese, Korean) is a
/// word.
static void add_wide_word(shingles *s, const char *bytes, size_t length)
{
    size_t begin = 0;
    for (size_t at = 0; at < length;) {
        size_t step = 1;
        bool three = length - at >= 3 && (unsigned char)bytes[at] >= 0xE2;
        bool punctuation = three && is_wide_punctuation(bytes + at);
        if (punctuation || (unsigned char)bytes[at] >= 0xE3) {
            while (at + step < length && (bytes[at + step] & 0xC0) == 0x80)
                step++;
            if (at > begin)
                add_plain_word(s, bytes + begin, at - begin);
            if (!punctuation)
                add_plain_word(s, bytes + at, step);
            begin = at + step;
        }
        at += step;
    }
    if (length > begin)
        add_plain_word(s, bytes + begin, length - begin);
}

/// A run of word bytes; `high`: it may contain bytes beyond ASCII.
static void add_run(shingles *s, distill_span text, size_t begin, size_t end, bool high)
{
    if (high)
        add_wide_word(s, text.bytes + begin, end - begin);
    else
        add_plain_word(s, text.bytes + begin, end - begin);
}

static void add_text(shingles *s, distill_span text)
{
    char tail[SCAN_BYTES];
    uint64_t word_before = 0;
    size_t begin = SIZE_MAX;
    bool high_before = false;
    for (size_t block = 0; block < text.length; block += SCAN_BYTES) {
        const char *bytes = scan_bytes(text, block, tail, ' ');
        uint64_t high = byte_mask_high(bytes);
        uint64_t word = byte_mask_words(bytes);
        for (uint64_t changes = word ^ (word << 1 | word_before); changes != 0;
             changes &= changes - 1) {
            size_t at = block + (size_t)__builtin_ctzll(changes);
            if ((word & (changes & -changes)) != 0) {
                begin = at;
                continue;
            }
            add_run(s, text, begin, at, high != 0 || high_before);
            begin = SIZE_MAX;
        }
        word_before = word >> 63;
        high_before = high != 0 || (begin != SIZE_MAX && begin < block && high_before);
    }
    if (begin != SIZE_MAX)
        add_run(s, text, begin, text.length, true);
}

static void make_shingles(shingles *s, distill_span text)
{
    *s = (shingles){.words = 0};
    memset(s->smallest, 0xFF, sizeof s->smallest);
    add_text(s, text);
    if (s->words == 0)
        add_shingle(s, text_hash(2, text.bytes, text.length));
    else if (s->words < SHINGLE)
        add_shingle(s, s->rolling);
}

/// Optimal densification: an empty bin takes the value of a bin that is not empty, found by a
/// sequence of probes that depends on the bin alone.
static void densify(uint16_t out[NEAR_VALUES], const uint32_t smallest[NEAR_VALUES])
{
    for (uint64_t i = 0; i < NEAR_VALUES; i++) {
        uint64_t at = i, step = 0;
        while (smallest[at] == UINT32_MAX)
            at = fold(i * 0x9E3779B97F4A7C15u + 1, ++step * 0xe7037ed1a0b428dbu) >> 56;
        out[i] = (uint16_t)(smallest[at] * 0x9E3779B1u >> 16);
    }
}

void near_signature_make(near_signature *out, distill_span prompt, distill_span reply)
{
    shingles a, b;
    make_shingles(&a, reply);
    make_shingles(&b, prompt);
    for (size_t i = 0; i < NEAR_VALUES; i++)
        b.smallest[i] = a.smallest[i] < b.smallest[i] ? a.smallest[i] : b.smallest[i];
    densify(out->reply, a.smallest);
    densify(out->both, b.smallest);
}

static size_t count_equal(const uint16_t a[NEAR_VALUES], const uint16_t b[NEAR_VALUES])
{
    size_t equal = 0;
    for (size_t i = 0; i < NEAR_VALUES; i++)
        equal += a[i] == b[i];
    return equal;
}

double near_similarity(const near_signature *a, const near_signature *b)
{
    size_t reply = count_equal(a->reply, b->reply), both = count_equal(a->both, b->both);
    return (double)(reply < both ? reply : both) / NEAR_VALUES;
}

// --- buckets ------------------------------------------------------------------------------------

typedef struct slot {
    uint32_t tag;  // hash of a band's values; 0 = free
    uint32_t head; // newest entry of the list; an entry is trace * bands + band
} slot;

typedef struct kept_trace {
    near_signature signature;
    uint32_t number; // the caller's
} kept_trace;

struct near_index {
    size_t rows, bands;
    size_t least_equal;  // values, at the threshold
    kept_trace **blocks; // [block_count] of BLOCK traces
    size_t count, block_count;
    uint32_t *next; // [count * bands] the next older entry of the list; UINT32_MAX = none
    size_t next_capacity;
    slot *slots;
    size_t capacity, used;
};

/// Probability that a pair of similarity `j` has a band in common.
static double collision_probability(double j, size_t rows, size_t bands)
{
    return 1 - pow(1 - pow(j, (double)rows), (double)bands);
}

/// The largest number of rows a band, for few false candidates, with which a pair at the threshold
/// is found with a probability of 99%.
static void choose_bands(near_index *index, double threshold)
{
    index->rows = 1;
    index->bands = NEAR_VALUES;
    for (size_t rows = 1; rows <= 32; rows++) {
        size_t bands = 1;
        while (bands * rows <= NEAR_VALUES && collision_probability(threshold, rows, bands) < 0.99)
            bands++;
        if (bands * rows > NEAR_VALUES)
            break;
        index->rows = rows;
        index->bands = bands;
        if (collision_probability(threshold / 2, rows, bands) < 0.05)
            break;
    }
}

distill_status near_index_create(near_index **out, double threshold)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(out, 1));
    choose_bands(*out, threshold);
    (*out)->least_equal = (size_t)ceil(threshold * NEAR_VALUES - 1e-9);
done:
    return status;
}

static kept_trace *trace_at(const near_index *index, size_t i)
{
    return &index->blocks[i / BLOCK][i % BLOCK];
}

static uint32_t tag_of(const near_index *index, const near_signature *signature, size_t band)
{
    uint64_t hash = text_hash(band, (const char *)(signature->reply + band * index->rows),
                              index->rows * sizeof *signature->reply);
    return (uint32_t)(hash >> 32) | 1;
}

/// Linear probing, not distill/base/hash_map: a slot of 8 bytes instead of 16, and there is one for
/// each band of each kept trace.
static slot *find_slot(const near_index *index, uint32_t tag)
{
    size_t mask = index->capacity - 1, at = (tag * 0x9E3779B97F4A7C15u >> 20) & mask;
    while (index->slots[at].tag != 0 && index->slots[at].tag != tag)
        at = (at + 1) & mask;
    return &index->slots[at];
}

/// Makes room for one more trace.
static distill_status make_room(near_index *index)
{
    distill_status status = DISTILL_OK;
    slot *old = index->slots;
    size_t old_capacity = index->capacity, needed = (index->count + 1) * index->bands;
    if (needed >= UINT32_MAX)
        return distill_fail(DISTILL_LIMIT,
                            "--dedup minhash: more than %zu kept traces (filter the "
                            "inputs one by one)",
                            index->count);
    if (index->count == index->block_count * BLOCK) {
        TRY(distill_grow((void **)&index->blocks, index->block_count, index->block_count + 1,
                         sizeof *index->blocks));
        TRY(DISTILL_NEW(&index->blocks[index->block_count], BLOCK));
        index->block_count++;
    }
    if (needed > index->next_capacity) {
        TRY(distill_grow((void **)&index->next, index->next_capacity, needed + needed / 2,
                         sizeof *index->next));
        index->next_capacity = needed + needed / 2;
    }
    if (index->used + index->bands <= index->capacity / 4 * 3)
        return DISTILL_OK;
    index->slots = NULL;
    index->capacity = old_capacity > 0 ? 2 * old_capacity : 4096;
    status = DISTILL_NEW(&index->slots, index->capacity);
    if (status != DISTILL_OK) {
        index->slots = old;
        index->capacity = old_capacity;
        goto done;
    }
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].tag != 0)
            *find_slot(index, old[i].tag) = old[i];
    distill_free(old);
done:
    return status;
}

/// The first kept trace with a band in common that is similar enough; SIZE_MAX if there is none.
static size_t find_match(const near_index *index, const near_signature *signature)
{
    size_t best = SIZE_MAX;
    if (index->capacity == 0)
        return best;
    for (size_t band = 0; band < index->bands; band++) {
        const slot *bucket = find_slot(index, tag_of(index, signature, band));
        uint32_t entry = bucket->tag != 0 ? bucket->head : UINT32_MAX;
        for (size_t compared = 0; entry != UINT32_MAX && compared < MOST_CANDIDATES;
             compared++, entry = index->next[entry]) {
            size_t trace = entry / index->bands;
            if (trace >= best)
                continue;
            const near_signature *other = &trace_at(index, trace)->signature;
            if (count_equal(signature->reply, other->reply) >= index->least_equal &&
                count_equal(signature->both, other->both) >= index->least_equal)
                best = trace;
        }
    }
    return best;
}

distill_status near_index_add(near_index *index, const near_signature *signature, uint32_t number,
                              uint32_t *match)
{
    distill_status status = DISTILL_OK;
    size_t found = find_match(index, signature);
    *match = found != SIZE_MAX ? trace_at(index, found)->number : NEAR_NONE;
    if (found != SIZE_MAX)
        return DISTILL_OK;
    TRY(make_room(index));
    size_t trace = index->count++;
    *trace_at(index, trace) = (kept_trace){*signature, number};
    for (size_t band = 0; band < index->bands; band++) {
        uint32_t tag = tag_of(index, signature, band);
        uint32_t entry = (uint32_t)(trace * index->bands + band);
        slot *bucket = find_slot(index, tag);
        index->next[entry] = bucket->tag != 0 ? bucket->head : UINT32_MAX;
        index->used += bucket->tag == 0;
        *bucket = (slot){tag, entry};
    }
done:
    return status;
}

void near_index_free(near_index *index)
{
    if (index == NULL)
        return;
    for (size_t i = 0; i < index->block_count; i++)
        distill_free(index->blocks[i]);
    distill_free(index->blocks);
    distill_free(index->next);
    distill_free(index->slots);
    distill_free(index);
}
