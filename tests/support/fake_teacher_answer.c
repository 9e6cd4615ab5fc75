// tests/support/fake_teacher_answer.c - replies in the words of the OpenAI API.
#include "tests/support/fake_teacher_answer.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "tests/support/fake_teacher_judge.h"

#include <stdio.h>
#include <string.h>

enum { FIXED_TOKEN_BYTES = 8 };

// --- what is said --------------------------------------------------------------------------------

static size_t length_of(const fake_answer *a, size_t choice)
{
    size_t limit = a->request->max_tokens;
    size_t length = a->fixed.length > 0
                        ? (a->fixed.length + FIXED_TOKEN_BYTES - 1) / FIXED_TOKEN_BYTES
                        : a->replies[choice].length;
    return limit > 0 && limit < length ? limit : length;
}

static bool is_cut_short(const fake_answer *a, size_t choice)
{
    return a->fixed.length == 0 && length_of(a, choice) < a->replies[choice].length;
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

typedef enum part { PART_HIDDEN, PART_REASONING, PART_CONTENT } part;

/// Where a token is said: servers that know reasoning keep the tags to themselves.
static part part_of(const fake_answer *a, size_t choice, size_t at)
{
    const char *mode = a->settings->reasoning;
    if (a->fixed.length > 0 || strcmp(mode, "inline") == 0)
        return PART_CONTENT;
    if (strcmp(mode, "open") == 0)
        return at == 0 ? PART_HIDDEN : PART_CONTENT;
    size_t end = fake_reply_think_end(&a->replies[choice]);
    if (at == 0 || at + 1 == end)
        return PART_HIDDEN;
    return at < end ? PART_REASONING : PART_CONTENT;
}

static distill_status collect(distill_text *out, const fake_answer *a, size_t choice, part wanted,
                              size_t first, size_t last)
{
    distill_status status = DISTILL_OK;
    char buffer[FAKE_TOKEN_BYTES];
    int id;
    for (size_t i = first; i < last; i++)
        if (part_of(a, choice, i) == wanted)
            TRY(distill_text_add_span(out, token_at(a, choice, i, buffer, &id)));
done:
    return status;
}

// --- as JSON -------------------------------------------------------------------------------------

/// "content":"…" and the like for tokens first … last-1; `whole`: of a message, not of a delta.
static distill_status write_text(distill_text *out, const fake_answer *a, size_t choice,
                                 size_t first, size_t last)
{
    distill_status status = DISTILL_OK;
    distill_text content = {0}, reasoning = {0};
    const char *mode = a->settings->reasoning;
    TRY(collect(&content, a, choice, PART_CONTENT, first, last));
    TRY(collect(&reasoning, a, choice, PART_REASONING, first, last));
    TRY(distill_text_printf(out, "\"%s\":", a->request->chat ? "content" : "text"));
    if (a->damage == FAKE_WRONG_TYPES)
        TRY(distill_text_add(out, "17"));
    else if (content.length == 0 && reasoning.length > 0)
        TRY(distill_text_add(out, a->request->chat ? "null" : "\"\""));
    else
        TRY(distill_json_write_string(out, distill_text_span(&content)));
    if (a->damage == FAKE_BAD_UTF8 && out->bytes[out->length - 1] == '"') {
        out->length--;
        TRY(distill_text_add(out, "\xff\xc3\""));
    }
    if (reasoning.length > 0) {
        TRY(distill_text_printf(out, ",\"%s\":", mode));
        TRY(distill_json_write_string(out, distill_text_span(&reasoning)));
    }
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

/// The token as text, or as the number that was asked for.
static distill_status write_name(distill_text *out, const fake_answer *a, distill_span token,
                                 int id)
{
    return a->request->names_ids ? distill_text_printf(out, "\"token_id:%d\"", id)
                                 : distill_json_write_string(out, token);
}

/// {"token":"…","logprob":-0.5,"bytes":[…]}, members only.
static distill_status write_token(distill_text *out, const fake_answer *a, distill_span token,
                                  int id, double logprob)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "\"token\":"));
    TRY(write_name(out, a, token, id));
    TRY(distill_text_printf(out, ",\"logprob\":%.3f,\"bytes\":[", logprob));
    for (size_t i = 0; i < token.length; i++)
        TRY(distill_text_printf(out, "%s%d", i > 0 ? "," : "", (unsigned char)token.bytes[i]));
    TRY(distill_text_add(out, "]"));
done:
    return status;
}

static distill_status write_chat_logprobs(distill_text *out, const fake_answer *a, size_t choice,
                                          size_t first, size_t last)
{
    distill_status status = DISTILL_OK;
    char buffer[FAKE_TOKEN_BYTES], name[32];
    int id;
    TRY(distill_text_add(out, ",\"logprobs\":{\"content\":["));
    for (size_t i = first; i < last; i++) {
        TRY(distill_text_add(out, i > first ? ",{" : "{"));
        distill_span token = token_at(a, choice, i, buffer, &id);
        TRY(write_token(out, a, token, id, logprob_of(a, choice, i, 0)));
        TRY(distill_text_add(out, ",\"top_logprobs\":["));
        for (size_t k = 0; k < a->request->top_logprobs; k++) {
            snprintf(name, sizeof name, "alternative%zu", k);
            TRY(distill_text_add(out, k > 0 ? ",{" : "{"));
            TRY(write_token(out, a, k == 0 ? token : distill_span_of(name),
                            (id + (int)k) % FAKE_VOCABULARY, logprob_of(a, choice, i, k)));
            TRY(distill_text_add(out, "}"));
        }
        TRY(distill_text_add(out, "]}"));
    }
    TRY(distill_text_add(out, "]}"));
done:
    return status;
}

static distill_status write_plain_logprobs(distill_text *out, const fake_answer *a, size_t choice,
                                           size_t first, size_t last)
{
    distill_status status = DISTILL_OK;
    distill_text numbers = {0}, top = {0};
    char buffer[FAKE_TOKEN_BYTES], name[32];
    int id;
    TRY(distill_text_add(out, ",\"logprobs\":{\"tokens\":["));
    for (size_t i = first; i < last; i++) {
        const char *before = i > first ? "," : "";
        distill_span token = token_at(a, choice, i, buffer, &id);
        TRY(distill_text_add(out, before));
        TRY(write_name(out, a, token, id));
        TRY(distill_text_printf(&numbers, "%s%.3f", before, logprob_of(a, choice, i, 0)));
        TRY(distill_text_printf(&top, "%s{", before));
        TRY(write_name(&top, a, token, id));
        TRY(distill_text_printf(&top, ":%.3f", logprob_of(a, choice, i, 0)));
        for (size_t k = 1; k < a->request->top_logprobs; k++) {
            snprintf(name, sizeof name, "alternative%zu", k);
            TRY(distill_text_add(&top, ","));
            TRY(write_name(&top, a, distill_span_of(name), (id + (int)k) % FAKE_VOCABULARY));
            TRY(distill_text_printf(&top, ":%.3f", logprob_of(a, choice, i, k)));
        }
        TRY(distill_text_add(&top, "}"));
    }
    TRY(distill_text_printf(out, "],\"token_logprobs\":[%s],\"top_logprobs\":[%s]}",
                            numbers.length > 0 ? numbers.bytes : "",
                            top.length > 0 ? top.bytes : ""));
done:
    distill_text_free(&numbers);
    distill_text_free(&top);
    return status;
}

static distill_status write_logprobs(distill_text *out, const fake_answer *a, size_t choice,
                                     size_t first, size_t last)
{
    if (!a->request->logprobs || strcmp(a->settings->logprobs, "yes") != 0)
        return distill_text_add(out, ",\"logprobs\":null");
    return a->request->chat ? write_chat_logprobs(out, a, choice, first, last)
                            : write_plain_logprobs(out, a, choice, first, last);
}

size_t fake_answer_tokens(const fake_answer *a)
{
    size_t sum = 0;
    for (size_t c = 0; c < a->choices; c++)
        sum += length_of(a, c);
    return sum;
}

static distill_status write_usage(distill_text *out, const fake_answer *a)
{
    size_t prompt = a->request->prompt.length / 4 + 1, reply = fake_answer_tokens(a);
    if (a->damage == FAKE_HUGE_NUMBERS)
        return distill_text_add(out, ",\"usage\":{\"prompt_tokens\":1e999,\"completion_tokens\":-5,"
                                     "\"total_tokens\":\"many\"}");
    if (strcmp(a->settings->usage, "no") == 0)
        return DISTILL_OK;
    return distill_text_printf(out,
                               ",\"usage\":{\"prompt_tokens\":%zu,\"completion_tokens\":%zu,"
                               "\"total_tokens\":%zu}",
                               prompt, reply, prompt + reply);
}

static distill_status write_head(distill_text *out, const fake_answer *a)
{
    const char *id = a->request->chat ? "chatcmpl" : "cmpl";
    const char *object = !a->request->chat ? "text_completion"
                         : a->stream       ? "chat.completion.chunk"
                                           : "chat.completion";
    return distill_text_printf(out,
                               "{\"id\":\"%s-%llu\",\"object\":\"%s\",\"created\":1700000000,"
                               "\"model\":\"%s\"",
                               id, a->damage == FAKE_SAME_ID ? 1 : (unsigned long long)a->serial,
                               object, a->settings->model);
}

static const char *finish_of(const fake_answer *a, size_t choice)
{
    return is_cut_short(a, choice) ? "\"length\"" : "\"stop\"";
}

/// One element of "choices" with tokens first … last-1, named `index`.
static distill_status write_choice(distill_text *out, const fake_answer *a, size_t choice,
                                   size_t index, size_t first, size_t last, const char *finish)
{
    distill_status status = DISTILL_OK;
    const char *box = a->stream ? "delta" : "message";
    const char *role = a->stream && a->phase != FAKE_PHASE_ROLE ? "" : "\"role\":\"assistant\",";
    TRY(distill_text_printf(out, "{\"index\":%zu,", index));
    if (a->request->chat)
        TRY(distill_text_printf(out, "\"%s\":{", box));
    if (a->stream && a->phase == FAKE_PHASE_FINISH && a->request->chat)
        TRY(distill_text_add(out, ""));
    else {
        TRY(distill_text_add(out, a->request->chat ? role : ""));
        TRY(write_text(out, a, choice, first, last));
    }
    if (a->request->chat)
        TRY(distill_text_add(out, "}"));
    TRY(write_logprobs(out, a, choice, first, last));
    TRY(distill_text_printf(out, ",\"finish_reason\":%s}", finish));
done:
    return status;
}

static distill_status write_object(distill_text *out, const fake_answer *a)
{
    distill_status status = DISTILL_OK;
    TRY(write_head(out, a));
    if (a->damage != FAKE_MISSING_CHOICES)
        TRY(distill_text_add(out, ",\"choices\":["));
    if (a->damage != FAKE_MISSING_CHOICES && a->damage != FAKE_EMPTY_CHOICES)
        for (size_t c = 0; c < a->choices; c++) {
            size_t length = length_of(a, c);
            TRY(distill_text_add(out, c > 0 ? "," : ""));
            TRY(write_choice(out, a, c, c, 0, length, finish_of(a, c)));
            if (a->damage == FAKE_DUPLICATE_CHOICES || a->damage == FAKE_EXTRA_CHOICES) {
                size_t index = a->damage == FAKE_DUPLICATE_CHOICES ? c : a->choices + 7;
                TRY(distill_text_add(out, ","));
                TRY(write_choice(out, a, c, index, 0, length, finish_of(a, c)));
            }
        }
    if (a->damage != FAKE_MISSING_CHOICES)
        TRY(distill_text_add(out, "]"));
    TRY(write_usage(out, a));
    TRY(distill_text_add(out, "}"));
done:
    return status;
}

static distill_status write_event(distill_text *out, const fake_answer *a, size_t first,
                                  size_t last, const char *finish)
{
    distill_status status = DISTILL_OK;
    TRY(write_head(out, a));
    if (a->damage == FAKE_MISSING_CHOICES)
        goto close;
    TRY(distill_text_add(out, ",\"choices\":["));
    if (a->damage != FAKE_EMPTY_CHOICES) {
        TRY(write_choice(out, a, a->choice, a->choice, first, last, finish));
        if (a->damage == FAKE_EXTRA_CHOICES) {
            TRY(distill_text_add(out, ","));
            TRY(write_choice(out, a, a->choice, a->choices + 7, first, last, finish));
        }
    }
    TRY(distill_text_add(out, "]"));
close:
    TRY(distill_text_add(out, a->request->include_usage ? ",\"usage\":null}" : "}"));
done:
    return status;
}

// --- piece by piece ------------------------------------------------------------------------------

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
    // greedy decoding says the same whenever it is asked; drawn replies differ
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
    a->choices = strcmp(settings->many, "one") == 0 ? 1 : request->n;
    TRY(DISTILL_NEW(&a->replies, a->choices));
    for (size_t c = 0; c < a->choices; c++)
        a->replies[c] =
            fake_reply_to(distill_text_span(&request->prompt), a->seed, c, settings->reply_tokens);
    if (settings->judge)
        TRY(fake_judge_write(&a->fixed, distill_text_span(&request->prompt)));
    size_t groups = (longest(a) + settings->tokens_an_event - 1) / settings->tokens_an_event;
    a->total = a->stream ? a->choices * (groups + 2) + 2 : 1;
done:
    return status;
}

/// Moves on to the next choice, and behind the last to `next`; *tokens may hold back.
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
    size_t last = a->first + a->settings->tokens_an_event, length = length_of(a, a->choice);
    bool endless = a->damage == FAKE_ENDLESS;
    if (last > length && !endless)
        last = length;
    if (a->first < last)
        TRY(write_event(out, a, a->first, last, "null"));
    advance(a, FAKE_PHASE_CONTENT);
    if (a->choice == 0)
        a->first += a->settings->tokens_an_event;
    if (a->first >= longest(a) && a->choice == 0 && !endless)
        a->phase = FAKE_PHASE_FINISH;
done:
    return status;
}

static distill_status next_finish(fake_answer *a, distill_text *out)
{
    distill_status status = DISTILL_OK;
    TRY(write_event(out, a, 0, 0, finish_of(a, a->choice)));
    advance(a, FAKE_PHASE_USAGE);
    if (a->phase == FAKE_PHASE_USAGE && a->damage == FAKE_DUPLICATE_CHOICES) {
        a->damage = FAKE_INTACT; // once more from the beginning
        a->phase = FAKE_PHASE_ROLE;
        a->first = 0;
    }
done:
    return status;
}

static distill_status next_usage(fake_answer *a, distill_text *out)
{
    distill_status status = DISTILL_OK;
    a->phase = FAKE_PHASE_DONE;
    if (!a->request->include_usage || strcmp(a->settings->usage, "no") == 0)
        return DISTILL_OK;
    TRY(write_head(out, a));
    TRY(distill_text_add(out, ",\"choices\":[]"));
    TRY(write_usage(out, a));
    TRY(distill_text_add(out, "}"));
done:
    return status;
}

static distill_status next_event(fake_answer *a, distill_text *out)
{
    distill_status status = DISTILL_OK;
    switch (a->phase) {
    case FAKE_PHASE_ROLE:
        if (a->request->chat)
            TRY(write_event(out, a, 0, 0, "null"));
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
