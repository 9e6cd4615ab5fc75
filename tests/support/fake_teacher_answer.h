// tests/support/fake_teacher_answer.h - a response as JSON of the OpenAI API, in pieces.
//
// A piece is the payload of one server-sent event, or the body of a response that is not streamed.
// Pieces are created when they are sent, so that a thousand long replies use little memory.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_ANSWER_H
#define TESTS_SUPPORT_FAKE_TEACHER_ANSWER_H

#include "tests/support/fake_teacher_reply.h"
#include "tests/support/fake_teacher_request.h"
#include "tests/support/fake_teacher_settings.h"

typedef enum fake_phase {
    FAKE_PHASE_ROLE,
    FAKE_PHASE_CONTENT,
    FAKE_PHASE_FINISH,
    FAKE_PHASE_USAGE,
    FAKE_PHASE_DONE,
    FAKE_PHASE_OVER
} fake_phase;

typedef struct fake_answer {
    const fake_settings *settings;
    const fake_request *request;
    fake_damage damage;
    bool stream;
    uint64_t serial;
    uint64_t seed; // from the request, else derived from its number
    fake_reply *replies;
    size_t choices;
    distill_text fixed; // a judge's verdict instead of the replies; empty = none
    fake_phase phase;
    size_t first; // token of the next content event
    size_t choice;
    bool is_usage_due;    // with FAKE_USAGE_EACH: the end of this choice was sent
    size_t pieces, total; // created so far, and in all
} fake_answer;

distill_status fake_answer_start(fake_answer *answer, const fake_settings *settings,
                                 const fake_request *request, fake_damage damage,
                                 uint64_t serial) DISTILL_MUST_CHECK;
/// Sets `out` to the next piece. After the last one *more is false and `out` empty.
distill_status fake_answer_next(fake_answer *answer, distill_text *out,
                                bool *more) DISTILL_MUST_CHECK;
/// Number of tokens of all choices.
size_t fake_answer_tokens(const fake_answer *answer);
void fake_answer_free(fake_answer *answer);

#endif
