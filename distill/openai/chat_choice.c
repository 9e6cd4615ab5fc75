// distill/openai/chat_choice.c - joins the pieces of one reply.
//
// Thought and content are collected separately and joined at the end (chat_choice_text).
//
// A character beyond U+FFFF is written in JSON as two escapes, the halves of a UTF-16 pair, which
// some servers send in two events. chat_response.c passes a half on as three bytes, as UTF-8 would
// encode its number (ED A0 80 … ED BF BF, which valid UTF-8 does not contain); here the second half
// is joined with the first.
#include "distill/openai/chat_choice.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/text/chat/think.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void chat_choice_free(chat_choice *choice)
{
    distill_text_free(&choice->thought);
    distill_text_free(&choice->content);
    for (size_t i = 0; i < choice->call_count; i++) {
        distill_text_free(&choice->calls[i].name);
        distill_text_free(&choice->calls[i].arguments);
    }
    distill_free(choice->calls);
    distill_free(choice->ids);
    distill_free(choice->logprobs);
    distill_free(choice->topk_ids);
    distill_free(choice->topk_logprobs);
}

// ---- halves of UTF-16 pairs ---------------------------------------------------------------------

/// The ten bits of a half at `bytes` whose second byte is at least `low` (0xA0: first, 0xB0: second
/// half); -1 if there is none.
static int half_at(const char *bytes, size_t length, unsigned char low)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (length < 3 || b[0] != 0xED || b[1] < low || b[1] >= low + 16)
        return -1;
    return (b[1] & 15) << 6 | (b[2] & 63);
}

/// Appends the text; its leading second half is joined with the first half at the end of `to`.
static distill_status append_joined(distill_text *to, distill_span text)
{
    distill_status status = DISTILL_OK;
    int first = to->length < 3 ? -1 : half_at(to->bytes + to->length - 3, 3, 0xA0);
    int second = first < 0 ? -1 : half_at(text.bytes, text.length, 0xB0);
    if (second >= 0) {
        unsigned code = 0x10000 + (unsigned)(first << 10 | second);
        const char utf8[4] = {(char)(0xF0 | code >> 18), (char)(0x80 | (code >> 12 & 63)),
                              (char)(0x80 | (code >> 6 & 63)), (char)(0x80 | (code & 63))};
        to->length -= 3;
        TRY(distill_text_append(to, utf8, sizeof utf8));
        text = (distill_span){text.bytes + 3, text.length - 3};
    }
    TRY(distill_text_add_span(to, text));
done:
    return status;
}

static void repair(distill_text *text)
{
    for (size_t i = 0; i + 3 <= text->length; i++) {
        const char *at = memchr(text->bytes + i, 0xED, text->length - i);
        if (at == NULL)
            return;
        i = (size_t)(at - text->bytes);
        if (half_at(at, text->length - i, 0xA0) >= 0 || half_at(at, text->length - i, 0xB0) >= 0)
            memcpy(text->bytes + i, "\xEF\xBF\xBD", 3);
    }
}

void chat_choice_repair(chat_choice *choice)
{
    repair(&choice->thought);
    repair(&choice->content);
}

// ---- text ---------------------------------------------------------------------------------------

/// Where text goes: `to` is the thought or the content of `choice`.
typedef struct text_sink {
    chat_choice *choice;
    distill_text *to;
    const distill_json *doc;
    size_t limit_bytes;
} text_sink;

static distill_status append(const text_sink *sink, distill_span text)
{
    chat_choice *choice = sink->choice;
    if (text.length == 0)
        return DISTILL_OK;
    if (choice->finish != CHAT_UNFINISHED)
        return distill_fail(DISTILL_FORMAT, "response: a reply continues after its end");
    if (chat_choice_bytes(choice) + text.length > sink->limit_bytes)
        return distill_fail(DISTILL_FORMAT, "response: a reply of more than %zu bytes",
                            sink->limit_bytes);
    choice->pieces++;
    return append_joined(sink->to, text);
}

static distill_status add_value(const text_sink *sink, const distill_json_node *node, size_t depth);

/// True if the part of the content is a part of the thought: its type says so, or "thought":true
/// (Gemini).
static bool is_thought(const distill_json *doc, const distill_json_node *part)
{
    static const char *const types[] = {"thinking", "reasoning", "thought", "reasoning.text",
                                        "reasoning.summary"};
    const distill_json_node *type = distill_json_present(part, "type");
    const distill_json_node *flag = distill_json_present(part, "thought");
    distill_span word = type != NULL ? distill_json_string(doc, type) : (distill_span){0};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (distill_span_is(word, types[i]))
            return true;
    return flag != NULL && distill_json_true(flag);
}

/// A part of a list: {"type":"text","text":…}, {"type":"thinking","thinking":…}, … Parts without a
/// text (images, signatures, encrypted thoughts) are skipped.
static distill_status add_part(const text_sink *sink, const distill_json_node *part, size_t depth)
{
    static const char *const texts[] = {"text",    "thinking", "reasoning",
                                        "content", "summary",  "refusal"};
    text_sink own = *sink;
    if (is_thought(sink->doc, part))
        own.to = &sink->choice->thought;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const distill_json_node *text = distill_json_present(part, texts[i]);
        if (text != NULL)
            return add_value(&own, text, depth + 1);
    }
    return DISTILL_OK;
}

/// A text, a list of parts, or one part.
static distill_status add_value(const text_sink *sink, const distill_json_node *node, size_t depth)
{
    enum { MAX_DEPTH = 4 };
    distill_status status = DISTILL_OK;
    distill_json_kind kind = distill_json_kind_of(node);
    if (kind == DISTILL_JSON_STRING)
        return append(sink, distill_json_string(sink->doc, node));
    if (kind == DISTILL_JSON_OBJECT && depth < MAX_DEPTH)
        return add_part(sink, node, depth);
    if (kind != DISTILL_JSON_ARRAY || depth >= MAX_DEPTH)
        return distill_fail(DISTILL_FORMAT, "%s: expected a text, found %s",
                            distill_json_where(sink->doc, node, NULL),
                            distill_json_kind_name(node));
    for (const distill_json_node *part = distill_json_first(node); part != NULL;
         part = distill_json_next(part))
        TRY(add_value(sink, part, depth + 1));
done:
    return status;
}

/// The first of `keys` whose value is not empty; NULL if there is none.
static const distill_json_node *first_of(const distill_json *doc, const distill_json_node *message,
                                         const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const distill_json_node *node = distill_json_present(message, keys[i]);
        if (node == NULL)
            continue;
        distill_json_kind kind = distill_json_kind_of(node);
        bool is_list = kind == DISTILL_JSON_ARRAY || kind == DISTILL_JSON_OBJECT;
        if (kind == DISTILL_JSON_STRING ? distill_json_string(doc, node).length > 0
                                        : !is_list || distill_json_first(node) != NULL)
            return node;
    }
    return NULL;
}

// ---- calls of tools -----------------------------------------------------------------------------

/// Adds to call `index`: {"name":…,"arguments":…}, of which events contain pieces.
static distill_status add_function(const text_sink *sink, size_t index,
                                   const distill_json_node *function)
{
    distill_status status = DISTILL_OK;
    chat_choice *choice = sink->choice;
    text_sink part = *sink;
    if (index >= CHAT_MAX_CALLS)
        return distill_fail(DISTILL_FORMAT, "response: more than %d calls of tools",
                            CHAT_MAX_CALLS);
    if (choice->calls == NULL)
        TRY(DISTILL_NEW(&choice->calls, CHAT_MAX_CALLS));
    choice->call_count = index >= choice->call_count ? index + 1 : choice->call_count;
    const distill_json_node *name = distill_json_present(function, "name");
    const distill_json_node *arguments = distill_json_present(function, "arguments");
    part.to = &choice->calls[index].name;
    if (name != NULL)
        TRY(append(&part, distill_json_string(sink->doc, name)));
    part.to = &choice->calls[index].arguments;
    if (arguments != NULL && distill_json_kind_of(arguments) == DISTILL_JSON_OBJECT)
        TRY(distill_json_write_node(part.to, sink->doc, arguments)); // Ollama
    else if (arguments != NULL)
        TRY(append(&part, distill_json_string(sink->doc, arguments)));
done:
    return status;
}

/// "tool_calls":[{"index":…,"function":{…}},…], or the older "function_call":{…}
static distill_status add_calls(const text_sink *sink, const distill_json_node *message)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *list = distill_json_present(message, "tool_calls");
    const distill_json_node *function = distill_json_present(message, "function_call");
    const distill_json_node *call = list != NULL ? distill_json_first(list) : NULL;
    for (size_t place = 0; call != NULL; call = distill_json_next(call), place++) {
        size_t index = place;
        TRY(distill_json_get_size_or(&index, sink->doc, call, "index", 0, 1 << 20, place));
        TRY(add_function(sink, index, distill_json_present(call, "function")));
    }
    if (function != NULL)
        TRY(add_function(sink, 0, function));
done:
    return status;
}

/// Appends a call; arguments that are not JSON become a string.
static distill_status write_call(distill_text *out, const chat_call *call)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_span arguments = distill_text_span(&call->arguments);
    if (arguments.length == 0)
        arguments = distill_span_of("{}");
    bool is_json = distill_json_parse(&doc, arguments.bytes, arguments.length, "") == DISTILL_OK;
    TRY(distill_text_add(out, out->length > 0 && out->bytes[out->length - 1] != '\n' ? "\n" : ""));
    TRY(distill_text_add(out, "<tool_call>\n{\"name\": "));
    TRY(distill_json_write_string(out, distill_text_span(&call->name)));
    TRY(distill_text_add(out, ", \"arguments\": "));
    TRY(is_json ? distill_text_add_span(out, arguments)
                : distill_json_write_string(out, arguments));
    TRY(distill_text_add(out, "}\n</tool_call>"));
done:
    distill_json_free(doc);
    return status;
}

distill_status chat_choice_add(chat_choice *choice, const distill_json *doc,
                               const distill_json_node *message, size_t limit_bytes)
{
    // of each row the first is taken: where a server sends several, they are equal
    static const char *const thoughts[] = {"reasoning_content", "reasoning", "thinking",
                                           "reasoning_details", "thinking_blocks"};
    static const char *const contents[] = {"content", "refusal", "text"};
    distill_status status = DISTILL_OK;
    text_sink sink = {choice, &choice->thought, doc, limit_bytes};
    const distill_json_node *node =
        first_of(doc, message, thoughts, sizeof thoughts / sizeof *thoughts);
    if (node != NULL && distill_json_kind_of(node) != DISTILL_JSON_NUMBER &&
        distill_json_kind_of(node) != DISTILL_JSON_BOOL)
        TRY(add_value(&sink, node, 0));
    sink.to = &choice->content;
    node = first_of(doc, message, contents, sizeof contents / sizeof *contents);
    if (node != NULL)
        TRY(add_value(&sink, node, 0));
    TRY(add_calls(&sink, message));
done:
    return status;
}

// ---- the end ------------------------------------------------------------------------------------

static chat_finish finish_of(const char *reason)
{
    static const struct {
        const char *reason;
        chat_finish finish;
    } reasons[] = {
        {"stop", CHAT_STOP},
        {"eos", CHAT_STOP},
        {"eos_token", CHAT_STOP},
        {"stop_sequence", CHAT_STOP},
        {"stop_token", CHAT_STOP},
        {"end_turn", CHAT_STOP},
        {"end_of_turn", CHAT_STOP},
        {"complete", CHAT_STOP},
        {"completed", CHAT_STOP},
        {"length", CHAT_LENGTH},
        {"max_tokens", CHAT_LENGTH},
        {"max_output_tokens", CHAT_LENGTH},
        {"max_length", CHAT_LENGTH},
        {"model_length", CHAT_LENGTH},
        {"model_context_window_exceeded", CHAT_LENGTH},
        {"abort", CHAT_ABORTED},
        {"aborted", CHAT_ABORTED},
        {"error", CHAT_ABORTED},
        {"insufficient_system_resource", CHAT_ABORTED},
        {"cancelled", CHAT_ABORTED},
        {"timeout", CHAT_ABORTED},
    };
    static const char prefix[] = "finish_reason_"; // Gemini
    if (strncasecmp(reason, prefix, sizeof prefix - 1) == 0)
        reason += sizeof prefix - 1;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcasecmp(reason, reasons[i].reason) == 0)
            return reasons[i].finish;
    return CHAT_REFUSED;
}

void chat_choice_set_finish(chat_choice *choice, distill_span reason)
{
    if (reason.length == 0 || distill_span_is(reason, "null"))
        return;
    snprintf(choice->finish_reason, sizeof choice->finish_reason, "%.*s", (int)reason.length,
             reason.bytes);
    choice->finish = finish_of(choice->finish_reason);
    if (choice->finish == CHAT_REFUSED && choice->call_count > 0) // "tool_calls", "function_call"
        choice->finish = CHAT_STOP;
}

size_t chat_choice_bytes(const chat_choice *choice)
{
    size_t bytes = choice->thought.length + choice->content.length;
    for (size_t i = 0; i < choice->call_count; i++)
        bytes += choice->calls[i].name.length + choice->calls[i].arguments.length;
    return bytes;
}

bool chat_choice_is_final(const chat_choice *choice)
{
    return choice->finish == CHAT_STOP || choice->finish == CHAT_LENGTH ||
           choice->finish == CHAT_REFUSED;
}

bool chat_choice_is_empty(const chat_choice *choice)
{
    return choice->finish == CHAT_STOP && chat_choice_bytes(choice) == 0;
}

// ---- the reply ----------------------------------------------------------------------------------

/// Strips the line ends that belong to the tags: vLLM leaves them in the thought, DeepSeek and
/// SGLang remove them.
static distill_span strip_tag_lines(distill_span thought)
{
    if (thought.length == 0 || thought.bytes[0] != '\n')
        return thought;
    thought = (distill_span){thought.bytes + 1, thought.length - 1};
    if (thought.length > 0 && thought.bytes[thought.length - 1] == '\n')
        thought.length--;
    return thought;
}

/// True if both have the same characters other than white space.
static bool same_words(distill_span a, distill_span b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.length && isspace((unsigned char)a.bytes[i]))
            i++;
        while (j < b.length && isspace((unsigned char)b.bytes[j]))
            j++;
        if (i == a.length || j == b.length)
            return i == a.length && j == b.length;
        if (a.bytes[i++] != b.bytes[j++])
            return false;
    }
}

/// True if the thought in the content, with its tags, is the one of the separate field.
static bool repeats_thought(distill_span content, distill_span thought)
{
    distill_span inside, answer;
    size_t open = sizeof DISTILL_THINK_OPEN - 1;
    if (distill_think_has_close(content)) {
        distill_think_split(&inside, &answer, content);
    } else {
        content = distill_span_trim(content);
        if (!distill_think_starts(content))
            return false;
        inside = (distill_span){content.bytes + open, content.length - open};
    }
    return same_words(inside, thought);
}

distill_status chat_choice_text(distill_text *out, const chat_choice *choice, distill_span prefix)
{
    distill_status status = DISTILL_OK;
    distill_span content = distill_text_span(&choice->content);
    distill_span thought = strip_tag_lines(distill_text_span(&choice->thought));
    bool apart = choice->thought.length > 0 && !repeats_thought(content, thought);
    bool opened = distill_think_has_open(prefix);
    bool closes = distill_think_has_close(content) && !distill_think_has_open(content);
    // a thought that is truncated by the limit stays open, which marks the reply as truncated
    bool cut = choice->finish == CHAT_LENGTH && distill_span_trim(content).length == 0;
    distill_text_clear(out);
    TRY(distill_text_add(out, !opened && (apart || closes) ? DISTILL_THINK_BEGIN : ""));
    TRY(distill_text_add_span(out, apart ? thought : (distill_span){"", 0}));
    TRY(distill_text_add(out, apart && !cut ? DISTILL_THINK_END : ""));
    while ((apart || (closes && !opened)) && content.length > 0 && content.bytes[0] == '\n')
        content = (distill_span){content.bytes + 1, content.length - 1};
    TRY(distill_text_add_span(out, content));
    for (size_t i = 0; i < choice->call_count; i++)
        TRY(write_call(out, &choice->calls[i]));
done:
    return status;
}
