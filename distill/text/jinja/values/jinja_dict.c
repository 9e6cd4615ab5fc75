// distill/text/jinja/values/jinja_dict.c - dicts: entries in insertion order, with a hash index beyond a
// few entries.
#include "distill/base/hash_map.h"
#include "distill/text/jinja/values/jinja_run.h"
#include "distill/text/jinja/values/jinja_value.h"

#include <math.h>
#include <string.h>

enum { INDEX_FROM = 8 }; // entries

distill_status jinja_dict_new(jinja_value *out, jinja_run *run)
{
    distill_status status = DISTILL_OK;
    jinja_dict *dict = NULL;
    TRY(jinja_memory_take((void **)&dict, &run->memory, sizeof *dict));
    *dict = (jinja_dict){0};
    *out = (jinja_value){.kind = JINJA_DICT, .as.dict = dict};
done:
    return status;
}

/// Sets *hash, the same for equal keys. False for values that cannot be keys.
static bool hash_key(uint64_t *hash, jinja_value key)
{
    int64_t integer;
    if (key.kind == JINJA_STRING) {
        *hash = distill_hash_bytes(1, jinja_span(key));
    } else if (jinja_as_integer(&integer, key)) {
        *hash = (uint64_t)integer * 0x9E3779B97F4A7C15u;
    } else if (key.kind == JINJA_FLOAT) {
        bool whole = key.as.real == floor(key.as.real) && fabs(key.as.real) < 1e15;
        *hash = whole ? (uint64_t)(int64_t)key.as.real * 0x9E3779B97F4A7C15u : 7;
    } else if (key.kind == JINJA_LIST && key.form == JINJA_FORM_TUPLE) {
        *hash = 11;
        for (size_t i = 0; i < key.as.list->count; i++) {
            uint64_t part;
            jinja_value item = key.as.list->items[i];
            if (item.kind == JINJA_LIST || !hash_key(&part, item))
                return false; // tuples of tuples are not needed
            *hash = (*hash ^ part) * 0x9E3779B97F4A7C15u;
        }
    } else {
        *hash = key.kind;
        return key.kind != JINJA_LIST && key.kind != JINJA_DICT;
    }
    return true;
}

static bool keys_equal(jinja_value a, jinja_value b)
{
    if (a.kind == JINJA_STRING || b.kind == JINJA_STRING)
        return a.kind == b.kind && distill_span_equal(jinja_span(a), jinja_span(b));
    if (jinja_is_number(a) || jinja_is_number(b))
        return jinja_is_number(a) && jinja_is_number(b) && jinja_as_real(a) == jinja_as_real(b);
    if (a.kind != b.kind)
        return false;
    if (a.kind != JINJA_LIST)
        return a.kind == JINJA_NONE || a.kind == JINJA_UNDEFINED || a.as.bytes == b.as.bytes;
    if (a.as.list->count != b.as.list->count)
        return false;
    for (size_t i = 0; i < a.as.list->count; i++)
        if (!keys_equal(a.as.list->items[i], b.as.list->items[i]))
            return false;
    return true;
}

static size_t slot_of(const jinja_dict *dict, jinja_value key, uint64_t hash)
{
    size_t slot = (hash ^ hash >> 32) & (dict->index_slots - 1);
    while (dict->index[slot] != 0) {
        const jinja_entry *entry = &dict->entries[dict->index[slot] - 1];
        if (entry->hash == hash && keys_equal(entry->key, key))
            break;
        slot = (slot + 1) & (dict->index_slots - 1);
    }
    return slot;
}

/// The position of a key; SIZE_MAX if it is absent.
static size_t find(const jinja_dict *dict, jinja_value key, uint64_t hash)
{
    if (dict->index != NULL)
        return (size_t)dict->index[slot_of(dict, key, hash)] - 1;
    for (size_t i = 0; i < dict->count; i++)
        if (keys_equal(dict->entries[i].key, key))
            return i;
    return SIZE_MAX;
}

const jinja_value *jinja_dict_get(const jinja_dict *dict, jinja_value key)
{
    uint64_t hash = 0;
    if (dict->count == 0 || (dict->index != NULL && !hash_key(&hash, key)))
        return NULL;
    size_t at = find(dict, key, hash);
    return at == SIZE_MAX ? NULL : &dict->entries[at].value;
}

static distill_status grow(jinja_dict *dict, jinja_run *run)
{
    distill_status status = DISTILL_OK;
    jinja_entry *entries = NULL;
    uint32_t capacity = dict->capacity * 2 + 4;
    TRY(jinja_memory_take((void **)&entries, &run->memory, capacity * sizeof *entries));
    if (dict->count > 0)
        memcpy(entries, dict->entries, dict->count * sizeof *entries);
    dict->entries = entries;
    dict->capacity = capacity;
    if (capacity <= INDEX_FROM * 2)
        return DISTILL_OK;
    dict->index_slots = 16;
    while (dict->index_slots < capacity * 2)
        dict->index_slots *= 2;
    TRY(jinja_memory_take((void **)&dict->index, &run->memory,
                          dict->index_slots * sizeof *dict->index));
    memset(dict->index, 0, dict->index_slots * sizeof *dict->index);
    for (uint32_t i = 0; i < dict->count; i++) {
        (void)hash_key(&entries[i].hash, entries[i].key); // not computed while there is no index
        dict->index[slot_of(dict, entries[i].key, entries[i].hash)] = i + 1;
    }
done:
    return status;
}

distill_status jinja_dict_set(jinja_dict *dict, jinja_run *run, jinja_value key, jinja_value value)
{
    distill_status status = DISTILL_OK;
    uint64_t hash = 0;
    bool is_plain = key.kind == JINJA_STRING && dict->index == NULL;
    if (!is_plain && !hash_key(&hash, key))
        TRY(jinja_fail(run, "unhashable type: '%s'", jinja_type_name(key)));
    size_t at = find(dict, key, hash);
    if (at != SIZE_MAX) {
        dict->entries[at].value = value;
        return DISTILL_OK;
    }
    TRY(jinja_step(run));
    if (dict->count == dict->capacity) {
        TRY(grow(dict, run));
        if (dict->index != NULL)
            (void)hash_key(&hash, key);
    }
    if (dict->index != NULL)
        dict->index[slot_of(dict, key, hash)] = dict->count + 1;
    dict->entries[dict->count++] = (jinja_entry){key, value, hash};
done:
    return status;
}
