// tests/support/fake_teacher_reply.h - replies that tests can compute again.
//
//     fake_reply reply = fake_reply_to(distill_span_of("What is 2 + 3?"), seed, 0, 40);
//     fake_reply_write(&text, &reply, 0, reply.length);
//     <think>\nreply 5f0c… 7 0\n…words…\n</think>\n\nThe answer is \boxed{5}.
//
// A reply is a pure function of (question, seed, index, length). Its second token contains the
// first three, so that a test can check every byte of a trace. Tokens are strings of a few bytes:
// words, quotes, backslashes, Chinese, emoji. About 20% of the replies have a wrong answer.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_REPLY_H
#define TESTS_SUPPORT_FAKE_TEACHER_REPLY_H

#include "distill/base/text.h"

enum { FAKE_TOKEN_BYTES = 96, FAKE_SHORTEST_REPLY = 8, FAKE_VOCABULARY = 64 };

typedef struct fake_reply {
    uint64_t question; // hash
    uint64_t seed;
    size_t index;  // among the request's choices
    size_t length; // tokens
    long answer;
} fake_reply;

/// The question in a longer prompt: the last "What is …?", or the whole prompt.
distill_span fake_question(distill_span prompt);
uint64_t fake_hash(distill_span bytes, uint64_t seed);
/// `length` is the number of tokens; 0 = between 20 and 100, depending on question and seed.
fake_reply fake_reply_to(distill_span prompt, uint64_t seed, size_t index, size_t length);
/// The bytes of token `at`, borrowed from `buffer`, and its id in a vocabulary of FAKE_VOCABULARY
/// tokens.
distill_span fake_reply_token(char buffer[FAKE_TOKEN_BYTES], int *id, const fake_reply *reply,
                              size_t at);
/// Number of tokens of the thought, including its tags.
size_t fake_reply_think_end(const fake_reply *reply);
/// Appends tokens first … last-1.
distill_status fake_reply_write(distill_text *out, const fake_reply *reply, size_t first,
                                size_t last) DISTILL_MUST_CHECK;
/// Reads question, seed and index from a reply; false if it does not contain them.
bool fake_reply_named(fake_reply *out, distill_span text);

#endif
