// tests/support/fake_teacher_fault.h - a table of server faults, by name.
//
//     fake_faults_add(&faults, "429-after:0.05");           // 5% of the requests
//     row = fake_faults_draw(&faults, prompt, earlier, serial);   // NULL = no fault
//
// A prompt can request a fault, independent of the probabilities: "[fault:rst]" for each request,
// "[fault:rst*2]" for the first two requests with this prompt.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_FAULT_H
#define TESTS_SUPPORT_FAKE_TEACHER_FAULT_H

#include "distill/base/text.h"

/// What a client should do.
typedef enum fake_remedy {
    FAKE_RETRY,     // send the request again
    FAKE_GIVE_UP,   // report a failure
    FAKE_NO_REMEDY, // accept the response, which is unusual but correct
    FAKE_OTHER      // a test of its own checks the result
} fake_remedy;

/// How a correct response is damaged.
typedef enum fake_damage {
    FAKE_INTACT,
    FAKE_CUT_PIECE,         // closed in the middle of an event, or of the body
    FAKE_CUT_UTF8,          // closed between two bytes of a character
    FAKE_CUT_BETWEEN,       // closed between two events, in a chunked body
    FAKE_CUT_CLEANLY,       // a complete body for HTTP, without the end of the reply
    FAKE_CUT_BEFORE_DONE,   // closed before usage and [DONE]
    FAKE_CUT_RESET,         // an RST in the middle
    FAKE_STALL_START,       // nothing is sent
    FAKE_STALL_MIDDLE,      // sending stops in the middle
    FAKE_DRIP,              // the first bytes slowly, one at a time
    FAKE_ENDLESS,           // a reply without an end
    FAKE_ENDLESS_LINE,      // an event without an end
    FAKE_HEADER_FLOOD,      // headers without an end
    FAKE_INVALID_JSON,      // an event, or the body, that is not JSON
    FAKE_EMPTY_CHOICES,     // only "choices":[]
    FAKE_MISSING_CHOICES,   // no "choices"
    FAKE_WRONG_TYPES,       // content is a number
    FAKE_DUPLICATE_CHOICES, // each choice twice with the same index; in a stream, in sequence
    FAKE_EXTRA_CHOICES,     // a choice with an index that was not requested
    FAKE_SAME_ID,           // all responses have the same "id"
    FAKE_HUGE_NUMBERS,      // impossible usage and log-probabilities
    FAKE_BAD_UTF8,          // content that is not UTF-8
    FAKE_ERROR_EVENT,       // an error object in the middle of the stream
    FAKE_BAD_CHUNK,         // a chunk length that is not a number
    FAKE_CRLF,              // \r\n as line ends, "data:" without a space
    FAKE_COMMENTS,          // comments and other fields between the events
    FAKE_TINY_WRITES,       // one byte per packet
    FAKE_UNFRAMED,          // neither length nor chunks: the connection ends with the body
    FAKE_JSON_ANYWAY,       // not streamed, although streaming was requested
    FAKE_DONE_HELD,         // nothing after [DONE], and the connection stays open
    FAKE_FINISH_HELD,       // nothing after the finish_reason, and the connection stays open
    FAKE_COMMENTS_ONLY,     // comments without an end
    FAKE_DRIBBLE,           // an event without an end, a byte at a time
    FAKE_EMPTY_REPLY,       // a reply without text, ended with "stop"
    FAKE_PARTS,             // the content is a list of parts, of which the thought is one
    FAKE_DOUBLED,           // the thought in a field of its own and in the content
    FAKE_GZIP,              // compressed without being asked for
    FAKE_DEFLATE,
    // forms of an event, in fake_teacher_odd.c
    FAKE_HALVES,          // the halves of a UTF-16 pair in two events
    FAKE_ECHO_KEY,        // the key in the reply, in two events
    FAKE_CAPITALS,        // "STOP" and "MAX_TOKENS"
    FAKE_FINISH_ALONE,    // the last event of a choice has no delta
    FAKE_DATA_LINES,      // an event of two data lines
    FAKE_BLANK_DATA,      // events without data
    FAKE_BYTE_ORDER_MARK, // before the first event
    FAKE_ERROR_FIELD,     // an error in a field "error" (llama.cpp)
    FAKE_ERROR_CHOICE,    // an error in a choice (OpenRouter)
    FAKE_ERROR_OBJECT     // an error without the key "error" (vLLM)
} fake_damage;

typedef struct fake_fault {
    const char *name;
    fake_remedy remedy;
    fake_damage damage;
    int status; // with `body`; -1 = not HTTP
    const char
        *headers;     // header lines, each with \r\n; %KEY%, %DATE%, %PATH% and %AWAY% are replaced
    const char *type; // content type; NULL = application/json
    const char *body; // sent instead of a reply, with the same replacements; NULL = damaged reply
} fake_fault;

enum { FAKE_FAULTS = 96 };

typedef struct fake_faults {
    const fake_fault *row[FAKE_FAULTS];
    double probability[FAKE_FAULTS];
    size_t count;
    uint64_t seed;
} fake_faults;

const fake_fault *fake_fault_named(distill_span name);
/// Row `at` of the table; NULL after the last one.
const fake_fault *fake_fault_at(size_t at);
/// Adds a rule "NAME:PROBABILITY". Errors  USAGE.
distill_status fake_faults_add(fake_faults *faults, const char *rule) DISTILL_MUST_CHECK;
/// Draws the fault of a request. `earlier` is how often its prompt was sent before, `serial` the
/// request's number.
const fake_fault *fake_faults_draw(const fake_faults *faults, distill_span prompt, size_t earlier,
                                   uint64_t serial);

#endif
