// distill/openai/http_client.c - concurrent requests with libcurl's multi handle.
//
// Each request has an easy handle (http_transfer.c). libcurl has no limit on idle time, so a scan
// about once a second ends the requests that have received nothing for too long.
#include "distill/openai/http_client.h"

#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/openai/http_transfer.h"

#include <pthread.h>
#include <string.h>

// ---- initialisation, once per process -----------------------------------------------------------

static CURLcode init_result = CURLE_FAILED_INIT;

static void init_curl(void)
{
    init_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static distill_status init_curl_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_curl);
    if (init_result == CURLE_OK)
        return DISTILL_OK;
    return distill_fail(DISTILL_INTERNAL, "cannot initialise libcurl: %s",
                        curl_easy_strerror(init_result));
}

// ---- polling ------------------------------------------------------------------------------------

/// Ends requests that have been idle for longer than the limit; scans about once a second.
static void end_idle_requests(http_client *client)
{
    double now_s = distill_now_s(), limit_s = client->options.idle_timeout_s;
    if (now_s - client->idle_scan_s < (limit_s < 10 ? limit_s / 20 : 1))
        return;
    client->idle_scan_s = now_s;
    for (http_request *request = client->requests, *next; request != NULL; request = next) {
        next = request->next;
        if (now_s - request->last_byte_s <= limit_s)
            continue;
        http_request_time_out(request, limit_s);
        next = client->requests; // on_done may have changed the list
    }
}

distill_status http_client_poll(http_client *client, int wait_ms)
{
    int running = 0, left = 0;
    CURLMcode code = curl_multi_perform(client->multi, &running);
    if (code == CURLM_OK && wait_ms > 0)
        code = curl_multi_poll(client->multi, NULL, 0, wait_ms, NULL);
    if (code == CURLM_OK)
        code = curl_multi_perform(client->multi, &running);
    if (code != CURLM_OK)
        return distill_fail(DISTILL_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    double received_s = distill_now_s();
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        http_request *request = NULL;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
        http_request_finish(request, result);
    }
    // the callbacks may take minutes (grading a program), which is not idle time of the servers
    double callbacks_s = distill_now_s() - received_s;
    for (http_request *request = client->requests; request != NULL; request = request->next)
        request->last_byte_s += callbacks_s;
    end_idle_requests(client);
    return DISTILL_OK;
}

// ---- the client ---------------------------------------------------------------------------------

static distill_status add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *more = curl_slist_append(*list, line);
    if (more == NULL)
        return distill_fail(DISTILL_NO_MEMORY, "libcurl: out of memory for a header");
    *list = more;
    return DISTILL_OK;
}

static distill_status make_headers(http_client *client, const char *api_key)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0};
    TRY(add_header(&client->post_headers, "Content-Type: application/json"));
    TRY(add_header(&client->post_headers, "Accept: text/event-stream, application/json"));
    TRY(add_header(&client->post_headers, "Expect:")); // avoids a round trip for 100-continue
    TRY(add_header(&client->get_headers, "Accept: application/json"));
    if (api_key != NULL) {
        TRY(distill_text_printf(&line, "Authorization: Bearer %s", api_key));
        TRY(add_header(&client->post_headers, line.bytes));
        TRY(add_header(&client->get_headers, line.bytes));
        explicit_bzero(line.bytes, line.length);
    }
done:
    distill_text_free(&line);
    return status;
}

static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line != NULL; line = line->next)
        explicit_bzero(line->data, strlen(line->data)); // one line contains the key
    curl_slist_free_all(list);
}

distill_status http_client_open(http_client **out, const http_client_options *options)
{
    distill_status status = DISTILL_OK;
    http_client *client = NULL;
    *out = NULL;
    TRY(init_curl_once());
    TRY(DISTILL_NEW(&client, 1));
    client->options = *options;
    client->options.api_key = NULL;
    TRY(make_headers(client, options->api_key));
    client->multi = curl_multi_init();
    if (client->multi == NULL ||
        curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)options->max_connections) !=
            CURLM_OK ||
        curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) != CURLM_OK)
        TRY(distill_fail(DISTILL_NO_MEMORY, "libcurl: out of memory for a handle"));
    *out = client;
    client = NULL;
done:
    http_client_close(client);
    return status;
}

void http_client_cancel_all(http_client *client)
{
    while (client->requests != NULL)
        http_request_free(client->requests);
}

void http_client_close(http_client *client)
{
    if (client == NULL)
        return;
    http_client_cancel_all(client);
    if (client->multi != NULL)
        curl_multi_cleanup(client->multi);
    free_headers(client->post_headers);
    free_headers(client->get_headers);
    distill_free(client);
}
