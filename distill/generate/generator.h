// distill/generate/generator.h - many replies from one source, whatever the source is.
//
// The caller is asked for requests and told of completions; how many run together is the
// generator's business. Local engine now (generate/engine); a remote server later behind the same
// face.
#ifndef DISTILL_GENERATE_GENERATOR_H
#define DISTILL_GENERATE_GENERATOR_H

#include "distill/base/memory.h"
#include "distill/base/text.h"
#include "distill/model/config.h"
#include "distill/text/tokenizer.h"

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

/// One reply to be sampled. The prompt is not copied: it stays valid until its completion. The reply
/// is a pure function of (prompt, stream, settings, weights): batch size, threads and the order of
/// requests do not change a bit of it.
typedef struct distill_request {
    const int32_t *prompt;
    size_t prompt_count;
    uint64_t prompt_key; // requests with the same key (and prompt) share its cache
    uint64_t stream;     // distill_rng_stream(seed, id, sample): the random numbers of this reply
    size_t max_tokens;   // 0 = as in the sampling settings; clipped to the context that is left
    void *tag;           // given back with the completion
} distill_request;

/// Borrowed: valid during the callback.
typedef struct distill_completion {
    const int32_t *ids;    // sampled tokens, the stop token left out
    const float *logprobs; // natural logarithm of each sampled token's probability at temperature 1
                           // before any filter
    size_t count;
    size_t sampled;    // tokens sampled, the stop token included
    distill_span text; // decoded, special tokens left out, cut before a stop string
    distill_finish finish;
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
    size_t batch_size; // sequences decoded together; 0 = chosen from the memory there is
    size_t context;    // longest prompt + reply; 0 = the model's, never more than that
    /// Tokens that end a reply, besides the eos tokens of model and tokenizer.
    const int32_t *stop_ids;
    size_t stop_id_count;
} distill_local_options;

/// What such a generator will use. Weights are float32; the KV cache takes memory only as replies
/// grow, up to `cache_bytes`; if that is less than all replies at full length need, the youngest
/// ones wait their turn.
typedef struct distill_local_plan {
    size_t batch_size, context;
    size_t cache_pages;
    size_t weight_bytes, loading_bytes, cache_bytes, scratch_bytes;
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
void distill_generator_close(distill_generator *generator);
/// The tokenizer it was opened with; borrowed.
const distill_tokenizer *distill_generator_tokenizer(const distill_generator *generator);
/// Longest prompt + reply this generator can hold, in tokens (0 = not known).
size_t distill_generator_context(const distill_generator *generator);

/// Runs until `next` has no more and all replies are done, or a callback fails, or the process is
/// interrupted (INTERRUPTED; replies in flight are dropped).
distill_status distill_generator_run(distill_generator *generator, const distill_sampling *sampling,
                                     const distill_generator_calls *calls) DISTILL_MUST_CHECK;

#endif
