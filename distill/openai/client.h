// distill/openai/client.h - a model behind servers: which request goes where and when, and what
// becomes of failures. Behind distill/generate/generator.h; remote.h carries the bytes.
//
// Requests with one prompt key that come in a row go as one HTTP request ("n") until a server shows
// that it gives one reply at a time. What ended before an answer broke off is kept; only the rest is
// asked again. Failures, and what follows:
//
//     no connection             the server is left out, tried again after 1, 2, 4 … 60 s; the run
//                               ends when no server could be reached `retries` times in a row
//     429                       the server is given a pause (Retry-After, or 1, 2, 4 … 60 s) and
//                               half as many requests at once
//     408, 409, 425, 5xx, silence, a cut, empty or senseless reply
//                               the request is tried again, `retries` times; 1, 2, 4 … 60 s between
//     400, 413, 422, …          the request is not tried again, unless the message names a field
//                               that can be left out, or the context that max_tokens must fit into
//     401, 402, 403, 404, a certificate, a redirect to elsewhere
//                               before its first reply: the server is given up; the run ends if it
//                               was the last
//
// A request that fails for good is a completion with finish ERROR. It is told only when a later
// request has succeeded, or nothing else is left: MOST_DOUBTS of them in a row end the run instead,
// untold, so that an outage does not become failed prompts.
// Private to the generate room.
#ifndef DISTILL_OPENAI_CLIENT_H
#define DISTILL_OPENAI_CLIENT_H

#include "distill/generate/generator.h"

typedef struct served served;

distill_status served_open(served **out, const distill_remote_options *options) DISTILL_MUST_CHECK;
distill_status served_run(served *s, const distill_sampling *sampling,
                          const distill_generator_calls *calls) DISTILL_MUST_CHECK;
distill_remote_usage served_usage(const served *s);
const char *served_model(const served *s);
void served_close(served *s);

#endif
