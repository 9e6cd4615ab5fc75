// datasets/traces/json_trace_read.c - a trace from a line of JSON, by the field names that
// published data sets use.
//
// Each part of a trace has a list of names; the first name that the line has, with a value other
// than null, is read. A value of the wrong type is an error only in fields that no data set uses
// for something else; elsewhere it is ignored. What is used is noted, and the rest is kept.
#include "datasets/traces/json_trace_read.h"

#include "datasets/traces/json_field.h"
#include "datasets/traces/json_reply.h"
#include "datasets/traces/trace_columns.h"
#include "datasets/verify/code/code_tests.h"
#include "datasets/verify/worked_solution.h"
#include "distill/text/chat/think.h"

#include <string.h>

static const char *const PROMPTS[] = {"prompt", "problem", "question", "instruction",
                                      "query",  "input",   NULL};
static const char *const CONVERSATIONS[] = {"messages", "conversations", NULL};
static const char *const SYSTEMS[] = {"system", "system_prompt", NULL};
static const char *const ANSWERS[] = {"answer",
                                      "gold",
                                      "expected_answer",
                                      "final_answer",
                                      "ground_truth",
                                      "reference_answer",
                                      "gold_standard_solution",
                                      "ground_truth_solution",
                                      "solution",
                                      NULL};
static const char *const IDS[] = {"id", "unique_id", "uuid", "task_id", NULL};
static const char *const FINISHES[] = {"finish", "finish_reason", NULL};
// one entry for each reply of a list
static const char *const FINISH_LISTS[] = {"finish_reasons", NULL};
static const char *const COMPLETE_LISTS[] = {"is_reasoning_complete", NULL};
static const char *const VERDICT_LISTS[] = {"correctness_math_verify", "correctness_llama",
                                            "correctness", NULL};

// --- fields -------------------------------------------------------------------------------------

/// json_field_first, with the field marked as used.
static const distill_json_node *use_first(json_trace *trace, const distill_json *doc,
                                          const char *const *names, const char **key)
{
    const distill_json_node *node = json_field_first(doc, names, key);
    json_rest_use(&trace->used, node != NULL ? *key : NULL);
    return node;
}

/// The string of a field, which is marked as used; `otherwise` if it is absent or of another kind.
static distill_span use_label(json_trace *trace, const distill_json *doc, const char *key,
                              const char *otherwise)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        json_rest_use(&trace->used, key);
    return json_field_label(doc, key, otherwise);
}

/// Sets the integers of the record that the line has: sample, numbers of tokens.
static distill_status take_integers(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        size_t value = 0;
        if (column->shape != TRACE_NUMBER || column->type != TRACE_TYPE_INT32)
            continue;
        TRY(distill_json_get_size_or(&value, doc, distill_json_root(doc), column->name, 0,
                                     INT32_MAX, 0));
        json_rest_use(&trace->used, column->name);
        trace_column_load(&trace->record, column, &(int32_t){(int32_t)value});
    }
done:
    return status;
}

/// The line has a verdict if `correct` is one, or `reason` is one of trace_reason.
static distill_status take_verdict(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &trace->record;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *correct = distill_json_member(root, "correct");
    distill_span reason = json_field_label(doc, "reason", "");
    bool known = json_field_parse_reason(&record->reason, reason);
    record->has_verdict =
        json_field_parse_correct(&record->correct, correct) && (correct != NULL || known);
    if (!record->has_verdict)
        return DISTILL_OK;
    json_rest_use(&trace->used, "correct");
    json_rest_use(&trace->used, "reason");
    json_rest_use(&trace->used, "extracted");
    TRY(json_field_get_text(&record->extracted, doc, "extracted", ""));
    if (!known && reason.length > 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: \"%.40s\" is not a reason",
                         distill_json_where(doc, root, "reason"), reason.bytes));
done:
    return status;
}

// --- prompt -------------------------------------------------------------------------------------

static distill_status no_prompt(const distill_json *doc)
{
    return distill_fail(DISTILL_FORMAT,
                        "%sno prompt: expected prompt, problem, question, instruction, messages or "
                        "conversations",
                        distill_json_where(doc, NULL, NULL));
}

/// Appends a prompt that is a text, with Alpaca's input after an instruction.
static distill_status add_prompt(distill_text *out, json_trace *trace, const distill_json *doc,
                                 const distill_json_node *node, const char *key)
{
    distill_status status = DISTILL_OK;
    distill_span input;
    TRY(json_field_add(out, doc, node, key));
    if (strcmp(key, "instruction") != 0)
        goto done;
    json_rest_use(&trace->used, "input");
    TRY(json_field_get_text(&input, doc, "input", ""));
    if (input.length > 0)
        TRY(distill_text_add(out, "\n\n"));
    TRY(distill_text_add_span(out, input));
done:
    return status;
}

/// Reads what precedes the reply. `list`: the line's conversation, NULL = none; `replied`: its last
/// message is the reply.
static distill_status take_prompt(json_trace *trace, const distill_json *doc,
                                  const distill_json_node *list, bool replied)
{
    distill_status status = DISTILL_OK;
    conversation_json *talk = &trace->conversation;
    const char *key = NULL, *system_key = NULL;
    const distill_json_node *system = use_first(trace, doc, SYSTEMS, &system_key);
    const distill_json_node *node = replied ? NULL : use_first(trace, doc, PROMPTS, &key);
    distill_span system_text = distill_json_string(doc, system);
    distill_text text = {0};
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY) // TRL's conversational layout
        list = node;
    else if (node != NULL)
        TRY(add_prompt(&text, trace, doc, node, key));
    if (list != NULL)
        TRY(conversation_json_read(talk, doc, list, system_text,
                                   replied ? CONVERSATION_WITH_REPLY : CONVERSATION_PROMPT));
    if (list == NULL && node == NULL)
        TRY(no_prompt(doc));
    if (list == NULL || (text.length > 0 && talk->plain)) // the field is the prompt as given
        TRY(conversation_json_set(talk, system_text, distill_text_span(&text)));
done:
    distill_text_free(&text);
    return status;
}

// --- reply --------------------------------------------------------------------------------------

/// First element of a list with one entry for each of the replies in `list`; NULL if there is none.
static const distill_json_node *first_parallel(json_trace *trace, const distill_json *doc,
                                               const char *const *names,
                                               const distill_json_node *list)
{
    const char *key = NULL;
    const distill_json_node *node = json_field_first(doc, names, &key);
    bool parallel = distill_json_kind_of(node) == DISTILL_JSON_ARRAY &&
                    distill_json_count(node) == distill_json_count(list);
    json_rest_use(&trace->used, parallel ? key : NULL);
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
    trace->finishes = first_parallel(trace, doc, FINISH_LISTS, list);
    trace->complete = first_parallel(trace, doc, COMPLETE_LISTS, list);
    trace->verdicts = first_parallel(trace, doc, VERDICT_LISTS, list);
    TRY(json_trace_next(trace, doc, &more));
done:
    return status;
}

/// Takes the reply from the line's fields.
static distill_status take_reply(json_trace *trace, const distill_json *doc, json_reply *reply)
{
    distill_status status = DISTILL_OK;
    if (reply->node == NULL && reply->list == NULL)
        json_reply_find_other(reply, doc);
    bool none = reply->node == NULL && reply->list == NULL;
    if (none && trace->record.finish == TRACE_FINISH_ERROR) // a table leaves empty texts out
        return DISTILL_OK;
    if (none)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%sno reply: expected response, completion, output, generations, "
                         "solution, messages or conversations",
                         distill_json_where(doc, NULL, NULL)));
    json_rest_use(&trace->used, reply->key);
    json_rest_use(&trace->used, reply->thought_key);
    if (reply->list != NULL)
        TRY(take_list(trace, doc, reply->list, reply->key));
    else
        TRY(json_reply_add(&trace->response, doc, reply->node, reply->thought));
done:
    return status;
}

/// The reply is the last message of the line's conversation; a thought may stand beside it.
static distill_status take_last_message(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    static const char *const THOUGHTS[] = {"reasoning_content", "reasoning", "thinking", NULL};
    const char *key = NULL;
    const distill_json_node *node = json_field_first(doc, THOUGHTS, &key);
    distill_span reply = distill_text_span(&trace->conversation.reply), thought = {"", 0};
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        thought = distill_span_trim(distill_json_string(doc, node));
    if (thought.length > 0 && !distill_think_starts(reply)) {
        json_rest_use(&trace->used, key);
        TRY(distill_think_write(&trace->response, thought));
    }
    TRY(distill_text_add_span(&trace->response, reply));
done:
    return status;
}

/// The list ends with a message of the assistant.
static bool ends_with_reply(const distill_json *doc, const distill_json_node *list)
{
    const distill_json_node *last = NULL;
    static const char *const ROLES[] = {"role", "from", NULL};
    const char *key = NULL;
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node))
        last = node;
    distill_span role = distill_json_string(doc, json_field_first_in(last, ROLES, &key));
    return distill_span_is(role, "assistant") || distill_span_is(role, "gpt") ||
           distill_span_is(role, "model") || distill_span_is(role, "bot") ||
           distill_span_is(role, "chatgpt");
}

/// Reads prompt and reply. Separate fields for both take precedence over a conversation, which
/// repeats them then; its system message and earlier turns are kept.
static distill_status take_exchange(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *list = use_first(trace, doc, CONVERSATIONS, &key);
    bool prompt = json_field_first(doc, PROMPTS, &key) != NULL;
    json_reply reply;
    json_reply_find(&reply, doc);
    bool apart = reply.node != NULL || reply.list != NULL;
    bool replied = list != NULL && !(apart && prompt) && ends_with_reply(doc, list);
    TRY(take_prompt(trace, doc, list, replied));
    TRY(replied ? take_last_message(trace, doc) : take_reply(trace, doc, &reply));
done:
    return status;
}

// --- the rest -----------------------------------------------------------------------------------

/// The reference answer that a message of the user carries (AM-DeepSeek-R1-Distilled); NULL = none.
static const distill_json_node *answer_of_message(const distill_json *doc)
{
    const char *key = NULL;
    for (const distill_json_node *node =
             distill_json_first(json_field_first(doc, CONVERSATIONS, &key));
         node != NULL; node = distill_json_next(node)) {
        const distill_json_node *info = distill_json_present(node, "info");
        const distill_json_node *answer = distill_json_present(info, "reference_answer");
        if (answer != NULL)
            return answer;
    }
    return NULL;
}

/// The first field of ANSWERS that is not the reply; that is one only if it holds GSM8K's result.
static const distill_json_node *find_answer(const json_trace *trace, const distill_json *doc,
                                            const char **key)
{
    for (size_t i = 0; ANSWERS[i] != NULL; i++) {
        const distill_json_node *node = distill_json_present(distill_json_root(doc), ANSWERS[i]);
        distill_span text = distill_json_string(doc, node);
        bool is_reply = distill_json_kind_of(node) == DISTILL_JSON_STRING && text.length > 0 &&
                        trace->response.length >= text.length &&
                        memcmp(trace->response.bytes + trace->response.length - text.length,
                               text.bytes, text.length) == 0;
        bool known = is_reply && json_rest_has(&trace->used, ANSWERS[i]) &&
                     distill_span_find(text, distill_span_of("####"), 0) == SIZE_MAX;
        *key = ANSWERS[i];
        if (node != NULL && !known && distill_json_kind_of(node) != DISTILL_JSON_OBJECT)
            return node;
    }
    *key = "reference_answer";
    return answer_of_message(doc);
}

/// Copies the reference answer as it is written. Of a worked solution only its result is kept.
static distill_status take_answer(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    distill_text whole = {0};
    const char *key = NULL;
    const distill_json_node *node = find_answer(trace, doc, &key);
    if (node == NULL)
        goto done;
    bool solution = strstr(key, "solution") != NULL;
    bool is_reply = json_rest_has(&trace->used, key);
    json_rest_use(&trace->used, is_reply || solution ? NULL : key);
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY && distill_json_count(node) == 1)
        node = distill_json_first(node);
    TRY(json_field_add(&whole, doc, node, key));
    distill_span text = distill_text_span(&whole);
    TRY(distill_text_add_span(
        &trace->answer, solution || is_reply ? worked_solution_result(text, solution) : text));
done:
    distill_text_free(&whole);
    return status;
}

/// A thought that was cut: is_reasoning_complete is false.
static bool is_cut(const distill_json_node *complete)
{
    return distill_json_kind_of(complete) == DISTILL_JSON_BOOL && !distill_json_true(complete);
}

static distill_status take_rest(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &trace->record;
    const distill_json_node *root = distill_json_root(doc);
    const char *key = NULL;
    const distill_json_node *id = use_first(trace, doc, IDS, &key);
    trace->has_id = id != NULL;
    if (id != NULL)
        TRY(json_field_add(&trace->id, doc, id, key));
    const distill_json_node *finish = use_first(trace, doc, FINISHES, &key);
    if (finish != NULL)
        TRY(json_field_parse_finish(&record->finish, distill_json_string(doc, finish),
                                    distill_json_where(doc, root, key)));
    else if (is_cut(distill_json_present(root, COMPLETE_LISTS[0])))
        record->finish = TRACE_FINISH_LENGTH;
    TRY(code_tests_of_line(&trace->tests, &trace->used, doc));
    record->domain = use_label(trace, doc, "domain", trace->tests.length > 0 ? "code" : "math");
    record->language = use_label(trace, doc, "language", "");
    record->error = use_label(trace, doc, "error", "");
    trace->has_sample = distill_json_present(root, "sample") != NULL;
    TRY(take_integers(trace, doc));
    TRY(take_verdict(trace, doc));
done:
    return status;
}

static void point_to_texts(json_trace *trace)
{
    const conversation_json *talk = &trace->conversation;
    trace->record.id = distill_text_span(&trace->id);
    trace->record.prompt = distill_text_span(&talk->prompt);
    if (!talk->plain)
        trace->record.messages = distill_text_span(&talk->messages);
    trace->record.response = distill_text_span(&trace->response);
    trace->record.answer = distill_text_span(&trace->answer);
    trace->record.tests = distill_text_span(&trace->tests);
    trace->record.extra = distill_text_span(&trace->extra);
}

static void reset(json_trace *trace)
{
    distill_text_clear(&trace->id);
    distill_text_clear(&trace->response);
    distill_text_clear(&trace->answer);
    distill_text_clear(&trace->tests);
    distill_text_clear(&trace->extra);
    trace->record = (trace_record){.finish = TRACE_FINISH_STOP};
    trace->more = trace->finishes = trace->verdicts = trace->complete = NULL;
    trace->used.count = 0;
}

distill_status json_trace_read(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    reset(trace);
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%sexpected an object, found %s",
                         distill_json_where(doc, NULL, NULL), distill_json_kind_name(root)));
    TRY(take_rest(trace, doc));
    TRY(take_exchange(trace, doc));
    TRY(take_answer(trace, doc));
    TRY(json_rest_write(&trace->extra, &trace->used, doc, "extra"));
    point_to_texts(trace);
done:
    return status;
}

distill_status json_trace_next(json_trace *trace, const distill_json *doc, bool *more)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &trace->record;
    *more = trace->more != NULL;
    if (!*more)
        return DISTILL_OK;
    distill_text_clear(&trace->response);
    TRY(json_reply_add(&trace->response, doc, trace->more, (distill_span){"", 0}));
    if (distill_json_kind_of(trace->finishes) == DISTILL_JSON_STRING)
        TRY(json_field_parse_finish(&record->finish, distill_json_string(doc, trace->finishes),
                                    distill_json_where(doc, trace->finishes, NULL)));
    else if (trace->finishes != NULL || trace->complete != NULL)
        record->finish = is_cut(trace->complete) ? TRACE_FINISH_LENGTH : TRACE_FINISH_STOP;
    if (trace->verdicts != NULL)
        record->has_verdict = json_field_parse_correct(&record->correct, trace->verdicts);
    trace->more = distill_json_next(trace->more);
    trace->finishes = distill_json_next(trace->finishes);
    trace->verdicts = distill_json_next(trace->verdicts);
    trace->complete = distill_json_next(trace->complete);
    record->response = distill_text_span(&trace->response);
done:
    return status;
}

void json_trace_free(json_trace *trace)
{
    distill_text_free(&trace->id);
    distill_text_free(&trace->response);
    distill_text_free(&trace->answer);
    distill_text_free(&trace->tests);
    distill_text_free(&trace->extra);
    conversation_json_free(&trace->conversation);
}
