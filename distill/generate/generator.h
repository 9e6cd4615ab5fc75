// distill/generate/generator.h - many replies from one source, whatever the source is.
//
// The caller is asked for requests and told of completions; how many run together is the
// generator's business. Two kinds behind one face: a checkpoint decoded in this process
// (generate/engine), and a model behind OpenAI-compatible servers (generate/remote).
//
//     const char *urls[] = {"https://api.example.com/v1"};
//     distill_remote_options served = {.urls = urls, .url_count = 1, .model = "some-model"};
//     TRY(distill_generator_open_remote(&generator, &served));
//     TRY(distill_generator_run(generator, &sampling, &calls));   // next() gives messages
#ifndef DISTILL_GENERATE_GENERATOR_H
#define DISTILL_GENERATE_GENERATOR_H

#include "distill/base/memory.h"
#include "distill/base/text.h"
#include "distill/model/config.h"
#include "distill/tensor/packed_matmul.h"
#include "distill/text/chat/chat_template.h"

typedef struct distill_sampling {
    double temperature; // 0 = greedy
    double top_p;       // 1 = off
    size_t top_k;       // 0 = off
    double min_p;       // 0 = off
    size_t max_tokens;
    size_t logprobs;         // top-K kept for every token; 0 = only the token's own
    const char *const *stop; // stop strings, left out of the text (the ids keep what was sampled)
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

/// One reply to be sampled. The prompt is not copied: it stays valid until its completion.
/// Local: the reply is a pure function of (prompt, stream, settings, weights): batch size, threads
/// and the order of requests do not change a bit of it.
/// Served: `messages` and `prefix` (chat completions), or `text` alone (plain completions of a base
/// model); the stream gives the seed that is sent; what the server makes of it is its own affair.
typedef struct distill_request {
    const int32_t *prompt; // local: ids
    size_t prompt_count;
    const distill_message *messages; // served: the conversation so far
    size_t message_count;
    distill_span prefix; // served: what the reply is made to begin with; not part of its text
    distill_span text;   // served: a prompt that is continued as it is, instead of messages
    uint64_t prompt_key; // requests with the same key (and prompt) share its cache, or go as one
                         // HTTP request if they come one after the other; 0 = it shares with none
    uint64_t stream;     // distill_rng_stream(seed, id, sample): the random numbers of this reply
    size_t max_tokens;   // 0 = as in the sampling settings; clipped to the context that is left
    void *tag;           // given back with the completion
} distill_request;

/// Borrowed: valid during the callback.
typedef struct distill_completion {
    const int32_t *ids;    // sampled tokens, the stop token left out; NULL if a server gave none
                           // (with log-probabilities -1 stands for each id that it did not tell)
    const float *logprobs; // natural logarithm of each sampled token's probability at temperature 1
                           // before any filter (a server's, as it counts them); NULL = not known
    size_t count;          // of ids and logprobs
    size_t sampled;        // tokens sampled, the stop token included; as a server counted them
    size_t prompt_tokens;  // served: as the server counted them; 0 = not told
    distill_span text;     // decoded, special tokens left out, cut before a stop string; a server's
                           // thoughts are set before its answer as <think>...</think>
    distill_finish finish;
    distill_span error;         // finish ERROR: why there is no reply, a sentence; "" otherwise
    const int32_t *topk_ids;    // [count, K]
    const float *topk_logprobs; // [count, K]
    size_t K;
    void *tag;
} distill_completion;

typedef struct distill_generator_calls {
    /// Sets *more to false when there are no further requests (asked again only until then).
    distill_status (*next)(void *context, distill_request *request, bool *more);
    distill_status (*done)(void *context, const distill_completion *completion);
    /// Called at least once a decoded step with the number of tokens sampled so far; may be NULL.
    void (*tick)(void *context, uint64_t tokens);
    void *context;
} distill_generator_calls;

typedef struct distill_generator distill_generator;

/// A local checkpoint.
typedef struct distill_local_options {
    size_t batch_size;       // sequences decoded together; 0 = chosen from the memory there is
    size_t context;          // longest prompt + reply; 0 = the model's, never more than that
    distill_weights weights; // how they are held: bf16 unless said otherwise
    /// Tokens that end a reply, besides the eos tokens of model and tokenizer.
    const int32_t *stop_ids;
    size_t stop_id_count;
} distill_local_options;

/// What such a generator will use. The KV cache takes memory only as replies grow, up to
/// `cache_bytes`; if that is less than all replies at full length need, the youngest ones wait their
/// turn.
typedef struct distill_local_plan {
    size_t batch_size, context;
    size_t cache_pages;
    distill_weights weights;
    size_t weight_bytes, cache_bytes, scratch_bytes;
} distill_local_plan;

/// Plans for `available` bytes of memory.
/// Errors  LIMIT with the numbers if it does not fit.
distill_status distill_local_plan_make(distill_local_plan *plan, const distill_config *config,
                                       const distill_local_options *options,
                                       size_t available) DISTILL_MUST_CHECK;

/// Plans, prints the plan as a note, and loads. Keeps `tok` (borrowed); without one (NULL) replies
/// have no text, and every row of the embedding may be drawn. With one, rows beyond the tokenizer's
/// vocabulary are never drawn.
distill_status
distill_generator_open_local(distill_generator **out, const char *dir, const distill_tokenizer *tok,
                             const distill_local_options *options) DISTILL_MUST_CHECK;
/// A model behind one or more OpenAI-compatible servers. Strings are borrowed until close.
typedef struct distill_remote_options {
    const char *const *urls; // base URLs, "https://api.example.com/v1"; they share the load
    size_t url_count;
    const char *model;          // the servers' name of it; NULL = the only one that they list
    const char *api_key;        // NULL = none is sent; it appears nowhere else
    size_t concurrency;         // HTTP requests in flight; 0 = 64
    size_t retries;             // after the first try of a request
    double idle_timeout_s;      // a reply without a byte for so long is given up and asked again
    double requests_per_minute; // 0 = no limit
    double tokens_per_minute;   // prompt and reply together; 0 = no limit
} distill_remote_options;

#define DISTILL_REMOTE_DEFAULTS                                                                    \
    {                                                                                              \
        .concurrency = 64, .retries = 8, .idle_timeout_s = 600                                     \
    }

/// Asks the servers for the model's name if options->model is NULL; otherwise sends nothing yet.
/// Errors  USAGE for an address that is none, or holds a password; REMOTE, naming the models there
///         are.
distill_status
distill_generator_open_remote(distill_generator **out,
                              const distill_remote_options *options) DISTILL_MUST_CHECK;

/// What a served generator has used since it was opened (all zero for a local one).
typedef struct distill_remote_usage {
    size_t in_flight;       // HTTP requests at this moment
    uint64_t requests;      // HTTP requests that were begun
    uint64_t retries;       // of these, repetitions
    uint64_t prompt_tokens; // as the servers counted them (estimated where they did not)
    uint64_t reply_tokens;
} distill_remote_usage;
distill_remote_usage distill_generator_usage(const distill_generator *generator);
/// The model's name that is sent; NULL for a local generator; borrowed.
const char *distill_generator_model(const distill_generator *generator);

void distill_generator_close(distill_generator *generator);
/// The tokenizer it was opened with (NULL for a served one); borrowed.
const distill_tokenizer *distill_generator_tokenizer(const distill_generator *generator);
/// Longest prompt + reply this generator can hold, in tokens (0 = not known).
size_t distill_generator_context(const distill_generator *generator);

/// Runs until `next` has no more and all replies are done, or a callback fails, or the process is
/// interrupted (INTERRUPTED; replies in flight are dropped). May be called again.
/// A served request that fails for good (refused, or `retries` used up) is a completion with finish
/// ERROR; what every request would meet (a wrong key, no such model, no server that answers) fails
/// the run. Errors  REMOTE with the server's own words.
distill_status distill_generator_run(distill_generator *generator, const distill_sampling *sampling,
                                     const distill_generator_calls *calls) DISTILL_MUST_CHECK;

#endif
