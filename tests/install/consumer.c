// consumer.c - a program outside the project that uses the installed library: docs/library.md shows
// it.
//
// usage: consumer CHECKPOINT OUTPUT. Loads a checkpoint, asks it a question, stores the reply as a
// trace, reads the trace back, grades it, and prints the log-probability of the reply's text.
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_store.h"
#include "datasets/verify/verdict.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/generate/local_generator.h"
#include "distill/generate/score.h"
#include "distill/text/chat/chat_template.h"

#include <stdio.h>

typedef struct session {
    distill_tokenizer *tokenizer;
    distill_chat *chat;
    distill_ids prompt;
    bool sent;
    distill_text reply;
    distill_finish finish;
} session;

static const char QUESTION[] = "Compute ((17+5)*3-8)/2+9.\nPlease reason step by step, and put "
                               "your final answer within \\boxed{}.";

static distill_status next_request(void *context, distill_request *request, bool *more)
{
    session *s = context;
    *more = !s->sent;
    if (s->sent)
        return DISTILL_OK;
    *request = (distill_request){.prompt = s->prompt.at, .prompt_count = s->prompt.count};
    s->sent = true;
    return DISTILL_OK;
}

static distill_status keep_reply(void *context, const distill_completion *completion)
{
    session *s = context;
    s->finish = completion->finish;
    return distill_text_add_span(&s->reply, completion->text);
}

static distill_status generate(session *s, const char *checkpoint)
{
    distill_status status = DISTILL_OK;
    distill_generator *generator = NULL;
    const distill_local_options local = {.batch_size = 1};
    const distill_sampling sampling = {.temperature = 0, .top_p = 1, .max_tokens = 128};
    const distill_generator_calls calls = {.next = next_request, .done = keep_reply, .context = s};
    const distill_message message = {.role = distill_span_of("user"),
                                     .content = distill_span_of(QUESTION)};
    const distill_render_options render = {.add_generation_prompt = true};
    TRY(distill_tokenizer_load(&s->tokenizer, checkpoint));
    TRY(distill_chat_open(&s->chat, s->tokenizer,
                          &(distill_chat_options){.chat_template = "auto"}));
    TRY(distill_chat_encode_prompt(&s->prompt, s->chat, &message, 1, &render));
    TRY(distill_local_generator_open(&generator, checkpoint, s->tokenizer, &local));
    TRY(distill_generator_run(generator, &sampling, &calls));
done:
    distill_generator_close(generator);
    return status;
}

static distill_status store(const session *s, const char *output)
{
    distill_status status = DISTILL_OK;
    trace_store *traces = NULL;
    const trace_store_settings settings = {.teacher = "builtin",
                                           .tokenizer_sha256 = "",
                                           .settings_json = "{}",
                                           .shard_traces = 100,
                                           .compression_level = 3};
    const trace_finish finish = s->finish == DISTILL_FINISH_STOP     ? TRACE_FINISH_STOP
                                : s->finish == DISTILL_FINISH_LENGTH ? TRACE_FINISH_LENGTH
                                                                     : TRACE_FINISH_ERROR;
    const trace_record record = {.id = distill_span_of("q1"),
                                 .prompt = distill_span_of(QUESTION),
                                 .response = distill_text_span(&s->reply),
                                 .answer = distill_span_of("38"),
                                 .domain = distill_span_of("math"),
                                 .finish = finish};
    TRY(trace_store_open(&traces, output, &settings));
    TRY(trace_store_append(traces, &record, 0));
    TRY(trace_store_finish(traces));
done:
    trace_store_close(traces);
    return status;
}

static distill_status grade(const char *output)
{
    distill_status status = DISTILL_OK;
    trace_reader *traces = NULL;
    trace_record record;
    verdict v = {0};
    TRY(trace_reader_open(&traces, output));
    TRY(trace_reader_read(traces, 0, &record));
    TRY(verdict_of(&v, record.domain, record.answer, record.response));
    printf("%s: %s\n", v.outcome == VERDICT_RIGHT ? "right" : "wrong", v.extracted.bytes);
done:
    verdict_free(&v);
    trace_reader_close(traces);
    return status;
}

static distill_status score(const session *s, const char *checkpoint)
{
    distill_status status = DISTILL_OK;
    distill_checkpoint *weights = NULL;
    distill_scorer *scorer = NULL;
    distill_ids ids = {0};
    float *nll = NULL, sum = 0;
    TRY(distill_tokenizer_encode(&ids, s->tokenizer, s->reply.bytes, s->reply.length,
                                 DISTILL_PLAIN));
    TRY(DISTILL_NEW(&nll, ids.count));
    TRY(distill_checkpoint_open(&weights, checkpoint));
    TRY(distill_scorer_create(&scorer, weights, DISTILL_WEIGHTS_BF16));
    TRY(distill_score(nll, scorer, ids.at, ids.count));
    for (size_t i = 0; i < ids.count; i++)
        sum += nll[i];
    printf("%zu tokens, %.1f nats\n", ids.count, (double)sum);
done:
    distill_scorer_free(scorer);
    distill_checkpoint_close(weights);
    distill_free(nll);
    distill_ids_free(&ids);
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    session s = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: consumer CHECKPOINT OUTPUT\n");
        return 2;
    }
    TRY(generate(&s, argv[1]));
    TRY(store(&s, argv[2]));
    TRY(grade(argv[2]));
    TRY(score(&s, argv[1]));
done:
    if (status != DISTILL_OK)
        fprintf(stderr, "consumer: %s\n", distill_error_message());
    distill_text_free(&s.reply);
    distill_ids_free(&s.prompt);
    distill_chat_close(s.chat);
    distill_tokenizer_free(s.tokenizer);
    return status != DISTILL_OK;
}
