// distill/generate/engine.c - who is in the next step, who gets pages, and what becomes of the
// tokens drawn.
#include "distill/generate/engine.h"

#include "distill/base/interrupt.h"
#include "distill/base/rng.h"
#include "distill/base/threads.h"
#include "distill/generate/reply.h"

#include <string.h>

typedef enum slot_state {
    SLOT_FREE,
    SLOT_WAITING, // for its prompt to be read
    SLOT_PAUSED,  // gave its pages up, or waits for some, and reads its prompt itself
    SLOT_RUNNING
} slot_state;

struct prefix;

typedef struct slot {
    reply reply;
    slot_state state;
    struct prefix *prefix; // that a waiting reply waits for
    size_t sequence;       // of the cache
    size_t filled;         // positions in the cache
    uint64_t age;          // counts requests: smaller is older
} slot;

/// All of a prompt but its last token, which every reply reads for itself and so gets its first
/// logits.
typedef struct prefix {
    bool used;
    uint64_t key;
    distill_ids ids;
    size_t sequence;
    size_t filled;
    bool reserved; // its pages
} prefix;

struct distill_engine {
    distill_inference_decoder *decoder;
    distill_kv_cache *cache;
    const distill_tokenizer *tok;
    size_t V, context, batch_size;
    int32_t *stop_ids;
    size_t stop_id_count;
    int32_t *holes; // ids below the tokenizer's size that it does not have
    distill_sampler_mask mask;
    distill_sampler **samplers; // [threads]

    slot *slots;      // [batch_size]
    prefix *prefixes; // [batch_size + 1]
    size_t newest;    // prefix that the next request may share
    uint64_t requests;
    uint64_t tokens;

    // of the current step
    distill_decode_span *spans; // [2 batch_size + 1]
    size_t span_count, read_rows;
    size_t *drawn; // [batch_size] slots whose logits come, in order
    size_t drawn_count;
    distill_sampler_top *tops; // [batch_size] by order in `drawn`
    distill_draw *draws;       // [batch_size]
    reply_rules rules;
};

// ---- creation -----------------------------------------------------------------------------------

size_t distill_engine_least_pages(size_t context)
{
    return distill_kv_pages_for(context) +
           1; // a shared prompt's last page exists twice for a moment
}

distill_inference_plan distill_engine_decoder_plan(size_t batch_size, size_t context)
{
    return (distill_inference_plan){
        .rows = batch_size + DISTILL_ENGINE_READ_ROWS, .logits = batch_size, .context = context};
}

/// Ids below the tokenizer's size that are no tokens (some vocabularies have holes).
static distill_status find_holes(distill_engine *engine)
{
    distill_status status = DISTILL_OK;
    distill_ids holes = {0};
    engine->mask.allowed = engine->V;
    if (engine->tok == NULL)
        return DISTILL_OK;
    size_t size = distill_tokenizer_size(engine->tok);
    if (size < engine->V)
        engine->mask.allowed = size;
    for (size_t i = 0; i < engine->mask.allowed; i++)
        if (!distill_tokenizer_has(engine->tok, (int32_t)i))
            TRY(distill_ids_append(&holes, (int32_t)i));
    engine->holes = holes.at;
    engine->mask.holes = holes.at;
    engine->mask.hole_count = holes.count;
done:
    if (status != DISTILL_OK)
        distill_ids_free(&holes);
    return status;
}

static distill_status allocate(distill_engine *engine, const distill_engine_options *options)
{
    distill_status status = DISTILL_OK;
    size_t B = options->batch_size, threads = (size_t)distill_threads();
    TRY(DISTILL_NEW(&engine->stop_ids, options->stop_id_count));
    if (options->stop_id_count > 0)
        memcpy(engine->stop_ids, options->stop_ids, options->stop_id_count * sizeof(int32_t));
    engine->stop_id_count = options->stop_id_count;
    TRY(DISTILL_NEW(&engine->slots, B));
    TRY(DISTILL_NEW(&engine->prefixes, B + 1));
    TRY(DISTILL_NEW(&engine->spans, 2 * B + 1));
    TRY(DISTILL_NEW(&engine->drawn, B));
    TRY(DISTILL_NEW(&engine->tops, B));
    TRY(DISTILL_NEW(&engine->draws, B));
    TRY(DISTILL_NEW(&engine->samplers, threads));
    for (size_t i = 0; i < threads; i++)
        TRY(distill_sampler_create(&engine->samplers[i], engine->V));
    for (size_t i = 0; i < B; i++)
        engine->slots[i].sequence = i;
    for (size_t i = 0; i <= B; i++)
        engine->prefixes[i].sequence = B + i;
done:
    return status;
}

distill_status distill_engine_create(distill_engine **out, distill_inference_decoder *decoder,
                                     const distill_engine_options *options)
{
    distill_status status = DISTILL_OK;
    distill_engine *engine = NULL;
    const distill_config *config = distill_inference_decoder_config(decoder);
    *out = NULL;
    TRY(DISTILL_NEW(&engine, 1));
    engine->decoder = decoder;
    decoder = NULL;
    engine->tok = options->tok;
    engine->V = config->V;
    engine->context = options->context;
    engine->batch_size = options->batch_size;
    distill_kv_plan plan = {.sequences = 2 * options->batch_size + 1,
                            .context = options->context,
                            .pages = options->pages};
    TRY(distill_kv_cache_create(&engine->cache, config, &plan));
    TRY(allocate(engine, options));
    TRY(find_holes(engine));
    *out = engine;
    return DISTILL_OK;
done:
    distill_inference_decoder_free(decoder);
    distill_engine_free(engine);
    return status;
}

void distill_engine_free(distill_engine *engine)
{
    if (engine == NULL)
        return;
    for (size_t i = 0; engine->slots != NULL && i < engine->batch_size; i++)
        reply_free(&engine->slots[i].reply);
    for (size_t i = 0; engine->prefixes != NULL && i <= engine->batch_size; i++)
        distill_ids_free(&engine->prefixes[i].ids);
    for (size_t i = 0; engine->samplers != NULL && i < (size_t)distill_threads(); i++)
        distill_sampler_free(engine->samplers[i]);
    distill_kv_cache_free(engine->cache);
    distill_inference_decoder_free(engine->decoder);
    void *const blocks[] = {engine->stop_ids, engine->holes,    engine->samplers,
                            engine->slots,    engine->prefixes, engine->spans,
                            engine->drawn,    engine->tops,     engine->draws};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        distill_free(blocks[i]);
    distill_free(engine);
}

// ---- pages --------------------------------------------------------------------------------------

static size_t running_count(const distill_engine *engine)
{
    size_t count = 0;
    for (size_t i = 0; i < engine->batch_size; i++)
        count += engine->slots[i].state == SLOT_RUNNING;
    return count;
}

/// The prefix that a slot's prompt has, or would have; NULL if there is none.
static prefix *prefix_of(const distill_engine *engine, const distill_request *request)
{
    for (size_t i = 0; i <= engine->batch_size; i++) {
        prefix *p = &engine->prefixes[i];
        if (p->used && p->key == request->prompt_key && p->ids.count + 1 == request->prompt_count &&
            memcmp(p->ids.at, request->prompt, p->ids.count * sizeof(int32_t)) == 0)
            return p;
    }
    return NULL;
}

/// Age of the oldest reply that waits for a prefix; UINT64_MAX if none does.
static uint64_t prefix_age(const distill_engine *engine, const prefix *p)
{
    uint64_t age = UINT64_MAX;
    for (size_t i = 0; i < engine->batch_size; i++) {
        const slot *s = &engine->slots[i];
        if (s->state == SLOT_WAITING && s->prefix == p && s->age < age)
            age = s->age;
    }
    return age;
}

static void drop_pages_of_prefix(distill_engine *engine, prefix *p)
{
    distill_kv_release(engine->cache, p->sequence);
    p->filled = 0;
    p->reserved = false;
}

/// Takes the pages of the youngest holder that is younger than `age`; false if there is none.
static bool reclaim(distill_engine *engine, uint64_t age)
{
    slot *youngest = NULL;
    for (size_t i = 0; i <= engine->batch_size; i++) {
        prefix *p = &engine->prefixes[i];
        if (p->used && p->reserved && prefix_age(engine, p) > age) {
            drop_pages_of_prefix(engine, p);
            return true;
        }
    }
    for (size_t i = 0; i < engine->batch_size; i++) {
        slot *s = &engine->slots[i];
        if (s->state == SLOT_RUNNING && s->age > age &&
            (youngest == NULL || s->age > youngest->age))
            youngest = s;
    }
    if (youngest == NULL)
        return false;
    distill_kv_release(engine->cache, youngest->sequence);
    youngest->filled = 0;
    youngest->state = SLOT_PAUSED;
    return true;
}

static bool reserve(distill_engine *engine, size_t sequence, size_t positions, uint64_t age)
{
    while (!distill_kv_reserve(engine->cache, sequence, positions))
        if (!reclaim(engine, age))
            return false;
    return true;
}

/// Whether a newcomer may take `positions`: every running reply may soon need a page more.
static bool has_room(const distill_engine *engine, size_t positions)
{
    size_t running = running_count(engine);
    return running == 0 ||
           distill_kv_free_pages(engine->cache) >= distill_kv_pages_for(positions) + running;
}

// ---- requests -----------------------------------------------------------------------------------

/// Forgets prefixes that nobody waits for; the newest may stay, since the next request may be of
/// the same prompt.
static void drop_idle_prefixes(distill_engine *engine, bool newest_too)
{
    for (size_t i = 0; i <= engine->batch_size; i++) {
        prefix *p = &engine->prefixes[i];
        if (!p->used || (i == engine->newest && !newest_too) || prefix_age(engine, p) != UINT64_MAX)
            continue;
        drop_pages_of_prefix(engine, p);
        p->used = false;
    }
}

static distill_status create_prefix(prefix **out, distill_engine *engine,
                                    const distill_request *request)
{
    distill_status status = DISTILL_OK;
    drop_idle_prefixes(engine, true);
    size_t i = 0;
    while (engine->prefixes[i].used)
        i++;
    prefix *p = &engine->prefixes[i];
    p->ids.count = 0;
    TRY(distill_ids_append_all(&p->ids, request->prompt, request->prompt_count - 1));
    p->key = request->prompt_key;
    p->filled = 0;
    p->reserved = false;
    p->used = true;
    engine->newest = i;
    *out = p;
done:
    return status;
}

static distill_status check_request(const distill_engine *engine, const distill_request *request)
{
    if (request->prompt_count == 0)
        return distill_fail(DISTILL_USAGE, "an empty prompt: a model needs a token to go on from");
    if (request->prompt_count >= engine->context)
        return distill_fail(DISTILL_LIMIT,
                            "a prompt of %zu tokens leaves no room in a context of %zu",
                            request->prompt_count, engine->context);
    for (size_t i = 0; i < request->prompt_count; i++)
        if (request->prompt[i] < 0 || (size_t)request->prompt[i] >= engine->V)
            return distill_fail(DISTILL_FORMAT,
                                "token %d of a prompt is not in the model's vocabulary of %zu; is "
                                "the tokenizer another model's?",
                                (int)request->prompt[i], engine->V);
    return DISTILL_OK;
}

static distill_status begin_reply(distill_engine *engine, slot *s, const distill_request *request)
{
    distill_status status = DISTILL_OK;
    TRY(check_request(engine, request));
    size_t limit =
        request->max_tokens > 0 ? request->max_tokens : engine->rules.sampling->max_tokens;
    size_t left = engine->context - request->prompt_count;
    reply_begin(&s->reply, request, &engine->rules, limit > 0 && limit < left ? limit : left);
    s->filled = 0;
    s->age = engine->requests++;
    s->state = SLOT_PAUSED;
    if (request->prompt_count > 1 && request->prompt_key != 0) {
        s->prefix = prefix_of(engine, request);
        if (s->prefix == NULL)
            TRY(create_prefix(&s->prefix, engine, request));
        s->state = SLOT_WAITING;
    }
done:
    return status;
}

static distill_status admit(distill_engine *engine, const distill_generator_calls *calls,
                            bool *more)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < engine->batch_size && *more; i++) {
        distill_request request = {0};
        if (engine->slots[i].state != SLOT_FREE)
            continue;
        TRY(calls->next(calls->context, &request, more));
        if (*more)
            TRY(begin_reply(engine, &engine->slots[i], &request));
    }
done:
    return status;
}

// ---- a step -------------------------------------------------------------------------------------

/// Lets a waiting or paused reply take over the prompt that has been read. A paused one may also
/// read it itself.
static void resume(distill_engine *engine, slot *s)
{
    const reply *r = &s->reply;
    const prefix *p = s->state == SLOT_WAITING ? s->prefix : prefix_of(engine, &r->request);
    bool ready = p != NULL && p->reserved && p->filled == p->ids.count;
    if (s->state == SLOT_WAITING ? !ready : !has_room(engine, reply_length(r)))
        return;
    if (ready) {
        while (!distill_kv_share(engine->cache, s->sequence, p->sequence, p->filled))
            if (!reclaim(engine, s->age) || !p->reserved)
                return;
        s->filled = p->filled;
    }
    s->state = SLOT_RUNNING;
}

/// Gives pages to whoever has a right to them. Taking pages from others ends here, before spans
/// name them.
static void hand_out_pages(distill_engine *engine)
{
    for (size_t i = 0; i < engine->batch_size; i++)
        if (engine->slots[i].state == SLOT_WAITING || engine->slots[i].state == SLOT_PAUSED)
            resume(engine, &engine->slots[i]);
    drop_idle_prefixes(engine, false);
    for (size_t i = 0; i < engine->batch_size; i++) {
        slot *s = &engine->slots[i];
        if (s->state == SLOT_RUNNING)
            reserve(engine, s->sequence, reply_length(&s->reply), s->age);
    }
    for (size_t i = 0; i <= engine->batch_size; i++) {
        prefix *p = &engine->prefixes[i];
        uint64_t age = p->used && !p->reserved ? prefix_age(engine, p) : UINT64_MAX;
        if (age != UINT64_MAX && has_room(engine, p->ids.count))
            p->reserved = reserve(engine, p->sequence, p->ids.count, age);
    }
}

static void add_span(distill_engine *engine, size_t sequence, size_t position,
                     const int32_t *tokens, size_t count, bool logits)
{
    engine->spans[engine->span_count++] = (distill_decode_span){.sequence = sequence,
                                                                .position = position,
                                                                .tokens = tokens,
                                                                .count = count,
                                                                .logits = logits};
    if (count > 1 || !logits)
        engine->read_rows += count;
}

/// How many of `count` tokens this step still has room to read.
static size_t piece(const distill_engine *engine, size_t count)
{
    size_t left = DISTILL_ENGINE_READ_ROWS - engine->read_rows;
    return count < left ? count : left;
}

static void read_prefix(distill_engine *engine, prefix *p)
{
    size_t count = p->used && p->reserved ? piece(engine, p->ids.count - p->filled) : 0;
    if (count == 0)
        return;
    add_span(engine, p->sequence, p->filled, p->ids.at + p->filled, count, false);
    p->filled += count;
}

/// The next token of a reply, or a piece of what must be read before it.
static distill_status add_reply(distill_engine *engine, size_t index)
{
    distill_status status = DISTILL_OK;
    slot *s = &engine->slots[index];
    reply *r = &s->reply;
    size_t length = reply_length(r), P = r->request.prompt_count;
    if (!distill_kv_reserve(engine->cache, s->sequence, length))
        return DISTILL_OK;                                 // waits for older ones to end
    size_t end = s->filled < P && length > P ? P : length; // prompt and reply are two arrays
    size_t count = end - s->filled;
    if (count > 1 || end < length)
        count = piece(engine, count);
    if (count == 0)
        return DISTILL_OK;
    bool logits = s->filled + count == length;
    if (logits) {
        TRY(reply_prepare(r, &engine->tops[engine->drawn_count]));
        engine->drawn[engine->drawn_count++] = index;
    }
    const int32_t *tokens =
        s->filled < P ? r->request.prompt + s->filled : r->ids.at + (s->filled - P);
    add_span(engine, s->sequence, s->filled, tokens, count, logits);
    s->filled += count;
done:
    return status;
}

static distill_status plan_step(distill_engine *engine)
{
    distill_status status = DISTILL_OK;
    engine->span_count = 0;
    engine->drawn_count = 0;
    engine->read_rows = 0;
    hand_out_pages(engine);
    for (size_t i = 0; i < engine->batch_size; i++)
        if (engine->slots[i].state == SLOT_RUNNING)
            TRY(add_reply(engine, i));
    for (size_t i = 0; i <= engine->batch_size; i++)
        read_prefix(engine, &engine->prefixes[i]);
done:
    return status;
}

static void draw_range(void *context, size_t begin, size_t end, int worker)
{
    distill_engine *engine = context;
    for (size_t i = begin; i < end; i++) {
        const reply *r = &engine->slots[engine->drawn[i]].reply;
        engine->draws[i] = distill_sampler_draw(
            engine->samplers[worker], &engine->tops[i],
            distill_inference_decoder_logits(engine->decoder, i), &engine->mask,
            engine->rules.sampling, distill_rng_at(r->request.stream, r->ids.count));
    }
}

static distill_status accept_draws(distill_engine *engine, const distill_generator_calls *calls)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < engine->drawn_count; i++) {
        slot *s = &engine->slots[engine->drawn[i]];
        distill_completion completion;
        bool finished;
        engine->tokens++;
        TRY(reply_accept(&s->reply, &finished, &completion, &engine->rules, engine->draws[i]));
        if (!finished)
            continue;
        distill_kv_release(engine->cache, s->sequence);
        s->state = SLOT_FREE;
        TRY(calls->done(calls->context, &completion));
    }
done:
    return status;
}

static bool is_idle(const distill_engine *engine)
{
    for (size_t i = 0; i < engine->batch_size; i++)
        if (engine->slots[i].state != SLOT_FREE)
            return false;
    return true;
}

static void clear(distill_engine *engine)
{
    for (size_t i = 0; i < engine->batch_size; i++) {
        distill_kv_release(engine->cache, engine->slots[i].sequence);
        engine->slots[i].state = SLOT_FREE;
    }
    drop_idle_prefixes(engine, true);
}

distill_status distill_engine_run(distill_engine *engine, const distill_sampling *sampling,
                                  const distill_generator_calls *calls)
{
    distill_status status = DISTILL_OK;
    bool more = true;
    engine->rules = (reply_rules){sampling, engine->tok, engine->stop_ids, engine->stop_id_count};
    engine->tokens = 0;
    TRY(distill_sampling_check(sampling, engine->mask.allowed - engine->mask.hole_count));
    for (;;) {
        TRY(distill_interrupt_check());
        TRY(admit(engine, calls, &more));
        if (is_idle(engine))
            break;
        TRY(plan_step(engine));
        distill_inference_decoder_forward(engine->decoder, engine->cache, engine->spans,
                                          engine->span_count);
        distill_parallel_pieces(draw_range, engine, engine->drawn_count, 1);
        TRY(accept_draws(engine, calls));
        if (calls->tick != NULL)
            calls->tick(calls->context, engine->tokens);
    }
done:
    clear(engine);
    return status;
}
