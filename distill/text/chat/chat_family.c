// distill/text/chat/chat_family.c - the published variants of each family, and their recognition.
//
// A template belongs to a family if all its words and literals occur in that family's published
// templates. Any other template is rejected, so that a modified template is never rendered as if it
// were the published one. The literals, tags included, are copied from the published templates.
#include "distill/text/chat/chat_family.h"

#include "distill/text/chat/jinja_scan.h"

#include <string.h>

const char *const CHAT_FAMILY_NAMES = "chatml, qwen3, qwq, llama3, deepseek-r1, r1-zero or none";

#define OPENING "<think>\n"
#define DEEPSEEK_BOS "<｜begin▁of▁sentence｜>"
#define DEEPSEEK_END "<｜end▁of▁sentence｜>"

// The variant of each family that is used if only the family's name is given.
static const chat_family STANDARD[] = {
    [DISTILL_CHAT_CHATML] = {.name = "chatml", .layout = CHAT_CHATML, .end_of_turn = "<|im_end|>"},
    [DISTILL_CHAT_QWEN3] = {.name = "qwen3",
                            .layout = CHAT_CHATML,
                            .history = CHAT_STRIPS_OLD_QUERIES,
                            .opening_off = "<think>\n\n</think>\n\n",
                            .end_of_turn = "<|im_end|>"},
    [DISTILL_CHAT_QWQ] = {.name = "qwq",
                          .layout = CHAT_CHATML,
                          .history = CHAT_STRIPS_ALL_BUT_LAST,
                          .opening = OPENING,
                          .opening_off = OPENING,
                          .end_of_turn = "<|im_end|>"},
    [DISTILL_CHAT_LLAMA3] = {.name = "llama3",
                             .layout = CHAT_LLAMA3,
                             .date_header = true,
                             .bos = "<|begin_of_text|>",
                             .end_of_turn = "<|eot_id|>"},
    [DISTILL_CHAT_DEEPSEEK_R1] = {.name = "deepseek-r1",
                                  .layout = CHAT_DEEPSEEK,
                                  .history = CHAT_STRIPS,
                                  .opening = OPENING,
                                  .opening_off = OPENING,
                                  .bos = DEEPSEEK_BOS,
                                  .end_of_turn = DEEPSEEK_END},
    [DISTILL_CHAT_R1_ZERO] = {.name = "r1-zero", .layout = CHAT_R1_ZERO},
    [DISTILL_CHAT_NONE] = {.name = "none", .layout = CHAT_NONE},
};

distill_status chat_family_standard(chat_family *out, distill_chat_choice choice)
{
    if (choice == DISTILL_CHAT_AUTO)
        return distill_fail(DISTILL_UNSUPPORTED,
                            "there is no template to recognise; pass --chat-template %s",
                            CHAT_FAMILY_NAMES);
    *out = STANDARD[choice];
    if (out->opening == NULL)
        out->opening = "";
    if (out->opening_off == NULL)
        out->opening_off = out->opening;
    return DISTILL_OK;
}

// ---------------------------------------------------------------- words and literals of a family

// Words of all families: roles, loops, and tool calls, which are never rendered here.
#define COMMON_WORDS                                                                               \
    " messages message role content loop first last index0 index add_generation_prompt tools tool" \
    " tool_calls tool_call function name arguments tojson set if elif else endif for in endfor"    \
    " not and or is defined none ns namespace length string true false items mapping iterable"     \
    " raise_exception indent join reject 0 1 4 "

static const char *const WORDS[] = {
    [CHAT_CHATML] = COMMON_WORDS "multi_step_tool last_query_index reasoning_content split lstrip "
                                 "rstrip strip startswith endswith enable_thinking ",
    [CHAT_LLAMA3] = COMMON_WORDS "bos_token trim custom_tools tools_in_user_message date_string "
                                 "strftime_now builtin_tools system_message first_user_message t "
                                 "arg_name arg_val loop_messages ",
    [CHAT_DEEPSEEK] = COMMON_WORDS "bos_token is_first is_tool is_output_first system_prompt "
                                   "is_first_sp type split enable_thinking ",
};

// Literals that are printed or compared; is_about_tools recognises those for tool calls.
static const char *const COMMON_LITERALS[] = {"system", "user",    "assistant",
                                              "role",   "content", "name"};
static const char *const CHATML_LITERALS[] = {
    "<|im_start|>",
    "<|im_end|>",
    "<|im_end|>\n",
    "<|im_start|>system\n",
    "<|im_start|>user",
    "<|im_start|>user\n",
    "<|im_start|>assistant\n",
    ("<|im_start|>assistant\n" OPENING),
    "</think>",
    "<think>",
    "\n<think>\n",
    "\n</think>\n\n",
    "<think>\n\n</think>\n\n",
};
static const char *const LLAMA3_LITERALS[] = {
    "<|start_header_id|>",
    "<|end_header_id|>\n\n",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|start_header_id|>system<|end_header_id|>\n\n",
    "<|start_header_id|>user<|end_header_id|>\n\n",
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "<|start_header_id|>ipython<|end_header_id|>\n\n",
    "Cutting Knowledge Date: December 2023\n",
    "Today Date: ",
    "26 Jul 2024",
    "%d %b %Y",
    "equalto",
    "code_interpreter",
};
static const char *const DEEPSEEK_LITERALS[] = {
    "<｜User｜>", "<｜Assistant｜>", ("<｜Assistant｜>" OPENING), DEEPSEEK_END, "</think>", "type",
    "json",
};

static const struct {
    const char *const *at;
    size_t count;
} LITERALS[] = {
    [CHAT_CHATML] = {CHATML_LITERALS, sizeof CHATML_LITERALS / sizeof *CHATML_LITERALS},
    [CHAT_LLAMA3] = {LLAMA3_LITERALS, sizeof LLAMA3_LITERALS / sizeof *LLAMA3_LITERALS},
    [CHAT_DEEPSEEK] = {DEEPSEEK_LITERALS, sizeof DEEPSEEK_LITERALS / sizeof *DEEPSEEK_LITERALS},
};

static bool is_word_of(const char *words, const char *word, size_t length)
{
    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word))
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

/// True for literals of tool calls, and for bare punctuation.
static bool is_about_tools(const char *literal)
{
    static const char *const marks[] = {"tool",           "Tool",     "function",  "arguments",
                                        "parameters",     "\"name\"", "variables", ".call(",
                                        "<|python_tag|>", "ipython",  "```json"};
    if (literal[strspn(literal, "\n \"'`{}():,=.")] == '\0')
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(literal, marks[i]) != NULL)
            return true;
    return false;
}

static bool is_literal_of(const chat_family *family, const char *literal)
{
    for (size_t i = 0; i < sizeof COMMON_LITERALS / sizeof *COMMON_LITERALS; i++)
        if (strcmp(literal, COMMON_LITERALS[i]) == 0)
            return true;
    for (size_t i = 0; i < LITERALS[family->layout].count; i++)
        if (strcmp(literal, LITERALS[family->layout].at[i]) == 0)
            return true;
    return is_about_tools(literal);
}

// ---------------------------------------------------------------------------------- recognition

/// `difference` is a part of the template that occurs in no known one.
static distill_status unknown(const char *difference)
{
    return distill_fail(DISTILL_UNSUPPORTED,
                        "the chat template is not one of the known ones (%s); pass --chat-template "
                        "%s",
                        difference, CHAT_FAMILY_NAMES);
}

/// Reads a default system prompt, the only free text: "<|im_start|>system\nTEXT<|im_end|>\n". True
/// if the literal is one and does not differ from one found before.
static bool read_default_system(chat_family *family, const char *literal)
{
    static const char head[] = "<|im_start|>system\n", tail[] = "<|im_end|>\n";
    size_t length = strlen(literal), around = sizeof head - 1 + sizeof tail - 1;
    if (length <= around || length - around >= CHAT_SYSTEM_MAX ||
        strncmp(literal, head, sizeof head - 1) != 0 ||
        strcmp(literal + length - (sizeof tail - 1), tail) != 0)
        return false;
    char text[CHAT_SYSTEM_MAX] = "";
    memcpy(text, literal + sizeof head - 1, length - around);
    if (strstr(text, "<|im_") != NULL ||
        (family->default_system[0] != '\0' && strcmp(family->default_system, text) != 0))
        return false;
    memcpy(family->default_system, text, sizeof text);
    return true;
}

static distill_status check_items(chat_family *family, const jinja_scan *scan)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < scan->count && family->layout == CHAT_CHATML; i++)
        if (scan->items[i].kind == JINJA_LITERAL)
            (void)read_default_system(family, jinja_scan_text(scan, &scan->items[i]));
    for (size_t i = 0; i < scan->count; i++) {
        const char *text = jinja_scan_text(scan, &scan->items[i]);
        bool known;
        if (scan->items[i].kind == JINJA_WORD)
            known = is_word_of(WORDS[family->layout], text, scan->items[i].length);
        else
            known = is_literal_of(family, text) || strcmp(text, family->default_system) == 0 ||
                    (family->layout == CHAT_CHATML && read_default_system(family, text));
        if (!known) {
            char line[96] = "";
            strncpy(line, text[0] == '\n' ? text + 1 : text, sizeof line - 1);
            line[strcspn(line, "\n")] = '\0';
            TRY(unknown(line));
        }
    }
    if (scan->bare_text)
        TRY(unknown("text outside of blocks"));
done:
    return status;
}

static distill_status read_chatml(chat_family *family, const jinja_scan *scan, const char *source)
{
    distill_status status = DISTILL_OK;
    bool has_thoughts = jinja_scan_has(scan, JINJA_LITERAL, "</think>");
    bool qwen3 = has_thoughts && jinja_scan_has(scan, JINJA_WORD, "last_query_index") &&
                 jinja_scan_has(scan, JINJA_LITERAL, "\n<think>\n") &&
                 jinja_scan_has(scan, JINJA_LITERAL, "\n</think>\n\n");
    bool qwq = has_thoughts && !qwen3 && strstr(source, "not loop.last") != NULL;
    bool opens = jinja_scan_has(scan, JINJA_LITERAL, "<|im_start|>assistant\n" OPENING);
    bool has_switch = jinja_scan_has(scan, JINJA_WORD, "enable_thinking");
    TRY(chat_family_standard(family, qwen3 ? DISTILL_CHAT_QWEN3
                                     : qwq ? DISTILL_CHAT_QWQ
                                           : DISTILL_CHAT_CHATML));
    if (has_thoughts && !qwen3 && !qwq)
        TRY(unknown("its use of </think>"));
    family->opening = family->opening_off = opens ? OPENING : "";
    if (jinja_scan_has(scan, JINJA_LITERAL, "<think>\n\n</think>\n\n"))
        family->opening_off = "<think>\n\n</think>\n\n";
    else if (has_switch && opens)
        family->opening_off = OPENING "</think>";
    if (has_switch && strcmp(family->opening, family->opening_off) == 0)
        TRY(unknown("its use of enable_thinking"));
done:
    return status;
}

static distill_status read_deepseek(chat_family *family, const jinja_scan *scan)
{
    distill_status status = DISTILL_OK;
    bool opens = jinja_scan_has(scan, JINJA_LITERAL, "<｜Assistant｜>" OPENING);
    TRY(chat_family_standard(family, DISTILL_CHAT_DEEPSEEK_R1));
    family->opening = family->opening_off = opens ? OPENING : "";
    family->joins_systems = jinja_scan_has(scan, JINJA_WORD, "is_first_sp");
    if (!jinja_scan_has(scan, JINJA_WORD, "split"))
        family->history = CHAT_KEEPS;
    if (jinja_scan_has(scan, JINJA_WORD, "enable_thinking"))
        family->opening_off = OPENING "</think>";
done:
    return status;
}

static distill_status recognize(chat_family *out, const jinja_scan *scan, const char *source)
{
    distill_status status = DISTILL_OK;
    if (strstr(source, "<|im_start|>") != NULL) {
        TRY(read_chatml(out, scan, source));
    } else if (strstr(source, "<|start_header_id|>") != NULL) {
        TRY(chat_family_standard(out, DISTILL_CHAT_LLAMA3));
        out->date_header = strstr(source, "Cutting Knowledge Date") != NULL;
    } else if (strstr(source, "<｜Assistant｜>") != NULL) {
        TRY(read_deepseek(out, scan));
    } else {
        TRY(unknown("it has none of their tokens"));
    }
    TRY(check_items(out, scan));
done:
    return status;
}

const char *chat_family_opening(const chat_family *family, distill_thinking thinking)
{
    return thinking == DISTILL_THINKING_OFF ? family->opening_off : family->opening;
}

distill_status chat_family_recognize(chat_family *out, const char *source)
{
    distill_status status = DISTILL_OK;
    jinja_scan scan = {0};
    TRY(jinja_scan_read(&scan, source));
    TRY(recognize(out, &scan, source));
done:
    jinja_scan_free(&scan);
    return status;
}
