// tests/fuzz/fuzz_chat.c - a server's response of any bytes has an outcome, however it is split.
//
// The first byte of the input selects status, Content-Type and HTTP result; the second one is the
// size of the pieces.
#include "distill/openai/client_response.h"

#include <stdlib.h>

static void read_choices(const client_response *response)
{
    distill_text text = {0};
    for (size_t i = 0; i < response->chat.n; i++) {
        if (chat_choice_text(&text, &response->chat.choices[i], (distill_span){"<think>", i * 7}) !=
            DISTILL_OK)
            abort();
        (void)chat_choice_tokens(&response->chat, i);
    }
    distill_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"text/event-stream", "application/json", "", "text/html"};
    static const long statuses[] = {200, 200, 200, 429, 400};
    client_response response = {0};
    const distill_sampling sampling = {.max_tokens = 50, .logprobs = 2};
    if (size < 2)
        return 0;
    const http_response head = {.status = statuses[data[0] / 4 % 5],
                                .content_type = types[data[0] % 4],
                                .reason = "",
                                .result = data[0] >= 128 ? HTTP_DISCONNECTED : HTTP_COMPLETE};
    size_t step = data[1] > 0 ? data[1] : size;
    if (client_response_begin(&response, 2, &sampling, 50) != DISTILL_OK)
        abort();
    for (size_t at = 2; at < size; at += step) {
        size_t length = size - at < step ? size - at : step;
        http_next next = client_response_receive(&response, &head,
                                                 (distill_span){(const char *)data + at, length});
        if (next == HTTP_ABORT || next == HTTP_ENOUGH)
            break;
    }
    if (client_response_end(&response, &head, "secret") != DISTILL_OK)
        abort();
    read_choices(&response);
    client_response_free(&response);
    return 0;
}
