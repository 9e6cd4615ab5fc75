// datasets/traces/json_trace_read.c - a line's fields under the names that published sets give
// them.
//
// The first name of a list that the line has wins; a null counts as absent. Types are checked only
// where the field is surely meant: published sets use some of these names for values of other
// kinds.
#include "datasets/traces/json_trace_read.h"

#include "datasets/traces/json_exchange.h"
#include "datasets/traces/trace_columns.h"
#include "datasets/verify/code/code_tests.h"
#include "distill/base/json/json_writer.h"
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

/// The string of a field, `otherwise` if the field is absent or of another kind.
static distill_span label_of(const distill_json *doc, const char *key, const char *otherwise)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    return distill_json_kind_of(node) == DISTILL_JSON_STRING ? distill_json_string(doc, node)
                                                             : distill_span_of(otherwise);
}

/// Sets the whole numbers of the record that the line has (sample, counts of tokens).
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

/// Sets *out to 1, 0 or -1 for true, false or null, or by the sign of a number; gives false for a
/// value of another kind, which is no verdict.
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

/// The line has a verdict if `correct` is one, or `reason` is one of trace_reason.
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

// --- prompt and reply ------------------------------------------------------------------------

/// Begins the response with a thought that has a field of its own, in the line or in the message.
static distill_status take_thought(json_trace *trace, const distill_json *doc,
                                   const distill_json_node *object)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = first_in(object, THOUGHTS, &key);
    if (trace->response.length > 0) // the line had one
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

/// Removes the thought that take_thought wrote if the reply has one too.
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
    const distill_json_node *node = first_of(doc, PROMPTS, &key);
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
        TRY(add_scalar(&trace->prompt, doc, node, key));
    }
    if (strcmp(key, "instruction") == 0) {
        TRY(get_text(&input, doc, "input", ""));
        if (input.length > 0)
            TRY(distill_text_add(&trace->prompt, "\n\n"));
        TRY(distill_text_add_span(&trace->prompt, input));
    }
done:
    return status;
}

/// A reply is a text, or one message: [{"role":"assistant","content":…}], TRL's conversational
/// layout.
static distill_status take_completion(json_trace *trace, const distill_json *doc,
                                      const distill_json_node *node, const char *key)
{
    distill_status status = DISTILL_OK;
    if (distill_json_kind_of(node) != DISTILL_JSON_ARRAY)
        return add_scalar(&trace->response, doc, node, key);
    if (distill_json_count(node) != 1)
        TRY(wrong_type(doc, key, "one message", node));
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
    const distill_json_node *node = first_of(doc, names, &key);
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
        TRY(wrong_type(doc, key, "a list of replies", list));
    trace->more = distill_json_first(list);
    trace->finishes = first_parallel(doc, FINISH_LISTS, list);
    trace->verdicts = first_parallel(doc, VERDICT_LISTS, list);
    TRY(json_trace_next(trace, doc, &more));
done:
    return status;
}

/// A field that is a reply where no field is surely one: `solution`; `answer` if the thoughts have
/// a field of their own, or if it is GSM8K's worked solution, whose result follows "####". NULL if
/// there is none.
static const distill_json_node *reply_of_last_resort(const distill_json *doc, const char **key)
{
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *node = distill_json_present(root, "solution");
    const char *ignored = NULL;
    *key = "solution";
    if (node != NULL)
        return node;
    *key = "answer";
    node = distill_json_present(root, "answer");
    if (node != NULL && first_of(doc, THOUGHTS, &ignored) != NULL)
        return node;
    distill_span answer = distill_json_string(doc, node);
    bool worked = distill_span_find(answer, distill_span_of("####"), 0) != SIZE_MAX;
    return worked ? node : NULL;
}

static distill_status take_reply(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = first_of(doc, REPLIES, &key);
    const distill_json_node *list = node == NULL ? first_of(doc, REPLY_LISTS, &key) : NULL;
    if (list != NULL)
        return take_list(trace, doc, list, key);
    if (node == NULL)
        node = reply_of_last_resort(doc, &key);
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

/// Keeps what follows the last "####", if there is one.
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

/// The reference answer as it is written; of GSM8K's worked solution, which is the reply too, its
/// result.
static distill_status take_answer(json_trace *trace, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    const distill_json_node *node = first_of(doc, ANSWERS, &key);
    if (node == NULL)
        goto done;
    TRY(add_scalar(&trace->answer, doc, node, key));
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
    const distill_json_node *id = first_of(doc, IDS, &key);
    trace->has_id = id != NULL;
    if (id != NULL)
        TRY(add_scalar(&trace->id, doc, id, key));
    const distill_json_node *finish = first_of(doc, FINISHES, &key);
    if (finish != NULL)
        TRY(parse_finish(&record->finish, distill_json_string(doc, finish),
                         distill_json_where(doc, distill_json_root(doc), key)));
    TRY(code_tests_of_line(&trace->tests, doc));
    record->domain = label_of(doc, "domain", trace->tests.length > 0 ? "code" : "math");
    record->language = label_of(doc, "language", "");
    record->error = label_of(doc, "error", "");
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

/// A prompt and a reply with fields of their own win over a conversation that repeats them.
static bool is_conversation(const distill_json *doc)
{
    const char *key = NULL;
    bool reply = first_of(doc, REPLIES, &key) != NULL || first_of(doc, REPLY_LISTS, &key) != NULL;
    return first_of(doc, CONVERSATIONS, &key) != NULL &&
           !(reply && first_of(doc, PROMPTS, &key) != NULL);
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
        TRY(take_conversation(trace, doc, first_of(doc, CONVERSATIONS, &key)));
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
