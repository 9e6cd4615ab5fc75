// distill/openai/http_client.c - libcurl's multi handle with one easy handle a request.
//
// libcurl limits only the time to connect. Silence is measured here: each request notes when its
// last byte arrived, and a scan about once a second ends those that have been idle for too long.
// Redirects are followed by hand, because libcurl would follow them to other hosts too.
#include "distill/openai/http_client.h"

#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/progress.h"
#include "distill/openai/retry_policy.h"

#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_HEADER_BYTES = 1 << 16,
    MAX_REDIRECTS = 5,
    BUFFER_BYTES = 16384,
    REASON_BYTES = CURL_ERROR_SIZE + 160
};

typedef struct http_request http_request;

struct http_request {
    http_client *client;
    CURL *easy;
    distill_text url, body;
    bool is_post;
    bool is_aborted; // by on_body
    void *tag;
    double last_byte_s;
    size_t header_bytes;
    size_t redirects;
    char error[CURL_ERROR_SIZE];
    char content_type[128];
    http_response head;
    http_request *next, **link; // in the client's list
};

struct http_client {
    http_client_options options;
    CURLM *multi;
    struct curl_slist *post_headers, *get_headers;
    http_request *requests; // in flight
    double idle_scan_s;     // time of the last scan for idle requests
};

// ---- initialisation, once a process -------------------------------------------------------------

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
    return distill_fail(DISTILL_INTERNAL, "libcurl cannot be initialised: %s",
                        curl_easy_strerror(init_result));
}

// ---- URLs ---------------------------------------------------------------------------------------

distill_status http_base_url(distill_text *out, const char *url)
{
    distill_status status = DISTILL_OK;
    bool http = strncmp(url, "http://", 7) == 0, https = strncmp(url, "https://", 8) == 0;
    const char *host = url + (https ? 8 : 7);
    distill_text_clear(out);
    if ((!http && !https) || *host == '\0' || *host == '/' || *host == ':')
        TRY(distill_fail(DISTILL_USAGE, "%s: expected http://HOST[:PORT]/v1 or https://…", url));
    size_t authority = strcspn(host, "/?#");
    if (memchr(host, '@', authority) != NULL) // the URL is not printed: it may hold a password
        TRY(distill_fail(DISTILL_USAGE,
                         "a URL with a user or password in it is not accepted (it would appear in "
                         "the process list and in logs); put the key into the environment variable "
                         "that --api-key-env names"));
    if (strpbrk(host, "?#") != NULL)
        TRY(distill_fail(DISTILL_USAGE, "%.*s…: a base URL has no ? and no #",
                         (int)strcspn(url, "?#"), url));
    for (const char *c = url; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == 127)
            TRY(distill_fail(DISTILL_USAGE, "%s: a URL cannot contain blanks", url));
    size_t length = strlen(url);
    while (url[length - 1] == '/')
        length--;
    TRY(distill_text_append(out, url, length));
done:
    return status;
}

/// True if scheme, host and port are equal.
static bool same_server(const char *a, const char *b)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    CURLU *left = curl_url(), *right = curl_url();
    bool same = left != NULL && right != NULL &&
                curl_url_set(left, CURLUPART_URL, a, 0) == CURLUE_OK &&
                curl_url_set(right, CURLUPART_URL, b, 0) == CURLUE_OK;
    for (size_t i = 0; same && i < sizeof parts / sizeof *parts; i++) {
        char *x = NULL, *y = NULL;
        same = curl_url_get(left, parts[i], &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               curl_url_get(right, parts[i], &y, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               strcasecmp(x, y) == 0;
        curl_free(x);
        curl_free(y);
    }
    curl_url_cleanup(left);
    curl_url_cleanup(right);
    return same;
}

// ---- callbacks of libcurl -----------------------------------------------------------------------

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    static const char name[] = "retry-after:", name_ms[] = "retry-after-ms:";
    http_request *request = context;
    size_t length = size * count;
    request->last_byte_s = distill_now_s();
    request->header_bytes += length;
    if (request->header_bytes > MAX_HEADER_BYTES) {
        snprintf(request->error, sizeof request->error, "more than %d bytes of headers",
                 MAX_HEADER_BYTES);
        return 0;
    }
    if (length > 5 && strncmp(bytes, "HTTP/", 5) == 0)
        request->head.retry_after_s = -1; // drop that of an earlier response (1xx, a redirect)
    if (length >= sizeof name && strncasecmp(bytes, name, sizeof name - 1) == 0 &&
        request->head.retry_after_s < 0)
        request->head.retry_after_s = retry_after_parse(
            (distill_span){bytes + sizeof name - 1, length - sizeof name + 1}, time(NULL));
    if (length >= sizeof name_ms && strncasecmp(bytes, name_ms, sizeof name_ms - 1) == 0) {
        double ms = retry_after_parse(
            (distill_span){bytes + sizeof name_ms - 1, length - sizeof name_ms + 1}, time(NULL));
        request->head.retry_after_s = ms >= 0 ? ms / 1000 : request->head.retry_after_s;
    }
    return length;
}

static void read_head(http_request *request)
{
    char *type = NULL;
    curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &request->head.status);
    curl_easy_getinfo(request->easy, CURLINFO_CONTENT_TYPE, &type);
    snprintf(request->content_type, sizeof request->content_type, "%s", type != NULL ? type : "");
    for (char *c = request->content_type; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    request->head.content_type = request->content_type;
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    http_request *request = context;
    const http_client_options *options = &request->client->options;
    size_t length = size * count;
    request->last_byte_s = distill_now_s();
    if (request->head.status == 0)
        read_head(request);
    if (is_redirect(request->head.status))
        return length;
    request->is_aborted = !options->on_body(options->context, request->tag, &request->head,
                                            (distill_span){bytes, length});
    return request->is_aborted ? 0 : length;
}

// ---- starting a request -------------------------------------------------------------------------

static void free_request(http_request *request)
{
    if (request == NULL)
        return;
    if (request->link != NULL) {
        *request->link = request->next;
        if (request->next != NULL)
            request->next->link = request->link;
    }
    if (request->easy != NULL) {
        curl_multi_remove_handle(request->client->multi, request->easy);
        curl_easy_cleanup(request->easy);
    }
    distill_text_free(&request->url);
    distill_text_free(&request->body);
    distill_free(request);
}

#define SET(option, value)                                                                         \
    do {                                                                                           \
        CURLcode code = curl_easy_setopt(request->easy, option, value);                            \
        if (code != CURLE_OK)                                                                      \
            return distill_fail(DISTILL_INTERNAL, "libcurl rejects " #option ": %s",               \
                                curl_easy_strerror(code));                                         \
    } while (0)

/// The system's authorities, unless the environment names others in the variables of OpenSSL.
static distill_status set_trust(http_request *request)
{
    const char *file = getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (file != NULL && file[0] != '\0')
        SET(CURLOPT_CAINFO, file);
    if (folder != NULL && folder[0] != '\0')
        SET(CURLOPT_CAPATH, folder);
    return DISTILL_OK;
}

static distill_status set_body(http_request *request)
{
    SET(CURLOPT_HTTPHEADER,
        request->is_post ? request->client->post_headers : request->client->get_headers);
    if (!request->is_post)
        return DISTILL_OK;
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
    SET(CURLOPT_POSTFIELDS, request->body.bytes);
    return DISTILL_OK;
}

static distill_status set_up(http_request *request)
{
    distill_status status = DISTILL_OK;
    const http_client_options *options = &request->client->options;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PRIVATE, request);
    SET(CURLOPT_ERRORBUFFER, request->error);
    SET(CURLOPT_URL, request->url.bytes);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_PIPEWAIT, 1L);
    SET(CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)BUFFER_BYTES);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(options->connect_timeout_s * 1000));
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_USERAGENT, "distill/" DISTILL_VERSION);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, request);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, request);
    TRY(set_trust(request));
    TRY(set_body(request));
done:
    return status;
}

/// Adds the request to the multi handle: for the first time, or again with another URL.
static distill_status start_request(http_request *request)
{
    distill_status status = DISTILL_OK;
    request->head = (http_response){.content_type = "", .retry_after_s = -1};
    request->header_bytes = 0;
    request->error[0] = '\0';
    request->last_byte_s = distill_now_s();
    TRY(set_up(request));
    CURLMcode code = curl_multi_add_handle(request->client->multi, request->easy);
    if (code != CURLM_OK)
        TRY(distill_fail(DISTILL_INTERNAL, "libcurl: %s", curl_multi_strerror(code)));
done:
    return status;
}

distill_status http_client_send(http_client *client, const char *url, const distill_text *body,
                                void *tag)
{
    distill_status status = DISTILL_OK;
    http_request *request = NULL;
    TRY(DISTILL_NEW(&request, 1));
    request->client = client;
    request->tag = tag;
    request->is_post = body != NULL;
    TRY(distill_text_add(&request->url, url));
    if (body != NULL)
        TRY(distill_text_add_span(&request->body, distill_text_span(body)));
    request->easy = curl_easy_init();
    if (request->easy == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "libcurl: no memory for a handle"));
    TRY(start_request(request));
    request->next = client->requests;
    request->link = &client->requests;
    if (request->next != NULL)
        request->next->link = &request->next;
    client->requests = request;
    request = NULL;
done:
    free_request(request);
    return status;
}

// ---- the end of a request -----------------------------------------------------------------------

static http_result result_of(const http_request *request, CURLcode code)
{
    if (request->is_aborted)
        return HTTP_ABORTED;
    switch (code) {
    case CURLE_OK:
        return HTTP_COMPLETE;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_OPERATION_TIMEDOUT: // the only timeout that libcurl is given is that of connecting
        return HTTP_UNREACHABLE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTP_BAD_CERTIFICATE;
    default:
        return HTTP_DISCONNECTED;
    }
}

/// Frees the request, then runs on_done with copies of what it needs.
static void end_request(http_request *request, http_result result, const char *reason)
{
    const http_client_options *options = &request->client->options;
    void *tag = request->tag;
    http_response response = request->head;
    char words[REASON_BYTES], type[sizeof request->content_type];
    snprintf(words, sizeof words, "%s", reason);
    snprintf(type, sizeof type, "%s", request->content_type);
    response.result = result;
    response.reason = words;
    response.content_type = type;
    free_request(request);
    options->on_done(options->context, tag, &response);
}

static void describe_foreign_redirect(char *reason, size_t capacity, const char *target)
{
    CURLU *url = curl_url();
    char *host = NULL, *scheme = NULL;
    if (url != NULL && curl_url_set(url, CURLUPART_URL, target, 0) == CURLUE_OK) {
        curl_url_get(url, CURLUPART_HOST, &host, 0);
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
    }
    snprintf(reason, capacity,
             "it redirects to another server, %s://%.100s, which is sent neither the key nor "
             "prompts; pass the URL of that server if you trust it",
             scheme != NULL ? scheme : "?", host != NULL ? host : "?");
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(url);
}

/// Sends the same request to another URL of the same server.
static distill_status resend(http_request *request, const char *target)
{
    distill_status status = DISTILL_OK;
    distill_text url = {0};
    TRY(distill_text_add(&url, target));
    curl_multi_remove_handle(request->client->multi, request->easy);
    distill_text_free(&request->url);
    request->url = url;
    url = (distill_text){0};
    TRY(start_request(request));
done:
    distill_text_free(&url);
    return status;
}

/// Follows a redirect. Returns HTTP_COMPLETE if the request is in flight again, else why it is not.
static http_result follow_redirect(http_request *request, char *reason, size_t capacity)
{
    char *target = NULL;
    curl_easy_getinfo(request->easy, CURLINFO_REDIRECT_URL, &target);
    if (target == NULL) {
        snprintf(reason, capacity, "a redirect without a URL");
        return HTTP_BAD_REDIRECT;
    }
    if (!same_server(request->url.bytes, target)) {
        describe_foreign_redirect(reason, capacity, target);
        return HTTP_FOREIGN_REDIRECT;
    }
    if (++request->redirects > MAX_REDIRECTS) {
        snprintf(reason, capacity, "more than %d redirects", MAX_REDIRECTS);
        return HTTP_BAD_REDIRECT;
    }
    if (resend(request, target) == DISTILL_OK)
        return HTTP_COMPLETE;
    snprintf(reason, capacity, "%s", distill_error_message());
    return HTTP_DISCONNECTED;
}

/// Handles a transfer that libcurl has ended with `code`.
static void finish(http_request *request, CURLcode code)
{
    char reason[REASON_BYTES] = "";
    http_result result = result_of(request, code);
    if (request->head.status == 0)
        read_head(request);
    if (result == HTTP_COMPLETE && is_redirect(request->head.status)) {
        result = follow_redirect(request, reason, sizeof reason);
        if (result != HTTP_COMPLETE)
            end_request(request, result, reason);
        return;
    }
    const char *words = request->error[0] != '\0' ? request->error : curl_easy_strerror(code);
    snprintf(reason, sizeof reason, "%s%s", words,
             result == HTTP_BAD_CERTIFICATE
                 ? " (certificates are always verified; SSL_CERT_FILE=FILE.pem adds an authority)"
                 : "");
    end_request(request, result, reason);
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
        char reason[64];
        next = request->next;
        if (now_s - request->last_byte_s <= limit_s)
            continue;
        read_head(request);
        snprintf(reason, sizeof reason, "no byte arrived for %.3g s", limit_s);
        end_request(request, HTTP_TIMED_OUT, reason);
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
        finish(request, result);
    }
    // on_done may run for minutes (a program is graded): that is not idle time of the server
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
        return distill_fail(DISTILL_NO_MEMORY, "libcurl: no memory for a header");
    *list = more;
    return DISTILL_OK;
}

static distill_status make_headers(http_client *client, const char *api_key)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0};
    TRY(add_header(&client->post_headers, "Content-Type: application/json"));
    TRY(add_header(&client->post_headers, "Accept: text/event-stream, application/json"));
    TRY(add_header(&client->post_headers, "Expect:")); // no round trip for 100-continue
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
        explicit_bzero(line->data, strlen(line->data)); // one of them contains the key
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
        TRY(distill_fail(DISTILL_NO_MEMORY, "libcurl: no memory for a handle"));
    *out = client;
    client = NULL;
done:
    http_client_close(client);
    return status;
}

void http_client_cancel_all(http_client *client)
{
    while (client->requests != NULL)
        free_request(client->requests);
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
