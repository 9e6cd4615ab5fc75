// distill/text/tokenizer/train/bpe_train.c - counts distinct words and merges their most frequent
// pairs.
//
// Pair counts are maintained: a merge changes only those of the words that contain the pair. The
// most frequent pair, and the words that contain it, are found by linear scans, which is fast
// enough for small vocabularies and makes the order of ties deterministic.
#include "distill/text/tokenizer/train/bpe_train.h"

#include "distill/base/file.h"
#include "distill/text/chat/think.h"
#include "distill/text/tokenizer/train/bpe_train_parts.h"
#include "distill/text/unicode.h"

#include <string.h>

const bpe_train_added BPE_TRAIN_ADDED[BPE_TRAIN_ADDED_COUNT] = {{"<|endoftext|>", true},
                                                                {"<|im_start|>", true},
                                                                {"<|im_end|>", true},
                                                                {DISTILL_THINK_OPEN, false},
                                                                {DISTILL_THINK_CLOSE, false}};

// ------------------------------------------------------------------------------- counting words

static distill_status add_word(distill_bpe_trainer *t, const char *bytes, size_t length,
                               uint32_t next)
{
    distill_status status = DISTILL_OK;
    if (t->word_count == t->word_capacity) {
        size_t capacity = t->word_capacity * 2 + 1024;
        TRY(distill_grow((void **)&t->words, t->word_capacity, capacity, sizeof *t->words));
        t->word_capacity = capacity;
    }
    t->words[t->word_count] = (train_word){.begin = t->word_bytes.length,
                                           .length = (uint32_t)length,
                                           .bytes = (uint32_t)length,
                                           .next = next,
                                           .times = 1};
    TRY(distill_text_append(&t->word_bytes, bytes, length));
    t->word_count++;
done:
    return status;
}

static distill_status count_word(void *context, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    distill_bpe_trainer *t = context;
    uint64_t *newest = NULL;
    if (length > UINT32_MAX || t->word_count == UINT32_MAX - 1)
        return distill_fail(DISTILL_LIMIT, "the training text has more than 2^32 distinct words");
    TRY(distill_hash_map_insert(&newest, &t->numbers, vocabulary_hash(bytes, length)));
    for (uint64_t number = *newest; number != 0; number = t->words[number - 1].next) {
        train_word *known = &t->words[number - 1];
        if (known->bytes == length &&
            memcmp(t->word_bytes.bytes + known->begin, bytes, length) == 0) {
            known->times++;
            goto done;
        }
    }
    TRY(add_word(t, bytes, length, (uint32_t)*newest));
    *newest = t->word_count;
done:
    return status;
}

distill_status distill_bpe_trainer_add(distill_bpe_trainer *trainer, const char *bytes,
                                       size_t length)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&trainer->repaired);
    TRY(unicode_repair(&trainer->repaired, bytes, length));
    added_cursor cursor = {.set = trainer->added_set,
                           .text = distill_text_span(&trainer->repaired)};
    while (added_next(&cursor)) {
        distill_span normal;
        TRY(normalizer_run(&normal, trainer->normal, &trainer->normal_work, cursor.plain));
        TRY(pretokenizer_run(trainer->pre, trainer->pre_work, normal, true, count_word, trainer));
    }
done:
    return status;
}

// ------------------------------------------------------------------------------ learning merges

static uint64_t pair_of(const int32_t *symbols)
{
    return (uint64_t)(uint32_t)symbols[0] << 32 | (uint32_t)symbols[1];
}

/// Sets *counter to the counter of the pair, which is added if it is new.
static distill_status find_counter(train_pair **counter, distill_bpe_trainer *t, uint64_t pair)
{
    distill_status status = DISTILL_OK;
    uint64_t *number = NULL;
    TRY(distill_hash_map_insert(&number, &t->pair_numbers, pair));
    if (*number == 0) {
        if (t->pair_count == t->pair_capacity) {
            size_t capacity = t->pair_capacity * 2 + 1024;
            TRY(distill_grow((void **)&t->pairs, t->pair_capacity, capacity, sizeof *t->pairs));
            t->pair_capacity = capacity;
        }
        t->pairs[t->pair_count] = (train_pair){pair, 0};
        *number = ++t->pair_count;
    }
    *counter = &t->pairs[*number - 1];
done:
    return status;
}

static distill_status add_pairs(distill_bpe_trainer *t, const train_word *w)
{
    distill_status status = DISTILL_OK;
    const int32_t *symbols = t->symbols + w->begin;
    for (uint32_t i = 0; i + 1 < w->length; i++) {
        train_pair *counter = NULL;
        TRY(find_counter(&counter, t, pair_of(symbols + i)));
        counter->times += w->times;
    }
done:
    return status;
}

/// The inverse of add_pairs.
static void remove_pairs(distill_bpe_trainer *t, const train_word *w)
{
    const int32_t *symbols = t->symbols + w->begin;
    for (uint32_t i = 0; i + 1 < w->length; i++) {
        uint64_t number = distill_hash_map_get(&t->pair_numbers, pair_of(symbols + i));
        t->pairs[number - 1].times -= w->times;
    }
}

/// The most frequent pair; of several, the one with the smallest ids; NULL if none occurs twice.
static const train_pair *best_pair(const distill_bpe_trainer *t)
{
    const train_pair *best = NULL;
    for (size_t i = 0; i < t->pair_count; i++) {
        const train_pair *pair = &t->pairs[i];
        if (pair->times >= 2 && (best == NULL || pair->times > best->times ||
                                 (pair->times == best->times && pair->pair < best->pair)))
            best = pair;
    }
    return best;
}

static bool has_pair(const distill_bpe_trainer *t, const train_word *w, int32_t left, int32_t right)
{
    const int32_t *symbols = t->symbols + w->begin;
    for (uint32_t i = 0; i + 1 < w->length; i++)
        if (symbols[i] == left && symbols[i + 1] == right)
            return true;
    return false;
}

/// Replaces the pair by `merged` in all words and updates the counters.
static distill_status apply_merge(distill_bpe_trainer *t, int32_t left, int32_t right,
                                  int32_t merged)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < t->word_count; i++) {
        train_word *w = &t->words[i];
        if (!has_pair(t, w, left, right))
            continue;
        remove_pairs(t, w);
        int32_t *symbols = t->symbols + w->begin;
        uint32_t kept = 0;
        for (uint32_t from = 0; from < w->length; from++) {
            bool here = from + 1 < w->length && symbols[from] == left && symbols[from + 1] == right;
            symbols[kept++] = here ? merged : symbols[from];
            from += here;
        }
        w->length = kept;
        TRY(add_pairs(t, w));
    }
done:
    return status;
}

/// The token with the bytes of two others: a new one, unless a previous merge has produced it.
static distill_status merged_token(int32_t *id, distill_bpe_trainer *t, int32_t left, int32_t right)
{
    distill_status status = DISTILL_OK;
    const train_token a = t->tokens[left], b = t->tokens[right];
    size_t begin = t->texts.length, length = a.length + b.length;
    TRY(distill_text_reserve(&t->texts, begin + length + 1));
    TRY(distill_text_append(&t->texts, t->texts.bytes + a.begin, a.length));
    TRY(distill_text_append(&t->texts, t->texts.bytes + b.begin, b.length));
    for (size_t i = 0; i < t->token_count; i++) {
        if (t->tokens[i].length == length &&
            memcmp(t->texts.bytes + t->tokens[i].begin, t->texts.bytes + begin, length) == 0) {
            t->texts.length = begin;
            *id = (int32_t)i;
            goto done;
        }
    }
    *id = (int32_t)t->token_count;
    t->tokens[t->token_count++] = (train_token){begin, length};
done:
    return status;
}

/// Adds the 256 bytes in the order of their spellings, as in GPT-2 and Qwen: "!" has id 0.
static distill_status add_bytes(distill_bpe_trainer *t, int32_t id_of_byte[256])
{
    distill_status status = DISTILL_OK;
    distill_text spelled = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (int byte = 0; byte < 256; byte++) {
            char raw = (char)byte;
            uint32_t code;
            distill_text_clear(&spelled);
            TRY(vocabulary_spell(&spelled, (distill_span){&raw, 1}));
            unicode_next(&code, spelled.bytes);
            if ((code >= 0x100) != (pass == 1)) // bytes that stand for themselves come first
                continue;
            id_of_byte[byte] = (int32_t)t->token_count;
            t->tokens[t->token_count++] = (train_token){t->texts.length, 1};
            TRY(distill_text_add_char(&t->texts, raw));
        }
    }
done:
    distill_text_free(&spelled);
    return status;
}

static distill_status learn(distill_bpe_trainer *t, size_t vocabulary_size)
{
    distill_status status = DISTILL_OK;
    int32_t id_of_byte[256];
    size_t learned_count = vocabulary_size - BPE_TRAIN_ADDED_COUNT;
    TRY(DISTILL_NEW(&t->tokens, vocabulary_size));
    TRY(DISTILL_NEW(&t->merges, 4 * vocabulary_size));
    TRY(add_bytes(t, id_of_byte));
    TRY(DISTILL_NEW(&t->symbols, t->word_bytes.length));
    for (size_t i = 0; i < t->word_bytes.length; i++)
        t->symbols[i] = id_of_byte[(unsigned char)t->word_bytes.bytes[i]];
    for (size_t i = 0; i < t->word_count; i++)
        TRY(add_pairs(t, &t->words[i]));
    while (t->token_count < learned_count && t->merge_count < 2 * vocabulary_size) {
        const train_pair *best = best_pair(t);
        if (best == NULL)
            break;
        int32_t left = (int32_t)(best->pair >> 32), right = (int32_t)(best->pair & UINT32_MAX);
        int32_t merged;
        TRY(merged_token(&merged, t, left, right));
        t->merges[2 * t->merge_count] = (uint32_t)left;
        t->merges[2 * t->merge_count++ + 1] = (uint32_t)right;
        TRY(apply_merge(t, left, right, merged));
    }
done:
    return status;
}

// ------------------------------------------------------------------------------------ the files

/// Writes a file unless it exists with the same content.
static distill_status put_file(const char *dir, const char *name, const distill_text *content,
                               bool overwrite)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, old = {0};
    TRY(distill_path_join(&path, dir, name));
    if (distill_file_exists(path.bytes) && !overwrite) {
        TRY(distill_file_read(&old, path.bytes, (size_t)1 << 32));
        if (!distill_span_equal(distill_text_span(&old), distill_text_span(content)))
            TRY(distill_fail(DISTILL_MISMATCH,
                             "%s: another tokenizer exists there; pass --overwrite to replace it",
                             path.bytes));
        goto done;
    }
    TRY(distill_file_write(path.bytes, content->bytes, content->length));
done:
    distill_text_free(&path);
    distill_text_free(&old);
    return status;
}

distill_status distill_bpe_trainer_write(size_t *size, distill_bpe_trainer *trainer,
                                         size_t vocabulary_size, const char *dir, bool overwrite)
{
    distill_status status = DISTILL_OK;
    distill_text tokenizer = {0}, config = {0};
    if (vocabulary_size < DISTILL_BPE_TRAIN_MIN || vocabulary_size > DISTILL_BPE_TRAIN_MAX)
        TRY(distill_fail(DISTILL_USAGE, "vocabulary of %zu tokens: expected %d to %d",
                         vocabulary_size, DISTILL_BPE_TRAIN_MIN, DISTILL_BPE_TRAIN_MAX));
    TRY(learn(trainer, vocabulary_size));
    TRY(bpe_train_write_tokenizer(&tokenizer, trainer));
    TRY(bpe_train_write_config(&config));
    TRY(distill_make_directory(dir));
    TRY(put_file(dir, "tokenizer.json", &tokenizer, overwrite));
    TRY(put_file(dir, "tokenizer_config.json", &config, overwrite));
    *size = trainer->token_count + BPE_TRAIN_ADDED_COUNT;
done:
    distill_text_free(&tokenizer);
    distill_text_free(&config);
    return status;
}

// -------------------------------------------------------------------------- creation and freeing

static distill_status make_added(distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(&t->added.at, BPE_TRAIN_ADDED_COUNT));
    for (size_t i = 0; i < BPE_TRAIN_ADDED_COUNT; i++) {
        added_token *added = &t->added.at[t->added.count++];
        added->length = strlen(BPE_TRAIN_ADDED[i].content);
        TRY(distill_copy_string(&added->content, BPE_TRAIN_ADDED[i].content, added->length));
    }
    TRY(added_set_create(&t->added_set, &t->added, ADDED_RAW));
done:
    return status;
}

distill_status distill_bpe_trainer_create(distill_bpe_trainer **out)
{
    static const char settings[] = "[" BPE_TRAIN_NORMALIZER "," BPE_TRAIN_PRE_TOKENIZER "]";
    distill_status status = DISTILL_OK;
    distill_bpe_trainer *t = NULL;
    distill_json *doc = NULL;
    bool byte_level;
    TRY(DISTILL_NEW(&t, 1));
    TRY(distill_json_parse(&doc, settings, sizeof settings - 1, "built-in settings"));
    const distill_json_node *normal = distill_json_first(distill_json_root(doc));
    TRY(normalizer_load(&t->normal, doc, normal));
    TRY(pretokenizer_load(&t->pre, &byte_level, doc, distill_json_next(normal)));
    TRY(pretokenizer_work_create(&t->pre_work));
    TRY(make_added(t));
    *out = t;
    t = NULL;
done:
    distill_json_free(doc);
    distill_bpe_trainer_free(t);
    return status;
}

void distill_bpe_trainer_free(distill_bpe_trainer *trainer)
{
    if (trainer == NULL)
        return;
    normalizer_free(trainer->normal);
    normalizer_work_free(&trainer->normal_work);
    pretokenizer_free(trainer->pre);
    pretokenizer_work_free(trainer->pre_work);
    added_set_free(trainer->added_set);
    added_tokens_free(&trainer->added);
    distill_text_free(&trainer->repaired);
    distill_text_free(&trainer->word_bytes);
    distill_free(trainer->words);
    distill_hash_map_free(&trainer->numbers);
    distill_free(trainer->symbols);
    distill_free(trainer->pairs);
    distill_hash_map_free(&trainer->pair_numbers);
    distill_text_free(&trainer->texts);
    distill_free(trainer->tokens);
    distill_free(trainer->merges);
    distill_free(trainer);
}
