// tests/support/fake_teacher_reply.h - replies that a test can compute again.
//
//     fake_reply reply = fake_reply_to(distill_span_of("What is 2 + 3?"), seed, 0, 40);
//     fake_reply_write(&text, &reply, 0, reply.length);
//     <think>\nreply 5f0c… 7 0\n…words…\n</think>\n\nThe answer is \boxed{5}.
//
// A reply is a pure function of (question, seed, index, length). The first three are in its second
// token, so that a test can check every byte of a trace. Tokens are pieces of text of a few bytes:
// words, quotes, backslashes, Chinese, emoji. About one reply in five has a wrong answer.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_REPLY_H
#define TESTS_SUPPORT_FAKE_TEACHER_REPLY_H

#include "distill/base/text.h"

enum { FAKE_TOKEN_BYTES = 96, FAKE_SHORTEST_REPLY = 8, FAKE_VOCABULARY = 64 };

typedef struct fake_reply {
    uint64_t question; // hash
    uint64_t seed;
    size_t index;  // which of the request's choices
    size_t length; // tokens
    long answer;
} fake_reply;

/// The question in a longer prompt: the last "What is …?", else all of it.
distill_span fake_question(distill_span prompt);
uint64_t fake_hash(distill_span bytes, uint64_t seed);
/// `length`: tokens; 0 = between 20 and 100, by the question and the seed.
fake_reply fake_reply_to(distill_span prompt, uint64_t seed, size_t index, size_t length);
/// Token `at` as bytes, borrowed from `buffer`, and its id in a vocabulary of FAKE_VOCABULARY
/// tokens.
distill_span fake_reply_token(char buffer[FAKE_TOKEN_BYTES], int *id, const fake_reply *reply,
                              size_t at);
/// Number of tokens of the thought, with its tags.
size_t fake_reply_think_end(const fake_reply *reply);
/// Appends tokens first … last-1.
distill_status fake_reply_write(distill_text *out, const fake_reply *reply, size_t first,
                                size_t last) DISTILL_MUST_CHECK;
/// Reads question, seed and index from a reply; false if they are not in it.
bool fake_reply_named(fake_reply *out, distill_span text);

#endif
