// distill/generate/engine_schedule.c - admission, KV pages, and the spans of a step.
//
// Pages are allocated to older sequences first, and a sequence for which none is free may preempt
// younger ones. A prefix has the age of the oldest reply that awaits it. A sequence that has no
// pages is admitted only if every running one could still grow by a page, so that it is not
// preempted immediately.
#include "distill/generate/engine_state.h"

#include <string.h>

// ---- prefixes -----------------------------------------------------------------------------------

/// The prefix of a request's prompt; NULL if there is none.
static engine_prefix *find_prefix(const distill_engine *engine, const distill_request *request)
{
    for (size_t i = 0; i <= engine->batch_size; i++) {
        engine_prefix *p = &engine->prefixes[i];
        if (p->is_used && p->key == request->prompt_key &&
            p->ids.count + 1 == request->prompt_count &&
            memcmp(p->ids.at, request->prompt, p->ids.count * sizeof(int32_t)) == 0)
            return p;
    }
    return NULL;
}

/// Age of the oldest reply that awaits the prefix; UINT64_MAX if none does.
static uint64_t prefix_age(const distill_engine *engine, const engine_prefix *p)
{
    uint64_t age = UINT64_MAX;
    for (size_t i = 0; i < engine->batch_size; i++) {
        const engine_slot *s = &engine->slots[i];
        if (s->state == SLOT_AWAITING_PREFIX && s->prefix == p && s->age < age)
            age = s->age;
    }
    return age;
}

static void release_prefix(distill_engine *engine, engine_prefix *p)
{
    distill_kv_release(engine->cache, p->sequence);
    p->filled = 0;
    p->has_pages = false;
}

void engine_drop_prefixes(distill_engine *engine, bool with_newest)
{
    for (size_t i = 0; i <= engine->batch_size; i++) {
        engine_prefix *p = &engine->prefixes[i];
        if (!p->is_used || (i == engine->newest && !with_newest) ||
            prefix_age(engine, p) != UINT64_MAX)
            continue;
        release_prefix(engine, p);
        p->is_used = false;
    }
}

static distill_status create_prefix(engine_prefix **out, distill_engine *engine,
                                    const distill_request *request)
{
    distill_status status = DISTILL_OK;
    engine_drop_prefixes(engine, true);
    size_t i = 0;
    while (engine->prefixes[i].is_used) // there are more prefixes than slots, so one is free
        i++;
    engine_prefix *p = &engine->prefixes[i];
    p->ids.count = 0;
    TRY(distill_ids_append_all(&p->ids, request->prompt, request->prompt_count - 1));
    p->key = request->prompt_key;
    p->filled = 0;
    p->has_pages = false;
    p->is_used = true;
    engine->newest = i;
    *out = p;
done:
    return status;
}

// ---- admission ----------------------------------------------------------------------------------

static distill_status check_request(const distill_engine *engine, const distill_request *request)
{
    if (request->prompt_count == 0)
        return distill_fail(DISTILL_USAGE, "an empty prompt: expected at least one token");
    if (request->prompt_count >= engine->context)
        return distill_fail(DISTILL_LIMIT,
                            "a prompt of %zu tokens leaves no room in a context of %zu",
                            request->prompt_count, engine->context);
    for (size_t i = 0; i < request->prompt_count; i++)
        if (request->prompt[i] < 0 || (size_t)request->prompt[i] >= engine->V)
            return distill_fail(
                DISTILL_FORMAT,
                "token %d of a prompt is not in the model's vocabulary of %zu; does "
                "the tokenizer belong to this model?",
                (int)request->prompt[i], engine->V);
    return DISTILL_OK;
}

static distill_status start_reply(distill_engine *engine, engine_slot *s,
                                  const distill_request *request)
{
    distill_status status = DISTILL_OK;
    TRY(check_request(engine, request));
    size_t limit =
        request->max_tokens > 0 ? request->max_tokens : engine->rules.sampling->max_tokens;
    size_t left = engine->context - request->prompt_count;
    reply_begin(&s->reply, request, &engine->rules, limit > 0 && limit < left ? limit : left);
    s->filled = 0;
    s->age = engine->requests++;
    s->state = SLOT_PENDING;
    if (request->prompt_count > 1 && request->prompt_key != 0) {
        s->prefix = find_prefix(engine, request);
        if (s->prefix == NULL)
            TRY(create_prefix(&s->prefix, engine, request));
        s->state = SLOT_AWAITING_PREFIX;
    }
done:
    return status;
}

distill_status engine_admit(distill_engine *engine, const distill_generator_calls *calls,
                            bool *more)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < engine->batch_size && *more; i++) {
        distill_request request = {0};
        if (engine->slots[i].state != SLOT_FREE)
            continue;
        TRY(calls->next(calls->context, &request, more));
        if (*more)
            TRY(start_reply(engine, &engine->slots[i], &request));
    }
done:
    return status;
}

// ---- pages --------------------------------------------------------------------------------------

static size_t count_running(const distill_engine *engine)
{
    size_t count = 0;
    for (size_t i = 0; i < engine->batch_size; i++)
        count += engine->slots[i].state == SLOT_RUNNING;
    return count;
}

/// Preempts a prefix younger than `age`, or else the youngest running reply younger than it; false
/// if there is none.
static bool preempt_younger(distill_engine *engine, uint64_t age)
{
    engine_slot *youngest = NULL;
    for (size_t i = 0; i <= engine->batch_size; i++) {
        engine_prefix *p = &engine->prefixes[i];
        if (p->is_used && p->has_pages && prefix_age(engine, p) > age) {
            release_prefix(engine, p);
            return true;
        }
    }
    for (size_t i = 0; i < engine->batch_size; i++) {
        engine_slot *s = &engine->slots[i];
        if (s->state == SLOT_RUNNING && s->age > age &&
            (youngest == NULL || s->age > youngest->age))
            youngest = s;
    }
    if (youngest == NULL)
        return false;
    distill_kv_release(engine->cache, youngest->sequence);
    youngest->filled = 0;
    youngest->state = SLOT_PENDING;
    return true;
}

/// Allocates pages for `positions` of a sequence, preempting younger ones; false if that is not
/// enough.
static bool allocate(distill_engine *engine, size_t sequence, size_t positions, uint64_t age)
{
    while (!distill_kv_reserve(engine->cache, sequence, positions))
        if (!preempt_younger(engine, age))
            return false;
    return true;
}

/// True if `positions` fit without preemption and leave a page for each running reply.
static bool fits(const distill_engine *engine, size_t positions)
{
    size_t running = count_running(engine);
    return running == 0 ||
           distill_kv_free_pages(engine->cache) >= distill_kv_pages_for(positions) + running;
}

/// Starts a reply if the prefix that it awaits is prefilled, or if it fits. It shares the prefix of
/// its prompt where there is one.
static void try_start(distill_engine *engine, engine_slot *s)
{
    const reply *r = &s->reply;
    const engine_prefix *p =
        s->state == SLOT_AWAITING_PREFIX ? s->prefix : find_prefix(engine, &r->request);
    bool ready = p != NULL && p->has_pages && p->filled == p->ids.count;
    if (s->state == SLOT_AWAITING_PREFIX ? !ready : !fits(engine, reply_length(r)))
        return;
    if (ready) {
        while (!distill_kv_share(engine->cache, s->sequence, p->sequence, p->filled))
            if (!preempt_younger(engine, s->age) || !p->has_pages)
                return;
        s->filled = p->filled;
    }
    s->state = SLOT_RUNNING;
}

/// Starts replies and allocates the pages of this step. All preemption happens here, before any
/// span refers to a sequence.
static void allocate_pages(distill_engine *engine)
{
    for (size_t i = 0; i < engine->batch_size; i++)
        if (engine->slots[i].state == SLOT_AWAITING_PREFIX ||
            engine->slots[i].state == SLOT_PENDING)
            try_start(engine, &engine->slots[i]);
    engine_drop_prefixes(engine, false);
    for (size_t i = 0; i < engine->batch_size; i++) {
        engine_slot *s = &engine->slots[i];
        if (s->state == SLOT_RUNNING)
            allocate(engine, s->sequence, reply_length(&s->reply), s->age);
    }
    for (size_t i = 0; i <= engine->batch_size; i++) {
        engine_prefix *p = &engine->prefixes[i];
        uint64_t age = p->is_used && !p->has_pages ? prefix_age(engine, p) : UINT64_MAX;
        if (age != UINT64_MAX && fits(engine, p->ids.count))
            p->has_pages = allocate(engine, p->sequence, p->ids.count, age);
    }
}

// ---- the spans of a step ------------------------------------------------------------------------

static void add_span(distill_engine *engine, size_t sequence, size_t position,
                     const int32_t *tokens, size_t count, bool logits)
{
    engine->spans[engine->span_count++] = (distill_decode_span){.sequence = sequence,
                                                                .position = position,
                                                                .tokens = tokens,
                                                                .count = count,
                                                                .logits = logits};
    if (count > 1 || !logits)
        engine->prefill_rows += count;
}

/// How many of `count` tokens this step can still prefill.
static size_t chunk_size(const distill_engine *engine, size_t count)
{
    size_t left = DISTILL_ENGINE_PREFILL_ROWS - engine->prefill_rows;
    return count < left ? count : left;
}

static void add_prefix_span(distill_engine *engine, engine_prefix *p)
{
    size_t count = p->is_used && p->has_pages ? chunk_size(engine, p->ids.count - p->filled) : 0;
    if (count == 0)
        return;
    add_span(engine, p->sequence, p->filled, p->ids.at + p->filled, count, false);
    p->filled += count;
}

/// The last token of a reply, which gives the logits of the next one, or a chunk of what must be in
/// the cache before it.
static distill_status add_reply_span(distill_engine *engine, size_t index)
{
    distill_status status = DISTILL_OK;
    engine_slot *s = &engine->slots[index];
    reply *r = &s->reply;
    size_t length = reply_length(r), P = r->request.prompt_count;
    if (!distill_kv_reserve(engine->cache, s->sequence, length))
        return DISTILL_OK;                                 // it gets pages when an older reply ends
    size_t end = s->filled < P && length > P ? P : length; // prompt and reply are two arrays
    size_t count = end - s->filled;
    if (count > 1 || end < length)
        count = chunk_size(engine, count);
    if (count == 0)
        return DISTILL_OK;
    bool logits = s->filled + count == length;
    if (logits) {
        TRY(reply_prepare(r, &engine->tops[engine->sampled_count]));
        engine->sampled[engine->sampled_count++] = index;
    }
    const int32_t *tokens =
        s->filled < P ? r->request.prompt + s->filled : r->ids.at + (s->filled - P);
    add_span(engine, s->sequence, s->filled, tokens, count, logits);
    s->filled += count;
done:
    return status;
}

distill_status engine_plan_step(distill_engine *engine)
{
    distill_status status = DISTILL_OK;
    engine->span_count = 0;
    engine->sampled_count = 0;
    engine->prefill_rows = 0;
    allocate_pages(engine);
    for (size_t i = 0; i < engine->batch_size; i++)
        if (engine->slots[i].state == SLOT_RUNNING)
            TRY(add_reply_span(engine, i));
    for (size_t i = 0; i <= engine->batch_size; i++)
        add_prefix_span(engine, &engine->prefixes[i]);
done:
    return status;
}
