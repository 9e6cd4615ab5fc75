// tests/unit/generate/test_oracle_generate.c - inference against the numerical reference: logits of
// packed documents, greedy continuations and their log-probabilities, for every fixture in
// DISTILL_ORACLE_DIR (default ../shared/data/oracle); and the continuation of a published model.
#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/checkpoint/safetensors.h"
#include "distill/generate/engine.h"
#include "distill/generate/local_generator.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>

typedef struct prompt_list {
    distill_ids prompts[8];
    size_t count;
} prompt_list;

static void read_ids(distill_ids *out, const distill_json_node *array)
{
    out->count = 0;
    for (const distill_json_node *n = distill_json_first(array); n != NULL;
         n = distill_json_next(n))
        assert_ok(distill_ids_append(out, (int32_t)distill_json_number(n)));
}

static const char *join(const char *folder, const char *name)
{
    static char paths[4][2048];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static float *expected(const distill_safetensors *file, const char *name, size_t *count)
{
    const distill_safetensor *tensor = distill_safetensors_find(file, name);
    float *values = NULL;
    if (tensor == NULL)
        fail_msg("%s: no tensor %s", distill_safetensors_path(file), name);
    *count = tensor->count;
    assert_ok(DISTILL_NEW(&values, tensor->count));
    if (strcmp(tensor->dtype, "I32") == 0)
        for (size_t i = 0; i < tensor->count; i++) {
            int32_t id;
            memcpy(&id, tensor->data + 4 * i, 4);
            values[i] = (float)id;
        }
    else
        assert_ok(distill_safetensor_widen(values, tensor, 0, tensor->count));
    return values;
}

// ---- logits -------------------------------------------------------------------------------------

/// Decodes each document as a sequence of its own, token by token, and compares all logits.
static void check_logits(const char *fixture, const distill_json_node *batch,
                         const distill_safetensors *file)
{
    distill_checkpoint *ckpt = NULL;
    distill_inference_decoder *decoder = NULL;
    distill_kv_cache *cache = NULL;
    distill_ids tokens = {0};
    size_t count, at = 0, document = 0;
    float *logits_expected = expected(file, "logits", &count);
    read_ids(&tokens, distill_json_member(batch, "tokens"));
    assert_ok(distill_checkpoint_open(&ckpt, join(fixture, "checkpoint")));
    const distill_config *c = distill_checkpoint_config(ckpt);
    assert_int_equal(count, tokens.count * c->V);
    distill_inference_plan plan = {
        .rows = 1, .logits = 1, .context = tokens.count, .weights = DISTILL_WEIGHTS_FP32};
    distill_kv_plan kv = {
        .sequences = 1, .context = tokens.count, .pages = distill_kv_pages_for(tokens.count)};
    distill_tensor_views weights = distill_checkpoint_views(ckpt);
    assert_ok(distill_inference_decoder_create(&decoder, &weights, &plan));
    assert_ok(distill_kv_cache_create(&cache, c, &kv));
    double worst = 0, largest = 0;
    for (const distill_json_node *n =
             distill_json_first(distill_json_member(batch, "document_lengths"));
         n != NULL; n = distill_json_next(n), document++) {
        size_t length = (size_t)distill_json_number(n);
        distill_kv_release(cache, 0);
        assert_true(distill_kv_reserve(cache, 0, length));
        for (size_t t = 0; t < length; t++, at++) {
            distill_decode_span span = {0, t, tokens.at + at, 1, true, false};
            distill_inference_decoder_forward(decoder, cache, &span, 1);
            const float *logits = distill_inference_decoder_logits(decoder, 0);
            for (size_t v = 0; v < c->V; v++) {
                double error = fabs((double)logits[v] - (double)logits_expected[at * c->V + v]);
                worst = error > worst ? error : worst;
                largest = fmax(largest, fabs((double)logits_expected[at * c->V + v]));
            }
        }
    }
    print_message("%s: logits %.2g of the largest\n", strrchr(fixture, '/') + 1, worst / largest);
    assert_true(worst / largest < 2e-5);
    distill_kv_cache_free(cache);
    distill_inference_decoder_free(decoder);
    distill_checkpoint_close(ckpt);
    distill_ids_free(&tokens);
    distill_free(logits_expected);
}

// ---- continuations ------------------------------------------------------------------------------

typedef struct continuation_job {
    const prompt_list *list;
    size_t next, new_tokens;
    const float *tokens[8], *logprobs[8]; // expected
    double worst;                         // log-probability
    size_t done;
    distill_span text; // expected end of the only continuation; NULL bytes = not known
} continuation_job;

static distill_status next_prompt(void *context, distill_request *request, bool *more)
{
    continuation_job *job = context;
    *more = job->next < job->list->count;
    if (*more)
        *request = (distill_request){.prompt = job->list->prompts[job->next].at,
                                     .prompt_count = job->list->prompts[job->next].count,
                                     .prompt_key = job->next,
                                     .max_tokens = job->new_tokens,
                                     .tag = (void *)(intptr_t)job->next};
    job->next++;
    return DISTILL_OK;
}

static distill_status check_continuation(void *context, const distill_completion *c)
{
    continuation_job *job = context;
    size_t which = (size_t)(intptr_t)c->tag;
    assert_int_equal(c->finish, DISTILL_FINISH_LENGTH);
    assert_int_equal(c->count, job->new_tokens);
    for (size_t i = 0; i < c->count; i++) {
        assert_int_equal(c->ids[i], (int32_t)job->tokens[which][i]);
        if (job->logprobs[which] != NULL)
            job->worst = fmax(job->worst, fabs((double)(c->logprobs[i] - job->logprobs[which][i])));
    }
    if (job->text.bytes != NULL) {
        assert_in_range(c->text.length, 1, job->text.length);
        assert_memory_equal(c->text.bytes, job->text.bytes + job->text.length - c->text.length,
                            c->text.length);
    }
    job->done++;
    return DISTILL_OK;
}

static void run_greedy(const char *checkpoint, const distill_tokenizer *tok, continuation_job *job)
{
    distill_generator *generator = NULL;
    distill_local_options options = {.batch_size = 3, .weights = DISTILL_WEIGHTS_FP32};
    distill_sampling greedy = {.temperature = 0, .top_p = 1, .max_tokens = job->new_tokens};
    distill_generator_calls calls = {next_prompt, check_continuation, NULL, job};
    assert_ok(distill_local_generator_open(&generator, checkpoint, tok, &options));
    assert_ok(distill_generator_run(generator, &greedy, &calls));
    assert_int_equal(job->done, job->list->count);
    distill_generator_close(generator);
}

static void check_greedy(const char *fixture, const distill_json_node *batch,
                         const distill_safetensors *file)
{
    prompt_list list = {0};
    continuation_job job = {.list = &list};
    for (const distill_json_node *n = distill_json_first(distill_json_member(batch, "prompts"));
         n != NULL && list.count < 8; n = distill_json_next(n)) {
        char name[64];
        size_t i = list.count++;
        read_ids(&list.prompts[i], n);
        snprintf(name, sizeof name, "generate.%zu.tokens", i);
        job.tokens[i] = expected(file, name, &job.new_tokens);
        snprintf(name, sizeof name, "generate.%zu.logprobs", i);
        job.logprobs[i] = expected(file, name, &job.new_tokens);
    }
    run_greedy(join(fixture, "checkpoint"), NULL, &job);
    print_message("%s: %zu continuations equal, log-probabilities within %.2g\n",
                  strrchr(fixture, '/') + 1, job.done, job.worst);
    assert_true(job.worst < 1e-4);
    for (size_t i = 0; i < list.count; i++) {
        distill_ids_free(&list.prompts[i]);
        distill_free((void *)job.tokens[i]);
        distill_free((void *)job.logprobs[i]);
    }
}

static void check_fixture(const char *fixture)
{
    distill_json *batch = NULL;
    distill_safetensors *file = NULL;
    assert_ok(distill_json_read(&batch, join(fixture, "batch.json"), 1 << 26));
    assert_ok(distill_safetensors_open(&file, join(fixture, "expected.safetensors")));
    check_logits(fixture, distill_json_root(batch), file);
    check_greedy(fixture, distill_json_root(batch), file);
    distill_safetensors_close(file);
    distill_json_free(batch);
}

static void every_fixture_agrees(void **state)
{
    const char *folder = getenv("DISTILL_ORACLE_DIR");
    size_t count = 0;
    struct dirent *entry;
    (void)state;
    if (folder == NULL || folder[0] == '\0') {
        REQUIRE_SHARED(shared, "data/oracle");
        folder = shared;
    }
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char fixture[2048];
        snprintf(fixture, sizeof fixture, "%s/%s", folder, entry->d_name);
        if (distill_file_exists(join(fixture, "batch.json"))) {
            check_fixture(fixture);
            count++;
        }
    }
    closedir(dir);
    print_message("%zu fixtures in %s\n", count, folder);
    assert_true(count > 0);
}

static void a_published_model_gives_its_published_continuation(void **state)
{
    (void)state;
    REQUIRE_SHARED(dir, "data/models/stories260K");
    distill_json *doc = NULL;
    distill_tokenizer *tok = NULL;
    assert_ok(distill_tokenizer_load(&tok, dir));
    assert_ok(distill_json_read(&doc, join(dir, "expected.json"), 1 << 26));
    for (const distill_json_node *n = distill_json_first(distill_json_root(doc)); n != NULL;
         n = distill_json_next(n)) {
        prompt_list list = {.count = 1};
        distill_ids ids = {0};
        read_ids(&list.prompts[0], distill_json_member(n, "prompt_ids"));
        read_ids(&ids, distill_json_member(n, "ids"));
        size_t P = list.prompts[0].count;
        continuation_job job = {.list = &list, .new_tokens = ids.count - P};
        float tokens[512], logprobs[512];
        assert_in_range(job.new_tokens, 1, 512);
        const distill_json_node *lp = distill_json_first(distill_json_member(n, "logprobs"));
        for (size_t i = 1; i < P; i++) // of every token after the first
            lp = distill_json_next(lp);
        for (size_t i = 0; i < job.new_tokens; i++, lp = distill_json_next(lp)) {
            assert_non_null(lp);
            tokens[i] = (float)ids.at[P + i];
            logprobs[i] = (float)distill_json_number(lp);
        }
        job.tokens[0] = tokens;
        job.logprobs[0] = logprobs;
        job.text = distill_json_string(doc, distill_json_member(n, "text"));
        assert_non_null(job.text.bytes);
        run_greedy(dir, tok, &job);
        print_message("stories260K: %zu tokens equal, log-probabilities within %.2g\n",
                      job.new_tokens, job.worst);
        assert_true(job.worst < 1e-4);
        distill_ids_free(&list.prompts[0]);
        distill_ids_free(&ids);
    }
    distill_tokenizer_free(tok);
    distill_json_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fixture_agrees),
        cmocka_unit_test(a_published_model_gives_its_published_continuation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
