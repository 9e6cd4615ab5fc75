// distill/openai/client_models.c - what the servers are: the models that they list, and whether one
// is llama.cpp's.
//
// Several servers share the load of one model. A server may ignore the model's name in a request
// (llama.cpp does), so that different models would be mixed without an error: their lists are
// compared before anything is sampled. A server that does not list its models is not compared.
//
// llama.cpp's server mixes up prompts after a request with n > 1 was aborted. It is recognised by
// its header Server, or, behind a proxy that replaces the header, by GET /props.
#include "distill/openai/client_state.h"

#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/openai/chat_error.h"
#include "distill/openai/secret.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LIST_BYTES = 4 << 20, MAX_SHOWN_BYTES = 400 };
static const double MAX_IDLE_S = 60, MAX_PROBE_S = 10;

/// A response to a GET request.
typedef struct page {
    distill_text body;
    http_result result;
    long status;
    bool is_done;
    char reason[400], server[64];
} page;

static http_next on_page_body(void *context, void *tag, const http_response *head,
                              distill_span bytes)
{
    page *p = tag;
    (void)context;
    (void)head;
    return distill_text_add_span(&p->body, bytes) == DISTILL_OK ? HTTP_CONTENT : HTTP_ABORT;
}

static void on_page_done(void *context, void *tag, const http_response *response)
{
    page *p = tag;
    (void)context;
    p->result = response->result;
    p->status = response->status;
    p->is_done = true;
    snprintf(p->reason, sizeof p->reason, "%s", response->reason);
    snprintf(p->server, sizeof p->server, "%s", response->server);
}

static distill_status open_http(http_client **out, const client *c, double limit_s)
{
    const http_client_options options = {.api_key = c->api_key,
                                         .max_connections = c->options.url_count,
                                         .connect_timeout_s = limit_s,
                                         .idle_timeout_s = fmin(limit_s, c->options.idle_timeout_s),
                                         .total_timeout_s = 2 * limit_s,
                                         .on_body = on_page_body,
                                         .on_done = on_page_done};
    return http_client_open(out, &options);
}

static distill_status wait_for(http_client *http, const page *p)
{
    distill_status status = DISTILL_OK;
    while (!p->is_done) {
        TRY(distill_interrupt_check());
        TRY(http_client_poll(http, CLIENT_POLL_MS));
    }
done:
    return status;
}

static bool is_llama_cpp(const char *server)
{
    return strstr(server, "llama.cpp") != NULL;
}

// ---- lists of models ----------------------------------------------------------------------------

void client_models_free(client_models *models)
{
    for (size_t i = 0; i < models->count; i++)
        distill_free(models->names[i]);
    distill_free(models->names);
    *models = (client_models){0};
}

bool client_models_have(const client_models *models, const char *name)
{
    for (size_t i = 0; i < models->count; i++)
        if (strcmp(models->names[i], name) == 0)
            return true;
    return false;
}

/// Adds an id, with the key masked.
static distill_status add_name(client_models *models, distill_span id, const char *secret)
{
    distill_status status = DISTILL_OK;
    size_t n = models->count;
    TRY(distill_grow((void **)&models->names, n, n + 1, sizeof *models->names));
    TRY(distill_copy_string(&models->names[n], id.bytes, id.length));
    secret_mask_bytes(models->names[n], strlen(models->names[n]), secret);
    models->count++;
done:
    return status;
}

distill_status client_parse_models(client_models *models, distill_span body, const char *url,
                                   const char *secret)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(distill_json_parse(&doc, body.bytes, body.length, url));
    const distill_json_node *list = distill_json_member(distill_json_root(doc), "data");
    for (const distill_json_node *node = list != NULL ? distill_json_first(list) : NULL;
         node != NULL; node = distill_json_next(node)) {
        const distill_json_node *member = distill_json_member(node, "id");
        distill_span id = member != NULL ? distill_json_string(doc, member) : (distill_span){0};
        if (id.length > 0)
            TRY(add_name(models, id, secret));
    }
done:
    distill_json_free(doc);
    return status;
}

/// Appends "URL lists a, b".
static distill_status describe(distill_text *out, const endpoint *e, const client_models *models)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "%s%s lists ", out->length > 0 ? "; " : "", e->url));
    size_t begin = out->length;
    for (size_t i = 0; i < models->count; i++) {
        if (out->length - begin > MAX_SHOWN_BYTES) {
            TRY(distill_text_add(out, ", …"));
            break;
        }
        TRY(distill_text_printf(out, "%s%s", i > 0 ? ", " : "", models->names[i]));
    }
    TRY(distill_text_add(out, models->count == 0 ? "no model" : ""));
done:
    return status;
}

// ---- the model to use ---------------------------------------------------------------------------

/// Number of lists that have the name.
static size_t count_with(const client_models *lists, size_t count, const char *name)
{
    size_t with = 0;
    for (size_t i = 0; i < count; i++)
        with += lists[i].is_known && client_models_have(&lists[i], name);
    return with;
}

static bool lists_are_equal(const client_models *lists, size_t count, size_t known)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; lists[i].is_known && k < lists[i].count; k++)
            if (count_with(lists, count, lists[i].names[k]) < known)
                return false;
    return true;
}

static distill_status refuse(const endpoint *endpoints, const client_models *lists, size_t count,
                             const char *what)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    for (size_t i = 0; i < count; i++)
        if (lists[i].is_known)
            TRY(describe(&text, &endpoints[i], &lists[i]));
    TRY(distill_fail(DISTILL_REMOTE, "%s: %s", what, text.bytes));
done:
    distill_text_free(&text);
    return status;
}

distill_status client_choose_model(const char **name, const endpoint *endpoints,
                                   const client_models *lists, size_t count)
{
    size_t known = 0, common = 0, first = count;
    const char *model = *name;
    for (size_t i = 0; i < count; i++) {
        known += lists[i].is_known;
        first = lists[i].is_known && first == count ? i : first;
    }
    if (known == 0 && model == NULL)
        return distill_fail(DISTILL_REMOTE, "no server lists its models; pass --model NAME");
    if (known == 0 || (model != NULL && count_with(lists, count, model) == known))
        return DISTILL_OK;
    if (model != NULL) // a server may accept any name
        return known == 1 || (count_with(lists, count, model) == 0 &&
                              lists_are_equal(lists, count, known))
                   ? DISTILL_OK
                   : refuse(endpoints, lists, count,
                            "the servers do not list the same model, of which --model names one");
    for (size_t i = 0; i < lists[first].count; i++) {
        if (count_with(lists, count, lists[first].names[i]) < known)
            continue;
        common++;
        *name = lists[first].names[i];
    }
    if (common == 1)
        return DISTILL_OK;
    return refuse(endpoints, lists, count,
                  common > 1  ? "pass --model with one of several models"
                  : known > 1 ? "the servers do not list the same model"
                              : "pass --model NAME");
}

// ---- requests -----------------------------------------------------------------------------------

static distill_status read_page(client_models *models, const client *c, endpoint *e, const page *p)
{
    distill_status status = DISTILL_OK;
    distill_text message = {0};
    if (p->result != HTTP_COMPLETE) {
        TRY(distill_text_add(&message, p->reason));
        secret_mask(&message, c->api_key);
        TRY(distill_fail(DISTILL_REMOTE, "%s/models: %s", e->url, message.bytes));
    }
    if (p->status != 200) {
        TRY(chat_error_text(&message, distill_text_span(&p->body), c->api_key));
        TRY(distill_fail(DISTILL_REMOTE,
                         "%s/models: HTTP %ld: %s (check the key; with --model NAME and one server "
                         "this request is not sent)",
                         e->url, p->status, message.bytes));
    }
    e->is_llama_cpp = e->is_llama_cpp || is_llama_cpp(p->server);
    TRY(client_parse_models(models, distill_text_span(&p->body), e->url, c->api_key));
    models->is_known = true;
done:
    distill_text_free(&message);
    return status;
}

/// Requests the lists of all servers at once. Those that do not respond with one stay unknown; if
/// none does and no model is given, that is an error.
static distill_status read_lists(client_models *lists, client *c, page *pages)
{
    distill_status status = DISTILL_OK, failure = DISTILL_OK;
    http_client *http = NULL;
    distill_text url = {0};
    char message[DISTILL_ERROR_CAPACITY] = "";
    size_t count = c->options.url_count, known = 0;
    TRY(open_http(&http, c, MAX_IDLE_S));
    for (size_t i = 0; i < count; i++) {
        pages[i].body.limit = MAX_LIST_BYTES;
        distill_text_clear(&url);
        TRY(distill_text_printf(&url, "%s/models", c->endpoints[i].url));
        TRY(http_client_send(http, url.bytes, NULL, &pages[i]));
    }
    for (size_t i = 0; i < count; i++) {
        TRY(wait_for(http, &pages[i]));
        distill_status result = read_page(&lists[i], c, &c->endpoints[i], &pages[i]);
        known += result == DISTILL_OK;
        if (result == DISTILL_OK)
            continue;
        if (count > 1)
            distill_warn("%s; its models are not compared with those of the others",
                         distill_error_message());
        if (failure == DISTILL_OK)
            distill_error_take(message, sizeof message);
        failure = failure == DISTILL_OK ? result : failure;
    }
    if (known == 0 && c->options.model == NULL) {
        distill_error_put(message);
        status = failure;
    }
done:
    http_client_close(http);
    distill_text_free(&url);
    return status;
}

distill_status client_find_model(client *c)
{
    distill_status status = DISTILL_OK;
    size_t count = c->options.url_count;
    client_models *lists = NULL;
    page *pages = NULL;
    const char *name = c->options.model;
    TRY(DISTILL_NEW(&lists, count));
    TRY(DISTILL_NEW(&pages, count));
    if (name == NULL || count > 1) {
        TRY(read_lists(lists, c, pages));
        TRY(client_choose_model(&name, c->endpoints, lists, count));
    }
    distill_span model = distill_span_of(name);
    TRY(distill_copy_string(&c->model, model.bytes, model.length));
    if (c->options.model == NULL)
        distill_note("model: %s", c->model);
done:
    for (size_t i = 0; lists != NULL && i < count; i++)
        client_models_free(&lists[i]);
    for (size_t i = 0; pages != NULL && i < count; i++)
        distill_text_free(&pages[i].body);
    distill_free(lists);
    distill_free(pages);
    return status;
}

// ---- llama.cpp ----------------------------------------------------------------------------------

/// Requests `path` of a server; a failure leaves the page without a status.
static distill_status get(page *p, http_client *http, const char *base, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text url = {0};
    size_t length = strlen(base);
    *p = (page){.body = {.limit = MAX_LIST_BYTES}};
    if (strcmp(path, "/props") == 0 && length > 3 && strcmp(base + length - 3, "/v1") == 0)
        length -= 3;
    TRY(distill_text_append(&url, base, length));
    TRY(distill_text_add(&url, path));
    TRY(http_client_send(http, url.bytes, NULL, p));
    TRY(wait_for(http, p));
done:
    distill_text_free(&url);
    return status;
}

/// llama.cpp's /props has members that no other server's has.
static bool has_llama_properties(const page *p)
{
    distill_json *doc = NULL;
    if (p->status != 200 || distill_json_parse(&doc, p->body.bytes != NULL ? p->body.bytes : "",
                                               p->body.length, "props") != DISTILL_OK)
        return false;
    const distill_json_node *root = distill_json_root(doc);
    bool found = distill_json_present(root, "default_generation_settings") != NULL ||
                 distill_json_present(root, "build_info") != NULL;
    distill_json_free(doc);
    return found;
}

distill_status client_recognise(client *c, endpoint *e)
{
    distill_status status = DISTILL_OK;
    http_client *http = NULL;
    page p = {0};
    if (e->is_recognised)
        return DISTILL_OK;
    e->is_recognised = true;
    if (!e->is_llama_cpp) {
        TRY(open_http(&http, c, MAX_PROBE_S));
        TRY(get(&p, http, e->url, "/models"));
        e->is_llama_cpp = is_llama_cpp(p.server);
        distill_text_free(&p.body);
    }
    if (!e->is_llama_cpp) {
        TRY(get(&p, http, e->url, "/props"));
        e->is_llama_cpp = is_llama_cpp(p.server) || has_llama_properties(&p);
    }
    client_use_server_kind(c, e);
done:
    http_client_close(http);
    distill_text_free(&p.body);
    return status;
}

void client_use_server_kind(client *c, const endpoint *e)
{
    if (!e->is_llama_cpp || c->dialect.one_choice)
        return;
    c->dialect.one_choice = true;
    c->dialect_version++;
    distill_note("%s is llama.cpp's server: n replies take n requests, because it mixes up prompts "
                 "after a request with n > 1 was aborted",
                 e->url);
}
