// distill/text/tokenizer/tokenizer.c - encoding; creation and properties of a tokenizer.
//
// Added tokens are matched first; the text between them is normalised and split into words, and
// each word is encoded separately. About 90% of the words are found in the word cache. A call takes
// scratch memory from a pool in the tokenizer, so that threads can encode concurrently.
// sharing it.
#include "distill/text/tokenizer/tokenizer.h"

#include "distill/text/tokenizer/tokenizer_parts.h"
#include "distill/text/unicode.h"

#include <string.h>

enum { CACHE_SLOTS = 1 << 15 };

// ------------------------------------------------------------------------------ scratch memory

static void work_free(encode_work *work)
{
    if (work == NULL)
        return;
    bpe_work_free(&work->bpe);
    normalizer_work_free(&work->normal);
    pretokenizer_work_free(work->words);
    word_cache_free(&work->cache);
    distill_text_free(&work->repaired);
    distill_free(work);
}

/// Takes scratch memory from the pool, or allocates it if the pool is empty.
static distill_status work_take(encode_work **out, distill_tokenizer *tok)
{
    distill_status status = DISTILL_OK;
    pthread_mutex_lock(&tok->lock);
    encode_work *work = tok->idle;
    if (work != NULL)
        tok->idle = work->next;
    pthread_mutex_unlock(&tok->lock);
    if (work == NULL) {
        TRY(DISTILL_NEW(&work, 1));
        TRY(pretokenizer_work_create(&work->words));
        TRY(word_cache_create(&work->cache, CACHE_SLOTS));
    }
    *out = work;
    work = NULL;
done:
    work_free(work);
    return status;
}

static void work_return(distill_tokenizer *tok, encode_work *work)
{
    pthread_mutex_lock(&tok->lock);
    work->next = tok->idle;
    tok->idle = work;
    pthread_mutex_unlock(&tok->lock);
}

// ------------------------------------------------------------------------------------- encoding

typedef struct encoding {
    const distill_tokenizer *tok;
    encode_work *work;
    distill_ids *ids;
    bool skip_control;
} encoding;

static distill_status encode_word(encoding *e, const char *word, size_t length)
{
    distill_status status = DISTILL_OK;
    bool found;
    word_slot *slot = word_cache_find(&found, &e->work->cache, word, length);
    if (found)
        return slot->count == 1 ? distill_ids_append(e->ids, slot->ids[0])
                                : distill_ids_append_all(e->ids, slot->ids, slot->count);
    size_t before = e->ids->count;
    TRY(bpe_encode(e->ids, e->tok->merges, &e->work->bpe, word, length));
    if (slot != NULL)
        word_cache_keep(slot, word, length, e->ids->at + before, e->ids->count - before);
done:
    return status;
}

/// Length of the part of the word before the next "▁" that follows another character.
static size_t marked_part(const char *word, size_t length)
{
    const size_t mark = sizeof TOKENIZER_SPACE_MARK - 1;
    size_t at = 0;
    while (at + mark <= length && memcmp(word + at, TOKENIZER_SPACE_MARK, mark) == 0)
        at += mark;
    while (at < length) {
        const char *lead = memchr(word + at, TOKENIZER_SPACE_MARK[0], length - at);
        if (lead == NULL)
            return length;
        at = (size_t)(lead - word);
        if (length - at >= mark && memcmp(lead, TOKENIZER_SPACE_MARK, mark) == 0)
            return at;
        at++;
    }
    return length;
}

static distill_status on_word(void *context, const char *word, size_t length)
{
    distill_status status = DISTILL_OK;
    encoding *e = context;
    if (!e->tok->cuts_at_marks)
        return encode_word(e, word, length);
    while (length > 0) {
        size_t part = marked_part(word, length);
        TRY(encode_word(e, word, part));
        word += part;
        length -= part;
    }
done:
    return status;
}

/// Encodes text between added tokens that were matched before normalisation.
static distill_status encode_plain(encoding *e, distill_span text, bool at_start)
{
    distill_status status = DISTILL_OK;
    distill_span normal;
    TRY(normalizer_run(&normal, e->tok->normal, &e->work->normal, text));
    added_cursor cursor = {
        .set = e->tok->normalized, .text = normal, .skip_control = e->skip_control};
    while (added_next(&cursor)) {
        bool starts = at_start && cursor.plain.bytes == normal.bytes;
        TRY(pretokenizer_run(e->tok->words, e->work->words, cursor.plain, starts, on_word, e));
        if (cursor.id >= 0)
            TRY(distill_ids_append(e->ids, cursor.id));
    }
done:
    return status;
}

static distill_status encode_text(encoding *e, added_cursor cursor)
{
    distill_status status = DISTILL_OK;
    while (added_next(&cursor)) {
        TRY(encode_plain(e, cursor.plain, cursor.plain.bytes == cursor.text.bytes));
        if (cursor.id >= 0)
            TRY(distill_ids_append(e->ids, cursor.id));
    }
done:
    return status;
}

static distill_status encode_with(distill_ids *ids, const distill_tokenizer *tok,
                                  added_cursor cursor)
{
    distill_status status = DISTILL_OK;
    distill_tokenizer *owner = (distill_tokenizer *)(uintptr_t)tok; // only the pool is modified
    encode_work *work = NULL;
    TRY(work_take(&work, owner));
    // The second search is in normalised text, to which the guarded ranges do not apply.
    encoding e = {tok, work, ids, cursor.skip_control || cursor.guarded_count > 0};
    if (unicode_valid_prefix(cursor.text.bytes, cursor.text.length) < cursor.text.length) {
        distill_text_clear(&work->repaired);
        TRY(unicode_repair(&work->repaired, cursor.text.bytes, cursor.text.length));
        cursor.text = distill_text_span(&work->repaired);
    }
    TRY(encode_text(&e, cursor));
done:
    if (work != NULL)
        work_return(owner, work);
    return status;
}

distill_status distill_tokenizer_encode(distill_ids *ids, const distill_tokenizer *tok,
                                        const char *bytes, size_t length, unsigned flags)
{
    distill_status status = DISTILL_OK;
    if (tok->merges == NULL)
        return distill_fail(DISTILL_INTERNAL, "%s: loaded without its vocabulary", tok->dir);
    if ((flags & DISTILL_ADD_SPECIAL) != 0)
        TRY(distill_ids_append_all(ids, tok->prefix.at, tok->prefix.count));
    TRY(encode_with(ids, tok,
                    (added_cursor){.set = tok->raw,
                                   .text = {length > 0 ? bytes : "", length},
                                   .skip_control = (flags & DISTILL_PARSE_SPECIAL) == 0}));
    if ((flags & DISTILL_ADD_SPECIAL) != 0)
        TRY(distill_ids_append_all(ids, tok->suffix.at, tok->suffix.count));
done:
    return status;
}

distill_status tokenizer_encode_guarded(distill_ids *ids, const distill_tokenizer *tok,
                                        distill_span text, const added_range *guarded,
                                        size_t guarded_count)
{
    // All control tokens are matched before normalisation, which would move the ranges.
    return encode_with(
        ids, tok,
        (added_cursor){
            .set = tok->all, .text = text, .guarded = guarded, .guarded_count = guarded_count});
}

// ------------------------------------------------------------------------ loading and properties

static distill_status begin_load(distill_tokenizer **out, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_tokenizer *tok = NULL;
    TRY(DISTILL_NEW(&tok, 1));
    tok->bos = tok->eos = -1;
    tok->has_lock = pthread_mutex_init(&tok->lock, NULL) == 0;
    if (!tok->has_lock)
        TRY(distill_fail(DISTILL_INTERNAL, "cannot initialise a mutex"));
    TRY(distill_copy_string(&tok->dir, dir, strlen(dir)));
    *out = tok;
    tok = NULL;
done:
    distill_tokenizer_free(tok);
    return status;
}

static distill_status load(distill_tokenizer **out, const char *dir, bool with_vocabulary)
{
    distill_status status = DISTILL_OK;
    distill_tokenizer *tok = NULL;
    TRY(begin_load(&tok, dir));
    if (with_vocabulary)
        TRY(tokenizer_read_json(tok));
    TRY(tokenizer_read_config(tok));
    *out = tok;
    tok = NULL;
done:
    distill_tokenizer_free(tok);
    return status;
}

distill_status distill_tokenizer_load(distill_tokenizer **out, const char *dir)
{
    return load(out, dir, true);
}

distill_status distill_tokenizer_parse(distill_tokenizer **out, const char *bytes, size_t length,
                                       const char *name)
{
    distill_status status = DISTILL_OK;
    distill_tokenizer *tok = NULL;
    TRY(begin_load(&tok, name));
    TRY(tokenizer_parse_json(tok, (distill_span){bytes, length}, name));
    *out = tok;
    tok = NULL;
done:
    distill_tokenizer_free(tok);
    return status;
}

distill_status distill_tokenizer_load_for_render(distill_tokenizer **out, const char *dir)
{
    return load(out, dir, false);
}

void distill_tokenizer_free(distill_tokenizer *tok)
{
    if (tok == NULL)
        return;
    while (tok->idle != NULL) {
        encode_work *work = tok->idle;
        tok->idle = work->next;
        work_free(work);
    }
    if (tok->has_lock)
        pthread_mutex_destroy(&tok->lock);
    added_set_free(tok->raw);
    added_set_free(tok->normalized);
    added_set_free(tok->all);
    added_tokens_free(&tok->added);
    normalizer_free(tok->normal);
    pretokenizer_free(tok->words);
    bpe_free(tok->merges);
    distill_ids_free(&tok->prefix);
    distill_ids_free(&tok->suffix);
    distill_free(tok->blob);
    distill_free(tok->begin);
    distill_free(tok->length);
    distill_free(tok->flags);
    distill_free(tok->chat_template);
    distill_free(tok->bos_text);
    distill_free(tok->eos_text);
    distill_free(tok->pad_text);
    distill_free(tok->unk_text);
    distill_free(tok->dir);
    distill_free(tok);
}

size_t distill_tokenizer_size(const distill_tokenizer *tok)
{
    return tok->size;
}

int32_t distill_tokenizer_id(const distill_tokenizer *tok, const char *token)
{
    size_t length = strlen(token);
    for (size_t i = 0; i < tok->added.count; i++)
        if (strcmp(tok->added.at[i].content, token) == 0)
            return tok->added.at[i].id;
    return tok->merges == NULL ? -1 : vocabulary_find(bpe_vocabulary(tok->merges), token, length);
}

bool distill_tokenizer_is_special(const distill_tokenizer *tok, int32_t id)
{
    return id >= 0 && (size_t)id < tok->size && (tok->flags[id] & TOKEN_SPECIAL) != 0;
}

int32_t distill_tokenizer_bos(const distill_tokenizer *tok)
{
    return tok->bos;
}

int32_t distill_tokenizer_eos(const distill_tokenizer *tok)
{
    return tok->eos;
}

const char *distill_tokenizer_chat_template(const distill_tokenizer *tok)
{
    return tok->chat_template;
}

const char *distill_tokenizer_sha256(const distill_tokenizer *tok)
{
    return tok->sha256;
}

const char *distill_tokenizer_dir(const distill_tokenizer *tok)
{
    return tok->dir;
}
