// datasets/filter/filter_rules.c - one function for each rule, and the table of their order: rules
// that are cheap and reject many traces come first.
#include "datasets/filter/filter_rules.h"

#include "datasets/filter/rules/encoding_fault.h"
#include "datasets/filter/rules/prose.h"
#include "datasets/filter/rules/refusal.h"
#include "distill/base/json/json_reader.h"
#include "distill/text/chat/think.h"

distill_status filter_scratch_create(filter_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    *scratch = (filter_scratch){0};
    TRY(repetition_scratch_create(&scratch->repetition));
    TRY(language_scratch_create(&scratch->language));
done:
    return status;
}

void filter_scratch_free(filter_scratch *scratch)
{
    repetition_scratch_free(scratch->repetition);
    language_scratch_free(scratch->language);
    decontamination_scratch_free(&scratch->words);
    *scratch = (filter_scratch){0};
}

static distill_status check_error(bool *reject, const filter_case *c)
{
    *reject = c->trace->finish == TRACE_FINISH_ERROR;
    return DISTILL_OK;
}

static distill_status check_truncated(bool *reject, const filter_case *c)
{
    *reject = c->trace->finish == TRACE_FINISH_LENGTH && !c->settings->keep_truncated;
    return DISTILL_OK;
}

static distill_status check_encoding(bool *reject, const filter_case *c)
{
    *reject = encoding_fault(c->trace->response) != NULL;
    return DISTILL_OK;
}

static distill_status check_empty(bool *reject, const filter_case *c)
{
    *reject = reply_is_empty(c->trace->response);
    return DISTILL_OK;
}

static distill_status check_refusal(bool *reject, const filter_case *c)
{
    *reject = c->settings->no_refusals && refusal_found(c->trace->response);
    return DISTILL_OK;
}

static distill_status check_format(bool *reject, const filter_case *c)
{
    *reject = reply_format_fault(c->settings->format, c->trace->response) != NULL;
    return DISTILL_OK;
}

/// The part of the reply that the rules of readability look at.
static distill_span readable_text(const filter_case *c)
{
    distill_span thought, answer, reply = c->trace->response;
    distill_think_split(&thought, &answer, reply);
    if (thought.length == 0 && distill_think_is_never_closed(reply)) // cut within it
        return c->settings->readable == READABLE_ANSWER ? (distill_span){"", 0} : reply;
    if (c->settings->readable == READABLE_THOUGHT)
        return distill_span_trim(thought).length > 0 ? thought : reply;
    return c->settings->readable == READABLE_ANSWER ? answer : reply;
}

static distill_status check_language(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    double share = 0;
    if (c->settings->max_language_mix >= 1)
        goto done;
    distill_span language =
        c->settings->language != NULL ? distill_span_of(c->settings->language) : c->trace->language;
    TRY(language_mix(&share, c->trace->prompt, readable_text(c), language, c->scratch->language));
    *reject = share > c->settings->max_language_mix;
done:
    return status;
}

static distill_status check_repetition(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    double share = 0;
    // --select best ranks by the share even where the rule is off
    if (c->settings->max_repetition >= 1 && c->settings->selection.rule.order != SELECT_BEST)
        goto done;
    TRY(repetition_share(&share, c->trace->response, c->scratch->repetition));
    c->scratch->repetition_share = (float)share;
    *reject = share > c->settings->max_repetition;
done:
    return status;
}

/// A paragraph ends at a blank line. Its length is in characters.
static distill_status check_paragraph(bool *reject, const filter_case *c)
{
    size_t length = 0;
    if (c->settings->max_paragraph_chars == 0)
        return DISTILL_OK;
    distill_span text = readable_text(c);
    for (size_t i = 0; i < text.length && !*reject; i++) {
        bool blank = text.bytes[i] == '\n' && i + 1 < text.length && text.bytes[i + 1] == '\n';
        length = blank ? 0 : length + ((text.bytes[i] & 0xC0) != 0x80);
        *reject = length > c->settings->max_paragraph_chars;
    }
    return DISTILL_OK;
}

static distill_status check_code_block(bool *reject, const filter_case *c)
{
    *reject = c->settings->no_code_blocks && prose_has_code_block(readable_text(c));
    return DISTILL_OK;
}

distill_status filter_rules_check_count(const trace_record *trace)
{
    if (trace->response_tokens > 0 || trace->response.length == 0)
        return DISTILL_OK;
    return distill_fail(DISTILL_USAGE,
                        "the trace %.*s has no token count, which --min-tokens and --max-tokens "
                        "need; --tokenizer DIR counts",
                        (int)(trace->id.length < 100 ? trace->id.length : 100), trace->id.bytes);
}

/// Sets *tokens to the length of the reply; imported replies may have no count.
/// Errors  USAGE if there is no tokenizer to count with.
static distill_status count_tokens(size_t *tokens, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    const trace_record *trace = c->trace;
    distill_ids ids = {0};
    *tokens = trace->response_tokens > 0 ? (size_t)trace->response_tokens : c->scratch->tokens;
    if (*tokens > 0 || trace->response.length == 0)
        goto done;
    if (c->settings->tokenizer == NULL)
        TRY(filter_rules_check_count(trace));
    TRY(distill_tokenizer_encode(&ids, c->settings->tokenizer, trace->response.bytes,
                                 trace->response.length, DISTILL_PARSE_SPECIAL));
    *tokens = c->scratch->tokens = ids.count;
done:
    distill_ids_free(&ids);
    return status;
}

static distill_status check_too_short(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    size_t tokens = 0;
    if (c->settings->min_tokens == 0)
        return DISTILL_OK;
    TRY(count_tokens(&tokens, c));
    *reject = tokens < c->settings->min_tokens;
done:
    return status;
}

static distill_status check_too_long(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    size_t tokens = 0;
    if (c->settings->max_tokens == 0)
        return DISTILL_OK;
    TRY(count_tokens(&tokens, c));
    *reject = tokens > c->settings->max_tokens;
done:
    return status;
}

/// Looks for a benchmark's words in each text of the trace's other fields, such as a solution.
static distill_status check_extra(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (c->trace->extra.length == 0)
        goto done;
    TRY(distill_json_parse(&doc, c->trace->extra.bytes, c->trace->extra.length, "extra"));
    for (const distill_json_node *node = distill_json_first(distill_json_root(doc));
         node != NULL && !*reject; node = distill_json_next(node))
        if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
            TRY(decontamination_hit(reject, &c->scratch->overlap, c->settings->benchmarks,
                                    BENCHMARK_OTHER, distill_json_string(doc, node),
                                    &c->scratch->words));
done:
    distill_json_free(doc);
    return status;
}

static distill_status check_contaminated(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    const decontamination *benchmarks = c->settings->benchmarks;
    if (benchmarks == NULL)
        return DISTILL_OK;
    TRY(decontamination_hit(reject, &c->scratch->overlap, benchmarks, BENCHMARK_PROMPT,
                            c->trace->prompt, &c->scratch->words));
    if (*reject || c->settings->contaminated == CONTAMINATED_PROMPT)
        goto done;
    TRY(decontamination_hit(reject, &c->scratch->overlap, benchmarks, BENCHMARK_OTHER,
                            c->trace->answer, &c->scratch->words));
    if (!*reject)
        TRY(check_extra(reject, c));
done:
    return status;
}

const filter_rule FILTER_RULES[] = {
    {TRACE_ERROR, check_error},
    {TRACE_TRUNCATED, check_truncated},
    {TRACE_EMPTY, check_empty},
    {TRACE_ENCODING, check_encoding},
    {TRACE_CONTAMINATED, check_contaminated},
    {TRACE_TOO_SHORT, check_too_short},
    {TRACE_TOO_LONG, check_too_long},
    {TRACE_FORMAT, check_format},
    {TRACE_CODE_BLOCK, check_code_block},
    {TRACE_PARAGRAPH, check_paragraph},
    {TRACE_LANGUAGE, check_language},
    {TRACE_REPETITION, check_repetition},
    {TRACE_REFUSAL, check_refusal},
};
const size_t FILTER_RULE_COUNT = sizeof FILTER_RULES / sizeof *FILTER_RULES;

distill_status filter_rules_check(trace_reason *reason, const filter_settings *settings,
                                  const trace_record *trace, filter_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    const filter_case c = {settings, trace, scratch};
    *reason = TRACE_KEPT;
    scratch->repetition_share = -1;
    scratch->tokens = 0;
    for (size_t i = 0; i < FILTER_RULE_COUNT && *reason == TRACE_KEPT; i++) {
        bool reject = false;
        TRY(FILTER_RULES[i].check(&reject, &c));
        if (reject)
            *reason = FILTER_RULES[i].reason;
    }
done:
    return status;
}
