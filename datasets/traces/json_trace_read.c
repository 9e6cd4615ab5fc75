// datasets/traces/json_trace_read.c - a trace from a line of JSON, by the field names that
// published data sets use.
//
// Each part of a trace has a list of names; the first name that the line has, with a value other
// than null, is read. A value of the wrong type is an error only in fields that no data set uses
// for something else; elsewhere it is ignored.
//
// Limits: one exchange a trace, so a conversation of several turns is refused.
#include "datasets/traces/json_trace_read.h"

#include "datasets/traces/json_exchange.h"
#include "datasets/traces/json_field.h"
#include "datasets/traces/trace_columns.h"
#include "datasets/verify/code/code_tests.h"
#include "distill/text/chat/think.h"

#include <string.h>

static const char *const PROMPTS[] = {"prompt", "problem", "question", "instruction",
                                      "query",  "input",   NULL};
static const char *const CONVERSATIONS[] = {"messages", "conversations", NULL};
static const char *const REPLIES[] = {
    "response",           "completion",        "output",           "generation",
    "generated_solution", "deepseek_solution", "deepseek_attempt", NULL};
static const char *const REPLY_LISTS[] = {"generations", "responses", "completions", NULL};
static const char *const THOUGHTS[] = {"reasoning_content",
                                       "reasoning",
                                       "thinking",
                                       "deepseek_reasoning",
                                       "deepseek_thinking_trajectory",
                                       NULL};
static const char *const ANSWERS[] = {"answer",       "gold",         "expected_answer",
                                      "final_answer", "ground_truth", NULL};
static const char *const IDS[] = {"id", "unique_id", "uuid", "task_id", NULL};
static const char *const FINISHES[] = {"finish", "finish_reason", NULL};
// one entry for each reply of a list
static const char *const FINISH_LISTS[] = {"finish_reasons", NULL};
static const char *const VERDICT_LISTS[] = {"correctness_math_verify", "correctness_llama",
                                            "correctness", NULL};

// --- fields -------------------------------------------------------------------------------------

/// Sets the integers of the record that the line has: sample, numbers of tokens.
static distill_status take_integers(trace_record *record, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        size_t value = 0;
        if (column->shape != TRACE_NUMBER || column->type != TRACE_TYPE_INT32)
            continue;
        TRY(distill_json_get_size_or(&value, doc, distill_json_root(doc), column->name, 0,
                                     INT32_MAX, 0));
        trace_column_load(record, column, &(int32_t){(int32_t)value});
    }
done:
    return status;
}

/// The line has a verdict if `correct` is one, or `reason` is one of trace_reason.
static distill_status take_verdict(trace_record *record, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *correct = distill_json_member(root, "correct");
    distill_span reason = json_field_label(doc, "reason", "");
    bool known = json_field_parse_reason(&record->reason, reason);
    record->has_verdict =
        json_field_parse_correct(&record->correct, correct) && (correct != NULL || known);
    if (!record->has_verdict)
        return DISTILL_OK;
    TRY(json_field_get_text(&record->extracted, doc, "extracted", ""));
    if (!known && reason.length > 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: \"%.40s\" is not a reason",
                         distill_json_where(doc, root, "reason"), reason.bytes));
done:
    return status;
}

// --- prompt and reply ------------------------------------------------------------------------

/// Begins the response with the thought, if that is a separate field of the line or of the message.
static distill_status take_thought(json_trace *trace, const distill_json *doc,
                                   const distill_json_node *object)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = json_field_first_in(object, THOUGHTS, &key);
    if (trace->response.length > 0) // the line has one, and the message a second
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

/// Removes the thought that take_thought has written if the reply begins with one as well.
static void drop_second_thought(json_trace *trace)
{
    distill_text *reply = &trace->response;
    distill_span rest = {reply->bytes + trace->think_bytes, reply->length - trace->think_bytes};
    if (trace->think_bytes == 0 || !distill_think_starts(distill_span_trim(rest)))
        return;
    memmove(reply->bytes, rest.bytes, rest.length + 1);
    reply->length = rest.length;
}

static distill_status take_conversation(json_trace *trace, const distill_json *doc,
                                        const distill_json_node *list)
{
    distill_status status = DISTILL_OK;
    json_exchange exchange;
    TRY(json_exchange_find(&exchange, doc, list, JSON_EXCHANGE_WHOLE));
    TRY(json_exchange_add_content(&trace->prompt, doc, exchange.user));
    TRY(take_thought(trace, doc, exchange.assistant));
    TRY(json_exchange_add_content(&trace->response, doc, exchange.assistant));
done:
    return status;
}

static distill_status take_prompt(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = json_field_first(doc, PROMPTS, &key);
    json_exchange exchange;
    distill_span input;
    if (node == NULL)
        TRY(distill_fail(
            DISTILL_FORMAT,
            "%sno prompt: expected prompt, problem, question, instruction, messages or "
            "conversations",
            distill_json_where(doc, NULL, NULL)));
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY) {
        TRY(json_exchange_find(&exchange, doc, node, JSON_EXCHANGE_PROMPT));
        TRY(json_exchange_add_content(&trace->prompt, doc, exchange.user));
    } else {
        TRY(json_field_add(&trace->prompt, doc, node, key));
    }
    if (strcmp(key, "instruction") == 0) {
        TRY(json_field_get_text(&input, doc, "input", ""));
        if (input.length > 0)
            TRY(distill_text_add(&trace->prompt, "\n\n"));
        TRY(distill_text_add_span(&trace->prompt, input));
    }
done:
    return status;
}

/// Reads a reply that is a text, or a list of one message, [{"role":"assistant","content":…}], as
/// in TRL's conversational layout.
static distill_status take_completion(json_trace *trace, const distill_json *doc,
                                      const distill_json_node *node, const char *key)
{
    distill_status status = DISTILL_OK;
    if (distill_json_kind_of(node) != DISTILL_JSON_ARRAY)
        return json_field_add(&trace->response, doc, node, key);
    if (distill_json_count(node) != 1)
        TRY(json_field_wrong_type(doc, key, "one message", node));
    TRY(take_thought(trace, doc, distill_json_first(node)));
    TRY(json_exchange_add_content(&trace->response, doc, distill_json_first(node)));
done:
    return status;
}

/// First element of a list with one entry for each of the replies in `list`; NULL if there is none.
static const distill_json_node *first_parallel(const distill_json *doc, const char *const *names,
                                               const distill_json_node *list)
{
    const char *key = NULL;
    const distill_json_node *node = json_field_first(doc, names, &key);
    bool parallel = distill_json_kind_of(node) == DISTILL_JSON_ARRAY &&
                    distill_json_count(node) == distill_json_count(list);
    return parallel ? distill_json_first(node) : NULL;
}

static distill_status take_list(json_trace *trace, const distill_json *doc,
                                const distill_json_node *list, const char *key)
{
    distill_status status = DISTILL_OK;
    bool more = false;
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || distill_json_count(list) == 0)
        TRY(json_field_wrong_type(doc, key, "a list of replies", list));
    trace->more = distill_json_first(list);
    trace->finishes = first_parallel(doc, FINISH_LISTS, list);
    trace->verdicts = first_parallel(doc, VERDICT_LISTS, list);
    TRY(json_trace_next(trace, doc, &more));
done:
    return status;
}

/// The reply of a line without a field of REPLIES: `solution`; or `answer`, if the thought is a
/// separate field, or if it is GSM8K's worked solution, whose result follows "####". NULL if there
/// is none.
static const distill_json_node *fallback_reply(const distill_json *doc, const char **key)
{
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *node = distill_json_present(root, "solution");
    const char *ignored = NULL;
    *key = "solution";
    if (node != NULL)
        return node;
    *key = "answer";
    node = distill_json_present(root, "answer");
    if (node != NULL && json_field_first(doc, THOUGHTS, &ignored) != NULL)
        return node;
    distill_span answer = distill_json_string(doc, node);
    bool worked = distill_span_find(answer, distill_span_of("####"), 0) != SIZE_MAX;
    return worked ? node : NULL;
}

static distill_status take_reply(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = json_field_first(doc, REPLIES, &key);
    const distill_json_node *list = node == NULL ? json_field_first(doc, REPLY_LISTS, &key) : NULL;
    if (list != NULL)
        return take_list(trace, doc, list, key);
    if (node == NULL)
        node = fallback_reply(doc, &key);
    if (node == NULL)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%sno reply: expected response, completion, output, generations, "
                         "solution, messages or conversations",
                         distill_json_where(doc, NULL, NULL)));
    TRY(take_thought(trace, doc, distill_json_root(doc)));
    TRY(take_completion(trace, doc, node, key));
done:
    return status;
}

/// Removes all but what follows the last "####", if there is one.
static void keep_result(distill_text *answer)
{
    distill_span whole = distill_text_span(answer);
    size_t at = distill_span_find_last(whole, distill_span_of("####"));
    if (at == SIZE_MAX)
        return;
    distill_span result =
        distill_span_trim((distill_span){whole.bytes + at + 4, whole.length - at - 4});
    memmove(answer->bytes, result.bytes, result.length);
    answer->length = result.length;
    answer->bytes[result.length] = '\0';
}

/// Copies the reference answer as it is written. If it is the reply too, as GSM8K's worked
/// solution, only its result is kept.
static distill_status take_answer(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = json_field_first(doc, ANSWERS, &key);
    if (node == NULL)
        goto done;
    TRY(json_field_add(&trace->answer, doc, node, key));
    if (distill_span_equal(distill_text_span(&trace->answer), distill_text_span(&trace->response)))
        keep_result(&trace->answer);
done:
    return status;
}

static distill_status take_rest(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &trace->record;
    const char *key = NULL;
    const distill_json_node *id = json_field_first(doc, IDS, &key);
    trace->has_id = id != NULL;
    if (id != NULL)
        TRY(json_field_add(&trace->id, doc, id, key));
    const distill_json_node *finish = json_field_first(doc, FINISHES, &key);
    if (finish != NULL)
        TRY(json_field_parse_finish(&record->finish, distill_json_string(doc, finish),
                                    distill_json_where(doc, distill_json_root(doc), key)));
    TRY(code_tests_of_line(&trace->tests, doc));
    record->domain = json_field_label(doc, "domain", trace->tests.length > 0 ? "code" : "math");
    record->language = json_field_label(doc, "language", "");
    record->error = json_field_label(doc, "error", "");
    trace->has_sample = distill_json_present(distill_json_root(doc), "sample") != NULL;
    TRY(take_integers(record, doc));
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

static void reset(json_trace *trace)
{
    distill_text_clear(&trace->id);
    distill_text_clear(&trace->prompt);
    distill_text_clear(&trace->response);
    distill_text_clear(&trace->answer);
    distill_text_clear(&trace->tests);
    trace->record = (trace_record){.finish = TRACE_FINISH_STOP};
    trace->more = trace->finishes = trace->verdicts = NULL;
    trace->think_bytes = 0;
}

/// True if prompt and reply are to be read from a conversation. Separate fields for both take
/// precedence: the conversation repeats them then.
static bool is_conversation(const distill_json *doc)
{
    const char *key = NULL;
    bool reply = json_field_first(doc, REPLIES, &key) != NULL ||
                 json_field_first(doc, REPLY_LISTS, &key) != NULL;
    return json_field_first(doc, CONVERSATIONS, &key) != NULL &&
           !(reply && json_field_first(doc, PROMPTS, &key) != NULL);
}

distill_status json_trace_read(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const char *key = NULL;
    reset(trace);
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%sexpected an object, found %s",
                         distill_json_where(doc, NULL, NULL), distill_json_kind_name(root)));
    TRY(take_rest(trace, doc));
    if (is_conversation(doc)) {
        TRY(take_thought(trace, doc, root));
        TRY(take_conversation(trace, doc, json_field_first(doc, CONVERSATIONS, &key)));
    } else {
        TRY(take_prompt(trace, doc));
        TRY(take_reply(trace, doc));
    }
    drop_second_thought(trace);
    TRY(take_answer(trace, doc));
    point_to_texts(trace);
done:
    return status;
}

/// Appends the text of a reply in a list: a string, or an object that holds one.
static distill_status add_reply(distill_text *out, const distill_json *doc,
                                const distill_json_node *node)
{
    static const char *const names[] = {"text", "content", "response", "generation", NULL};
    const char *key = NULL;
    const distill_json_node *text = json_field_first_in(node, names, &key);
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
        TRY(json_field_parse_finish(&record->finish, distill_json_string(doc, trace->finishes),
                                    distill_json_where(doc, trace->finishes, NULL)));
    else if (trace->finishes != NULL)
        record->finish = TRACE_FINISH_STOP;
    if (trace->verdicts != NULL)
        record->has_verdict = json_field_parse_correct(&record->correct, trace->verdicts);
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
