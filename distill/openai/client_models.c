// distill/openai/client_models.c - which model does a server have?
#include "distill/openai/client_state.h"

#include "distill/base/interrupt.h"
#include "distill/base/log.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MODELS_BYTES = 4 << 20 };

/// An answer to GET /models.
typedef struct listing {
    distill_text body;
    remote_failure failure;
    long status;
    bool done;
    char reason[400];
} listing;

static bool list_bytes(void *context, void *tag, const remote_answer *head, distill_span bytes)
{
    listing *list = tag;
    (void)context;
    (void)head;
    return distill_text_add_span(&list->body, bytes) == DISTILL_OK;
}

static void list_done(void *context, void *tag, const remote_answer *answer)
{
    listing *list = tag;
    (void)context;
    list->failure = answer->failure;
    list->status = answer->status;
    list->done = true;
    snprintf(list->reason, sizeof list->reason, "%s", answer->reason);
}

static distill_status list_models(distill_text *name, served *s, remote_net *net, const char *base)
{
    distill_status status = DISTILL_OK;
    listing list = {.body = {.limit = MODELS_BYTES}};
    distill_text url = {0}, message = {0};
    remote_call *call = NULL;
    TRY(distill_text_printf(&url, "%s/models", base));
    TRY(remote_send(net, &call, url.bytes, NULL, &list));
    while (!list.done) {
        TRY(distill_interrupt_check());
        TRY(remote_step(net, SERVED_STEP_MS));
    }
    if (list.failure != REMOTE_NONE)
        TRY(distill_fail(DISTILL_REMOTE, "%s: %s", url.bytes, list.reason));
    if (list.status != 200) {
        TRY(chat_error_text(&message, distill_text_span(&list.body), s->api_key));
        TRY(distill_fail(DISTILL_REMOTE,
                         "%s: HTTP %ld: %s (is the key right? --model NAME spares "
                         "this question)",
                         url.bytes, list.status, message.bytes));
    }
    TRY(chat_models_only(name, distill_text_span(&list.body), url.bytes));
done:
    distill_text_free(&list.body);
    distill_text_free(&url);
    distill_text_free(&message);
    return status;
}

distill_status served_find_model(served *s, double connect_timeout_s)
{
    distill_status status = DISTILL_OK;
    remote_net *net = NULL;
    distill_text name = {0};
    const remote_options options = {.api_key = s->api_key,
                                    .most = 1,
                                    .connect_timeout_s = connect_timeout_s,
                                    .idle_timeout_s = fmin(60, s->options.idle_timeout_s),
                                    .bytes = list_bytes,
                                    .done = list_done};
    TRY(remote_open(&net, &options));
    distill_status asked = DISTILL_OK;
    for (size_t i = 0; i < s->options.url_count; i++) {
        asked = list_models(&name, s, net, s->endpoints[i].url);
        if (asked != DISTILL_REMOTE)
            break;
    }
    TRY(asked);
    TRY(distill_copy_string(&s->model, name.bytes, name.length));
    distill_note("model: %s", s->model);
done:
    remote_close(net);
    distill_text_free(&name);
    return status;
}
