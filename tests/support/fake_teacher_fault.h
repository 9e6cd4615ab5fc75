// tests/support/fake_teacher_fault.h - everything that a server can do wrong, by name.
//
//     fake_faults_add(&faults, "429-after:0.05");           // one request in twenty
//     row = fake_faults_draw(&faults, prompt, serial);      // NULL = answer as you should
//
// A prompt can ask for a fault itself, whatever the probabilities: "[fault:rst]" always,
// "[fault:rst*2]" the first two times this prompt is asked.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_FAULT_H
#define TESTS_SUPPORT_FAKE_TEACHER_FAULT_H

#include "distill/base/text.h"

/// What a client should do about it.
typedef enum fake_remedy {
    FAKE_RETRY,    // ask again
    FAKE_GIVE_UP,  // this prompt cannot be answered: explain
    FAKE_NO_MATTER // a correct answer, said in an unusual way
} fake_remedy;

/// How an answer that began as a right one is spoilt.
typedef enum fake_damage {
    FAKE_INTACT,
    FAKE_CUT_PIECE,       // closed in the middle of an event (of the body)
    FAKE_CUT_UTF8,        // closed between two bytes of a character
    FAKE_CUT_BETWEEN,     // closed between two events, the chunked body unfinished
    FAKE_CUT_CLEANLY,     // a body that ends well for HTTP, but lacks the end of the reply
    FAKE_CUT_BEFORE_DONE, // closed when all is there but usage and [DONE]
    FAKE_CUT_RESET,       // RST in the middle
    FAKE_STALL_START,     // nothing comes
    FAKE_STALL_MIDDLE,    // nothing more comes
    FAKE_DRIP,            // a few bytes now and then, until all is there
    FAKE_ENDLESS,         // a reply without an end
    FAKE_ENDLESS_LINE,    // an event without an end
    FAKE_HEADER_FLOOD,    // headers without an end
    FAKE_INVALID_JSON,    // an event (the body) that is no JSON
    FAKE_EMPTY_CHOICES,   // "choices":[] and nothing else
    FAKE_MISSING_CHOICES, // no choices at all
    FAKE_WRONG_TYPES,     // content is a number
    FAKE_DUPLICATE_CHOICES, // every choice twice under the same index; in a stream one after the other
    FAKE_EXTRA_CHOICES,     // a choice with an index that was not asked for
    FAKE_SAME_ID,           // every answer has the same "id"
    FAKE_HUGE_NUMBERS,      // usage and log-probabilities that are no counts and no logarithms
    FAKE_BAD_UTF8,          // bytes that are no UTF-8 in the content
    FAKE_ERROR_EVENT,       // an error object in the middle of the stream
    FAKE_BAD_CHUNK,         // a chunk length that is no number
    FAKE_CRLF,              // \r\n as line ends, "data:" without a space
    FAKE_COMMENTS,          // comments and other fields between the events
    FAKE_TINY_WRITES,       // a byte a packet
    FAKE_UNFRAMED,          // neither length nor chunks: the end of the connection ends the body
    FAKE_JSON_ANYWAY        // one JSON object although a stream was asked for
} fake_damage;

typedef struct fake_fault {
    const char *name;
    fake_remedy remedy;
    fake_damage damage;
    int status;          // another than 200, if not 0
    const char *headers; // further header lines, each with \r\n; %KEY% and %DATE% are replaced
    const char *type;    // another content type, if not NULL
    const char *body;    // the whole body instead of an answer, if not NULL; %KEY% likewise
} fake_fault;

enum { FAKE_FAULTS = 64 };

typedef struct fake_faults {
    const fake_fault *row[FAKE_FAULTS];
    double probability[FAKE_FAULTS];
    size_t count;
    uint64_t seed;
} fake_faults;

const fake_fault *fake_fault_named(distill_span name);
/// Row `at` of the table, NULL behind the last.
const fake_fault *fake_fault_at(size_t at);
/// "NAME:PROBABILITY"
distill_status fake_faults_add(fake_faults *faults, const char *rule) DISTILL_MUST_CHECK;
/// `asked`: how often this prompt was asked before; `serial`: of the request.
const fake_fault *fake_faults_draw(const fake_faults *faults, distill_span prompt, size_t asked,
                                   uint64_t serial);

#endif
