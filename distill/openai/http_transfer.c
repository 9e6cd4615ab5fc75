// distill/openai/http_transfer.c - one HTTP request: libcurl's callbacks, options, redirects, result.
//
// libcurl limits only the time to connect; each request stores when its last byte and its last
// content arrived, and http_client.c ends those that have exceeded a limit. Redirects are followed
// here, because libcurl would also follow them to other servers.
//
// A reply may be complete before its response is: a server may keep the connection open after it.
// Such a request ends at once, and its connection drains: what follows is read and discarded, so
// that the connection can be used again if the response ends soon. Otherwise it is closed.
#include "distill/openai/http_transfer.h"

#include "distill/base/memory.h"
#include "distill/base/options/version.h"
#include "distill/base/progress.h"
#include "distill/openai/retry_policy.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    MAX_HEADER_BYTES = 1 << 16,
    MAX_REDIRECTS = 5,
    BUFFER_BYTES = 16384,
    REASON_BYTES = CURL_ERROR_SIZE + 160
};
static const double DRAIN_S = 0.5;

// ---- callbacks of libcurl -----------------------------------------------------------------------

/// The value of the header `name` ("server:"); empty if the line is another one.
static distill_span header_value(distill_span line, const char *name)
{
    size_t length = strlen(name);
    if (line.length < length || strncasecmp(line.bytes, name, length) != 0)
        return (distill_span){"", 0};
    return distill_span_trim((distill_span){line.bytes + length, line.length - length});
}

/// Reads Retry-After, of which the form in milliseconds is preferred, and Server.
static void read_header(http_request *request, distill_span line)
{
    http_response *head = &request->head;
    distill_span after = header_value(line, "retry-after:");
    distill_span after_ms = header_value(line, "retry-after-ms:");
    distill_span server = header_value(line, "server:");
    if (line.length > 5 && strncmp(line.bytes, "HTTP/", 5) == 0)
        head->retry_after_s = -1; // discard that of a previous response (1xx, a redirect)
    if (after.length > 0 && head->retry_after_s < 0)
        head->retry_after_s = retry_after_parse(after, time(NULL));
    double ms = after_ms.length > 0 ? retry_after_parse(after_ms, time(NULL)) : -1;
    if (ms >= 0)
        head->retry_after_s = ms / 1000;
    if (server.length > 0)
        snprintf(request->server, sizeof request->server, "%.*s", (int)server.length, server.bytes);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    http_request *request = context;
    size_t length = size * count;
    request->last_byte_s = distill_now_s();
    request->header_bytes += length;
    if (request->header_bytes > MAX_HEADER_BYTES) {
        snprintf(request->error, sizeof request->error, "more than %d bytes of headers",
                 MAX_HEADER_BYTES);
        return 0;
    }
    read_header(request, (distill_span){bytes, length});
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
    request->head.server = request->server;
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
    if (request->is_enough || request->is_draining)
        return length;
    http_next next = options->on_body(options->context, request->tag, &request->head,
                                      (distill_span){bytes, length});
    if (next != HTTP_CONTINUE)
        request->content_s = request->last_byte_s;
    if (next == HTTP_LAST && request->last_s == 0)
        request->last_s = request->last_byte_s;
    request->is_aborted = next == HTTP_ABORT;
    request->is_enough = next == HTTP_ENOUGH;
    request->client->enough_count += request->is_enough;
    return request->is_aborted ? 0 : length;
}

// ---- starting a request -------------------------------------------------------------------------

void http_request_free(http_request *request)
{
    if (request == NULL)
        return;
    if (request->link != NULL) {
        *request->link = request->next;
        if (request->next != NULL)
            request->next->link = request->link;
    }
    request->client->enough_count -= request->is_enough;
    request->client->draining_count -= request->is_draining;
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

/// Trusts the system's authorities, or those that the environment names in OpenSSL's variables.
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
    // wait for a connection that others can share only where HTTP/2 is possible: a server that
    // closes after each reply would get one request at a time
    SET(CURLOPT_PIPEWAIT, strncmp(request->url.bytes, "https:", 6) == 0 ? 1L : 0L);
    SET(CURLOPT_ACCEPT_ENCODING, "identity"); // and decompresses what is compressed nevertheless
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

/// Adds the request to the multi handle, for the first time or again with another URL.
static distill_status start_request(http_request *request)
{
    distill_status status = DISTILL_OK;
    request->head = (http_response){.content_type = "", .server = "", .retry_after_s = -1};
    request->server[0] = '\0';
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
    request->sent_s = request->content_s = distill_now_s();
    TRY(distill_text_add(&request->url, url));
    if (body != NULL)
        TRY(distill_text_add_span(&request->body, distill_text_span(body)));
    request->easy = curl_easy_init();
    if (request->easy == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "libcurl: out of memory for a handle"));
    TRY(start_request(request));
    request->next = client->requests;
    request->link = &client->requests;
    if (request->next != NULL)
        request->next->link = &request->next;
    client->requests = request;
    request = NULL;
done:
    http_request_free(request);
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
    case CURLE_OPERATION_TIMEDOUT: // libcurl has no other timeout than that of connecting
        return HTTP_UNREACHABLE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTP_BAD_CERTIFICATE;
    default:
        return HTTP_DISCONNECTED;
    }
}

/// Frees the request, then calls on_done with copies of the response.
static void end_request(http_request *request, http_result result, const char *reason)
{
    const http_client_options *options = &request->client->options;
    void *tag = request->tag;
    http_response response = request->head;
    char words[REASON_BYTES], type[sizeof request->content_type], server[sizeof request->server];
    snprintf(words, sizeof words, "%s", reason);
    snprintf(type, sizeof type, "%s", request->content_type);
    snprintf(server, sizeof server, "%s", request->server);
    response.result = result;
    response.reason = words;
    response.content_type = type;
    response.server = server;
    http_request_free(request);
    options->on_done(options->context, tag, &response);
}

void http_request_complete(http_request *request)
{
    http_client *client = request->client;
    const http_client_options *options = &client->options;
    void *tag = request->tag;
    http_response response = request->head;
    client->enough_count -= request->is_enough;
    request->is_enough = false;
    if (client->draining_count >= options->max_connections) {
        end_request(request, HTTP_COMPLETE, "");
        return;
    }
    request->is_draining = true;
    request->drain_until_s = distill_now_s() + DRAIN_S;
    request->tag = NULL;
    client->draining_count++;
    response.result = HTTP_COMPLETE;
    response.reason = "";
    options->on_done(options->context, tag, &response); // the request is freed by a later poll
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

/// Follows a redirect. Returns HTTP_COMPLETE if the request is in flight again, else the failure.
static http_result follow_redirect(http_request *request, char *reason, size_t capacity)
{
    char *target = NULL;
    curl_easy_getinfo(request->easy, CURLINFO_REDIRECT_URL, &target);
    if (target == NULL) {
        snprintf(reason, capacity, "a redirect without a URL");
        return HTTP_BAD_REDIRECT;
    }
    if (!http_same_server(request->url.bytes, target)) {
        http_describe_foreign_redirect(reason, capacity, target);
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

void http_request_finish(http_request *request, CURLcode code)
{
    char reason[REASON_BYTES] = "";
    http_result result = result_of(request, code);
    if (request->is_draining) {
        http_request_free(request);
        return;
    }
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

void http_request_time_out(http_request *request, const char *reason)
{
    read_head(request);
    end_request(request, HTTP_TIMED_OUT, reason);
}
