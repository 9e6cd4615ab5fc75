// tests/support/fake_teacher_answer.c - replies as JSON of the OpenAI API, with optional damage.
#include "tests/support/fake_teacher_answer.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "tests/support/fake_teacher_judge.h"

#include <stdio.h>
#include <string.h>

enum { FIXED_TOKEN_BYTES = 8 };

// --- tokens --------------------------------------------------------------------------------------

static size_t length_of(const fake_answer *a, size_t choice)
{
    size_t limit = a->request->max_tokens;
    if (a->damage == FAKE_EMPTY_REPLY)
        return 0;
    size_t length = a->fixed.length > 0
                        ? (a->fixed.length + FIXED_TOKEN_BYTES - 1) / FIXED_TOKEN_BYTES
                        : a->replies[choice].length;
    return limit > 0 && limit < length ? limit : length;
}

static bool is_cut_short(const fake_answer *a, size_t choice)
{
    return a->fixed.length == 0 && a->damage != FAKE_EMPTY_REPLY &&
           length_of(a, choice) < a->replies[choice].length;
}

static distill_span token_at(const fake_answer *a, size_t choice, size_t at, char *buffer, int *id)
{
    if (a->fixed.length == 0)
        return fake_reply_token(buffer, id, &a->replies[choice], at % a->replies[choice].length);
    size_t begin = at * FIXED_TOKEN_BYTES, left = a->fixed.length - begin;
    *id = (unsigned char)a->fixed.bytes[begin] % FAKE_VOCABULARY;
    return (distill_span){a->fixed.bytes + begin,
                          left < FIXED_TOKEN_BYTES ? left : FIXED_TOKEN_BYTES};
}

typedef enum token_part { PART_HIDDEN, PART_REASONING, PART_CONTENT } token_part;

/// The field that contains a token. Servers with a separate field for the thought omit the tags.
static token_part part_of(const fake_answer *a, size_t choice, size_t at)
{
    fake_reasoning mode = a->settings->reasoning;
    bool apart = a->damage == FAKE_PARTS || a->damage == FAKE_DOUBLED;
    if (a->fixed.length > 0 || (mode == FAKE_REASONING_INLINE && !apart))
        return PART_CONTENT;
    if (mode == FAKE_REASONING_OPEN && !apart)
        return at == 0 ? PART_HIDDEN : PART_CONTENT;
    size_t end = fake_reply_think_end(&a->replies[choice]);
    if (at == 0 || at + 1 == end)
        return PART_HIDDEN;
    return at < end ? PART_REASONING : PART_CONTENT;
}

static distill_status collect(distill_text *out, const fake_answer *a, size_t choice,
                              token_part part, size_t first, size_t last)
{
    distill_status status = DISTILL_OK;
    char buffer[FAKE_TOKEN_BYTES];
    int id;
    for (size_t i = first; i < last; i++)
        if (part_of(a, choice, i) == part)
            TRY(distill_text_add_span(out, token_at(a, choice, i, buffer, &id)));
done:
    return status;
}

// --- JSON ----------------------------------------------------------------------------------------

/// Adds the content of tokens first … last-1, with the damage requested.
static distill_status add_content(distill_json_writer *w, const fake_answer *a,
                                  distill_span content, bool has_reasoning)
{
    distill_status status = DISTILL_OK;
    const char *key = a->request->chat ? "content" : "text";
    distill_text bad = {0};
    if (a->damage == FAKE_WRONG_TYPES) {
        distill_json_add_uint(w, key, 17);
    } else if (content.length == 0 && has_reasoning) {
        distill_json_add_string(w, key, a->request->chat ? NULL : "");
    } else if (a->damage == FAKE_BAD_UTF8) {
        TRY(distill_json_write_string(&bad, content));
        bad.length--; // the closing quote
        TRY(distill_text_add(&bad, "\xff\xc3\""));
        distill_json_add_raw(w, key, distill_text_span(&bad));
    } else {
        distill_json_add_span(w, key, content);
    }
done:
    distill_text_free(&bad);
    return status;
}

/// {"type":TYPE,KEY:text}
static void add_part(distill_json_writer *w, const char *type, const char *key, distill_span text)
{
    distill_json_begin_object(w, NULL);
    distill_json_add_string(w, "type", type);
    distill_json_add_span(w, key, text);
    distill_json_end_object(w);
}

/// Mistral's form: a thinking part has a list of text parts.
static void add_parts(distill_json_writer *w, const fake_answer *a, distill_span reasoning,
                      distill_span content)
{
    distill_json_begin_array(w, a->request->chat ? "content" : "text");
    if (reasoning.length > 0) {
        distill_json_begin_object(w, NULL);
        distill_json_add_string(w, "type", "thinking");
        distill_json_begin_array(w, "thinking");
        add_part(w, "text", "text", reasoning);
        distill_json_end_array(w);
        distill_json_end_object(w);
    }
    if (content.length > 0)
        add_part(w, "text", "text", content);
    distill_json_end_array(w);
}

static void add_reasoning(distill_json_writer *w, const fake_answer *a, distill_span reasoning)
{
    if (a->settings->reasoning == FAKE_REASONING_DETAILS) {
        distill_json_begin_array(w, "reasoning_details");
        add_part(w, "reasoning.text", "text", reasoning);
        distill_json_end_array(w);
        return;
    }
    bool is_short = a->settings->reasoning == FAKE_REASONING_SHORT;
    distill_json_add_span(w, is_short ? "reasoning" : "reasoning_content", reasoning);
}

/// Sets `out` to all tokens, with the tags of the thought.
static distill_status collect_all(distill_text *out, const fake_answer *a, size_t choice,
                                  size_t first, size_t last)
{
    distill_status status = DISTILL_OK;
    char buffer[FAKE_TOKEN_BYTES];
    int id;
    distill_text_clear(out);
    for (size_t i = first; i < last; i++)
        TRY(distill_text_add_span(out, token_at(a, choice, i, buffer, &id)));
done:
    return status;
}

static distill_status add_text(distill_json_writer *w, const fake_answer *a, size_t choice,
                               size_t first, size_t last)
{
    distill_status status = DISTILL_OK;
    distill_text content = {0}, reasoning = {0};
    TRY(collect(&content, a, choice, PART_CONTENT, first, last));
    TRY(collect(&reasoning, a, choice, PART_REASONING, first, last));
    if (a->damage == FAKE_DOUBLED)
        TRY(collect_all(&content, a, choice, first, last));
    if (a->damage == FAKE_PARTS) {
        add_parts(w, a, distill_text_span(&reasoning), distill_text_span(&content));
        goto done;
    }
    TRY(add_content(w, a, distill_text_span(&content), reasoning.length > 0));
    if (reasoning.length > 0)
        add_reasoning(w, a, distill_text_span(&reasoning));
done:
    distill_text_free(&content);
    distill_text_free(&reasoning);
    return status;
}

static double logprob_of(const fake_answer *a, size_t choice, size_t at, size_t rank)
{
    if (a->damage == FAKE_HUGE_NUMBERS)
        return at % 2 ? -1e300 : 7;
    uint64_t seed = a->fixed.length == 0 ? a->replies[choice].seed : 0;
    uint64_t key[3] = {seed, choice, at};
    uint64_t hash = fake_hash((distill_span){(const char *)key, sizeof key}, 3);
    return -(double)(hash % 1000) / 1000 - (double)rank;
}

/// One of the most probable tokens at a position; rank 0 is the token of the reply.
typedef struct ranked_token {
    char buffer[FAKE_TOKEN_BYTES];
    distill_span bytes;
    char name[FAKE_TOKEN_BYTES]; // its text, or "token_id:N" if that was requested
    int id;
    double logprob;
} ranked_token;

static void rank_token(ranked_token *out, const fake_answer *a, size_t choice, size_t at,
                       size_t rank)
{
    int id;
    out->bytes = token_at(a, choice, at, out->buffer, &id);
    out->logprob = logprob_of(a, choice, at, rank);
    if (rank > 0) {
        snprintf(out->buffer, sizeof out->buffer, "alternative%zu", rank);
        out->bytes = distill_span_of(out->buffer);
    }
    out->id = (id + (int)rank) % FAKE_VOCABULARY;
    if (a->request->names_ids && a->settings->logprobs != FAKE_LOGPROBS_IDS)
        snprintf(out->name, sizeof out->name, "token_id:%d", (id + (int)rank) % FAKE_VOCABULARY);
    else
        snprintf(out->name, sizeof out->name, "%.*s", (int)out->bytes.length, out->bytes.bytes);
}

/// "token":"…","logprob":-0.5,"bytes":[…]
static void add_token(distill_json_writer *w, const fake_answer *a, const ranked_token *token)
{
    if (a->settings->logprobs == FAKE_LOGPROBS_IDS)
        distill_json_add_int(w, "id", token->id);
    distill_json_add_string(w, "token", token->name);
    distill_json_add_fixed(w, "logprob", token->logprob, 3);
    distill_json_begin_array(w, "bytes");
    for (size_t i = 0; i < token->bytes.length; i++)
        distill_json_add_uint(w, NULL, (unsigned char)token->bytes.bytes[i]);
    distill_json_end_array(w);
}

static void add_chat_logprobs(distill_json_writer *w, const fake_answer *a, size_t choice,
                              size_t first, size_t last)
{
    ranked_token token;
    distill_json_begin_object(w, "logprobs");
    distill_json_begin_array(w, "content");
    for (size_t i = first; i < last; i++) {
        rank_token(&token, a, choice, i, 0);
        distill_json_begin_object(w, NULL);
        add_token(w, a, &token);
        distill_json_begin_array(w, "top_logprobs");
        for (size_t k = 0; k < a->request->top_logprobs; k++) {
            rank_token(&token, a, choice, i, k);
            distill_json_begin_object(w, NULL);
            add_token(w, a, &token);
            distill_json_end_object(w);
        }
        distill_json_end_array(w);
        distill_json_end_object(w);
    }
    distill_json_end_array(w);
    distill_json_end_object(w);
}

static void add_plain_logprobs(distill_json_writer *w, const fake_answer *a, size_t choice,
                               size_t first, size_t last)
{
    ranked_token token;
    distill_json_begin_object(w, "logprobs");
    distill_json_begin_array(w, "tokens");
    for (size_t i = first; i < last; i++) {
        rank_token(&token, a, choice, i, 0);
        distill_json_add_string(w, NULL, token.name);
    }
    distill_json_end_array(w);
    distill_json_begin_array(w, "token_logprobs");
    for (size_t i = first; i < last; i++)
        distill_json_add_fixed(w, NULL, logprob_of(a, choice, i, 0), 3);
    distill_json_end_array(w);
    distill_json_begin_array(w, "top_logprobs");
    for (size_t i = first; i < last; i++) {
        distill_json_begin_object(w, NULL);
        for (size_t k = 0; k < a->request->top_logprobs || k == 0; k++) {
            rank_token(&token, a, choice, i, k);
            distill_json_add_fixed(w, token.name, token.logprob, 3);
        }
        distill_json_end_object(w);
    }
    distill_json_end_array(w);
    distill_json_end_object(w);
}

static void add_logprobs(distill_json_writer *w, const fake_answer *a, size_t choice, size_t first,
                         size_t last)
{
    bool sent =
        a->settings->logprobs == FAKE_LOGPROBS_YES || a->settings->logprobs == FAKE_LOGPROBS_IDS;
    if (!a->request->logprobs || !sent)
        distill_json_add_null(w, "logprobs");
    else if (a->request->chat)
        add_chat_logprobs(w, a, choice, first, last);
    else
        add_plain_logprobs(w, a, choice, first, last);
}

size_t fake_answer_tokens(const fake_answer *a)
{
    size_t sum = 0;
    for (size_t c = 0; c < a->choices; c++)
        sum += length_of(a, c);
    return sum;
}

static void add_usage(distill_json_writer *w, const fake_answer *a, size_t reply)
{
    size_t prompt = a->request->prompt.length / 4 + 1;
    bool impossible = a->damage == FAKE_HUGE_NUMBERS;
    if (!impossible && a->settings->usage == FAKE_USAGE_NO)
        return;
    distill_json_begin_object(w, "usage");
    if (impossible) {
        distill_json_add_raw(w, "prompt_tokens", distill_span_of("1e999"));
        distill_json_add_int(w, "completion_tokens", -5);
        distill_json_add_string(w, "total_tokens", "many");
    } else {
        distill_json_add_uint(w, "prompt_tokens", prompt);
        distill_json_add_uint(w, "completion_tokens", reply);
        distill_json_add_uint(w, "total_tokens", prompt + reply);
    }
    distill_json_end_object(w);
}

/// Begins the object of a response or an event.
static void begin_object(distill_json_writer *w, const fake_answer *a)
{
    const char *object = !a->request->chat ? "text_completion"
                         : a->stream       ? "chat.completion.chunk"
                                           : "chat.completion";
    unsigned long long number = a->damage == FAKE_SAME_ID ? 1 : (unsigned long long)a->serial;
    distill_json_begin_object(w, NULL);
    distill_json_add_format(w, "id", "%s-%llu", a->request->chat ? "chatcmpl" : "cmpl", number);
    distill_json_add_string(w, "object", object);
    distill_json_add_uint(w, "created", 1700000000);
    distill_json_add_string(w, "model", a->settings->model);
}

static const char *finish_of(const fake_answer *a, size_t choice)
{
    return is_cut_short(a, choice) ? "length" : "stop";
}

/// An element of "choices" with tokens first … last-1 and the given index. `finish` NULL is null.
static distill_status add_choice(distill_json_writer *w, const fake_answer *a, size_t choice,
                                 size_t index, size_t first, size_t last, const char *finish)
{
    distill_status status = DISTILL_OK;
    bool chat = a->request->chat;
    distill_json_begin_object(w, NULL);
    distill_json_add_uint(w, "index", index);
    if (chat)
        distill_json_begin_object(w, a->stream ? "delta" : "message");
    if (chat && (!a->stream || a->phase == FAKE_PHASE_ROLE))
        distill_json_add_string(w, "role", "assistant");
    if (!chat || !a->stream || a->phase != FAKE_PHASE_FINISH)
        TRY(add_text(w, a, choice, first, last));
    if (chat)
        distill_json_end_object(w);
    add_logprobs(w, a, choice, first, last);
    distill_json_add_string(w, "finish_reason", finish);
    distill_json_end_object(w);
done:
    return status;
}

static distill_status write_object(distill_text *out, const fake_answer *a)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = out};
    begin_object(&w, a);
    if (a->damage != FAKE_MISSING_CHOICES)
        distill_json_begin_array(&w, "choices");
    for (size_t c = 0; c < a->choices; c++) {
        size_t length = length_of(a, c);
        if (a->damage == FAKE_MISSING_CHOICES || a->damage == FAKE_EMPTY_CHOICES)
            break;
        TRY(add_choice(&w, a, c, c, 0, length, finish_of(a, c)));
        if (a->damage == FAKE_DUPLICATE_CHOICES || a->damage == FAKE_EXTRA_CHOICES) {
            size_t index = a->damage == FAKE_DUPLICATE_CHOICES ? c : a->choices + 7;
            TRY(add_choice(&w, a, c, index, 0, length, finish_of(a, c)));
        }
    }
    if (a->damage != FAKE_MISSING_CHOICES)
        distill_json_end_array(&w);
    add_usage(&w, a, fake_answer_tokens(a));
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
done:
    return status;
}

static distill_status write_event(distill_text *out, const fake_answer *a, size_t first,
                                  size_t last, const char *finish)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = out};
    begin_object(&w, a);
    if (a->damage != FAKE_MISSING_CHOICES) {
        distill_json_begin_array(&w, "choices");
        if (a->damage != FAKE_EMPTY_CHOICES)
            TRY(add_choice(&w, a, a->choice, a->choice, first, last, finish));
        if (a->damage == FAKE_EXTRA_CHOICES)
            TRY(add_choice(&w, a, a->choice, a->choices + 7, first, last, finish));
        distill_json_end_array(&w);
    }
    if (a->settings->usage == FAKE_USAGE_RUNNING)
        add_usage(&w, a, finish != NULL ? length_of(a, a->choice) : last);
    else if (a->request->include_usage)
        distill_json_add_null(&w, "usage");
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
done:
    return status;
}

// --- pieces --------------------------------------------------------------------------------------

static size_t longest(const fake_answer *a)
{
    size_t most = 0;
    for (size_t c = 0; c < a->choices; c++)
        most = length_of(a, c) > most ? length_of(a, c) : most;
    return most;
}

static uint64_t seed_of(const fake_request *request, uint64_t serial)
{
    uint64_t key[2] = {0x5eed, serial};
    if (request->has_seed)
        return request->seed;
    // greedy replies are always the same; sampled ones differ
    return request->temperature > 0 ? fake_hash((distill_span){(const char *)key, sizeof key}, 5)
                                    : 0;
}

distill_status fake_answer_start(fake_answer *a, const fake_settings *settings,
                                 const fake_request *request, fake_damage damage, uint64_t serial)
{
    distill_status status = DISTILL_OK;
    fake_answer_free(a);
    a->settings = settings;
    a->request = request;
    a->damage = damage;
    a->serial = serial;
    a->seed = seed_of(request, serial);
    a->stream = request->stream && !settings->ignore_stream && damage != FAKE_JSON_ANYWAY;
    a->choices = settings->many == FAKE_MANY_ONE ? 1 : request->n;
    TRY(DISTILL_NEW(&a->replies, a->choices));
    for (size_t c = 0; c < a->choices; c++)
        a->replies[c] =
            fake_reply_to(distill_text_span(&request->prompt), a->seed, c, settings->reply_tokens);
    if (settings->judge)
        TRY(fake_judge_write(&a->fixed, distill_text_span(&request->prompt)));
    size_t groups = (longest(a) + settings->event_tokens - 1) / settings->event_tokens;
    a->total = a->stream ? a->choices * (groups + 2) + 2 : 1;
done:
    return status;
}

/// Moves to the next choice, and after the last one to phase `next`.
static void advance(fake_answer *a, fake_phase next)
{
    a->choice++;
    if (a->choice < a->choices)
        return;
    a->choice = 0;
    a->phase = next;
}

static distill_status next_content(fake_answer *a, distill_text *out)
{
    distill_status status = DISTILL_OK;
    size_t last = a->first + a->settings->event_tokens, length = length_of(a, a->choice);
    bool endless = a->damage == FAKE_ENDLESS;
    if (last > length && !endless)
        last = length;
    if (a->first < last)
        TRY(write_event(out, a, a->first, last, NULL));
    advance(a, FAKE_PHASE_CONTENT);
    if (a->choice == 0)
        a->first += a->settings->event_tokens;
    if (a->first >= longest(a) && a->choice == 0 && !endless)
        a->phase = FAKE_PHASE_FINISH;
done:
    return status;
}

/// An event with no choices and a usage.
static distill_status write_usage(distill_text *out, const fake_answer *a, size_t reply)
{
    distill_json_writer w = {.out = out};
    begin_object(&w, a);
    distill_json_begin_array(&w, "choices");
    distill_json_end_array(&w);
    add_usage(&w, a, reply);
    distill_json_end_object(&w);
    return distill_json_finish(&w);
}

static distill_status next_finish(fake_answer *a, distill_text *out)
{
    distill_status status = DISTILL_OK;
    if (a->is_usage_due)
        TRY(write_usage(out, a, length_of(a, a->choice)));
    else
        TRY(write_event(out, a, 0, 0, finish_of(a, a->choice)));
    a->is_usage_due = !a->is_usage_due && a->settings->usage == FAKE_USAGE_EACH;
    if (a->is_usage_due)
        goto done;
    advance(a, FAKE_PHASE_USAGE);
    if (a->phase == FAKE_PHASE_USAGE && a->damage == FAKE_DUPLICATE_CHOICES) {
        a->damage = FAKE_INTACT; // sends everything a second time
        a->phase = FAKE_PHASE_ROLE;
        a->first = 0;
    }
done:
    return status;
}

static distill_status next_usage(fake_answer *a, distill_text *out)
{
    bool once = a->settings->usage == FAKE_USAGE_YES || a->settings->usage == FAKE_USAGE_RUNNING;
    a->phase = FAKE_PHASE_DONE;
    if (!a->request->include_usage || !once)
        return DISTILL_OK;
    return write_usage(out, a, fake_answer_tokens(a));
}

static distill_status next_event(fake_answer *a, distill_text *out)
{
    distill_status status = DISTILL_OK;
    switch (a->phase) {
    case FAKE_PHASE_ROLE:
        if (a->request->chat)
            TRY(write_event(out, a, 0, 0, NULL));
        advance(a, FAKE_PHASE_CONTENT);
        break;
    case FAKE_PHASE_CONTENT:
        TRY(next_content(a, out));
        break;
    case FAKE_PHASE_FINISH:
        TRY(next_finish(a, out));
        break;
    case FAKE_PHASE_USAGE:
        TRY(next_usage(a, out));
        break;
    case FAKE_PHASE_DONE:
    default:
        TRY(distill_text_add(out, "[DONE]"));
        a->phase = FAKE_PHASE_OVER;
        break;
    }
done:
    return status;
}

distill_status fake_answer_next(fake_answer *a, distill_text *out, bool *more)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(out);
    while (out->length == 0 && a->phase != FAKE_PHASE_OVER) {
        if (a->stream)
            TRY(next_event(a, out));
        else {
            TRY(write_object(out, a));
            a->phase = FAKE_PHASE_OVER;
        }
    }
    a->pieces += out->length > 0;
    *more = out->length > 0;
done:
    return status;
}

void fake_answer_free(fake_answer *a)
{
    distill_free(a->replies);
    distill_text_free(&a->fixed);
    *a = (fake_answer){0};
}
