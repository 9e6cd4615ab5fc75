// datasets/sample/reply_queue.h - the replies that a run has to sample, as requests in rising
// order, and those in flight. Private to sampling.c.
//
//     reply_queue queue;
//     TRY(reply_queue_open(&queue, job));
//     TRY(reply_queue_next(&queue, &request, &more));     // request.tag is the pending_reply
//     …                                                   // until its completion
//     uint64_t settled = reply_queue_finish(&queue, completion->tag);
//     reply_queue_close(&queue);
//
// A prompt is rendered and tokenised when its first reply is requested, and kept until its last
// reply is done: memory depends on the replies in flight, not on the number of prompts.
#ifndef DATASETS_SAMPLE_REPLY_QUEUE_H
#define DATASETS_SAMPLE_REPLY_QUEUE_H

#include "datasets/prompts/prompt_render.h"
#include "datasets/sample/sampling_job.h"

/// A prompt in the form that the generator takes.
typedef struct rendered_prompt {
    size_t index;                     // in the prompt set
    distill_ids ids;                  // local
    prompt_conversation conversation; // server: chat completions
    distill_text text;                // server: plain completions
    size_t users; // its replies in flight, and the queue while it is the current one
} rendered_prompt;

/// A reply in flight.
typedef struct pending_reply {
    rendered_prompt *prompt;
    struct pending_reply *next; // of larger order
    uint64_t order;             // prompt index * samples + sample
    int32_t sample;
    bool done;
} pending_reply;

typedef struct reply_queue {
    const sampling_job *job;
    const distill_tokenizer *tok; // NULL: the generator is a server
    size_t context;               // SIZE_MAX = unknown
    prompt_style style;
    uint64_t order, total;    // next order to examine; number of orders
    rendered_prompt *current; // prompt of `order`; NULL = not rendered yet
    size_t current_index;     // SIZE_MAX = none yet
    bool current_fits;
    pending_reply *first, *last; // in flight
    uint64_t skipped;            // prompts that do not fit in the context
    bool clip_noted;
} reply_queue;

/// Borrows `job`.
distill_status reply_queue_open(reply_queue *queue, const sampling_job *job) DISTILL_MUST_CHECK;
/// Fills in the request of the next reply that the store lacks; *more is false at the end. Prompts
/// that leave no room in the context are skipped, with a warning for the first of them.
/// Errors  FORMAT for a prompt without tokens.
distill_status reply_queue_next(reply_queue *queue, distill_request *request,
                                bool *more) DISTILL_MUST_CHECK;
/// Frees `reply`, now or when all before it are done. Returns the order below which every reply is
/// done.
uint64_t reply_queue_finish(reply_queue *queue, pending_reply *reply);
/// Also frees replies that are still in flight.
void reply_queue_close(reply_queue *queue);

#endif
