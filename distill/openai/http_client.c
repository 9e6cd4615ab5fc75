// distill/openai/http_client.c - concurrent requests with libcurl's multi handle.
//
// Each request has an easy handle (http_transfer.c). libcurl has no limit on idle time, so a scan
// about once a second ends the requests that have exceeded one of their limits. A request whose
// reply is complete ends at once, although its connection may stay open (http_request_complete).
#include "distill/openai/http_client.h"

#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/openai/http_transfer.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const double LAST_WAIT_S = 2; // for what may follow a reply, such as its usage

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

/// Describes the limit that the request has exceeded; false if there is none.
static bool exceeds_limit(char *reason, size_t capacity, const http_request *request, double now_s)
{
    const http_client_options *o = &request->client->options;
    if (now_s - request->last_byte_s > o->idle_timeout_s)
        snprintf(reason, capacity, "no byte arrived for %.3g s (--timeout)", o->idle_timeout_s);
    else if (o->content_timeout_s > 0 && now_s - request->content_s > o->content_timeout_s)
        snprintf(reason, capacity, "no token arrived for %.4g s (--content-timeout)",
                 o->content_timeout_s);
    else if (o->total_timeout_s > 0 && now_s - request->sent_s > o->total_timeout_s)
        snprintf(reason, capacity, "the reply took more than %.4g s (--total-timeout)",
                 o->total_timeout_s);
    else
        return false;
    return true;
}

/// The shortest limit of time.
static double shortest_limit_s(const http_client_options *o)
{
    double limit_s = o->idle_timeout_s;
    if (o->content_timeout_s > 0 && o->content_timeout_s < limit_s)
        limit_s = o->content_timeout_s;
    return o->total_timeout_s > 0 && o->total_timeout_s < limit_s ? o->total_timeout_s : limit_s;
}

/// Ends requests that have exceeded a limit; scans about once a second.
static void end_overdue_requests(http_client *client)
{
    double now_s = distill_now_s(), limit_s = shortest_limit_s(&client->options);
    char reason[96];
    if (now_s - client->idle_scan_s < (limit_s < 10 ? limit_s / 20 : 0.5))
        return;
    client->idle_scan_s = now_s;
    for (http_request *request = client->requests, *next; request != NULL; request = next) {
        next = request->next;
        if (request->is_draining && now_s > request->drain_until_s) {
            http_request_free(request);
        } else if (request->last_s > 0 && !request->is_draining &&
                   now_s - request->last_s > LAST_WAIT_S) {
            http_request_complete(request);
            next = client->requests;
        } else if (!request->is_draining && exceeds_limit(reason, sizeof reason, request, now_s)) {
            http_request_time_out(request, reason);
            next = client->requests; // on_done may have changed the list
        }
    }
}

/// Runs on_done of requests that have ended; returns their number. The callbacks may take minutes
/// (grading a program), which is not time of the servers.
static size_t handle_ended(http_client *client)
{
    size_t count = 0;
    int left = 0;
    double received_s = distill_now_s();
    for (http_request *request = client->requests; client->enough_count > 0; count++) {
        while (!request->is_enough)
            request = request->next;
        http_request_complete(request);
        request = client->requests;
    }
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        http_request *request = NULL;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
        http_request_finish(request, result);
        count++;
    }
    if (count == 0)
        return 0;
    double callbacks_s = distill_now_s() - received_s;
    for (http_request *request = client->requests; request != NULL; request = request->next) {
        request->sent_s += callbacks_s;
        request->last_byte_s += callbacks_s;
        request->content_s += callbacks_s;
        request->last_s += request->last_s > 0 ? callbacks_s : 0;
    }
    return count;
}

distill_status http_client_poll(http_client *client, int wait_ms)
{
    int running = 0;
    CURLMcode code = curl_multi_perform(client->multi, &running);
    size_t ended = code == CURLM_OK ? handle_ended(client) : 0;
    if (code == CURLM_OK && ended == 0 && wait_ms > 0) {
        code = curl_multi_poll(client->multi, NULL, 0, wait_ms, NULL);
        if (code == CURLM_OK)
            code = curl_multi_perform(client->multi, &running);
        if (code == CURLM_OK)
            handle_ended(client);
    }
    if (code != CURLM_OK)
        return distill_fail(DISTILL_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    end_overdue_requests(client);
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
        curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS,
                          (long)(2 * options->max_connections)) != CURLM_OK ||
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
