// tests/support/fake_teacher_request.h - an HTTP/1.1 request and the fields of its body.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_REQUEST_H
#define TESTS_SUPPORT_FAKE_TEACHER_REQUEST_H

#include "distill/base/text.h"

enum { FAKE_HEAD_BYTES = 64 << 10, FAKE_BODY_BYTES = 64 << 20 };

typedef enum fake_key { FAKE_KEY_NONE, FAKE_KEY_RIGHT, FAKE_KEY_WRONG } fake_key;

typedef struct fake_request {
    distill_text method, path, authorization, body;
    bool keep_alive;
    size_t bytes; // of head and body
    bool expects_continue;
    // fields of the body
    bool chat; // false: plain completion
    distill_text model, prompt;
    uint64_t seed;
    bool has_seed, stream, include_usage, logprobs;
    size_t n, max_tokens, top_logprobs; // max_tokens 0 = not given
    double temperature;
    bool names_ids; // "return_tokens_as_token_ids": tokens are written "token_id:7", as by vLLM
} fake_request;

typedef enum fake_parse { FAKE_PARSE_MORE, FAKE_PARSE_READY, FAKE_PARSE_BAD } fake_parse;

/// Parses the request at the beginning of `bytes`; request->bytes is its length.
fake_parse fake_request_parse(fake_request *request, distill_span bytes);
/// Reads the JSON body. Errors  FORMAT with a message for the client.
distill_status fake_request_read_body(fake_request *request) DISTILL_MUST_CHECK;
fake_key fake_request_key(const fake_request *request, const char *key);
/// True if the body has a member that is not in the OpenAI API; its name is written to `name`.
bool fake_request_unknown_key(const fake_request *request, char *name, size_t capacity);
void fake_request_free(fake_request *request);

#endif
