// distill/openai/chat_error.c - error bodies as text, and recognition of known phrases in them.
//
// Phrases are matched as substrings or whole words. An unknown phrase changes nothing: the message
// is shown to the user.
#include "distill/openai/chat_error.h"

#include "distill/base/json/json_writer.h"
#include "distill/openai/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// ---- text ---------------------------------------------------------------------------------------

/// The member with the message: error.message, error, message, or detail; NULL if there is none.
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

/// Makes one line of printable text: replaces runs of control characters and blanks by one blank.
static void collapse_blanks(distill_text *text)
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

/// Truncates to at most `limit` bytes, not inside a character, and appends "...".
static distill_status truncate_text(distill_text *text, size_t limit)
{
    if (text->length <= limit)
        return DISTILL_OK;
    while (limit > 0 && ((unsigned char)text->bytes[limit] & 0xC0) == 0x80)
        limit--;
    text->length = limit;
    text->bytes[limit] = '\0';
    return distill_text_add(text, "...");
}

distill_status chat_error_text(distill_text *out, distill_span body, const char *secret)
{
    enum { MAX_BYTES = 400, MAX_BODY_BYTES = 1 << 16 };
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (body.length > MAX_BODY_BYTES)
        body.length = MAX_BODY_BYTES;
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
    secret_mask(out, secret);
    collapse_blanks(out);
    TRY(truncate_text(out, MAX_BYTES));
done:
    distill_json_free(doc);
    return status;
}

// ---- known phrases ------------------------------------------------------------------------------

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/// True if `word` occurs in the message as a whole word.
static bool mentions(distill_span message, const char *word)
{
    distill_span needle = distill_span_of(word);
    for (size_t at = 0; (at = distill_span_find(message, needle, at)) != SIZE_MAX; at++) {
        size_t end = at + needle.length;
        if ((at == 0 || !is_word_char(message.bytes[at - 1])) &&
            (end == message.length || !is_word_char(message.bytes[end])))
            return true;
    }
    return false;
}

bool chat_dialect_adapt(chat_dialect *dialect, const char **change, distill_span message, size_t n,
                        bool logprobs)
{
    const struct {
        bool *flag;
        bool applies;
        const char *change;
    } fields[] = {
        {&dialect->no_stream_usage, mentions(message, "stream_options"),
         "does not accept stream_options: tokens are counted by streamed pieces"},
        {&dialect->no_seed, mentions(message, "seed"), "does not accept a seed: none is sent"},
        {&dialect->no_token_ids, logprobs && mentions(message, "return_tokens_as_token_ids"),
         "returns no token ids: log-probabilities are stored without them"},
        {&dialect->max_completion_tokens,
         mentions(message, "max_completion_tokens") && mentions(message, "max_tokens"),
         "requires max_completion_tokens instead of max_tokens"},
        {&dialect->one_choice,
         n > 1 &&
             (mentions(message, "n") ||
              distill_span_find(message, distill_span_of("one completion choice"), 0) != SIZE_MAX),
         "returns one reply per request: n replies take n requests"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!fields[i].applies || *fields[i].flag)
            continue;
        *fields[i].flag = true;
        *change = fields[i].change;
        return true;
    }
    return false;
}

/// The number directly after (or, with `before`, directly before) the phrase; 0 if there is none.
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

size_t chat_error_max_tokens(distill_span message)
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
        {"temperature", " (pass a --temperature that it accepts)"},
        {"top_logprobs", " (pass a smaller --logprobs, or none)"},
        {"logprobs", " (leave out --logprobs)"},
        {"stop", " (leave out --stop, or give fewer strings)"},
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
