// distill/openai/chat_request.c - what is asked of a server, and what its refusals teach.
#include "distill/openai/chat_request.h"
#include "distill/base/json/json_writer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *chat_path(const distill_request *request)
{
    return request->messages != NULL ? "/chat/completions" : "/completions";
}

// ---- request ------------------------------------------------------------------------------------

static distill_status write_message(distill_text *out, distill_span role, distill_span content)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "{\"role\":"));
    TRY(distill_json_write_string(out, role));
    TRY(distill_text_add(out, ",\"content\":"));
    TRY(distill_json_write_string(out, content));
    TRY(distill_text_add_char(out, '}'));
done:
    return status;
}

static distill_status write_prompt(distill_text *out, const distill_request *request)
{
    distill_status status = DISTILL_OK;
    if (request->messages == NULL) {
        TRY(distill_text_add(out, ",\"prompt\":"));
        TRY(distill_json_write_string(out, request->text));
        goto done;
    }
    TRY(distill_text_add(out, ",\"messages\":["));
    for (size_t i = 0; i < request->message_count; i++) {
        TRY(distill_text_add(out, i > 0 ? "," : ""));
        TRY(write_message(out, request->messages[i].role, request->messages[i].content));
    }
    if (request->prefix.length > 0) {
        TRY(distill_text_add_char(out, ','));
        TRY(write_message(out, distill_span_of("assistant"), request->prefix));
    }
    TRY(distill_text_add_char(out, ']'));
    if (request->prefix.length > 0) // the last message is gone on with: vLLM, SGLang
        TRY(distill_text_add(out,
                             ",\"continue_final_message\":true,\"add_generation_prompt\":false"));
done:
    return status;
}

static distill_status write_number(distill_text *out, const char *key, double value)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, ",\"%s\":", key));
    TRY(distill_json_write_number(out, value));
done:
    return status;
}

static distill_status write_sampling(distill_text *out, const chat_ask *ask,
                                     const chat_dialect *dialect)
{
    distill_status status = DISTILL_OK;
    const distill_sampling *s = ask->sampling;
    TRY(write_number(out, "temperature", s->temperature));
    TRY(write_number(out, "top_p", s->top_p));
    if (s->top_k > 0)
        TRY(distill_text_printf(out, ",\"top_k\":%zu", s->top_k));
    if (s->min_p > 0)
        TRY(write_number(out, "min_p", s->min_p));
    TRY(distill_text_printf(out, ",\"%s\":%zu",
                            dialect->completion_limit ? "max_completion_tokens" : "max_tokens",
                            ask->max_tokens));
    if (ask->n > 1)
        TRY(distill_text_printf(out, ",\"n\":%zu", ask->n));
    if (!dialect->no_seed) // 31 bits: every server's integer holds it
        TRY(distill_text_printf(out, ",\"seed\":%u",
                                (unsigned)(ask->request->stream & 0x7FFFFFFF)));
    for (size_t i = 0; i < s->stop_count; i++) {
        TRY(distill_text_add(out, i > 0 ? "," : ",\"stop\":["));
        TRY(distill_json_write_string(out, distill_span_of(s->stop[i])));
    }
    TRY(distill_text_add(out, s->stop_count > 0 ? "]" : ""));
done:
    return status;
}

distill_status chat_write(distill_text *out, const chat_ask *ask, const chat_dialect *dialect)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "{\"model\":"));
    TRY(distill_json_write_string(out, distill_span_of(ask->model)));
    TRY(write_prompt(out, ask->request));
    TRY(write_sampling(out, ask, dialect));
    if (ask->sampling->logprobs > 0) {
        TRY(distill_text_printf(out,
                                ask->request->messages != NULL
                                    ? ",\"logprobs\":true,\"top_logprobs\":%zu"
                                    : ",\"logprobs\":%zu",
                                ask->sampling->logprobs));
        if (!dialect->no_token_ids)
            TRY(distill_text_add(out, ",\"return_tokens_as_token_ids\":true"));
    }
    TRY(distill_text_add(out, ",\"stream\":true"));
    if (!dialect->no_stream_usage)
        TRY(distill_text_add(out, ",\"stream_options\":{\"include_usage\":true}"));
    TRY(distill_text_add_char(out, '}'));
done:
    return status;
}

// ---- refusals -----------------------------------------------------------------------------------

/// The member that holds the message: error.message, error, message, detail; NULL if there is none.
static const distill_json_node *find_message(const distill_json *doc)
{
    static const char *const keys[] = {"error", "message", "detail"};
    const distill_json_node *node = distill_json_root(doc);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const distill_json_node *found = distill_json_present(node, keys[i]);
        if (found == NULL)
            continue;
        const distill_json_node *inner = distill_json_present(found, "message");
        return inner != NULL ? inner : found;
    }
    return NULL;
}

void chat_blot_out(distill_text *text, const char *secret)
{
    if (secret == NULL || secret[0] == '\0' || text->bytes == NULL)
        return;
    distill_span needle = distill_span_of(secret);
    for (size_t at = 0; (at = distill_span_find(distill_text_span(text), needle, at)) != SIZE_MAX;)
        memset(text->bytes + at, '*', needle.length);
}

/// One line of printable text: control characters become blanks, blanks in a row one.
static void straighten(distill_text *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < text->length; i++) {
        char c = text->bytes[i];
        bool blank = (unsigned char)c <= ' ' || c == 127;
        if (!blank)
            text->bytes[kept++] = c;
        else if (kept > 0 && text->bytes[kept - 1] != ' ')
            text->bytes[kept++] = ' ';
    }
    text->length = kept;
    if (text->bytes != NULL)
        text->bytes[kept] = '\0';
}

/// Cuts to `most` bytes, not inside a character.
static distill_status shorten(distill_text *text, size_t most)
{
    if (text->length <= most)
        return DISTILL_OK;
    while (most > 0 && ((unsigned char)text->bytes[most] & 0xC0) == 0x80)
        most--;
    text->length = most;
    text->bytes[most] = '\0';
    return distill_text_add(text, "...");
}

distill_status chat_error_text(distill_text *out, distill_span body, const char *secret)
{
    enum { MOST = 400, MOST_READ = 1 << 16 };
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (body.length > MOST_READ)
        body.length = MOST_READ;
    distill_text_clear(out);
    TRY(distill_text_add(out, ""));
    const distill_json_node *node = NULL;
    if (distill_json_parse(&doc, body.bytes, body.length, "error") == DISTILL_OK)
        node = find_message(doc);
    if (node != NULL && distill_json_kind_of(node) == DISTILL_JSON_STRING)
        TRY(distill_text_add_span(out, distill_json_string(doc, node)));
    else if (node != NULL)
        TRY(distill_json_write_node(out, doc, node));
    else
        TRY(distill_text_add_span(out, body));
    chat_blot_out(out, secret);
    straighten(out);
    TRY(shorten(out, MOST));
done:
    distill_json_free(doc);
    return status;
}

static bool part_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/// Is `word` in the message, as a word of its own?
static bool mentions(distill_span message, const char *word)
{
    distill_span needle = distill_span_of(word);
    for (size_t at = 0; (at = distill_span_find(message, needle, at)) != SIZE_MAX; at++) {
        size_t end = at + needle.length;
        if ((at == 0 || !part_of_word(message.bytes[at - 1])) &&
            (end == message.length || !part_of_word(message.bytes[end])))
            return true;
    }
    return false;
}

bool chat_dialect_learn(chat_dialect *dialect, const char **what, distill_span message, size_t n,
                        bool logprobs)
{
    const struct {
        bool *known;
        bool fits;
        const char *what;
    } lessons[] = {
        {&dialect->no_stream_usage, mentions(message, "stream_options"),
         "takes no stream_options: tokens are counted by their pieces"},
        {&dialect->no_seed, mentions(message, "seed"), "takes no seed: none is sent"},
        {&dialect->no_token_ids, logprobs && mentions(message, "return_tokens_as_token_ids"),
         "tells no token ids: log-probabilities are kept without them"},
        {&dialect->completion_limit,
         mentions(message, "max_completion_tokens") && mentions(message, "max_tokens"),
         "wants max_completion_tokens instead of max_tokens"},
        {&dialect->single,
         n > 1 &&
             (mentions(message, "n") ||
              distill_span_find(message, distill_span_of("one completion choice"), 0) != SIZE_MAX),
         "gives one reply a request: n replies are n requests"},
    };
    for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++) {
        if (!lessons[i].fits || *lessons[i].known)
            continue;
        *lessons[i].known = true;
        *what = lessons[i].what;
        return true;
    }
    return false;
}

/// The number that follows (or, `before`, that stands right in front of) the phrase; 0 if none.
static size_t number_by(distill_span message, const char *phrase, bool before)
{
    size_t at = distill_span_find(message, distill_span_of(phrase), 0);
    if (at == SIZE_MAX)
        return 0;
    const char *bytes = message.bytes;
    if (!before)
        return strtoul(bytes + at + strlen(phrase), NULL, 10);
    while (at > 0 && bytes[at - 1] == ' ')
        at--;
    while (at > 0 && isdigit((unsigned char)bytes[at - 1]))
        at--;
    return strtoul(bytes + at, NULL, 10);
}

bool chat_error_context(size_t *context, size_t *prompt, distill_span message)
{
    static const char *const prompts[] = {" input tokens", " in the messages", " prompt tokens"};
    *prompt = 0;
    *context = number_by(message, "maximum context length is ", false);
    if (*context == 0)
        *context = number_by(message, "maximum context length of ", false);
    for (size_t i = 0; i < sizeof prompts / sizeof *prompts && *prompt == 0; i++)
        *prompt = number_by(message, prompts[i], true);
    return *context > 0;
}

size_t chat_error_most_tokens(distill_span message)
{
    size_t most = number_by(message, "supports at most ", false);
    return most > 0 ? most : number_by(message, "valid range of max_tokens is [1, ", false);
}

const char *chat_error_hint(distill_span message)
{
    static const struct {
        const char *field, *hint;
    } hints[] = {
        {"top_k", " (leave out --top-k)"},
        {"min_p", " (leave out --min-p)"},
        {"top_p", " (pass --top-p 1)"},
        {"temperature", " (pass the --temperature that it takes)"},
        {"top_logprobs", " (pass a smaller --logprobs, or none)"},
        {"logprobs", " (leave out --logprobs)"},
        {"stop", " (leave out --stop, or give fewer)"},
        {"continue_final_message", " (leave out --think-prefix, or render the conversation here "
                                   "with --chat-template NAME)"},
        {"max_tokens", " (pass a smaller --max-tokens)"},
        {"max_completion_tokens", " (pass a smaller --max-tokens)"},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (mentions(message, hints[i].field))
            return hints[i].hint;
    return "";
}

// ---- models -------------------------------------------------------------------------------------

distill_status chat_models_only(distill_text *out, distill_span body, const char *url)
{
    enum { SHOWN = 20 };
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
        if (count < SHOWN)
            TRY(distill_text_printf(&names, "%s%.*s", count > 0 ? ", " : "", (int)id.length,
                                    id.bytes));
        count++;
    }
    if (count == 0)
        TRY(distill_fail(DISTILL_REMOTE, "%s: it names no model; name one with --model NAME", url));
    if (count > 1)
        TRY(distill_fail(DISTILL_REMOTE, "%s: which model? --model NAME, one of: %s%s", url,
                         names.bytes, count > SHOWN ? ", ..." : ""));
done:
    distill_json_free(doc);
    distill_text_free(&names);
    return status;
}
