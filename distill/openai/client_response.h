// distill/openai/client_response.h - one answer of a server while it comes, and what it amounts to.
//
//     TRY(served_answer_begin(&answer, n, sampling, max_tokens));
//     more = served_answer_take(&answer, &head, bytes);         // from remote.h, piece by piece
//     TRY(served_answer_close(&answer, &end, api_key));
//     switch (answer.verdict) …                                 // choices that ended are in reply
//
// Whatever comes, it is bounded: texts, events, bodies and error messages end at their ceilings.
// Private to the generate room.
#ifndef DISTILL_OPENAI_CLIENT_RESPONSE_H
#define DISTILL_OPENAI_CLIENT_RESPONSE_H

#include "distill/openai/chat_request.h"
#include "distill/openai/http_client.h"
#include "distill/openai/sse.h"

typedef enum served_verdict {
    SERVED_GOOD,        // a whole answer (of fewer choices than asked for, perhaps)
    SERVED_FAULTY,      // worth another try: a server error, silence, a cut or senseless reply
    SERVED_BUSY,        // "too many requests"
    SERVED_UNREACHABLE, // no connection
    SERVED_UNFIT,       // this request will never do: too long, a value that is not taken, …
    SERVED_CLOSED       // no request will: wrong key, no such model, not paid, another server
} served_verdict;

typedef struct served_answer {
    chat_reply reply;
    served_verdict verdict;
    distill_text reason;  // why it is not good, with status and the server's words; no key in it
    double retry_after_s; // -1 = not told
    long status;          // HTTP; 0 = none came
    // while it comes
    enum { ANSWER_UNKNOWN, ANSWER_EVENTS, ANSWER_WHOLE, ANSWER_ERROR } form;
    event_stream events;
    distill_text body;
    size_t body_limit, skipped, max_tokens;
    bool broken; // what came is no such answer: `reason` says why
} served_answer;

/// Forgets what was there before.
distill_status served_answer_begin(served_answer *answer, size_t n,
                                   const distill_sampling *sampling,
                                   size_t max_tokens) DISTILL_MUST_CHECK;
/// False if the rest is not wanted.
bool served_answer_take(served_answer *answer, const remote_answer *head, distill_span bytes);
/// Errors  NO_MEMORY.
distill_status served_answer_close(served_answer *answer, const remote_answer *end,
                                   const char *api_key) DISTILL_MUST_CHECK;
/// Pieces of text that have come so far: about the number of tokens.
size_t served_answer_pieces(const served_answer *answer);
void served_answer_free(served_answer *answer);

#endif
