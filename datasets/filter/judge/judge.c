// datasets/filter/judge/judge.c - entries by the SHA-256 of their case; sends a request for each
// entry without an outcome and reads the answer.
//
// Equal cases share an entry, and so do the verdicts of earlier runs, which are read from the log.
// The texts of a case are fetched again when its request is made, so that memory depends on the
// number of cases and not on their length.
//
// Limits: 2^32 - 2 cases; 8,192 tokens of answer.
#include "datasets/filter/judge/judge.h"

#include "datasets/filter/judge/judge_log.h"
#include "distill/base/hash_map.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/generate/generator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_TOKENS = 8192 };
#define UNDECIDED JUDGE_OUTCOMES

typedef struct entry {
    uint64_t place; // of the case + 1; 0 = of an earlier run, no case of this one
    size_t why;     // offset in the pool
    uint16_t why_length;
    uint8_t outcome; // judge_outcome; UNDECIDED before its answer
} entry;

struct judge {
    distill_generator *generator; // borrowed
    judge_log *log;
    distill_hash_map numbers; // first 16 digits of the key -> index of the entry + 1
    entry *entries;
    size_t count, capacity;
    distill_text pool; // all explanations
    judge_counts counts;
    // of judge_run
    judge_fetch fetch;
    void *context;
    size_t next; // entry
    struct judge_request *in_flight;
    distill_progress bar;
};

/// A request in flight.
typedef struct judge_request {
    struct judge_request *before, *after; // in the judge's list
    uint32_t entry;
    char key[DISTILL_SHA256_HEX];
    distill_text prompt;
    distill_message message;
} judge_request;

static distill_status add_part(distill_text *out, distill_span part)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "%zu:", part.length));
    TRY(distill_text_add_span(out, part));
done:
    return status;
}

/// SHA-256 of everything that a verdict depends on; each part is preceded by its length.
static distill_status key_of(char key[DISTILL_SHA256_HEX], const judge *j, const judge_case *c)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0};
    TRY(add_part(&all, distill_span_of(JUDGE_PROMPT_VERSION)));
    TRY(add_part(&all, distill_span_of(distill_generator_model(j->generator))));
    TRY(add_part(&all, c->question));
    TRY(add_part(&all, c->reference));
    TRY(add_part(&all, c->reply));
    TRY(distill_sha256_bytes(key, all.bytes, all.length));
done:
    distill_text_free(&all);
    return status;
}

// --- entries ------------------------------------------------------------------------------------

static uint64_t number_of(const char *key)
{
    char part[17] = {0};
    memcpy(part, key, sizeof part - 1);
    return strtoull(part, NULL, 16);
}

static distill_status place_entry(judge *j, uint32_t *number, bool *is_new, const char *key)
{
    distill_status status = DISTILL_OK;
    uint64_t *value = NULL;
    TRY(distill_hash_map_insert(&value, &j->numbers, number_of(key)));
    *is_new = *value == 0;
    if (*is_new) {
        if (j->count == UINT32_MAX - 1)
            TRY(distill_fail(DISTILL_LIMIT, "more than %u cases for a judge", UINT32_MAX - 1));
        if (j->count == j->capacity) {
            size_t capacity = j->capacity * 2 + 256;
            TRY(distill_grow((void **)&j->entries, j->capacity, capacity, sizeof *j->entries));
            j->capacity = capacity;
        }
        j->entries[j->count] = (entry){.outcome = UNDECIDED};
        *value = ++j->count;
    }
    *number = (uint32_t)(*value - 1);
done:
    return status;
}

/// Stores the outcome, and `why` as one line of at most JUDGE_WHY_BYTES.
static distill_status decide(judge *j, uint32_t number, judge_outcome outcome, distill_span why)
{
    distill_status status = DISTILL_OK;
    entry *e = &j->entries[number];
    size_t length = why.length < JUDGE_WHY_BYTES ? why.length : JUDGE_WHY_BYTES;
    while (length > 0 && length < why.length && (why.bytes[length] & 0xc0) == 0x80)
        length--;
    e->outcome = (uint8_t)outcome;
    e->why = j->pool.length;
    e->why_length = (uint16_t)length;
    TRY(distill_text_append(&j->pool, length > 0 ? why.bytes : "", length));
    for (size_t i = e->why; i < j->pool.length; i++)
        if ((unsigned char)j->pool.bytes[i] < ' ')
            j->pool.bytes[i] = ' ';
done:
    return status;
}

static distill_span why_of(const judge *j, const entry *e)
{
    return (distill_span){e->why_length > 0 ? j->pool.bytes + e->why : "", e->why_length};
}

static distill_status take_line(void *context, const judge_line *line)
{
    distill_status status = DISTILL_OK;
    judge *j = context;
    uint32_t number = 0;
    bool is_new = false;
    TRY(place_entry(j, &number, &is_new, line->key));
    if (is_new)
        TRY(decide(j, number, line->outcome, line->why));
done:
    return status;
}

distill_status judge_add(judge *j, uint32_t *number, const judge_case *c, uint64_t place)
{
    distill_status status = DISTILL_OK;
    char key[DISTILL_SHA256_HEX];
    bool is_new = false;
    TRY(key_of(key, j, c));
    TRY(place_entry(j, number, &is_new, key));
    entry *e = &j->entries[*number];
    if (e->place == 0) {
        j->counts.cases++;
        j->counts.reused += !is_new;
        e->place = place + 1;
    }
    if (is_new && (c->reply.length == 0 || c->reply.length > JUDGE_REPLY_BYTES))
        TRY(decide(j, *number, JUDGE_SKIPPED,
                   distill_span_of(c->reply.length == 0 ? "no answer after the think part"
                                                        : "the answer is too long")));
done:
    return status;
}

// --- requests -----------------------------------------------------------------------------------

static void request_close(judge *j, judge_request *r)
{
    if (r->before != NULL)
        r->before->after = r->after;
    else
        j->in_flight = r->after;
    if (r->after != NULL)
        r->after->before = r->before;
    distill_text_free(&r->prompt);
    distill_free(r);
}

/// Makes a tag that depends on every byte of the texts, so that a text cannot contain it on
/// purpose.
static distill_status tag_of(char tag[JUDGE_TAG], const char *key)
{
    distill_status status = DISTILL_OK;
    char seed[DISTILL_SHA256_HEX + 8], hex[DISTILL_SHA256_HEX];
    snprintf(seed, sizeof seed, "tag %s", key);
    TRY(distill_sha256_bytes(hex, seed, strlen(seed)));
    memcpy(tag, hex, JUDGE_TAG - 1);
    tag[JUDGE_TAG - 1] = '\0';
done:
    return status;
}

static distill_status request_open(judge *j, judge_request **out, uint32_t number)
{
    distill_status status = DISTILL_OK;
    judge_request *r = NULL;
    judge_case c = {0};
    char tag[JUDGE_TAG];
    TRY(DISTILL_NEW(&r, 1));
    r->after = j->in_flight;
    if (j->in_flight != NULL)
        j->in_flight->before = r;
    j->in_flight = r;
    r->entry = number;
    TRY(j->fetch(j->context, &c, j->entries[number].place - 1));
    TRY(key_of(r->key, j, &c));
    TRY(tag_of(tag, r->key));
    TRY(judge_prompt_write(&r->prompt, &c, tag));
    r->message = (distill_message){.role = distill_span_of("user"),
                                   .content = distill_text_span(&r->prompt)};
    *out = r;
done:
    return status;
}

/// The next entry without an outcome.
static distill_status next_request(void *context, distill_request *request, bool *more)
{
    distill_status status = DISTILL_OK;
    judge *j = context;
    judge_request *r = NULL;
    while (j->next < j->count &&
           (j->entries[j->next].outcome != UNDECIDED || j->entries[j->next].place == 0))
        j->next++;
    *more = j->next < j->count;
    if (!*more)
        return DISTILL_OK;
    TRY(request_open(j, &r, (uint32_t)j->next++));
    *request = (distill_request){.messages = &r->message,
                                 .message_count = 1,
                                 .prompt_key = (uint64_t)r->entry + 1,
                                 .tag = r};
done:
    return status;
}

static distill_status take_answer(void *context, const distill_completion *completion)
{
    distill_status status = DISTILL_OK;
    judge *j = context;
    judge_request *r = completion->tag;
    judge_reading reading = {JUDGE_MALFORMED, completion->text};
    if (completion->finish == DISTILL_FINISH_ERROR) {
        j->counts.failed++;
        TRY(decide(j, r->entry, JUDGE_FAILED, completion->error));
        goto done;
    }
    if (completion->finish == DISTILL_FINISH_STOP)
        reading = judge_read(completion->text);
    TRY(decide(j, r->entry, reading.outcome, reading.why));
    judge_line line = {.outcome = reading.outcome,
                       .why = why_of(j, &j->entries[r->entry]),
                       .model = distill_generator_model(j->generator),
                       .prompt_tokens = completion->prompt_tokens,
                       .reply_tokens = completion->sampled};
    memcpy(line.key, r->key, sizeof line.key);
    TRY(judge_log_append(j->log, &line));
    j->counts.verdicts++;
done:
    request_close(j, r);
    return status;
}

static void show_progress(void *context, uint64_t tokens)
{
    judge *j = context;
    distill_usage usage = distill_generator_usage(j->generator);
    (void)tokens;
    distill_progress_update(&j->bar, j->counts.verdicts + j->counts.failed,
                            "%zu in flight  %llu retries", usage.in_flight,
                            (unsigned long long)usage.retries);
}

distill_status judge_run(judge *j, judge_fetch fetch, void *context)
{
    distill_status status = DISTILL_OK;
    static const distill_sampling sampling = {
        .temperature = 0, .top_p = 1, .max_tokens = ANSWER_TOKENS};
    distill_generator_calls calls = {next_request, take_answer, show_progress, j};
    size_t total = 0;
    for (size_t i = 0; i < j->count; i++)
        total += j->entries[i].outcome == UNDECIDED;
    if (total == 0)
        return DISTILL_OK;
    j->fetch = fetch;
    j->context = context;
    distill_progress_start(&j->bar, "judging", "cases", total, 0);
    status = distill_generator_run(j->generator, &sampling, &calls);
    distill_progress_finish(&j->bar);
    distill_usage usage = distill_generator_usage(j->generator);
    j->counts.prompt_tokens = usage.prompt_tokens;
    j->counts.reply_tokens = usage.reply_tokens;
    j->counts.retries = usage.retries;
    if (status == DISTILL_OK)
        TRY(judge_log_sync(j->log));
done:
    return status;
}

// --- the interface ------------------------------------------------------------------------------

distill_status judge_open(judge **out, distill_generator *generator, const char *dir)
{
    distill_status status = DISTILL_OK;
    judge *j = NULL;
    TRY(DISTILL_NEW(&j, 1));
    j->generator = generator;
    TRY(judge_log_open(&j->log, dir, take_line, j));
    *out = j;
    j = NULL;
done:
    judge_close(j);
    return status;
}

judge_verdict judge_verdict_of(const judge *j, uint32_t number)
{
    const entry *e = &j->entries[number];
    return (judge_verdict){(judge_outcome)e->outcome, why_of(j, e)};
}

distill_status judge_find(const judge *j, judge_verdict *out, const judge_case *c)
{
    distill_status status = DISTILL_OK;
    char key[DISTILL_SHA256_HEX];
    *out = (judge_verdict){.outcome = JUDGE_SKIPPED, .why = {"", 0}};
    TRY(key_of(key, j, c));
    uint64_t number = distill_hash_map_get(&j->numbers, number_of(key));
    if (number > 0 && j->entries[number - 1].outcome != UNDECIDED)
        *out = judge_verdict_of(j, (uint32_t)number - 1);
done:
    return status;
}

judge_counts judge_count(const judge *j)
{
    return j->counts;
}

void judge_close(judge *j)
{
    if (j == NULL)
        return;
    while (j->in_flight != NULL)
        request_close(j, j->in_flight);
    judge_log_close(j->log);
    distill_hash_map_free(&j->numbers);
    distill_free(j->entries);
    distill_text_free(&j->pool);
    distill_free(j);
}
