// student/training_data.c - sources read in blocks, encoded on all threads, appended in order.
#include "student/training_data.h"

#include "distill/base/file.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"
#include "student/data_key.h"
#include "student/sample_encoding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Samples that are fetched by one thread, then encoded by all.
enum { BLOCK = 1024 };

typedef struct work_item {
    data_sample sample;
    encoded_sample encoded;
    distill_status status;
    char *message; // of a failure
} work_item;

typedef struct block_job {
    work_item *items; // [BLOCK]
    const data_source *source;
    sample_encoder encoder;
    skipped_lines *skipped;
    const char *path;
} block_job;

static distill_status encode_item(work_item *item, const block_job *job)
{
    distill_status status = DISTILL_OK;
    data_sample *s = &item->sample;
    TRY(data_source_parse(job->source, s));
    s->failed = s->failed || distill_span_trim(distill_text_span(&s->response)).length == 0;
    if (!s->failed)
        TRY(sample_encode(&item->encoded, s, &job->encoder));
done:
    return status;
}

static void encode_items(void *context, size_t begin, size_t end, int worker)
{
    const block_job *job = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        work_item *item = &job->items[i];
        item->status = encode_item(item, job);
        if (item->status == DISTILL_OK)
            continue;
        char text[DISTILL_ERROR_CAPACITY];
        distill_error_take(text, sizeof text);
        distill_free(item->message);
        item->message = NULL;
        if (distill_copy_string(&item->message, text, strlen(text)) != DISTILL_OK)
            item->message = NULL;
    }
}

// ------------------------------------------------------------------------------------------ blocks

/// Counts the learned tokens of a document and finds the first of them.
static void count_targets(training_document *d, const int32_t *tokens)
{
    d->targets = 0;
    d->prompt = d->length;
    for (uint32_t i = 0; i < d->length; i++) {
        if ((tokens[i] & TRAINING_LEARNED) == 0)
            continue;
        d->prompt = i < d->prompt ? i : d->prompt;
        d->targets += i > 0; // the first token has no prediction
    }
}

static distill_status append_document(training_data *data, const int32_t *tokens, size_t length,
                                      size_t number)
{
    distill_status status = DISTILL_OK;
    if (length > UINT32_MAX || data->source_count > UINT32_MAX)
        TRY(distill_fail(DISTILL_LIMIT, "a document of %zu tokens", length));
    if (data->count == data->capacity) {
        size_t larger = data->capacity == 0 ? 1024 : 2 * data->capacity;
        TRY(distill_grow((void **)&data->documents, data->capacity, larger,
                         sizeof *data->documents));
        data->capacity = larger;
    }
    training_document *d = &data->documents[data->count++];
    *d = (training_document){.first = data->tokens.count,
                             .length = (uint32_t)length,
                             .number = (uint32_t)number,
                             .source = (uint32_t)(data->source_count - 1)};
    count_targets(d, tokens);
    TRY(token_store_append(&data->tokens, tokens, length));
done:
    return status;
}

/// Appends the documents of a sample.
static distill_status append_encoded(training_data *data, const work_item *item)
{
    distill_status status = DISTILL_OK;
    const encoded_sample *e = &item->encoded;
    for (size_t i = 0, at = 0; i < e->documents; at = e->ends[i++])
        TRY(append_document(data, e->ids.at + at, e->ends[i] - at, item->sample.number));
    data->sampled += e->sampled;
    data->turns += e->turns;
    data->split += e->documents - 1;
done:
    return status;
}

static distill_status append_items(training_data *data, const block_job *job, size_t count)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < count; i++) {
        const work_item *item = &job->items[i];
        if (item->status != DISTILL_OK) {
            distill_error_put(item->message != NULL ? item->message : "out of memory");
            TRY(skipped_lines_add(job->skipped, item->status, job->path, item->sample.number,
                                  distill_text_span(&item->sample.line)));
            continue;
        }
        if (item->sample.failed)
            data->left_out++;
        else
            TRY(append_encoded(data, item));
    }
done:
    return status;
}

static distill_status read_blocks(training_data *data, data_source *source, const block_job *job,
                                  const char *name)
{
    distill_status status = DISTILL_OK;
    distill_progress bar;
    bool more = true;
    size_t first = data->count;
    distill_progress_start(&bar, name, "documents", 0, 0);
    while (more) {
        size_t count = 0;
        TRY(distill_interrupt_check());
        while (count < BLOCK) {
            TRY(data_source_next(source, &job->items[count].sample, &more));
            if (!more)
                break;
            count++;
        }
        distill_parallel_for(encode_items, (void *)(uintptr_t)job, count, 1);
        TRY(append_items(data, job, count));
        distill_progress_update(&bar, data->count - first, NULL);
    }
done:
    distill_progress_finish(&bar);
    return status;
}

static void free_items(work_item *items)
{
    for (size_t i = 0; items != NULL && i < BLOCK; i++) {
        data_sample_free(&items[i].sample);
        encoded_sample_free(&items[i].encoded);
        distill_free(items[i].message);
    }
    distill_free(items);
}

// ----------------------------------------------------------------------------------------- sources

static distill_status add_source(training_data *data, const char *path, double weight)
{
    distill_status status = DISTILL_OK;
    TRY(distill_grow((void **)&data->sources, data->source_count, data->source_count + 1,
                     sizeof *data->sources));
    training_source *source = &data->sources[data->source_count];
    TRY(distill_copy_string(&source->name, path, strlen(path)));
    source->first = data->count;
    source->weight = weight;
    data->source_count++;
done:
    return status;
}

distill_status training_data_add(training_data *data, const char *spec,
                                 const training_reading *reading)
{
    distill_status status = DISTILL_OK;
    data_source *source = NULL;
    prompt_style style = {0};
    block_job job = {.encoder = {.tokenizer = reading->tokenizer,
                                 .chat = reading->chat,
                                 .style = &style,
                                 .learns_prompt = reading->learned == LEARN_ALL,
                                 .vocabulary = reading->vocabulary}};
    distill_text path = {0};
    double weight = 1;
    TRY(data_spec_split(&path, &weight, spec));
    TRY(data_source_open(&source, path.bytes, distill_tokenizer_sha256(reading->tokenizer)));
    TRY(add_source(data, path.bytes, weight));
    TRY(DISTILL_NEW(&job.items, BLOCK));
    job.source = source;
    job.path = path.bytes;
    job.skipped = reading->skipped;
    job.encoder.all_turns = reading->turns == LEARN_TURNS_ALL ||
                            (reading->turns == LEARN_TURNS_AUTO && !data_source_is_sampled(source));
    const char *system = reading->system, *template = reading->prompt_template;
    if (template == NULL)
        template = data_source_template(source);
    if (template == NULL)
        template = "{prompt}";
    if (data->prompt_template == NULL)
        TRY(distill_copy_string(&data->prompt_template, template, strlen(template)));
    TRY(prompt_style_create(&style, reading->chat,
                            system != NULL ? system : data_source_system(source), template, NULL));
    TRY(read_blocks(data, source, &job, "reading"));
    data->sources[data->source_count - 1].count =
        data->count - data->sources[data->source_count - 1].first;
done:
    prompt_style_free(&style);
    free_items(job.items);
    data_source_close(source);
    distill_text_free(&path);
    return status;
}

// -------------------------------------------------------------------------------------- lengths

size_t training_data_longest(const training_data *data)
{
    size_t longest = 0;
    for (size_t i = 0; i < data->count; i++)
        longest = data->documents[i].length > longest ? data->documents[i].length : longest;
    return longest;
}

size_t training_data_tokens(const training_data *data)
{
    size_t tokens = 0;
    for (size_t i = 0; i < data->count; i++)
        tokens += data->documents[i].length;
    return tokens;
}

static distill_status refuse_excess(const training_data *data, size_t most)
{
    const training_document *longest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < data->count; i++) {
        const training_document *d = &data->documents[i];
        count += d->length > most;
        if (longest == NULL || d->length > longest->length)
            longest = d;
    }
    if (count == 0)
        return DISTILL_OK;
    return distill_fail(DISTILL_LIMIT,
                        "%zu of %zu documents are longer than %zu tokens; the longest has %u "
                        "(%s:%u); raise --max-seq-len, or choose --excess-length drop or truncate",
                        count, data->count, most, longest->length,
                        data->sources[longest->source].name, longest->number);
}

// Keeps the documents that have a learned token, and updates the counts of the sources.
static void compact(training_data *data, size_t *dropped)
{
    size_t kept = 0, next = 0;
    for (size_t s = 0; s < data->source_count; s++) {
        training_source *source = &data->sources[s];
        size_t end = source->first + source->count;
        source->first = kept;
        for (; next < end; next++)
            if (data->documents[next].targets > 0)
                data->documents[kept++] = data->documents[next];
        source->count = kept - source->first;
    }
    *dropped = data->count - kept;
    data->count = kept;
}

distill_status training_data_limit(training_data *data, size_t most, excess_length rule)
{
    distill_status status = DISTILL_OK;
    size_t excess = 0, dropped = 0;
    if (rule == LENGTH_ERROR)
        TRY(refuse_excess(data, most));
    for (size_t i = 0; i < data->count; i++) {
        training_document *d = &data->documents[i];
        if (d->length <= most)
            continue;
        excess++;
        d->length = rule == LENGTH_DROP ? 0 : (uint32_t)most;
        count_targets(d, data->tokens.at + d->first);
    }
    compact(data, &dropped);
    if (excess > 0)
        distill_warn("%zu documents longer than %zu tokens were %s", excess, most,
                     rule == LENGTH_DROP ? "dropped" : "truncated");
    if (data->left_out > 0)
        distill_warn("%zu samples without a reply were left out", data->left_out);
    if (dropped > (rule == LENGTH_DROP ? excess : 0))
        distill_warn("%zu documents have no token to learn and were left out",
                     dropped - (rule == LENGTH_DROP ? excess : 0));
    if (data->count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "the data have no token to learn"));
done:
    return status;
}

// ------------------------------------------------------------------------------------- fingerprint

distill_status training_data_sha256(char hex[DISTILL_SHA256_HEX], training_data *data)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0};
    TRY(token_store_finish(&data->tokens));
    TRY(distill_text_add(&all, data->tokens.sha256));
    TRY(distill_sha256_bytes(hex, data->documents, data->count * sizeof *data->documents));
    TRY(distill_text_add(&all, hex));
    for (size_t i = 0; i < data->source_count; i++)
        TRY(distill_text_printf(&all, " %zu*%a", data->sources[i].count, data->sources[i].weight));
    TRY(distill_sha256_bytes(hex, all.bytes, all.length));
done:
    distill_text_free(&all);
    return status;
}

// ----------------------------------------------------------------------------------- the whole run

/// What the blob of the token store begins with; documents and sources follow, then the names of
/// the sources and the prompt template, each with a NUL.
typedef struct stored_head {
    uint64_t documents, sources, sampled, left_out, turns, split;
} stored_head;

typedef struct stored_source {
    uint64_t first, count;
    double weight;
} stored_source;

static distill_status write_blob(distill_text *out, const training_data *data)
{
    distill_status status = DISTILL_OK;
    const stored_head head = {data->count,    data->source_count, data->sampled,
                              data->left_out, data->turns,        data->split};
    TRY(distill_text_append(out, (const char *)&head, sizeof head));
    TRY(distill_text_append(out, (const char *)data->documents,
                            data->count * sizeof *data->documents));
    for (size_t i = 0; i < data->source_count; i++) {
        const training_source *from = &data->sources[i];
        const stored_source source = {from->first, from->count, from->weight};
        TRY(distill_text_append(out, (const char *)&source, sizeof source));
    }
    for (size_t i = 0; i < data->source_count; i++)
        TRY(distill_text_append(out, data->sources[i].name, strlen(data->sources[i].name) + 1));
    TRY(distill_text_append(out, data->prompt_template, strlen(data->prompt_template) + 1));
done:
    return status;
}

static distill_status copy_sources(training_data *data, const stored_source *from, size_t count,
                                   const char *names)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(&data->sources, count));
    for (size_t i = 0; i < count; i++, names += strlen(names) + 1) {
        training_source *source = &data->sources[data->source_count++];
        source->first = from[i].first;
        source->count = from[i].count;
        source->weight = from[i].weight;
        TRY(distill_copy_string(&source->name, names, strlen(names)));
    }
    TRY(distill_copy_string(&data->prompt_template, names, strlen(names)));
done:
    return status;
}

/// Takes documents and sources from a blob that write_blob wrote, whose sum token_store_open has
/// checked.
static distill_status read_blob(training_data *data, distill_span blob)
{
    distill_status status = DISTILL_OK;
    stored_head head;
    size_t at = sizeof head;
    memcpy(&head, blob.bytes, sizeof head);
    TRY(DISTILL_NEW(&data->documents, head.documents));
    memcpy(data->documents, blob.bytes + at, head.documents * sizeof *data->documents);
    data->count = data->capacity = head.documents;
    at += head.documents * sizeof *data->documents;
    TRY(copy_sources(data, (const stored_source *)(const void *)(blob.bytes + at), head.sources,
                     blob.bytes + at + head.sources * sizeof(stored_source)));
    data->sampled = head.sampled;
    data->left_out = head.left_out;
    data->turns = head.turns;
    data->split = head.split;
done:
    return status;
}

distill_status training_data_read(training_data *data, const distill_string_list *specs,
                                  const training_reading *reading)
{
    distill_status status = DISTILL_OK;
    char key[DISTILL_SHA256_HEX];
    distill_span stored;
    distill_text blob = {0};
    bool found = false;
    data->vocabulary = reading->vocabulary;
    TRY(data_key(key, specs, reading));
    TRY(token_store_open(&data->tokens, key, &stored, &found));
    if (found) {
        TRY(read_blob(data, stored));
        goto done;
    }
    for (size_t i = 0; i < specs->count; i++)
        TRY(training_data_add(data, specs->at[i], reading));
    TRY(token_store_finish(&data->tokens));
    TRY(write_blob(&blob, data));
    TRY(token_store_seal(&data->tokens, key, distill_text_span(&blob)));
done:
    distill_text_free(&blob);
    return status;
}

void training_data_free(training_data *data)
{
    for (size_t i = 0; i < data->source_count; i++)
        distill_free(data->sources[i].name);
    distill_free(data->sources);
    distill_free(data->prompt_template);
    distill_free(data->documents);
    token_store_free(&data->tokens);
    *data = (training_data){.tokens.path = data->tokens.path};
}
