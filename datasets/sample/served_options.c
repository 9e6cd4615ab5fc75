// datasets/sample/served_options.c - checks the options of servers and opens a generator on them.
// The API key is read from its environment variable here and is not stored in the options.
#include "datasets/sample/served_options.h"

#include "distill/base/log.h"
#include "distill/openai/client.h"

#include <stdlib.h>
#include <string.h>

bool served_is_url(const char *word)
{
    return strncmp(word, "http://", 7) == 0 || strncmp(word, "https://", 8) == 0;
}

/// True for a valid name of an environment variable. Most keys are not valid names, so that this
/// detects a key given in place of the name.
static bool is_name(const char *word)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return word[0] != '\0' && word[strspn(word, letters)] == '\0' && strlen(word) <= 64;
}

distill_status served_options_open(distill_generator **out, const served_options *options,
                                   const char *const *urls, size_t url_count, const char *model)
{
    const char *name = options->api_key_env;
    const char *key = getenv(name != NULL ? name : "OPENAI_API_KEY");
    if (name != NULL && !is_name(name)) // the message must not repeat it: it may be a key
        return distill_fail(DISTILL_USAGE, "--api-key-env: expected the name of an environment "
                                           "variable, such as OPENAI_API_KEY; not a key itself");
    if (name != NULL && (key == NULL || key[0] == '\0'))
        return distill_fail(DISTILL_USAGE,
                            "--api-key-env %s: that environment variable is not set; it should "
                            "hold the key",
                            name);
    const distill_client_options served = {.urls = urls,
                                           .url_count = url_count,
                                           .model = model,
                                           .api_key = key,
                                           .concurrency = options->concurrency,
                                           .retries = options->retries,
                                           .idle_timeout_s = options->timeout_s,
                                           .content_timeout_s = options->content_timeout_s,
                                           .total_timeout_s = options->total_timeout_s,
                                           .requests_per_minute = options->requests_per_minute,
                                           .tokens_per_minute = options->tokens_per_minute};
    return distill_client_open(out, &served);
}

void served_options_warn_unused(const served_options *o)
{
    const served_options d = SERVED_DEFAULTS;
    if (o->api_key_env != NULL || o->concurrency != d.concurrency || o->retries != d.retries ||
        o->timeout_s != d.timeout_s || o->content_timeout_s != d.content_timeout_s ||
        o->total_timeout_s != d.total_timeout_s ||
        o->requests_per_minute != d.requests_per_minute ||
        o->tokens_per_minute != d.tokens_per_minute || o->price_in != d.price_in ||
        o->price_out != d.price_out)
        distill_warn("no server is used here: the options of servers (--concurrency, --price-in, … "
                     "in --help) change nothing");
}

distill_status served_options_chat(distill_chat **out, const distill_chat_options *options)
{
    *out = NULL;
    if (strcmp(options->chat_template, "auto") != 0)
        return distill_chat_open(out, NULL, options);
    if (options->kwargs != NULL)
        return distill_fail(DISTILL_USAGE,
                            "--chat-template-kwargs: a served model's own template is rendered by "
                            "its server; set them there, or choose a --chat-template");
    return DISTILL_OK;
}
