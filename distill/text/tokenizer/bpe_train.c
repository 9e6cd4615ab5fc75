// distill/text/tokenizer/bpe_train.c - counts distinct words, merges their most frequent pairs,
// writes.
//
// Pair counts are kept up to date: a merge changes only those of the words that contain the pair.
// The most frequent pair, and the words with it, are found by scanning all of them, which is fast
// enough for the small vocabularies that this is meant for, and keeps ties in a fixed order.
#include "distill/text/tokenizer/bpe_train.h"

#include "distill/base/file.h"
#include "distill/base/hash_map.h"
#include "distill/base/json/json_writer.h"
#include "distill/text/chat/think.h"
#include "distill/text/tokenizer/tokenizer_parts.h"
#include "distill/text/unicode.h"

#include <string.h>

// Normaliser, pre-tokenizer and added tokens of Qwen2: used for counting words, and written
// verbatim.
#define QWEN2_NORMALIZER "{\"type\":\"NFC\"}"
#define QWEN2_PRE_TOKENIZER                                                                        \
    "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":"        \
    "\"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}|"             \
    " ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"},"      \
    "\"behavior\":\"Isolated\",\"invert\":false}," BYTE_LEVEL "]}"
#define BYTE_LEVEL                                                                                 \
    "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,"                   \
    "\"use_regex\":false}"

static const struct {
    const char *content;
    bool special;
} ADDED[] = {{"<|endoftext|>", true},
             {"<|im_start|>", true},
             {"<|im_end|>", true},
             {DISTILL_THINK_OPEN, false},
             {DISTILL_THINK_CLOSE, false}};
enum { ADDED_COUNT = sizeof ADDED / sizeof *ADDED };

static const char CHAT_TEMPLATE[] =
    "{%- if messages[0]['role'] == 'system' %}\n"
    "    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}\n"
    "{%- endif %}\n"
    "{%- for message in messages %}\n"
    "    {%- if (message.role == \"user\") or (message.role == \"system\" and not loop.first) or "
    "(message.role == \"assistant\") %}\n"
    "        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' "
    "}}\n"
    "    {%- endif %}\n"
    "{%- endfor %}\n"
    "{%- if add_generation_prompt %}\n"
    "    {{- '<|im_start|>assistant\\n' }}\n"
    "{%- endif %}\n";

/// A distinct word; its symbols are in `symbols`, from `begin` on.
typedef struct word {
    size_t begin;
    uint32_t length; // symbols it has now
    uint32_t bytes;  // its length in bytes, which is its number of symbols at the beginning
    uint32_t next;   // number + 1 of the next word with the same hash; 0 = none
    uint64_t times;
} word;

typedef struct pair_count {
    uint64_t pair; // left << 32 | right
    uint64_t times;
} pair_count;

/// A token; its bytes are in `texts`.
typedef struct piece {
    size_t begin, length;
} piece;

struct distill_bpe_trainer {
    normalizer *normal;
    normalizer_work normal_work;
    pretokenizer *pre;
    pretokenizer_work *pre_work;
    added_tokens added;
    added_set *added_set;
    distill_text repaired;

    distill_text word_bytes; // all distinct words, one after the other
    word *words;
    size_t word_count, word_capacity;
    distill_hash_map numbers; // hash of a word's bytes -> number + 1 of the newest word with it

    int32_t *symbols;  // of all words
    pair_count *pairs; // that occur, or occurred before a merge
    size_t pair_count, pair_capacity;
    distill_hash_map pair_numbers; // left << 32 | right -> index in `pairs` + 1
    distill_text texts;            // bytes of all tokens
    piece *pieces;
    size_t piece_count;
    uint32_t *merges; // [merge_count][2] left and right token of each merge, in order
    size_t merge_count;
};

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
    t->words[t->word_count] = (word){.begin = t->word_bytes.length,
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
        return distill_fail(DISTILL_LIMIT, "too many different words to learn a vocabulary from");
    TRY(distill_hash_map_insert(&newest, &t->numbers, vocabulary_hash(bytes, length)));
    for (uint64_t number = *newest; number != 0; number = t->words[number - 1].next) {
        word *known = &t->words[number - 1];
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

/// Sets *counter to that of the pair, which is added if it is new.
static distill_status place_pair(pair_count **counter, distill_bpe_trainer *t, uint64_t pair)
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
        t->pairs[t->pair_count] = (pair_count){pair, 0};
        *number = ++t->pair_count;
    }
    *counter = &t->pairs[*number - 1];
done:
    return status;
}

static distill_status add_pairs(distill_bpe_trainer *t, const word *w)
{
    distill_status status = DISTILL_OK;
    const int32_t *symbols = t->symbols + w->begin;
    for (uint32_t i = 0; i + 1 < w->length; i++) {
        pair_count *counter = NULL;
        TRY(place_pair(&counter, t, pair_of(symbols + i)));
        counter->times += w->times;
    }
done:
    return status;
}

/// Undoes add_pairs.
static void remove_pairs(distill_bpe_trainer *t, const word *w)
{
    const int32_t *symbols = t->symbols + w->begin;
    for (uint32_t i = 0; i + 1 < w->length; i++) {
        uint64_t number = distill_hash_map_get(&t->pair_numbers, pair_of(symbols + i));
        t->pairs[number - 1].times -= w->times;
    }
}

/// The most frequent pair, of equals the one with the smallest ids; NULL if none occurs twice.
static const pair_count *best_pair(const distill_bpe_trainer *t)
{
    const pair_count *best = NULL;
    for (size_t i = 0; i < t->pair_count; i++) {
        const pair_count *pair = &t->pairs[i];
        if (pair->times >= 2 && (best == NULL || pair->times > best->times ||
                                 (pair->times == best->times && pair->pair < best->pair)))
            best = pair;
    }
    return best;
}

static bool has_pair(const distill_bpe_trainer *t, const word *w, int32_t left, int32_t right)
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
        word *w = &t->words[i];
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

/// The token with the bytes of two others: a new one, unless another merge has produced it before.
static distill_status merged_piece(int32_t *id, distill_bpe_trainer *t, int32_t left, int32_t right)
{
    distill_status status = DISTILL_OK;
    const piece a = t->pieces[left], b = t->pieces[right];
    size_t begin = t->texts.length, length = a.length + b.length;
    TRY(distill_text_reserve(&t->texts, begin + length + 1));
    TRY(distill_text_append(&t->texts, t->texts.bytes + a.begin, a.length));
    TRY(distill_text_append(&t->texts, t->texts.bytes + b.begin, b.length));
    for (size_t i = 0; i < t->piece_count; i++) {
        if (t->pieces[i].length == length &&
            memcmp(t->texts.bytes + t->pieces[i].begin, t->texts.bytes + begin, length) == 0) {
            t->texts.length = begin;
            *id = (int32_t)i;
            goto done;
        }
    }
    *id = (int32_t)t->piece_count;
    t->pieces[t->piece_count++] = (piece){begin, length};
done:
    return status;
}

/// Adds the 256 bytes in the order of their spellings, as GPT-2 and Qwen number them: "!" is 0.
static distill_status start_pieces(distill_bpe_trainer *t, int32_t id_of_byte[256])
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
            if ((code >= 0x100) != (pass == 1)) // first those that spell themselves
                continue;
            id_of_byte[byte] = (int32_t)t->piece_count;
            t->pieces[t->piece_count++] = (piece){t->texts.length, 1};
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
    size_t wanted = vocabulary_size - ADDED_COUNT;
    TRY(DISTILL_NEW(&t->pieces, vocabulary_size));
    TRY(DISTILL_NEW(&t->merges, 4 * vocabulary_size));
    TRY(start_pieces(t, id_of_byte));
    TRY(DISTILL_NEW(&t->symbols, t->word_bytes.length));
    for (size_t i = 0; i < t->word_bytes.length; i++)
        t->symbols[i] = id_of_byte[(unsigned char)t->word_bytes.bytes[i]];
    for (size_t i = 0; i < t->word_count; i++)
        TRY(add_pairs(t, &t->words[i]));
    while (t->piece_count < wanted && t->merge_count < 2 * vocabulary_size) {
        const pair_count *best = best_pair(t);
        if (best == NULL)
            break;
        int32_t left = (int32_t)(best->pair >> 32), right = (int32_t)(best->pair & UINT32_MAX);
        int32_t merged;
        TRY(merged_piece(&merged, t, left, right));
        t->merges[2 * t->merge_count] = (uint32_t)left;
        t->merges[2 * t->merge_count++ + 1] = (uint32_t)right;
        TRY(apply_merge(t, left, right, merged));
    }
done:
    return status;
}

// -------------------------------------------------------------------------------------- writing

static distill_status add_spelling(distill_text *out, const distill_bpe_trainer *t, size_t id)
{
    const piece *p = &t->pieces[id];
    return vocabulary_spell(out, (distill_span){t->texts.bytes + p->begin, p->length});
}

static void write_added(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_json_begin_array(w, "added_tokens");
    for (size_t i = 0; i < ADDED_COUNT; i++) {
        distill_json_break_line(w, 4);
        distill_json_begin_object(w, NULL);
        distill_json_add_uint(w, "id", t->piece_count + i);
        distill_json_add_string(w, "content", ADDED[i].content);
        distill_json_add_bool(w, "single_word", false);
        distill_json_add_bool(w, "lstrip", false);
        distill_json_add_bool(w, "rstrip", false);
        distill_json_add_bool(w, "normalized", false);
        distill_json_add_bool(w, "special", ADDED[i].special);
        distill_json_end_object(w);
    }
    distill_json_break_line(w, 2);
    distill_json_end_array(w);
}

static distill_status write_vocabulary(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_text spelled = {0};
    distill_json_begin_object(w, "vocab");
    for (size_t id = 0; id < t->piece_count; id++) {
        distill_text_clear(&spelled);
        TRY(add_spelling(&spelled, t, id));
        distill_json_break_line(w, 6);
        distill_json_add_uint(w, spelled.bytes, id);
    }
    distill_json_break_line(w, 4);
    distill_json_end_object(w);
done:
    distill_text_free(&spelled);
    return status;
}

static distill_status write_merges(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_text spelled = {0};
    distill_json_begin_array(w, "merges");
    for (size_t i = 0; i < t->merge_count; i++) {
        distill_text_clear(&spelled);
        TRY(add_spelling(&spelled, t, t->merges[2 * i]));
        TRY(distill_text_add_char(&spelled, ' '));
        TRY(add_spelling(&spelled, t, t->merges[2 * i + 1]));
        distill_json_break_line(w, 6);
        distill_json_add_span(w, NULL, distill_text_span(&spelled));
    }
    distill_json_break_line(w, 4);
    distill_json_end_array(w);
done:
    distill_text_free(&spelled);
    return status;
}

/// A member on a line of its own; NULL is null.
static void add_line(distill_json_writer *w, size_t indent, const char *key, const char *value)
{
    distill_json_break_line(w, indent);
    distill_json_add_string(w, key, value);
}

static void add_raw_line(distill_json_writer *w, const char *key, const char *json)
{
    distill_json_break_line(w, 2);
    distill_json_add_raw(w, key, distill_span_of(json));
}

static distill_status write_model(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_json_break_line(w, 2);
    distill_json_begin_object(w, "model");
    add_line(w, 4, "type", "BPE");
    add_line(w, 4, "dropout", NULL);
    add_line(w, 4, "unk_token", NULL);
    add_line(w, 4, "continuing_subword_prefix", "");
    add_line(w, 4, "end_of_word_suffix", "");
    distill_json_break_line(w, 4);
    distill_json_add_bool(w, "fuse_unk", false);
    distill_json_break_line(w, 4);
    distill_json_add_bool(w, "byte_fallback", false);
    distill_json_break_line(w, 4);
    TRY(write_vocabulary(w, t));
    distill_json_break_line(w, 4);
    TRY(write_merges(w, t));
    distill_json_break_line(w, 2);
    distill_json_end_object(w);
done:
    return status;
}

static distill_status write_tokenizer(distill_text *json, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = json, .spaced = true};
    distill_json_begin_object(&w, NULL);
    add_line(&w, 2, "version", "1.0");
    add_line(&w, 2, "truncation", NULL);
    add_line(&w, 2, "padding", NULL);
    distill_json_break_line(&w, 2);
    write_added(&w, t);
    add_raw_line(&w, "normalizer", QWEN2_NORMALIZER);
    add_raw_line(&w, "pre_tokenizer", QWEN2_PRE_TOKENIZER);
    add_raw_line(&w, "post_processor", BYTE_LEVEL);
    add_raw_line(&w, "decoder", BYTE_LEVEL);
    TRY(write_model(&w, t));
    distill_json_break_line(&w, 0);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
done:
    return status;
}

static distill_status write_config(distill_text *json)
{
    distill_json_writer w = {.out = json, .spaced = true};
    distill_json_begin_object(&w, NULL);
    add_line(&w, 2, "tokenizer_class", "PreTrainedTokenizerFast");
    add_line(&w, 2, "bos_token", NULL);
    add_line(&w, 2, "eos_token", "<|im_end|>");
    add_line(&w, 2, "pad_token", "<|endoftext|>");
    add_line(&w, 2, "unk_token", NULL);
    distill_json_break_line(&w, 2);
    distill_json_add_bool(&w, "clean_up_tokenization_spaces", false);
    add_line(&w, 2, "chat_template", CHAT_TEMPLATE);
    distill_json_break_line(&w, 0);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

/// Writes a file, unless it exists with the same content.
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
        TRY(distill_fail(DISTILL_USAGE, "a vocabulary of %zu tokens: expected %d to %d",
                         vocabulary_size, DISTILL_BPE_TRAIN_MIN, DISTILL_BPE_TRAIN_MAX));
    TRY(learn(trainer, vocabulary_size));
    TRY(write_tokenizer(&tokenizer, trainer));
    TRY(write_config(&config));
    TRY(distill_make_directory(dir));
    TRY(put_file(dir, "tokenizer.json", &tokenizer, overwrite));
    TRY(put_file(dir, "tokenizer_config.json", &config, overwrite));
    *size = trainer->piece_count + ADDED_COUNT;
done:
    distill_text_free(&tokenizer);
    distill_text_free(&config);
    return status;
}

// -------------------------------------------------------------------------- creation and freeing

static distill_status make_added(distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(&t->added.at, ADDED_COUNT));
    for (size_t i = 0; i < ADDED_COUNT; i++) {
        added_token *added = &t->added.at[t->added.count++];
        added->length = strlen(ADDED[i].content);
        TRY(distill_copy_string(&added->content, ADDED[i].content, added->length));
    }
    TRY(added_set_create(&t->added_set, &t->added, ADDED_RAW));
done:
    return status;
}

distill_status distill_bpe_trainer_create(distill_bpe_trainer **out)
{
    static const char settings[] = "[" QWEN2_NORMALIZER "," QWEN2_PRE_TOKENIZER "]";
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
    distill_free(trainer->pieces);
    distill_free(trainer->merges);
    distill_free(trainer);
}
