// distill/text/chat/chat_render.c - renders conversations as the published templates do.
//
// The layouts are written by hand. A test compares them with the published templates as rendered by
// Jinja (data/templates). Literals with tags are copied from the templates.
#include "distill/text/chat/chat_render.h"

#include "distill/base/memory.h"
#include "distill/text/chat/think.h"
#include "distill/text/unicode.h"

#include <string.h>

// Template of DeepSeek-R1-Zero. Source  DeepSeek-AI 2025, arXiv:2501.12948, table 1.
static const char R1_ZERO_HEAD[] =
    "A conversation between User and Assistant. The user asks a question, and the Assistant solves "
    "it. The assistant first thinks about the reasoning process in the mind and then provides the "
    "user with the answer. The reasoning process and answer are enclosed within <think> </think> "
    "and <answer> </answer> tags, respectively, i.e., <think> reasoning process here </think> "
    "<answer> answer here </answer>.";

// ---------------------------------------------------------------------------- pieces of a message

/// Appends text of the template.
static distill_status put(chat_rendering *r, const char *text)
{
    return distill_text_add(r->out, text);
}

/// Appends text of a message as a guarded range; invalid UTF-8 becomes U+FFFD.
static distill_status put_content(chat_rendering *r, distill_span content)
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

/// White space of Python's str.strip: White_Space and the four separators U+001C to U+001F.
static bool is_python_space(uint32_t code)
{
    return unicode_is_space(code) || (code >= 0x1C && code <= 0x1F);
}

/// Jinja's trim filter. Text that is not valid UTF-8 is trimmed of ASCII white space only.
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

static distill_status put_chatml(chat_rendering *r, const char *role, distill_span content)
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

/// Index of the last user message that is not a tool's response; if there is none, of the last
/// message.
static size_t last_query(const chat_rendering *r)
{
    static const char begin[] = "<tool_response>", end[] = "</tool_response>";
    for (size_t i = r->count; i-- > 0;) {
        distill_span text = r->messages[i].content;
        bool is_response =
            text.length >= sizeof end - 1 && memcmp(text.bytes, begin, sizeof begin - 1) == 0 &&
            memcmp(text.bytes + text.length - (sizeof end - 1), end, sizeof end - 1) == 0;
        if (is_role(&r->messages[i], "user") && !is_response)
            return i;
    }
    return r->count - 1;
}

static distill_status put_qwen3_assistant(chat_rendering *r, size_t index)
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

static distill_status render_chatml(chat_rendering *r)
{
    distill_status status = DISTILL_OK;
    const chat_family *family = r->family;
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

// ------------------------------------------------------------------- Llama 3, DeepSeek, plain text

static distill_status put_llama3(chat_rendering *r, distill_span role, const char *before,
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

static distill_status render_llama3(chat_rendering *r)
{
    distill_status status = DISTILL_OK;
    distill_text dates = {0};
    size_t first = 0;
    TRY(put(r, r->bos));
    if (r->family->date_header) {
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

/// System prompts come first, wherever they are in the conversation: the last one, or all of them.
static distill_status put_deepseek_system(chat_rendering *r)
{
    distill_status status = DISTILL_OK;
    const distill_message *last = NULL;
    for (size_t i = 0; i < r->count; i++) {
        if (!is_role(&r->messages[i], "system"))
            continue;
        if (r->family->joins_systems) {
            if (last != NULL)
                TRY(put(r, "\n\n"));
            TRY(put_content(r, r->messages[i].content));
        }
        last = &r->messages[i];
    }
    if (last != NULL && !r->family->joins_systems)
        TRY(put_content(r, last->content));
done:
    return status;
}

static distill_status render_deepseek(chat_rendering *r)
{
    distill_status status = DISTILL_OK;
    TRY(put(r, r->bos));
    TRY(put_deepseek_system(r));
    for (size_t i = 0; i < r->count; i++) {
        distill_span content = r->messages[i].content;
        if (is_role(&r->messages[i], "user")) {
            TRY(put(r, "<｜User｜>"));
            TRY(put_content(r, content));
        } else if (is_role(&r->messages[i], "assistant")) {
            if (r->family->history == CHAT_STRIPS)
                content = distill_think_answer(content);
            TRY(put(r, "<｜Assistant｜>"));
            TRY(put_content(r, content));
            TRY(put(r, r->family->end_of_turn));
        }
    }
    if (r->options->add_generation_prompt)
        TRY(put(r, "<｜Assistant｜>"));
done:
    return status;
}

/// The paper's template, with the question instead of "prompt". A system prompt precedes the
/// question; further turns continue in the same way.
static distill_status render_r1_zero(chat_rendering *r)
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

/// The contents, separated by empty lines; a reply follows its prompt directly.
static distill_status render_none(chat_rendering *r)
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
            return distill_fail(
                DISTILL_UNSUPPORTED,
                "message %zu has the role \"%.*s\"; system, user and assistant are "
                "known",
                i + 1, (int)(messages[i].role.length < 100 ? messages[i].role.length : 100),
                messages[i].role.bytes);
    return DISTILL_OK;
}

distill_status chat_render(chat_rendering *r)
{
    static distill_status (*const layouts[])(chat_rendering *) = {
        [CHAT_CHATML] = render_chatml,     [CHAT_LLAMA3] = render_llama3,
        [CHAT_DEEPSEEK] = render_deepseek, [CHAT_R1_ZERO] = render_r1_zero,
        [CHAT_NONE] = render_none,
    };
    distill_status status = DISTILL_OK;
    r->start = r->out->length;
    TRY(check_messages(r->messages, r->count));
    TRY(layouts[r->family->layout](r));
    if (r->options->add_generation_prompt)
        TRY(put(r, chat_family_opening(r->family, r->options->thinking)));
done:
    return status;
}
