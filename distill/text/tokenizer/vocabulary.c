// distill/text/tokenizer/vocabulary.c - a hash table from bytes to ids, and arrays from ids to
// bytes.
//
// The bytes of all tokens are in one block. Loading prefetches the slots of the tokens ahead,
// because the table is larger than the caches.
#include "distill/text/tokenizer/vocabulary.h"

#include "distill/base/memory.h"
#include "distill/text/unicode.h"

#include <string.h>

/// A slot of the hash table. It is not distill/base/hash_map because keys are byte strings. The
/// slot holds the first bytes of the token, so that most comparisons do not access the blob.
typedef struct slot {
    int32_t number; // id + 1; 0 = empty
    uint8_t length; // of the token, at most MAX_LENGTH
    char head[11];  // its first bytes
} slot;

enum { HEAD_BYTES = sizeof((slot *)0)->head, MAX_LENGTH = UINT8_MAX };

struct vocabulary {
    char *blob;       // all tokens' bytes, in the order of the file
    uint32_t *begin;  // [size] where the token's bytes start
    uint32_t *length; // [size]
    uint8_t *state;   // [size] ABSENT, FINDABLE or UNREACHABLE
    size_t size;
    slot *slots; // [slot_count] open addressing
    size_t slot_count;
};

// Ids may be unused, but the number of tokens limits the largest id.
enum { SPARSE_BASE = 1 << 16, SPARSE_FACTOR = 16 };

enum { PREFETCH_AHEAD = 16 }; // tokens

// A token is UNREACHABLE if a character in its spelling stands for no byte: no text produces it.
enum { ABSENT, FINDABLE, UNREACHABLE };

// ----------------------------------------------------------------------- byte-level spelling
//
// GPT-2's table: the 188 printable characters of Latin-1 stand for themselves; the other 68 bytes,
// in order, are spelled U+0100, U+0101, ...: 0x20 is U+0120 "Ġ", 0x0A is U+010A "Ċ".

static bool is_printable_byte(unsigned byte)
{
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

static uint32_t spelling_of(unsigned byte)
{
    if (is_printable_byte(byte))
        return byte;
    if (byte <= 0x20)
        return 0x100 + byte;
    return byte <= 0xA0 ? 0x121 + byte - 0x7F : 0x143; // 0x7F to 0xA0, then 0xAD
}

/// The byte for which `code` stands; -1 if there is none.
static int byte_of(uint32_t code)
{
    if (code < 0x100)
        return is_printable_byte(code) ? (int)code : -1;
    if (code <= 0x120)
        return (int)(code - 0x100);
    if (code <= 0x142)
        return (int)(code - 0x121 + 0x7F);
    return code == 0x143 ? 0xAD : -1;
}

distill_status vocabulary_unspell(distill_text *out, bool *spelled, distill_span spelling)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_reserve(out, out->length + spelling.length));
    char *to = out->bytes + out->length; // the spelling is never shorter than the bytes
    *spelled = true;
    for (size_t at = 0; at < spelling.length && *spelled;) {
        uint32_t code;
        at += unicode_next(&code, spelling.bytes + at);
        int byte = byte_of(code);
        *to++ = (char)byte;
        *spelled = byte >= 0;
    }
    if (*spelled) {
        *to = '\0';
        out->length = (size_t)(to - out->bytes);
    } else {
        TRY(distill_text_add_span(out, spelling));
    }
done:
    return status;
}

distill_status vocabulary_spell(distill_text *out, distill_span bytes)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < bytes.length; i++) {
        char encoded[4];
        size_t length = unicode_encode(encoded, spelling_of((unsigned char)bytes.bytes[i]));
        TRY(distill_text_append(out, encoded, length));
    }
done:
    return status;
}

// --------------------------------------------------------------------------------------- lookup

uint64_t vocabulary_hash(const char *bytes, size_t length)
{
    const uint64_t prime = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t hash = length * prime;
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t eight;
        memcpy(&eight, bytes + at, 8);
        hash = (hash ^ eight) * prime;
        hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    if (at < length) // the pointer of an empty text may be NULL
        memcpy(&rest, bytes + at, length - at);
    hash = (hash ^ rest) * prime;
    hash ^= hash >> 29;
    return hash * prime ^ hash >> 32;
}

int32_t vocabulary_find(const vocabulary *vocab, const char *bytes, size_t length)
{
    size_t mask = vocab->slot_count - 1, head = length < HEAD_BYTES ? length : HEAD_BYTES;
    uint8_t stored_length = length < MAX_LENGTH ? (uint8_t)length : MAX_LENGTH;
    for (size_t at = vocabulary_hash(bytes, length) & mask; vocab->slots[at].number != 0;
         at = (at + 1) & mask) {
        const slot *here = &vocab->slots[at];
        int32_t id = here->number - 1;
        if (here->length != stored_length || (head > 0 && memcmp(here->head, bytes, head) != 0))
            continue;
        if (length <= HEAD_BYTES || (vocab->length[id] == length &&
                                     memcmp(vocab->blob + vocab->begin[id], bytes, length) == 0))
            return id;
    }
    return -1;
}

void vocabulary_prefetch(const vocabulary *vocab, const char *bytes, size_t length)
{
    __builtin_prefetch(&vocab->slots[vocabulary_hash(bytes, length) & (vocab->slot_count - 1)]);
}

distill_span vocabulary_bytes(const vocabulary *vocab, int32_t id)
{
    if (id < 0 || (size_t)id >= vocab->size || vocab->state[id] == ABSENT)
        return (distill_span){NULL, 0};
    return (distill_span){vocab->blob + vocab->begin[id], vocab->length[id]};
}

size_t vocabulary_size(const vocabulary *vocab)
{
    return vocab->size;
}

static void insert(vocabulary *vocab, int32_t id)
{
    size_t mask = vocab->slot_count - 1, length = vocab->length[id];
    const char *bytes = vocab->blob + vocab->begin[id];
    size_t at = vocabulary_hash(bytes, length) & mask;
    while (vocab->slots[at].number != 0)
        at = (at + 1) & mask;
    vocab->slots[at].number = id + 1;
    vocab->slots[at].length = length < MAX_LENGTH ? (uint8_t)length : MAX_LENGTH;
    memcpy(vocab->slots[at].head, bytes, length < HEAD_BYTES ? length : HEAD_BYTES);
}

// -------------------------------------------------------------------------------------- loading

static distill_status read_id(size_t *id, const distill_json *doc, const distill_json_node *node)
{
    double number = distill_json_number(node);
    if (distill_json_kind_of(node) != DISTILL_JSON_NUMBER || number < 0 ||
        number >= VOCABULARY_LIMIT || number != (double)(size_t)number)
        return distill_fail(DISTILL_FORMAT, "%s: expected a token id below %d, found %s %.17g",
                            distill_json_where(doc, node, NULL), VOCABULARY_LIMIT,
                            distill_json_kind_name(node), number);
    *id = (size_t)number;
    return DISTILL_OK;
}

static distill_status count_tokens(vocabulary *vocab, const distill_json *doc,
                                   const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    size_t count = 0;
    for (const distill_json_node *entry = distill_json_first(node); entry != NULL;
         entry = distill_json_next(entry), count++) {
        size_t id;
        TRY(read_id(&id, doc, entry));
        if (id >= vocab->size)
            vocab->size = id + 1;
    }
    if (vocab->size > SPARSE_BASE + SPARSE_FACTOR * count)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %zu tokens, but ids up to %zu",
                         distill_json_where(doc, node, NULL), count, vocab->size - 1));
    vocab->slot_count = 16;
    while (vocab->slot_count < 2 * count)
        vocab->slot_count *= 2;
done:
    return status;
}

static distill_status add_token(vocabulary *vocab, distill_text *blob, const distill_json *doc,
                                const distill_json_node *entry, bool byte_level)
{
    distill_status status = DISTILL_OK;
    size_t id, before = blob->length;
    bool spelled = true;
    distill_span key = distill_span_of(distill_json_key(entry));
    TRY(read_id(&id, doc, entry));
    if (vocab->state[id] != ABSENT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: token id %zu occurs twice",
                         distill_json_where(doc, entry, NULL), id));
    if (byte_level)
        TRY(vocabulary_unspell(blob, &spelled, key));
    else
        TRY(distill_text_add_span(blob, key));
    vocab->begin[id] = (uint32_t)before;
    vocab->length[id] = (uint32_t)(blob->length - before);
    vocab->state[id] = spelled ? FINDABLE : UNREACHABLE;
done:
    return status;
}

distill_status vocabulary_load(vocabulary **out, const distill_json *doc,
                               const distill_json_node *node, bool byte_level)
{
    distill_status status = DISTILL_OK;
    vocabulary *vocab = NULL;
    distill_text blob = {.limit = UINT32_MAX};
    if (distill_json_kind_of(node) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object of tokens, found %s",
                         distill_json_where(doc, node, NULL), distill_json_kind_name(node)));
    TRY(DISTILL_NEW(&vocab, 1));
    TRY(count_tokens(vocab, doc, node));
    TRY(DISTILL_NEW(&vocab->begin, vocab->size));
    TRY(DISTILL_NEW(&vocab->length, vocab->size));
    TRY(DISTILL_NEW(&vocab->state, vocab->size));
    TRY(DISTILL_NEW(&vocab->slots, vocab->slot_count));
    TRY(distill_text_reserve(&blob, 1));
    for (const distill_json_node *entry = distill_json_first(node); entry != NULL;
         entry = distill_json_next(entry))
        TRY(add_token(vocab, &blob, doc, entry, byte_level));
    vocab->blob = blob.bytes;
    blob.bytes = NULL;
    for (size_t id = 0; id < vocab->size; id++) {
        if (id + PREFETCH_AHEAD < vocab->size)
            vocabulary_prefetch(vocab, vocab->blob + vocab->begin[id + PREFETCH_AHEAD],
                                vocab->length[id + PREFETCH_AHEAD]);
        if (vocab->state[id] == FINDABLE)
            insert(vocab, (int32_t)id);
    }
    *out = vocab;
    vocab = NULL;
done:
    distill_text_free(&blob);
    vocabulary_free(vocab);
    return status;
}

void vocabulary_free(vocabulary *vocab)
{
    if (vocab == NULL)
        return;
    distill_free(vocab->blob);
    distill_free(vocab->begin);
    distill_free(vocab->length);
    distill_free(vocab->state);
    distill_free(vocab->slots);
    distill_free(vocab);
}
