// distill/openai/http_client.c - libcurl's multi interface behind remote.h.
#include "distill/openai/http_client.h"

#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/progress.h"
#include "distill/openai/rate_limit.h"

#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_HEADER_BYTES = 1 << 16, MOST_REDIRECTS = 5, RECEIVE_BYTES = 16384 };

struct remote_call {
    remote_net *net;
    CURL *easy;
    distill_text url, body;
    bool posts;
    void *tag;
    double heard_s; // when the last byte came
    size_t header_bytes;
    size_t redirects;
    bool stopped, idle;
    char error[CURL_ERROR_SIZE];
    char type[128];
    remote_answer head;
    remote_call *next, **link; // list of the net
};

struct remote_net {
    remote_options options;
    CURLM *multi;
    struct curl_slist *headers, *plain_headers; // of POST and of GET
    remote_call *calls;
    double looked_s; // for idle requests
};

// ---- once a process -----------------------------------------------------------------------------

static CURLcode started = CURLE_FAILED_INIT;

static void start(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static distill_status start_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    if (started == CURLE_OK)
        return DISTILL_OK;
    return distill_fail(DISTILL_INTERNAL, "libcurl does not start: %s",
                        curl_easy_strerror(started));
}

// ---- addresses ----------------------------------------------------------------------------------

distill_status remote_base_url(distill_text *out, const char *url)
{
    distill_status status = DISTILL_OK;
    bool http = strncmp(url, "http://", 7) == 0, https = strncmp(url, "https://", 8) == 0;
    const char *host = url + (https ? 8 : 7);
    distill_text_clear(out);
    if ((!http && !https) || *host == '\0' || *host == '/' || *host == ':')
        TRY(distill_fail(DISTILL_USAGE, "%s: expected http://HOST[:PORT]/v1 or https://…", url));
    size_t authority = strcspn(host, "/?#");
    if (memchr(host, '@', authority) != NULL) // without the text: it may hold a password
        TRY(distill_fail(DISTILL_USAGE,
                         "an address with a user or password in it is not taken (it would stand in "
                         "the process list and in logs); put the key into the environment variable "
                         "that --api-key-env names"));
    if (strpbrk(host, "?#") != NULL)
        TRY(distill_fail(DISTILL_USAGE, "%.*s…: a base URL has no ? and no #",
                         (int)strcspn(url, "?#"), url));
    for (const char *c = url; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == 127)
            TRY(distill_fail(DISTILL_USAGE, "%s: blanks do not belong into an address", url));
    size_t length = strlen(url);
    while (url[length - 1] == '/')
        length--;
    TRY(distill_text_append(out, url, length));
done:
    return status;
}

/// Are scheme, host and port the same?
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

// ---- one call -----------------------------------------------------------------------------------

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    static const char name[] = "retry-after:", name_ms[] = "retry-after-ms:";
    remote_call *call = context;
    size_t length = size * count;
    call->heard_s = distill_now_s();
    call->header_bytes += length;
    if (call->header_bytes > MOST_HEADER_BYTES) {
        snprintf(call->error, sizeof call->error, "more than %d bytes of headers",
                 MOST_HEADER_BYTES);
        return 0;
    }
    if (length > 5 && strncmp(bytes, "HTTP/", 5) == 0)
        call->head.retry_after_s = -1; // of this answer, not of one before it
    if (length >= sizeof name && strncasecmp(bytes, name, sizeof name - 1) == 0 &&
        call->head.retry_after_s < 0)
        call->head.retry_after_s = retry_after_s(
            (distill_span){bytes + sizeof name - 1, length - sizeof name + 1}, time(NULL));
    if (length >= sizeof name_ms && strncasecmp(bytes, name_ms, sizeof name_ms - 1) == 0) {
        double ms = retry_after_s(
            (distill_span){bytes + sizeof name_ms - 1, length - sizeof name_ms + 1}, time(NULL));
        call->head.retry_after_s = ms >= 0 ? ms / 1000 : call->head.retry_after_s;
    }
    return length;
}

static void read_head(remote_call *call)
{
    char *type = NULL;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->head.status);
    curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
    snprintf(call->type, sizeof call->type, "%s", type != NULL ? type : "");
    for (char *c = call->type; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    call->head.type = call->type;
}

static bool redirects(long status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    remote_call *call = context;
    const remote_options *options = &call->net->options;
    size_t length = size * count;
    call->heard_s = distill_now_s();
    if (call->head.status == 0)
        read_head(call);
    if (redirects(call->head.status))
        return length;
    call->stopped =
        !options->bytes(options->context, call->tag, &call->head, (distill_span){bytes, length});
    return call->stopped ? 0 : length;
}

static void close_call(remote_call *call)
{
    if (call == NULL)
        return;
    if (call->link != NULL) {
        *call->link = call->next;
        if (call->next != NULL)
            call->next->link = call->link;
    }
    if (call->easy != NULL) {
        curl_multi_remove_handle(call->net->multi, call->easy);
        curl_easy_cleanup(call->easy);
    }
    distill_text_free(&call->url);
    distill_text_free(&call->body);
    distill_free(call);
}

#define SET(option, value)                                                                         \
    do {                                                                                           \
        CURLcode code = curl_easy_setopt(call->easy, option, value);                               \
        if (code != CURLE_OK)                                                                      \
            return distill_fail(DISTILL_INTERNAL, "libcurl refuses " #option ": %s",               \
                                curl_easy_strerror(code));                                         \
    } while (0)

/// Trust: the system's authorities unless the environment names others, as OpenSSL does.
static distill_status set_trust(remote_call *call)
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

static distill_status set_body(remote_call *call)
{
    SET(CURLOPT_HTTPHEADER, call->posts ? call->net->headers : call->net->plain_headers);
    if (!call->posts)
        return DISTILL_OK;
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.length);
    SET(CURLOPT_POSTFIELDS, call->body.bytes);
    return DISTILL_OK;
}

static distill_status set_up(remote_call *call)
{
    distill_status status = DISTILL_OK;
    const remote_options *options = &call->net->options;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PRIVATE, call);
    SET(CURLOPT_ERRORBUFFER, call->error);
    SET(CURLOPT_URL, call->url.bytes);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_PIPEWAIT, 1L);
    SET(CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)RECEIVE_BYTES);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(options->connect_timeout_s * 1000));
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_USERAGENT, "distill/" DISTILL_VERSION);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, call);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, call);
    TRY(set_trust(call));
    TRY(set_body(call));
done:
    return status;
}

/// Hands the call to the multi handle, for the first time or to another address.
static distill_status begin(remote_call *call)
{
    distill_status status = DISTILL_OK;
    call->head = (remote_answer){.type = "", .retry_after_s = -1};
    call->header_bytes = 0;
    call->error[0] = '\0';
    call->heard_s = distill_now_s();
    TRY(set_up(call));
    CURLMcode code = curl_multi_add_handle(call->net->multi, call->easy);
    if (code != CURLM_OK)
        TRY(distill_fail(DISTILL_INTERNAL, "libcurl: %s", curl_multi_strerror(code)));
done:
    return status;
}

distill_status remote_send(remote_net *net, remote_call **out, const char *url,
                           const distill_text *body, void *tag)
{
    distill_status status = DISTILL_OK;
    remote_call *call = NULL;
    TRY(DISTILL_NEW(&call, 1));
    call->net = net;
    call->tag = tag;
    call->posts = body != NULL;
    TRY(distill_text_add(&call->url, url));
    if (body != NULL)
        TRY(distill_text_add_span(&call->body, distill_text_span(body)));
    call->easy = curl_easy_init();
    if (call->easy == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "libcurl gives no handle"));
    TRY(begin(call));
    call->next = net->calls;
    call->link = &net->calls;
    if (call->next != NULL)
        call->next->link = &call->next;
    net->calls = call;
    *out = call;
    call = NULL;
done:
    close_call(call);
    return status;
}

// ---- ends ---------------------------------------------------------------------------------------

static remote_failure failure_of(const remote_call *call, CURLcode code)
{
    if (call->stopped)
        return REMOTE_STOPPED;
    switch (code) {
    case CURLE_OK:
        return REMOTE_NONE;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_OPERATION_TIMEDOUT: // the only limit that libcurl knows is on connecting
        return REMOTE_UNREACHABLE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return REMOTE_CERTIFICATE;
    default:
        return REMOTE_DROPPED;
    }
}

static void report(remote_call *call, remote_failure failure, const char *reason)
{
    const remote_options *options = &call->net->options;
    void *tag = call->tag;
    remote_answer answer = call->head;
    char words[CURL_ERROR_SIZE + 160], type[sizeof call->type];
    snprintf(words, sizeof words, "%s", reason);
    snprintf(type, sizeof type, "%s", call->type);
    answer.failure = failure;
    answer.reason = words;
    answer.type = type;
    close_call(call);
    options->done(options->context, tag, &answer);
}

static void describe_other_server(char *reason, size_t capacity, const char *target)
{
    CURLU *place = curl_url();
    char *host = NULL, *scheme = NULL;
    if (place != NULL && curl_url_set(place, CURLUPART_URL, target, 0) == CURLUE_OK) {
        curl_url_get(place, CURLUPART_HOST, &host, 0);
        curl_url_get(place, CURLUPART_SCHEME, &scheme, 0);
    }
    snprintf(reason, capacity,
             "it redirects to another server, %s://%.100s, where neither key nor prompts are sent; "
             "give the address of that one if you trust it",
             scheme != NULL ? scheme : "?", host != NULL ? host : "?");
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(place);
}

/// The same request again, at another address of the same server.
static distill_status move_to(remote_call *call, const char *target)
{
    distill_status status = DISTILL_OK;
    distill_text url = {0};
    TRY(distill_text_add(&url, target));
    curl_multi_remove_handle(call->net->multi, call->easy);
    distill_text_free(&call->url);
    call->url = url;
    url = (distill_text){0};
    TRY(begin(call));
done:
    distill_text_free(&url);
    return status;
}

/// Goes where the answer points, if that is the same server; otherwise says why not.
static remote_failure follow(remote_call *call, char *reason, size_t capacity)
{
    char *target = NULL;
    curl_easy_getinfo(call->easy, CURLINFO_REDIRECT_URL, &target);
    if (target == NULL) {
        snprintf(reason, capacity, "a redirect without an address");
        return REMOTE_CIRCLE;
    }
    if (!same_server(call->url.bytes, target)) {
        describe_other_server(reason, capacity, target);
        return REMOTE_ELSEWHERE;
    }
    if (++call->redirects > MOST_REDIRECTS) {
        snprintf(reason, capacity, "more than %d redirects", MOST_REDIRECTS);
        return REMOTE_CIRCLE;
    }
    if (move_to(call, target) == DISTILL_OK)
        return REMOTE_NONE;
    snprintf(reason, capacity, "%s", distill_error_message());
    return REMOTE_DROPPED;
}

static void finish(remote_call *call, CURLcode code)
{
    char reason[CURL_ERROR_SIZE + 160] = "";
    remote_failure failure = failure_of(call, code);
    if (call->head.status == 0)
        read_head(call);
    if (failure == REMOTE_NONE && redirects(call->head.status)) {
        failure = follow(call, reason, sizeof reason);
        if (failure != REMOTE_NONE)
            report(call, failure, reason);
        return;
    }
    const char *words = call->error[0] != '\0' ? call->error : curl_easy_strerror(code);
    snprintf(reason, sizeof reason, "%s%s", words,
             failure == REMOTE_CERTIFICATE
                 ? " (certificates are always verified; SSL_CERT_FILE=FILE.pem adds an authority)"
                 : "");
    report(call, failure, reason);
}

/// Gives up requests that have been silent for too long; looks once a second or so.
static void drop_idle(remote_net *net)
{
    double now = distill_now_s(), limit = net->options.idle_timeout_s;
    if (now - net->looked_s < (limit < 10 ? limit / 20 : 1))
        return;
    net->looked_s = now;
    for (remote_call *call = net->calls, *next; call != NULL; call = next) {
        char reason[64];
        next = call->next;
        if (now - call->heard_s <= limit)
            continue;
        read_head(call);
        snprintf(reason, sizeof reason, "nothing came for %.3g s", limit);
        report(call, REMOTE_IDLE, reason);
        next = net->calls; // the callback may have changed the list
    }
}

distill_status remote_step(remote_net *net, int wait_ms)
{
    int running = 0, left = 0;
    CURLMcode code = curl_multi_perform(net->multi, &running);
    if (code == CURLM_OK && wait_ms > 0)
        code = curl_multi_poll(net->multi, NULL, 0, wait_ms, NULL);
    if (code == CURLM_OK)
        code = curl_multi_perform(net->multi, &running);
    if (code != CURLM_OK)
        return distill_fail(DISTILL_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    double listened_s = distill_now_s();
    for (CURLMsg *message; (message = curl_multi_info_read(net->multi, &left)) != NULL;) {
        remote_call *call = NULL;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        finish(call, result);
    }
    double away_s = distill_now_s() - listened_s; // judging a program may take minutes:
    for (remote_call *call = net->calls; call != NULL; call = call->next)
        call->heard_s += away_s; // that is not the server's silence
    drop_idle(net);
    return DISTILL_OK;
}

// ---- the net ------------------------------------------------------------------------------------

static distill_status add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *more = curl_slist_append(*list, line);
    if (more == NULL)
        return distill_fail(DISTILL_NO_MEMORY, "libcurl: no memory for a header");
    *list = more;
    return DISTILL_OK;
}

static distill_status make_headers(remote_net *net, const char *api_key)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0};
    TRY(add_header(&net->headers, "Content-Type: application/json"));
    TRY(add_header(&net->headers, "Accept: text/event-stream, application/json"));
    TRY(add_header(&net->headers, "Expect:")); // no 100-continue round trip
    TRY(add_header(&net->plain_headers, "Accept: application/json"));
    if (api_key != NULL) {
        TRY(distill_text_printf(&line, "Authorization: Bearer %s", api_key));
        TRY(add_header(&net->headers, line.bytes));
        TRY(add_header(&net->plain_headers, line.bytes));
        explicit_bzero(line.bytes, line.length);
    }
done:
    distill_text_free(&line);
    return status;
}

static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line != NULL; line = line->next)
        explicit_bzero(line->data, strlen(line->data)); // one of them holds the key
    curl_slist_free_all(list);
}

distill_status remote_open(remote_net **out, const remote_options *options)
{
    distill_status status = DISTILL_OK;
    remote_net *net = NULL;
    *out = NULL;
    TRY(start_once());
    TRY(DISTILL_NEW(&net, 1));
    net->options = *options;
    net->options.api_key = NULL;
    TRY(make_headers(net, options->api_key));
    net->multi = curl_multi_init();
    if (net->multi == NULL ||
        curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS, (long)options->most) != CURLM_OK ||
        curl_multi_setopt(net->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) != CURLM_OK)
        TRY(distill_fail(DISTILL_NO_MEMORY, "libcurl gives no handle"));
    *out = net;
    net = NULL;
done:
    remote_close(net);
    return status;
}

void remote_drop_all(remote_net *net)
{
    while (net->calls != NULL)
        close_call(net->calls);
}

void remote_close(remote_net *net)
{
    if (net == NULL)
        return;
    remote_drop_all(net);
    if (net->multi != NULL)
        curl_multi_cleanup(net->multi);
    free_headers(net->headers);
    free_headers(net->plain_headers);
    distill_free(net);
}
