// distill/generate/generator.h - the interface of local checkpoints and servers that sample
// replies.
//
//     TRY(distill_local_generator_open(&generator, dir, tok, &local));  // local_generator.h, or
//     TRY(distill_client_open(&generator, &client));                   // openai/client.h
//     distill_generator_calls calls = {.next = next, .done = done, .context = &job};
//     TRY(distill_generator_run(generator, &sampling, &calls));
//     distill_generator_close(generator);
//
// The generator pulls requests with `next` and delivers completions with `done`, in the order in
// which replies end. The generator chooses how many requests run at the same time.
//
// Threads   all callbacks run on the thread that called distill_generator_run.
#ifndef DISTILL_GENERATE_GENERATOR_H
#define DISTILL_GENERATE_GENERATOR_H

#include "distill/base/text.h"
#include "distill/text/chat/chat_template.h"

typedef struct distill_sampling {
    double temperature; // 0 = greedy
    double top_p;       // 1 = off
    size_t top_k;       // 0 = off
    double min_p;       // 0 = off
    size_t max_tokens;
    size_t logprobs;         // top-K kept for every token; 0 = only the token's own
    const char *const *stop; // stop strings: cut off the text, while the ids keep all tokens
    size_t stop_count;
} distill_sampling;

#define DISTILL_SAMPLING_DEFAULTS                                                                  \
    {                                                                                              \
        .temperature = 0.6, .top_p = 0.95, .max_tokens = 32768                                     \
    }

typedef enum distill_finish {
    DISTILL_FINISH_STOP = 0,
    DISTILL_FINISH_LENGTH = 1,
    DISTILL_FINISH_ERROR = 2
} distill_finish;

/// One reply to sample. What it points to is borrowed until its completion.
/// Local: the reply is a pure function of (prompt, stream, settings, weights); batch size, threads
/// and the order of requests do not change it.
/// Server: `messages` and `prefix` make a chat completion, `text` alone a plain completion (base
/// models). A seed derived from the stream is sent; servers may ignore it.
typedef struct distill_request {
    const int32_t *prompt; // local: ids
    size_t prompt_count;
    const distill_message *messages; // server: the conversation so far
    size_t message_count;
    distill_span tools;           // server: JSON array of the tools that may be called; "" = none
    distill_span template_kwargs; // server: JSON object of variables of its template; "" = none
    distill_span prefix; // server: the reply is forced to begin with it; not part of its text
    distill_span text;   // server: a prompt to continue as it is, instead of messages
    uint64_t prompt_key; // requests with the same key must have the same prompt: a local model
                         // shares its KV cache, a server gets consecutive ones as one HTTP request;
                         // 0 = not shared
    uint64_t stream;     // distill_rng_stream(seed, id, sample): the reply's random numbers
    size_t max_tokens;   // 0 = as in the sampling settings; clipped to the context that is left
    void *tag;           // passed back with the completion
} distill_request;

/// A reply, borrowed during the callback.
typedef struct distill_completion {
    const int32_t *ids;    // sampled tokens without the stop token; NULL if a server gave none
                           // (with log-probabilities, -1 for each id that it did not give)
    const float *logprobs; // natural logarithm of each sampled token's probability at temperature 1
                           // before any filter (a server's, as it counts them); NULL = not known
    size_t count;          // of ids and logprobs
    size_t sampled;        // tokens sampled, with the stop token; a server's as it counted them
    size_t prompt_tokens;  // server: as it counted them; 0 = not known
    distill_span text;     // decoded without special tokens, cut before a stop string; the thought
                           // that a server gave apart is put before it (text/chat/think.h)
    distill_finish finish;
    distill_span error;         // why there is no reply, or an empty one; "" otherwise
    const int32_t *topk_ids;    // [count, K]
    const float *topk_logprobs; // [count, K]
    size_t K;
    void *tag;
} distill_completion;

typedef struct distill_generator_calls {
    /// Fills in the next request, or sets *more to false, after which it is not called again.
    distill_status (*next)(void *context, distill_request *request, bool *more);
    distill_status (*done)(void *context, const distill_completion *completion);
    /// Called at least once a decode step with the number of tokens sampled so far; may be NULL.
    void (*tick)(void *context, uint64_t tokens);
    void *context;
} distill_generator_calls;

/// Usage of servers since the generator was opened; all zero for a local one.
typedef struct distill_usage {
    size_t in_flight;       // HTTP requests at this moment
    uint64_t requests;      // HTTP requests that were sent
    uint64_t retries;       // of these, repetitions
    uint64_t prompt_tokens; // as the servers counted them; estimated where they did not
    uint64_t reply_tokens;
} distill_usage;

typedef struct distill_generator distill_generator;

/// What an implementation provides.
typedef struct distill_generator_methods {
    distill_status (*run)(distill_generator *generator, const distill_sampling *sampling,
                          const distill_generator_calls *calls);
    distill_usage (*usage)(const distill_generator *generator); // NULL = nothing to count
    void (*close)(distill_generator *generator);
} distill_generator_methods;

/// The first member of each implementation's own struct. Callers use the functions below.
struct distill_generator {
    const distill_generator_methods *methods;
    const distill_tokenizer *tok;
    size_t context;
    const char *model;
};

/// Runs until `next` has no more and all replies are done, a callback fails, or the process is
/// interrupted (replies in flight are dropped). May be called again.
/// A server's request that fails for good (rejected, or out of retries) is a completion with
/// DISTILL_FINISH_ERROR; an error that affects every request (a wrong key, an unknown model, no
/// server that responds) fails the run.
/// Errors  those of the callbacks; INTERRUPTED; LIMIT and FORMAT for a prompt that a local model
///         cannot take; REMOTE with the server's message.
static inline distill_status DISTILL_MUST_CHECK
distill_generator_run(distill_generator *generator, const distill_sampling *sampling,
                      const distill_generator_calls *calls)
{
    return generator->methods->run(generator, sampling, calls);
}

static inline distill_usage distill_generator_usage(const distill_generator *generator)
{
    return generator->methods->usage != NULL ? generator->methods->usage(generator)
                                             : (distill_usage){0};
}

/// The tokenizer of a local model; NULL for servers. Borrowed.
static inline const distill_tokenizer *
distill_generator_tokenizer(const distill_generator *generator)
{
    return generator->tok;
}

/// Longest prompt and reply together, in tokens; 0 = not known (servers).
static inline size_t distill_generator_context(const distill_generator *generator)
{
    return generator->context;
}

/// The model's name as sent to servers; NULL for a local model. Borrowed.
static inline const char *distill_generator_model(const distill_generator *generator)
{
    return generator->model;
}

static inline void distill_generator_close(distill_generator *generator)
{
    if (generator != NULL)
        generator->methods->close(generator);
}

#endif
