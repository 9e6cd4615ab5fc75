// An answer of a server from any bytes: a verdict, whatever they are and however they are cut. The
// first byte says as what they come, the second in which pieces.
#include "distill/openai/client_response.h"

#include <stdlib.h>

static void read_choices(const served_answer *answer)
{
    distill_text text = {0};
    for (size_t i = 0; i < answer->reply.n; i++) {
        if (chat_choice_text(&text, &answer->reply.choices[i], (distill_span){"<think>", i * 7}) !=
            DISTILL_OK)
            abort();
        (void)chat_choice_tokens(&answer->reply, i);
    }
    distill_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"text/event-stream", "application/json", "", "text/html"};
    static const long statuses[] = {200, 200, 200, 429, 400};
    served_answer answer = {0};
    const distill_sampling sampling = {.max_tokens = 50, .logprobs = 2};
    if (size < 2)
        return 0;
    const remote_answer head = {.status = statuses[data[0] / 4 % 5],
                                .type = types[data[0] % 4],
                                .reason = "",
                                .failure = data[0] >= 128 ? REMOTE_DROPPED : REMOTE_NONE};
    size_t step = data[1] > 0 ? data[1] : size;
    if (served_answer_begin(&answer, 2, &sampling, 50) != DISTILL_OK)
        abort();
    for (size_t at = 2; at < size; at += step) {
        size_t length = size - at < step ? size - at : step;
        if (!served_answer_take(&answer, &head, (distill_span){(const char *)data + at, length}))
            break;
    }
    if (served_answer_close(&answer, &head, "secret") != DISTILL_OK)
        abort();
    read_choices(&answer);
    served_answer_free(&answer);
    return 0;
}
