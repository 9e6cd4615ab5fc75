#include "distill/text/chat/chat_template.h"

#include "distill/text/chat/chat_family.h"
#include "distill/text/chat/think.h"
#include "distill/text/tokenizer/tokenizer_parts.h"
#include "distill/text/unicode.h"

#include <string.h>

struct distill_chat {
    const distill_tokenizer *tok; // borrowed
    chat_family family;
};

/// A conversation while it is written; the parts that messages gave are remembered, since in them
/// control tokens are only text.
typedef struct rendering {
    const distill_chat *chat;
    const distill_render_options *options;
    const distill_message *messages;
    size_t count;
    distill_text *out;
    added_range *guarded; // offsets from `start`
    size_t guarded_count, guarded_capacity;
    size_t start;
} rendering;

// Template of DeepSeek-R1-Zero. Source  DeepSeek-AI 2025, arXiv:2501.12948, table 1.
static const char R1_ZERO_HEAD[] =
    "A conversation between User and Assistant. The user asks a question, and the Assistant solves "
    "it. The assistant first thinks about the reasoning process in the mind and then provides the "
    "user with the answer. The reasoning process and answer are enclosed within <think> </think> "
    "and <answer> </answer> tags, respectively, i.e., <think> reasoning process here </think> "
    "<answer> answer here </answer>.";

// ---------------------------------------------------------------------------- pieces of a message

/// Writes text that the template gives.
static distill_status put(rendering *r, const char *text)
{
    return distill_text_add(r->out, text);
}

/// Writes text that a message gives; invalid UTF-8 becomes U+FFFD.
static distill_status put_content(rendering *r, distill_span content)
{
    distill_status status = DISTILL_OK;
    size_t begin = r->out->length - r->start;
    TRY(unicode_repair(r->out, content.bytes, content.length));
    if (r->guarded_count == r->guarded_capacity) {
        size_t capacity = r->guarded_capacity * 2 + 8;
        TRY(distill_grow((void **)&r->guarded, r->guarded_capacity, capacity, sizeof *r->guarded));
        r->guarded_capacity = capacity;
    }
    r->guarded[r->guarded_count++] = (added_range){begin, r->out->length - r->start};
done:
    return status;
}

static bool is_role(const distill_message *message, const char *role)
{
    return distill_span_is(message->role, role);
}

static distill_span strip_newlines_left(distill_span text)
{
    while (text.length > 0 && text.bytes[0] == '\n') {
        text.bytes++;
        text.length--;
    }
    return text;
}

static distill_span strip_newlines_right(distill_span text)
{
    while (text.length > 0 && text.bytes[text.length - 1] == '\n')
        text.length--;
    return text;
}

/// White space as Python's str.strip sees it: White_Space and the four separators U+001C to U+001F.
static bool is_python_space(uint32_t code)
{
    return unicode_is_space(code) || (code >= 0x1C && code <= 0x1F);
}

/// Jinja's trim filter. Expects valid UTF-8 at the ends; what is not valid is not white space.
static distill_span trim(distill_span text)
{
    uint32_t code;
    size_t valid = unicode_valid_prefix(text.bytes, text.length);
    if (valid < text.length)
        return distill_span_trim(text);
    while (text.length > 0) {
        size_t step = unicode_next(&code, text.bytes);
        if (!is_python_space(code))
            break;
        text.bytes += step;
        text.length -= step;
    }
    while (text.length > 0) {
        size_t step = unicode_step_back(text.bytes, text.length);
        unicode_next(&code, text.bytes + text.length - step);
        if (!is_python_space(code))
            break;
        text.length -= step;
    }
    return text;
}

// --------------------------------------------------------------------------------- ChatML, Qwen

static distill_status put_chatml(rendering *r, const char *role, distill_span content)
{
    distill_status status = DISTILL_OK;
    TRY(put(r, "<|im_start|>"));
    TRY(put(r, role));
    TRY(put(r, "\n"));
    TRY(put_content(r, content));
    TRY(put(r, "<|im_end|>\n"));
done:
    return status;
}

/// Index of the last question that is not a tool's reply; the last message if there is none.
static size_t last_query(const rendering *r)
{
    static const char begin[] = "<tool_response>", end[] = "</tool_response>";
    for (size_t i = r->count; i-- > 0;) {
        distill_span text = r->messages[i].content;
        bool reply = text.length >= sizeof end - 1 &&
                     memcmp(text.bytes, begin, sizeof begin - 1) == 0 &&
                     memcmp(text.bytes + text.length - (sizeof end - 1), end, sizeof end - 1) == 0;
        if (is_role(&r->messages[i], "user") && !reply)
            return i;
    }
    return r->count - 1;
}

static distill_status put_qwen3_assistant(rendering *r, size_t index)
{
    distill_status status = DISTILL_OK;
    distill_span content = r->messages[index].content, thought;
    bool has_thought = distill_think_has_close(content);
    distill_think_split(&thought, &content, content);
    thought = strip_newlines_right(strip_newlines_left(thought));
    if (has_thought)
        content = strip_newlines_left(content);
    if (index <= last_query(r) || (index + 1 < r->count && thought.length == 0))
        return put_chatml(r, "assistant", content);
    TRY(put(r, "<|im_start|>assistant\n<think>\n"));
    TRY(put_content(r, thought));
    TRY(put(r, "\n</think>\n\n"));
    TRY(put_content(r, strip_newlines_left(content)));
    TRY(put(r, "<|im_end|>\n"));
done:
    return status;
}

static distill_status render_chatml(rendering *r)
{
    distill_status status = DISTILL_OK;
    const chat_family *family = &r->chat->family;
    if (!is_role(&r->messages[0], "system") && family->default_system[0] != '\0') {
        TRY(put(r, "<|im_start|>system\n"));
        TRY(put(r, family->default_system));
        TRY(put(r, "<|im_end|>\n"));
    }
    for (size_t i = 0; i < r->count; i++) {
        distill_span content = r->messages[i].content;
        if (!is_role(&r->messages[i], "assistant")) {
            TRY(put_chatml(r, is_role(&r->messages[i], "user") ? "user" : "system", content));
        } else if (family->history == CHAT_STRIPS_OLD_QUERIES) {
            TRY(put_qwen3_assistant(r, i));
        } else {
            if (family->history == CHAT_STRIPS_ALL_BUT_LAST && i + 1 < r->count)
                content = strip_newlines_left(distill_think_answer(content));
            TRY(put_chatml(r, "assistant", content));
        }
    }
    if (r->options->add_generation_prompt)
        TRY(put(r, "<|im_start|>assistant\n"));
done:
    return status;
}

// ------------------------------------------------------------------------------ the other layouts

static const char *bos_text(const distill_chat *chat)
{
    if (chat->tok == NULL) // a server's tokenizer puts it in front itself
        return "";
    return chat->tok->bos_text != NULL ? chat->tok->bos_text : chat->family.bos;
}

static distill_status put_llama3(rendering *r, distill_span role, const char *before,
                                 distill_span content)
{
    distill_status status = DISTILL_OK;
    TRY(put(r, "<|start_header_id|>"));
    TRY(distill_text_add_span(r->out, role)); // one of the known roles
    TRY(put(r, "<|end_header_id|>\n\n"));
    TRY(put(r, before));
    TRY(put_content(r, trim(content)));
    TRY(put(r, "<|eot_id|>"));
done:
    return status;
}

static distill_status render_llama3(rendering *r)
{
    distill_status status = DISTILL_OK;
    distill_text dates = {0};
    size_t first = 0;
    TRY(put(r, bos_text(r->chat)));
    if (r->chat->family.date_header) {
        const char *today =
            r->options->date_string != NULL ? r->options->date_string : "26 Jul 2024";
        TRY(distill_text_printf(&dates, "Cutting Knowledge Date: December 2023\nToday Date: %s\n\n",
                                today));
        first = is_role(&r->messages[0], "system") ? 1 : 0;
        TRY(put_llama3(r, distill_span_of("system"), dates.bytes,
                       first == 1 ? r->messages[0].content : (distill_span){"", 0}));
    }
    for (size_t i = first; i < r->count; i++)
        TRY(put_llama3(r, r->messages[i].role, "", r->messages[i].content));
    if (r->options->add_generation_prompt)
        TRY(put(r, "<|start_header_id|>assistant<|end_header_id|>\n\n"));
done:
    distill_text_free(&dates);
    return status;
}

/// System prompts come first, wherever they stand: the last one, or all.
static distill_status put_deepseek_system(rendering *r)
{
    distill_status status = DISTILL_OK;
    const distill_message *last = NULL;
    for (size_t i = 0; i < r->count; i++) {
        if (!is_role(&r->messages[i], "system"))
            continue;
        if (r->chat->family.joins_systems) {
            if (last != NULL)
                TRY(put(r, "\n\n"));
            TRY(put_content(r, r->messages[i].content));
        }
        last = &r->messages[i];
    }
    if (last != NULL && !r->chat->family.joins_systems)
        TRY(put_content(r, last->content));
done:
    return status;
}

static distill_status render_deepseek(rendering *r)
{
    distill_status status = DISTILL_OK;
    TRY(put(r, bos_text(r->chat)));
    TRY(put_deepseek_system(r));
    for (size_t i = 0; i < r->count; i++) {
        distill_span content = r->messages[i].content;
        if (is_role(&r->messages[i], "user")) {
            TRY(put(r, "<｜User｜>"));
            TRY(put_content(r, content));
        } else if (is_role(&r->messages[i], "assistant")) {
            if (r->chat->family.history == CHAT_STRIPS)
                content = distill_think_answer(content);
            TRY(put(r, "<｜Assistant｜>"));
            TRY(put_content(r, content));
            TRY(put(r, r->chat->family.end_of_turn));
        }
    }
    if (r->options->add_generation_prompt)
        TRY(put(r, "<｜Assistant｜>"));
done:
    return status;
}

/// The paper's template, in which "prompt" stands for the question. A system prompt goes before the
/// question, further turns go on in the same way.
static distill_status render_r1_zero(rendering *r)
{
    distill_status status = DISTILL_OK;
    TRY(put(r, R1_ZERO_HEAD));
    for (size_t i = 0; i < r->count; i++) {
        bool user = is_role(&r->messages[i], "user");
        TRY(put(r, user ? " User: " : is_role(&r->messages[i], "assistant") ? " Assistant:" : " "));
        TRY(put_content(r, r->messages[i].content));
        if (user)
            TRY(put(r, "."));
    }
    if (r->options->add_generation_prompt)
        TRY(put(r, " Assistant:"));
done:
    return status;
}

/// Contents with an empty line between them; a reply follows its prompt at once.
static distill_status render_none(rendering *r)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < r->count; i++) {
        if (i > 0 && !is_role(&r->messages[i], "assistant"))
            TRY(put(r, "\n\n"));
        TRY(put_content(r, r->messages[i].content));
    }
done:
    return status;
}

// ------------------------------------------------------------------------------------- rendering

static distill_status check_messages(const distill_message *messages, size_t count)
{
    if (count == 0)
        return distill_fail(DISTILL_FORMAT, "a conversation without messages cannot be rendered");
    for (size_t i = 0; i < count; i++)
        if (!is_role(&messages[i], "system") && !is_role(&messages[i], "user") &&
            !is_role(&messages[i], "assistant"))
            return distill_fail(DISTILL_UNSUPPORTED,
                                "message %zu has the role \"%.*s\"; system, user and assistant are "
                                "known",
                                i + 1, (int)(messages[i].role.length % 100),
                                messages[i].role.bytes);
    return DISTILL_OK;
}

static const char *opening_of(const distill_chat *chat, const distill_render_options *options)
{
    return options->thinking == DISTILL_THINKING_OFF ? chat->family.opening_off
                                                     : chat->family.opening;
}

static distill_status render(rendering *r)
{
    static distill_status (*const layouts[])(rendering *) = {
        [CHAT_CHATML] = render_chatml,     [CHAT_LLAMA3] = render_llama3,
        [CHAT_DEEPSEEK] = render_deepseek, [CHAT_R1_ZERO] = render_r1_zero,
        [CHAT_NONE] = render_none,
    };
    distill_status status = DISTILL_OK;
    TRY(check_messages(r->messages, r->count));
    TRY(layouts[r->chat->family.layout](r));
    if (r->options->add_generation_prompt)
        TRY(put(r, opening_of(r->chat, r->options)));
done:
    return status;
}

distill_status distill_chat_render(distill_text *out, const distill_chat *chat,
                                   const distill_message *messages, size_t count,
                                   const distill_render_options *options)
{
    rendering r = {.chat = chat,
                   .options = options,
                   .messages = messages,
                   .count = count,
                   .out = out,
                   .start = out->length};
    distill_status status = render(&r);
    distill_free(r.guarded);
    return status;
}

// -------------------------------------------------------------------------------------- encoding

static bool writes_own_bos(const distill_chat *chat)
{
    return chat->family.layout != CHAT_R1_ZERO && chat->family.layout != CHAT_NONE;
}

/// A template whose tokens the vocabulary lacks would be read as plain text without anybody
/// noticing.
static distill_status check_tokens(const distill_chat *chat)
{
    const char *end = chat->family.end_of_turn;
    if (end == NULL || distill_tokenizer_id(chat->tok, end) >= 0)
        return DISTILL_OK;
    return distill_fail(DISTILL_UNSUPPORTED,
                        "%s: the tokenizer has no %s, which the chat template %s needs; pass "
                        "another --chat-template (none for a base model)",
                        chat->tok->dir, end, chat->family.name);
}

distill_status distill_chat_encode_prompt(distill_ids *ids, const distill_chat *chat,
                                          const distill_message *messages, size_t count,
                                          const distill_render_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    rendering r = {
        .chat = chat, .options = options, .messages = messages, .count = count, .out = &text};
    TRY(check_tokens(chat));
    TRY(render(&r));
    if (!writes_own_bos(chat))
        TRY(distill_ids_append_all(ids, chat->tok->prefix.at, chat->tok->prefix.count));
    TRY(tokenizer_encode_guarded(ids, chat->tok, distill_text_span(&text), r.guarded,
                                 r.guarded_count));
done:
    distill_free(r.guarded);
    distill_text_free(&text);
    return status;
}

const char *distill_chat_think_prefix(const distill_chat *chat,
                                      const distill_render_options *options)
{
    const char *opening = opening_of(chat, options);
    // an opening that ends the thought is no part of the reply
    return distill_think_has_close(distill_span_of(opening)) ? "" : opening;
}

static bool skip_text(distill_span *text, const char *head)
{
    size_t length = strlen(head);
    if (length == 0 || text->length < length || memcmp(text->bytes, head, length) != 0)
        return false;
    text->bytes += length;
    text->length -= length;
    return true;
}

/// Ids of text that goes on after other text: without the "▁" that some tokenizers put first.
static distill_status encode_continued(distill_ids *ids, const distill_tokenizer *tok,
                                       distill_span text)
{
    distill_status status = DISTILL_OK;
    distill_ids line = {0}, both = {0};
    distill_text joined = {0};
    if (tok->byte_level) {
        TRY(distill_tokenizer_encode(ids, tok, text.bytes, text.length, DISTILL_PLAIN));
        goto done;
    }
    TRY(distill_text_add_char(&joined, '\n'));
    TRY(distill_text_add_span(&joined, text));
    TRY(distill_tokenizer_encode(&line, tok, "\n", 1, DISTILL_PLAIN));
    TRY(distill_tokenizer_encode(&both, tok, joined.bytes, joined.length, DISTILL_PLAIN));
    bool apart = both.count >= line.count &&
                 (line.count == 0 || memcmp(both.at, line.at, line.count * sizeof *line.at) == 0);
    if (apart)
        TRY(distill_ids_append_all(ids, both.at + line.count, both.count - line.count));
    else
        TRY(distill_tokenizer_encode(ids, tok, text.bytes, text.length, DISTILL_PLAIN));
done:
    distill_ids_free(&line);
    distill_ids_free(&both);
    distill_text_free(&joined);
    return status;
}

distill_status distill_chat_encode_reply(distill_ids *ids, const distill_chat *chat,
                                         distill_span reply, const distill_render_options *options,
                                         bool complete)
{
    distill_status status = DISTILL_OK;
    const char *opening = opening_of(chat, options);
    TRY(check_tokens(chat));
    // A reply that opens its thoughts without a line end has the same opening.
    if (!skip_text(&reply, opening) && strcmp(opening, DISTILL_THINK_BEGIN) == 0)
        (void)skip_text(&reply, DISTILL_THINK_OPEN);
    TRY(encode_continued(ids, chat->tok, reply));
    int32_t end = distill_chat_end_of_turn(chat);
    if (complete && end >= 0)
        TRY(distill_ids_append(ids, end));
done:
    return status;
}

int32_t distill_chat_end_of_turn(const distill_chat *chat)
{
    const char *end = chat->family.end_of_turn;
    return end != NULL ? distill_tokenizer_id(chat->tok, end) : distill_tokenizer_eos(chat->tok);
}

// --------------------------------------------------------------------------------------- opening

static distill_status choose_family(chat_family *family, const distill_tokenizer *tok,
                                    const char *name)
{
    distill_status status = DISTILL_OK;
    bool automatic = strcmp(name, "auto") == 0;
    if (tok == NULL)
        return chat_family_standard(family, name);
    if (automatic && tok->chat_template == NULL)
        return distill_fail(DISTILL_UNSUPPORTED,
                            "%s: no chat template there; pass --chat-template none for a base "
                            "model, or the template it was trained with (%s)",
                            tok->dir, CHAT_FAMILY_NAMES);
    if (automatic) {
        status = chat_family_recognize(family, tok->chat_template);
        return status == DISTILL_OK ? status : distill_fail_context(status, "%s", tok->dir);
    }
    TRY(chat_family_standard(family, name));
    // The checkpoint's own form of the family is better than the family's standard form.
    chat_family own;
    if (tok->chat_template != NULL &&
        chat_family_recognize(&own, tok->chat_template) == DISTILL_OK &&
        strcmp(own.name, family->name) == 0)
        *family = own;
done:
    return status;
}

distill_status distill_chat_open(distill_chat **out, const distill_tokenizer *tok, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_chat *chat = NULL;
    TRY(DISTILL_NEW(&chat, 1));
    chat->tok = tok;
    TRY(choose_family(&chat->family, tok, name));
    *out = chat;
    chat = NULL;
done:
    distill_chat_close(chat);
    return status;
}

void distill_chat_close(distill_chat *chat)
{
    distill_free(chat);
}

const char *distill_chat_name(const distill_chat *chat)
{
    return chat->family.name;
}
