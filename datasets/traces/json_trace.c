// datasets/traces/json_trace.c - names of fields, and what they are in a trace.
#include "datasets/traces/json_trace.h"

#include "datasets/verify/code/code_tests.h"
#include "distill/base/json/json_writer.h"
#include "distill/text/chat/think.h"

#include <string.h>

// --- out ----------------------------------------------------------------------------------------

static distill_status write_text(distill_text *out, const char *key, distill_span text)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "\"%s\":", key));
    TRY(distill_json_write_string(out, text));
    TRY(distill_text_add_char(out, ','));
done:
    return status;
}

distill_status json_trace_write(distill_text *out, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    static const char *const correct[] = {"null", "false", "true"};
    TRY(distill_text_add_char(out, '{'));
    TRY(write_text(out, "id", trace->id));
    TRY(distill_text_printf(out, "\"sample\":%d,", trace->sample));
    TRY(write_text(out, "prompt", trace->prompt));
    TRY(write_text(out, "response", trace->response));
    TRY(write_text(out, "answer", trace->answer));
    TRY(write_text(out, "domain", trace->domain));
    TRY(write_text(out, "language", trace->language));
    TRY(distill_text_printf(out, "\"finish\":\"%s\",\"prompt_tokens\":%d,\"response_tokens\":%d",
                            trace_finish_name(trace->finish), trace->prompt_tokens,
                            trace->response_tokens));
    if (trace->error.length > 0) {
        TRY(distill_text_add(out, ",\"error\":"));
        TRY(distill_json_write_string(out, trace->error));
    }
    if (trace->tests.length > 0) {
        TRY(distill_text_add(out, ",\"tests\":"));
        TRY(distill_json_write_string(out, trace->tests));
    }
    if (trace->has_verdict) {
        TRY(distill_text_printf(out, ",\"correct\":%s,", correct[trace->correct + 1]));
        TRY(write_text(out, "extracted", trace->extracted));
        TRY(distill_text_printf(out, "\"reason\":\"%s\"", trace_reason_name(trace->reason)));
    }
    TRY(distill_text_add(out, "}\n"));
done:
    return status;
}

distill_status json_trace_write_messages(distill_text *out, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "{\"messages\":[{\"role\":\"user\",\"content\":"));
    TRY(distill_json_write_string(out, trace->prompt));
    TRY(distill_text_add(out, "},{\"role\":\"assistant\",\"content\":"));
    TRY(distill_json_write_string(out, trace->response));
    TRY(distill_text_add(out, "}]}\n"));
done:
    return status;
}

// --- in: fields ---------------------------------------------------------------------------------

static const distill_json_node *first_in(const distill_json_node *object, const char *const *names,
                                         const char **found)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        const distill_json_node *node = distill_json_present(object, names[i]);
        if (node != NULL) {
            *found = names[i];
            return node;
        }
    }
    return NULL;
}

static const distill_json_node *first_of(const distill_json *doc, const char *const *names,
                                         const char **found)
{
    return first_in(distill_json_root(doc), names, found);
}

static distill_status wrong_type(const distill_json *doc, const char *key, const char *expected,
                                 const distill_json_node *found)
{
    return distill_fail(DISTILL_FORMAT, "%s: expected %s, found %s",
                        distill_json_where(doc, distill_json_root(doc), key), expected,
                        distill_json_kind_name(found));
}

/// Appends a string, or a number as it is written.
static distill_status add_scalar(distill_text *out, const distill_json *doc,
                                 const distill_json_node *node, const char *key)
{
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        return distill_text_add_span(out, distill_json_string(doc, node));
    if (distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        return distill_json_write_number_node(out, node);
    return wrong_type(doc, key, "a string or a number", node);
}

static distill_status get_text(distill_span *out, const distill_json *doc, const char *key,
                               const char *otherwise)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    *out = distill_span_of(otherwise);
    if (node == NULL)
        return DISTILL_OK;
    if (distill_json_kind_of(node) != DISTILL_JSON_STRING)
        return wrong_type(doc, key, "a string", node);
    *out = distill_json_string(doc, node);
    return DISTILL_OK;
}

/// Like get_text; published sets also hold lists under these names, which are not ours.
static distill_span label_of(const distill_json *doc, const char *key, const char *otherwise)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    return distill_json_kind_of(node) == DISTILL_JSON_STRING ? distill_json_string(doc, node)
                                                             : distill_span_of(otherwise);
}

static distill_status get_int(int32_t *out, bool *given, const distill_json *doc, const char *key)
{
    distill_status status = DISTILL_OK;
    size_t value = 0;
    *given = distill_json_present(distill_json_root(doc), key) != NULL;
    TRY(distill_json_get_size_or(&value, doc, distill_json_root(doc), key, 0, INT32_MAX, 0));
    *out = (int32_t)value;
done:
    return status;
}

static distill_status parse_finish(trace_finish *out, distill_span text, const char *where)
{
    static const struct {
        const char *name;
        trace_finish finish;
    } names[] = {{"stop", TRACE_FINISH_STOP},           {"length", TRACE_FINISH_LENGTH},
                 {"error", TRACE_FINISH_ERROR},         {"eos", TRACE_FINISH_STOP},
                 {"end_turn", TRACE_FINISH_STOP},       {"max_tokens", TRACE_FINISH_LENGTH},
                 {"eos_token", TRACE_FINISH_STOP},      {"stop_sequence", TRACE_FINISH_STOP},
                 {"content_filter", TRACE_FINISH_ERROR}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (distill_span_is(text, names[i].name)) {
            *out = names[i].finish;
            return DISTILL_OK;
        }
    return distill_fail(DISTILL_FORMAT, "%s: expected stop, length or error, found \"%.40s\"",
                        where, text.bytes);
}

static bool parse_reason(trace_reason *out, distill_span name)
{
#define MATCH_REASON(symbol, value, key, sentence)                                                 \
    if (distill_span_is(name, key)) {                                                              \
        *out = TRACE_##symbol;                                                                     \
        return true;                                                                               \
    }
    TRACE_REASON_LIST(MATCH_REASON)
#undef MATCH_REASON
    return false;
}

/// 1, 0 or -1 of true, false or null, or of a number; false for what published sets also hold under
/// such a name.
static bool parse_correct(int8_t *out, const distill_json_node *node)
{
    double number = distill_json_number(node);
    *out = -1;
    if (distill_json_kind_of(node) == DISTILL_JSON_BOOL)
        *out = distill_json_true(node) ? 1 : 0;
    else if (distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        *out = (int8_t)((number > 0) - (number < 0));
    return node == NULL || distill_json_kind_of(node) <= DISTILL_JSON_NUMBER;
}

/// A line is ours if `correct` is a verdict, or `reason` one of our reasons.
static distill_status take_verdict(trace_record *record, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *correct = distill_json_member(root, "correct");
    distill_span reason = label_of(doc, "reason", "");
    bool known = parse_reason(&record->reason, reason);
    record->has_verdict = parse_correct(&record->correct, correct) && (correct != NULL || known);
    if (!record->has_verdict)
        return DISTILL_OK;
    TRY(get_text(&record->extracted, doc, "extracted", ""));
    if (!known && reason.length > 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: \"%.40s\" is not a reason",
                         distill_json_where(doc, root, "reason"), reason.bytes));
done:
    return status;
}

// --- in: conversations ----------------------------------------------------------------------------

/// OpenAI's names of a message's parts, or ShareGPT's.
static bool is_sharegpt(const distill_json_node *message)
{
    return distill_json_member(message, "from") != NULL;
}

/// Appends a text, or the texts of a list of parts ([{"type":"text","text":…}]).
static distill_status add_parts(distill_text *out, const distill_json *doc,
                                const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_span text;
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        return distill_text_add_span(out, distill_json_string(doc, node));
    for (const distill_json_node *part = distill_json_first(node); part != NULL;
         part = distill_json_next(part)) {
        TRY(distill_json_get_string(&text, doc, part, "text"));
        TRY(distill_text_add_span(out, text));
    }
done:
    return status;
}

static distill_status add_content(distill_text *out, const distill_json *doc,
                                  const distill_json_node *message)
{
    const char *key = is_sharegpt(message) ? "value" : "content";
    const distill_json_node *node = distill_json_member(message, key);
    distill_span text;
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
        return add_parts(out, doc, node);
    distill_status status = distill_json_get_string(&text, doc, message, key);
    return status == DISTILL_OK ? distill_text_add_span(out, text) : status;
}

static bool is_user(distill_span role)
{
    return distill_span_is(role, "user") || distill_span_is(role, "human");
}

static bool is_assistant(distill_span role)
{
    return distill_span_is(role, "assistant") || distill_span_is(role, "gpt") ||
           distill_span_is(role, "model");
}

static const char *const REASONING[] = {"reasoning_content",
                                        "reasoning",
                                        "thinking",
                                        "deepseek_reasoning",
                                        "deepseek_thinking_trajectory",
                                        NULL};

/// The think part that stands apart from the reply, in the line itself or in its message.
static distill_status take_reasoning(json_trace *trace, const distill_json *doc,
                                     const distill_json_node *object)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = first_in(object, REASONING, &key);
    if (trace->response.length > 0) // found in the line: not twice
        return DISTILL_OK;
    if (node == NULL || distill_json_kind_of(node) != DISTILL_JSON_STRING)
        return DISTILL_OK;
    distill_span text = distill_span_trim(distill_json_string(doc, node));
    if (text.length == 0)
        return DISTILL_OK;
    TRY(distill_think_write(&trace->response, text));
    trace->think_bytes = trace->response.length;
done:
    return status;
}

/// A reply that brings its think part along keeps that one alone.
static void drop_second_think(json_trace *trace)
{
    distill_text *reply = &trace->response;
    distill_span rest = {reply->bytes + trace->think_bytes, reply->length - trace->think_bytes};
    if (trace->think_bytes == 0 || !distill_think_starts(distill_span_trim(rest)))
        return;
    memmove(reply->bytes, rest.bytes, rest.length + 1);
    reply->length = rest.length;
}

/// The last message of the assistant is the reply, the last one of the user before it the prompt.
/// A trace holds one exchange: a conversation with more turns is refused, not cut.
static distill_status take_conversation(json_trace *trace, const distill_json *doc,
                                        const distill_json_node *list, bool prompt_only)
{
    distill_status status = DISTILL_OK;
    size_t users = 0, replies = 0;
    distill_span role;
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node)) {
        TRY(distill_json_get_string(&role, doc, node, is_sharegpt(node) ? "from" : "role"));
        if (is_user(role) && ++users == 1)
            TRY(add_content(&trace->prompt, doc, node));
        if (is_assistant(role) && !prompt_only && ++replies == 1) {
            TRY(take_reasoning(trace, doc, node));
            TRY(add_content(&trace->response, doc, node));
        }
    }
    if (users != 1 || (replies != 1 && !prompt_only))
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected one message of the user and one of the assistant, found %zu "
                         "and %zu",
                         distill_json_where(doc, list, NULL), users, replies));
done:
    return status;
}

// --- in: prompt and reply ---------------------------------------------------------------------

static const char *const PROMPTS[] = {"prompt", "problem", "question", "instruction",
                                      "query",  "input",   NULL};
static const char *const CONVERSATIONS[] = {"messages", "conversations", NULL};
static const char *const REPLIES[] = {
    "response",           "completion",        "output",           "generation",
    "generated_solution", "deepseek_solution", "deepseek_attempt", NULL};
static const char *const LISTS[] = {"generations", "responses", "completions", NULL};
static const char *const ANSWERS[] = {"answer",       "gold",         "expected_answer",
                                      "final_answer", "ground_truth", NULL};
static const char *const VERDICTS[] = {"correctness_math_verify", "correctness_llama",
                                       "correctness", NULL}; // of a list of replies
static const char *const IDS[] = {"id", "unique_id", "uuid", "task_id", NULL};

static distill_status take_prompt(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = first_of(doc, PROMPTS, &key);
    distill_span input;
    if (node == NULL)
        TRY(distill_fail(
            DISTILL_FORMAT,
            "%sno prompt: expected prompt, problem, question, instruction, messages or "
            "conversations",
            distill_json_where(doc, NULL, NULL)));
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
        TRY(take_conversation(trace, doc, node, true));
    else
        TRY(add_scalar(&trace->prompt, doc, node, key));
    if (strcmp(key, "instruction") == 0) {
        TRY(get_text(&input, doc, "input", ""));
        if (input.length > 0)
            TRY(distill_text_add(&trace->prompt, "\n\n"));
        TRY(distill_text_add_span(&trace->prompt, input));
    }
done:
    return status;
}

/// Reply of a completion in TRL's conversational layout: [{"role":"assistant","content":…}].
static distill_status take_completion(json_trace *trace, const distill_json *doc,
                                      const distill_json_node *node, const char *key)
{
    distill_status status = DISTILL_OK;
    if (distill_json_kind_of(node) != DISTILL_JSON_ARRAY)
        return add_scalar(&trace->response, doc, node, key);
    if (distill_json_count(node) != 1)
        TRY(wrong_type(doc, key, "one message", node));
    TRY(take_reasoning(trace, doc, distill_json_first(node)));
    TRY(add_content(&trace->response, doc, distill_json_first(node)));
done:
    return status;
}

/// First element of a list that stands beside the replies, one for each; NULL if there is none.
static const distill_json_node *first_beside(const distill_json *doc, const char *const *names,
                                             const distill_json_node *list)
{
    const char *key = NULL;
    const distill_json_node *node = first_of(doc, names, &key);
    bool beside = distill_json_kind_of(node) == DISTILL_JSON_ARRAY &&
                  distill_json_count(node) == distill_json_count(list);
    return beside ? distill_json_first(node) : NULL;
}

static distill_status take_list(json_trace *trace, const distill_json *doc,
                                const distill_json_node *list, const char *key)
{
    distill_status status = DISTILL_OK;
    bool more = false;
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || distill_json_count(list) == 0)
        TRY(wrong_type(doc, key, "a list of replies", list));
    static const char *const finish_names[] = {"finish_reasons", NULL};
    trace->more = distill_json_first(list);
    trace->finishes = first_beside(doc, finish_names, list);
    trace->verdicts = first_beside(doc, VERDICTS, list);
    TRY(json_trace_next(trace, doc, &more));
done:
    return status;
}

static distill_status take_reply(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = first_of(doc, REPLIES, &key);
    const distill_json_node *list = node == NULL ? first_of(doc, LISTS, &key) : NULL;
    if (list != NULL)
        return take_list(trace, doc, list, key);
    if (node == NULL && (node = distill_json_present(distill_json_root(doc), "solution")) != NULL)
        key = "solution";
    if (node == NULL) {
        // GSM8K: the answer is the worked solution, its result stands behind "####"; or the thoughts
        // stand apart, and the answer is what was said after them
        node = distill_json_present(distill_json_root(doc), "answer");
        bool thoughts = node != NULL && first_of(doc, REASONING, &key) != NULL;
        key = "answer";
        if (!thoughts && distill_span_find(distill_json_string(doc, node), distill_span_of("####"),
                                           0) == SIZE_MAX)
            TRY(distill_fail(DISTILL_FORMAT,
                             "%sno reply: expected response, completion, output, generations, "
                             "solution, messages or conversations",
                             distill_json_where(doc, NULL, NULL)));
    }
    TRY(take_reasoning(trace, doc, distill_json_root(doc)));
    TRY(take_completion(trace, doc, node, key));
done:
    return status;
}

/// Verbatim, but where GSM8K's worked solution is all that there is.
static distill_status take_answer(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = first_of(doc, ANSWERS, &key);
    if (node == NULL)
        goto done;
    TRY(add_scalar(&trace->answer, doc, node, key));
    if (distill_span_equal(distill_text_span(&trace->answer),
                           distill_text_span(&trace->response))) {
        distill_span result = distill_text_span(&trace->answer);
        size_t at = distill_span_find_last(result, distill_span_of("####"));
        if (at != SIZE_MAX) {
            result =
                distill_span_trim((distill_span){result.bytes + at + 4, result.length - at - 4});
            memmove(trace->answer.bytes, result.bytes, result.length);
            trace->answer.length = result.length;
            trace->answer.bytes[result.length] = '\0';
        }
    }
done:
    return status;
}

static distill_status take_rest(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &trace->record;
    bool given = false;
    const char *key = NULL;
    static const char *const finish_names[] = {"finish", "finish_reason", NULL};
    const distill_json_node *id = first_of(doc, IDS, &key);
    trace->has_id = id != NULL;
    if (id != NULL)
        TRY(add_scalar(&trace->id, doc, id, key));
    const distill_json_node *finish = first_of(doc, finish_names, &key);
    if (finish != NULL)
        TRY(parse_finish(&record->finish, distill_json_string(doc, finish),
                         distill_json_where(doc, distill_json_root(doc), key)));
    TRY(code_tests_of_line(&trace->tests, doc));
    record->domain = label_of(doc, "domain", trace->tests.length > 0 ? "code" : "math");
    record->language = label_of(doc, "language", "");
    record->error = label_of(doc, "error", "");
    TRY(get_int(&record->sample, &trace->has_sample, doc, "sample"));
    TRY(get_int(&record->prompt_tokens, &given, doc, "prompt_tokens"));
    TRY(get_int(&record->response_tokens, &given, doc, "response_tokens"));
    TRY(take_verdict(record, doc));
done:
    return status;
}

static void point_to_texts(json_trace *trace)
{
    trace->record.id = distill_text_span(&trace->id);
    trace->record.prompt = distill_text_span(&trace->prompt);
    trace->record.response = distill_text_span(&trace->response);
    trace->record.answer = distill_text_span(&trace->answer);
    trace->record.tests = distill_text_span(&trace->tests);
}

distill_status json_trace_read(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const char *key = NULL;
    distill_text_clear(&trace->id);
    distill_text_clear(&trace->prompt);
    distill_text_clear(&trace->response);
    distill_text_clear(&trace->answer);
    distill_text_clear(&trace->tests);
    trace->record = (trace_record){.finish = TRACE_FINISH_STOP};
    trace->more = trace->finishes = trace->verdicts = NULL;
    trace->think_bytes = 0;
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%sexpected an object, found %s",
                         distill_json_where(doc, NULL, NULL), distill_json_kind_name(root)));
    const distill_json_node *conversation = first_of(doc, CONVERSATIONS, &key);
    const char *ignored = NULL;
    TRY(take_rest(trace, doc));
    // a reply of its own wins over the conversation that it may also stand in
    bool replies =
        first_of(doc, REPLIES, &ignored) != NULL || first_of(doc, LISTS, &ignored) != NULL;
    if (conversation != NULL && !(replies && first_of(doc, PROMPTS, &ignored) != NULL)) {
        TRY(take_reasoning(trace, doc, root));
        TRY(take_conversation(trace, doc, conversation, false));
    } else {
        TRY(take_prompt(trace, doc));
        TRY(take_reply(trace, doc));
    }
    drop_second_think(trace);
    TRY(take_answer(trace, doc));
    point_to_texts(trace);
done:
    return status;
}

/// The text of a reply in a list: a string, or an object that holds it.
static distill_status add_reply(distill_text *out, const distill_json *doc,
                                const distill_json_node *node)
{
    static const char *const names[] = {"text", "content", "response", "generation", NULL};
    const char *key = NULL;
    const distill_json_node *text = first_in(node, names, &key);
    if (text == NULL)
        text = node;
    if (distill_json_kind_of(text) == DISTILL_JSON_STRING)
        return distill_text_add_span(out, distill_json_string(doc, text));
    return distill_fail(DISTILL_FORMAT, "%s: expected a string, found %s",
                        distill_json_where(doc, text, NULL), distill_json_kind_name(text));
}

distill_status json_trace_next(json_trace *trace, const distill_json *doc, bool *more)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &trace->record;
    *more = trace->more != NULL;
    if (!*more)
        return DISTILL_OK;
    distill_text_clear(&trace->response);
    TRY(add_reply(&trace->response, doc, trace->more));
    if (distill_json_kind_of(trace->finishes) == DISTILL_JSON_STRING)
        TRY(parse_finish(&record->finish, distill_json_string(doc, trace->finishes),
                         distill_json_where(doc, trace->finishes, NULL)));
    else if (trace->finishes != NULL)
        record->finish = TRACE_FINISH_STOP;
    if (trace->verdicts != NULL)
        record->has_verdict = parse_correct(&record->correct, trace->verdicts);
    trace->more = distill_json_next(trace->more);
    trace->finishes = distill_json_next(trace->finishes);
    trace->verdicts = distill_json_next(trace->verdicts);
    record->response = distill_text_span(&trace->response);
done:
    return status;
}

void json_trace_free(json_trace *trace)
{
    distill_text_free(&trace->id);
    distill_text_free(&trace->prompt);
    distill_text_free(&trace->response);
    distill_text_free(&trace->answer);
    distill_text_free(&trace->tests);
}
