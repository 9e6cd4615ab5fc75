// tests/support/fake_teacher_reply.c - replies as a pure function of the request.
#include "tests/support/fake_teacher_reply.h"

#include "distill/base/rng.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const PIECES[] = {" first",
                                     " then",
                                     " so",
                                     " we",
                                     " add",
                                     " the",
                                     " number",
                                     " and",
                                     " carry",
                                     "\n",
                                     ", ",
                                     ". ",
                                     " \"check\"",
                                     " \\times",
                                     " {x}",
                                     " 3",
                                     " caf\xc3\xa9",
                                     " \xe6\xb1\x89\xe5\xad\x97",
                                     " \xf0\x9f\x98\x80",
                                     "\t",
                                     " wait",
                                     " hmm",
                                     " again",
                                     " </",
                                     " a<b",
                                     " &amp;",
                                     " [DONE]",
                                     "\n\ndata: ",
                                     " \xc2\xa0",
                                     " '",
                                     " %d",
                                     " \xe2\x88\x91"};
enum { PIECE_COUNT = sizeof PIECES / sizeof *PIECES, LAST_PIECES = 3 };

distill_span fake_question(distill_span prompt)
{
    size_t at = distill_span_find_last(prompt, distill_span_of("What is "));
    if (at == SIZE_MAX)
        return prompt;
    size_t end = distill_span_find(prompt, distill_span_of("?"), at);
    return (distill_span){prompt.bytes + at, end == SIZE_MAX ? prompt.length - at : end + 1 - at};
}

/// FNV-1a with a final mix.
uint64_t fake_hash(distill_span bytes, uint64_t seed)
{
    uint64_t hash = UINT64_C(1469598103934665603) ^ (seed * DISTILL_GOLDEN_RATIO64);
    hash = distill_fnv1a(hash, bytes.bytes, bytes.length);
    hash ^= hash >> 31;
    hash *= UINT64_C(0xBF58476D1CE4E5B9);
    return hash ^ (hash >> 29);
}

static uint64_t mix(const fake_reply *reply, size_t at)
{
    uint64_t key[4] = {reply->question, reply->seed, reply->index, at};
    return fake_hash((distill_span){(const char *)key, sizeof key}, 11);
}

fake_reply fake_reply_to(distill_span prompt, uint64_t seed, size_t index, size_t length)
{
    char question[128] = {0};
    long a = 0, b = 0;
    distill_span last_question = fake_question(prompt);
    fake_reply reply = {.question = fake_hash(last_question, 0), .seed = seed, .index = index};
    reply.length = length > 0 ? length : 20 + mix(&reply, SIZE_MAX) % 81;
    if (reply.length < FAKE_SHORTEST_REPLY)
        reply.length = FAKE_SHORTEST_REPLY;
    if (last_question.length < sizeof question) {
        memcpy(question, last_question.bytes, last_question.length);
        if (sscanf(question, "What is %ld + %ld", &a, &b) == 2)
            reply.answer = a + b;
    }
    if (mix(&reply, SIZE_MAX - 1) % 5 == 0)
        reply.answer++;
    return reply;
}

size_t fake_reply_think_end(const fake_reply *reply)
{
    return reply->length - LAST_PIECES + 1;
}

distill_span fake_reply_token(char buffer[FAKE_TOKEN_BYTES], int *id, const fake_reply *reply,
                              size_t at)
{
    int length;
    *id = PIECE_COUNT + (int)(at < 2 ? at : reply->length - at + 2);
    if (at == 0)
        length = snprintf(buffer, FAKE_TOKEN_BYTES, "<think>\n");
    else if (at == 1)
        length = snprintf(buffer, FAKE_TOKEN_BYTES, "reply %016" PRIx64 " %" PRIu64 " %zu\n",
                          reply->question, reply->seed, reply->index);
    else if (at + LAST_PIECES == reply->length)
        length = snprintf(buffer, FAKE_TOKEN_BYTES, "\n</think>\n\n");
    else if (at + 2 == reply->length)
        length = snprintf(buffer, FAKE_TOKEN_BYTES, "The answer is \\boxed{");
    else if (at + 1 == reply->length)
        length = snprintf(buffer, FAKE_TOKEN_BYTES, "%ld}.", reply->answer);
    else {
        *id = (int)(mix(reply, at) % PIECE_COUNT);
        length = snprintf(buffer, FAKE_TOKEN_BYTES, "%s", PIECES[*id]);
    }
    return (distill_span){buffer, (size_t)length};
}

distill_status fake_reply_write(distill_text *out, const fake_reply *reply, size_t first,
                                size_t last)
{
    distill_status status = DISTILL_OK;
    char buffer[FAKE_TOKEN_BYTES];
    int id;
    for (size_t i = first; i < last; i++)
        TRY(distill_text_add_span(out, fake_reply_token(buffer, &id, reply, i)));
done:
    return status;
}

bool fake_reply_named(fake_reply *out, distill_span text)
{
    char line[FAKE_TOKEN_BYTES] = {0};
    size_t at = distill_span_find(text, distill_span_of("reply "), 0);
    if (at == SIZE_MAX)
        return false;
    size_t left = text.length - at;
    memcpy(line, text.bytes + at, left < sizeof line - 1 ? left : sizeof line - 1);
    return sscanf(line, "reply %" SCNx64 " %" SCNu64 " %zu\n", &out->question, &out->seed,
                  &out->index) == 3;
}
