// distill/openai/client_models.c - GET /models: the model to use if none is given.
//
// The servers are tried in order until one responds. A list with several models is an error that
// names them.
#include "distill/openai/client_state.h"

#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/openai/chat_error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LIST_BYTES = 4 << 20, MAX_NAMES = 20 };
static const double MAX_IDLE_S = 60;

typedef struct model_list {
    distill_text body;
    http_result result;
    long status;
    bool is_done;
    char reason[400];
} model_list;

static http_next on_list_body(void *context, void *tag, const http_response *head,
                              distill_span bytes)
{
    model_list *list = tag;
    (void)context;
    (void)head;
    return distill_text_add_span(&list->body, bytes) == DISTILL_OK ? HTTP_CONTENT : HTTP_ABORT;
}

static void on_list_done(void *context, void *tag, const http_response *response)
{
    model_list *list = tag;
    (void)context;
    list->result = response->result;
    list->status = response->status;
    list->is_done = true;
    snprintf(list->reason, sizeof list->reason, "%s", response->reason);
}

distill_status client_parse_models(distill_text *out, distill_span body, const char *url)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text names = {0};
    size_t count = 0;
    distill_text_clear(out);
    TRY(distill_json_parse(&doc, body.bytes, body.length, url));
    const distill_json_node *list = distill_json_member(distill_json_root(doc), "data");
    for (const distill_json_node *node = list != NULL ? distill_json_first(list) : NULL;
         node != NULL; node = distill_json_next(node)) {
        const distill_json_node *member = distill_json_member(node, "id");
        distill_span id = member != NULL ? distill_json_string(doc, member) : (distill_span){0};
        if (id.length == 0)
            continue;
        if (count == 0)
            TRY(distill_text_add_span(out, id));
        if (count < MAX_NAMES)
            TRY(distill_text_printf(&names, "%s%.*s", count > 0 ? ", " : "", (int)id.length,
                                    id.bytes));
        count++;
    }
    if (count == 0)
        TRY(distill_fail(DISTILL_REMOTE, "%s: the server lists no model; pass --model NAME", url));
    if (count > 1)
        TRY(distill_fail(DISTILL_REMOTE,
                         "%s: the server lists several models; pass --model with one of: "
                         "%s%s",
                         url, names.bytes, count > MAX_NAMES ? ", ..." : ""));
done:
    distill_json_free(doc);
    distill_text_free(&names);
    return status;
}

static distill_status query_models(distill_text *name, const client *c, http_client *http,
                                   const char *base)
{
    distill_status status = DISTILL_OK;
    model_list list = {.body = {.limit = MAX_LIST_BYTES}};
    distill_text url = {0}, message = {0};
    TRY(distill_text_printf(&url, "%s/models", base));
    TRY(http_client_send(http, url.bytes, NULL, &list));
    while (!list.is_done) {
        TRY(distill_interrupt_check());
        TRY(http_client_poll(http, CLIENT_POLL_MS));
    }
    if (list.result != HTTP_COMPLETE)
        TRY(distill_fail(DISTILL_REMOTE, "%s: %s", url.bytes, list.reason));
    if (list.status != 200) {
        TRY(chat_error_text(&message, distill_text_span(&list.body), c->api_key));
        TRY(distill_fail(DISTILL_REMOTE,
                         "%s: HTTP %ld: %s (check the key; with --model NAME this request is not "
                         "sent)",
                         url.bytes, list.status, message.bytes));
    }
    TRY(client_parse_models(name, distill_text_span(&list.body), url.bytes));
done:
    distill_text_free(&list.body);
    distill_text_free(&url);
    distill_text_free(&message);
    return status;
}

distill_status client_find_model(client *c, double connect_timeout_s)
{
    distill_status status = DISTILL_OK, result = DISTILL_OK;
    http_client *http = NULL;
    distill_text name = {0};
    const http_client_options options = {.api_key = c->api_key,
                                         .max_connections = 1,
                                         .connect_timeout_s = connect_timeout_s,
                                         .idle_timeout_s =
                                             fmin(MAX_IDLE_S, c->options.idle_timeout_s),
                                         .on_body = on_list_body,
                                         .on_done = on_list_done};
    TRY(http_client_open(&http, &options));
    for (size_t i = 0; i < c->options.url_count; i++) {
        result = query_models(&name, c, http, c->endpoints[i].url);
        if (result != DISTILL_REMOTE)
            break;
    }
    TRY(result);
    TRY(distill_copy_string(&c->model, name.bytes, name.length));
    distill_note("model: %s", c->model);
done:
    http_client_close(http);
    distill_text_free(&name);
    return status;
}
