// distill/openai/chat_request.c - the fields of a request, in the order in which they are sent.
//
// Optional fields are left out where they have no effect, because servers differ in what they
// accept.
#include "distill/openai/chat_request.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/rng.h"

const char *chat_request_path(const distill_request *request)
{
    return request->messages != NULL ? "/chat/completions" : "/completions";
}

static void add_message(distill_json_writer *w, const distill_message *message)
{
    distill_json_begin_object(w, NULL);
    distill_json_add_span(w, "role", message->role);
    distill_json_add_span(w, "content", message->content);
    distill_json_add_raw_members(w, message->fields);
    distill_json_end_object(w);
}

static void add_prompt(distill_json_writer *w, const distill_request *request)
{
    if (request->messages == NULL) {
        distill_json_add_span(w, "prompt", request->text);
        return;
    }
    distill_json_begin_array(w, "messages");
    for (size_t i = 0; i < request->message_count; i++)
        add_message(w, &request->messages[i]);
    if (request->prefix.length > 0)
        add_message(w, &(distill_message){.role = distill_span_of("assistant"),
                                          .content = request->prefix});
    distill_json_end_array(w);
    if (request->tools.length > 0)
        distill_json_add_raw(w, "tools", request->tools);
    if (request->template_kwargs.length > 0) // vLLM, SGLang, llama.cpp
        distill_json_add_raw(w, "chat_template_kwargs", request->template_kwargs);
    if (request->prefix.length > 0) { // vLLM and SGLang: continue the last message
        distill_json_add_bool(w, "continue_final_message", true);
        distill_json_add_bool(w, "add_generation_prompt", false);
    }
}

static void add_sampling(distill_json_writer *w, const chat_request *chat,
                         const chat_dialect *dialect)
{
    const distill_sampling *s = chat->sampling;
    distill_json_add_number(w, "temperature", s->temperature);
    distill_json_add_number(w, "top_p", s->top_p);
    if (s->top_k > 0)
        distill_json_add_uint(w, "top_k", s->top_k);
    if (s->min_p > 0)
        distill_json_add_number(w, "min_p", s->min_p);
    distill_json_add_uint(w,
                          dialect->max_completion_tokens ? "max_completion_tokens" : "max_tokens",
                          chat->max_tokens);
    if (chat->n > 1)
        distill_json_add_uint(w, "n", chat->n);
    uint64_t seed = chat->request->stream + chat->redraws * DISTILL_GOLDEN_RATIO64;
    if (!dialect->no_seed) // 31 bits fit into the integers of every server
        distill_json_add_uint(w, "seed", seed & 0x7FFFFFFF);
    if (s->stop_count > 0) {
        distill_json_begin_array(w, "stop");
        for (size_t i = 0; i < s->stop_count; i++)
            distill_json_add_string(w, NULL, s->stop[i]);
        distill_json_end_array(w);
    }
}

static void add_logprobs(distill_json_writer *w, const chat_request *chat,
                         const chat_dialect *dialect)
{
    if (chat->sampling->logprobs == 0)
        return;
    if (chat->request->messages != NULL)
        distill_json_add_bool(w, "logprobs", true);
    distill_json_add_uint(w, chat->request->messages != NULL ? "top_logprobs" : "logprobs",
                          chat->sampling->logprobs);
    if (!dialect->no_token_ids)
        distill_json_add_bool(w, "return_tokens_as_token_ids", true);
}

distill_status chat_request_write(distill_text *out, const chat_request *chat,
                                  const chat_dialect *dialect)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "model", chat->model);
    add_prompt(&w, chat->request);
    add_sampling(&w, chat, dialect);
    add_logprobs(&w, chat, dialect);
    distill_json_add_bool(&w, "stream", true);
    if (!dialect->no_stream_usage) {
        distill_json_begin_object(&w, "stream_options");
        distill_json_add_bool(&w, "include_usage", true);
        distill_json_end_object(&w);
    }
    distill_json_end_object(&w);
    return distill_json_finish(&w);
}
