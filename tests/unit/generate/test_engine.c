// tests/unit/generate/test_engine.c - replies are bitwise independent of batch size, memory, order
// and threads; where they stop; memory and errors.
#include "distill/generate/engine.h"

#include "distill/base/rng.h"
#include "distill/base/sha256.h"
#include "distill/base/threads.h"
#include "distill/checkpoint/hf_read.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROMPTS = 9, SAMPLES = 4, REPLIES = PROMPTS * SAMPLES, CONTEXT = 300, K = 3 };

typedef struct fixture {
    distill_tokenizer *tok;
    distill_layout *layout;
    float *block;
} fixture;

static fixture model;

static int open_model(void **state)
{
    char dir[256];
    distill_checkpoint *ckpt = NULL;
    (void)state;
    snprintf(dir, sizeof dir, "%s/model", scratch_folder());
    tiny_model_write(dir, &TINY_QWEN2);
    assert_ok(distill_tokenizer_load(&model.tok, dir));
    assert_ok(distill_checkpoint_open(&ckpt, dir));
    assert_ok(distill_layout_create(&model.layout, distill_checkpoint_config(ckpt)));
    assert_ok(DISTILL_NEW(&model.block, model.layout->total));
    assert_ok(distill_checkpoint_load(model.block, model.layout, ckpt));
    for (size_t i = 0; i < model.layout->total; i++)
        model.block[i] *= 3; // sharper distributions: replies differ in length and text
    distill_checkpoint_close(ckpt);
    return 0;
}

static int close_model(void **state)
{
    (void)state;
    distill_free(model.block);
    distill_layout_free(model.layout);
    distill_tokenizer_free(model.tok);
    return 0;
}

static distill_engine *create(size_t batch_size, size_t pages, size_t context)
{
    static const int32_t stop_ids[] = {TINY_IM_END, TINY_END_OF_TEXT};
    distill_inference_decoder *decoder = NULL;
    distill_engine *engine = NULL;
    distill_inference_plan plan = distill_engine_decoder_plan(batch_size, context);
    plan.weights = DISTILL_WEIGHTS_FP32;
    distill_engine_options options = {.batch_size = batch_size,
                                      .context = context,
                                      .pages = pages,
                                      .tok = model.tok,
                                      .stop_ids = stop_ids,
                                      .stop_id_count = 2};
    distill_tensor_view *views = NULL;
    assert_ok(DISTILL_NEW(&views, model.layout->count));
    distill_block_views(views, model.layout, model.block, DISTILL_F32);
    distill_tensor_views weights = {model.layout, views, NULL};
    assert_ok(distill_inference_decoder_create(&decoder, &weights, &plan));
    distill_free(views);
    assert_ok(distill_engine_create(&engine, decoder, &options));
    return engine;
}

// ---- a set of requests and their replies --------------------------------------------------------

typedef struct outcome {
    int32_t ids[CONTEXT];
    float logprobs[CONTEXT];
    int32_t topk_ids[CONTEXT * K];
    float topk_logprobs[CONTEXT * K];
    size_t count, sampled;
    char text[4 * CONTEXT]; // may hold NULs
    size_t length;
    distill_finish finish;
} outcome;

typedef struct request_set {
    int32_t prompts[PROMPTS][200];
    size_t lengths[PROMPTS];
    size_t max_tokens, first, count; // replies first … first+count-1
    bool backwards;
    bool alone; // requests have no prompt key
    size_t next;
    outcome *outcomes; // [REPLIES]
    size_t done;
    distill_status fail_with; // of the done call
} request_set;

static void make_requests(request_set *set)
{
    static outcome outcomes[REPLIES];
    const size_t lengths[PROMPTS] = {1, 2, 3, 40, 64, 65, 66, 129, 180};
    memset(outcomes, 0, sizeof outcomes);
    *set = (request_set){.max_tokens = 100, .count = REPLIES, .outcomes = outcomes};
    for (size_t p = 0; p < PROMPTS; p++) {
        set->lengths[p] = lengths[p];
        for (size_t i = 0; i < lengths[p]; i++)
            set->prompts[p][i] = (int32_t)((i * i + 13 * p + 40) % 250);
    }
}

static distill_status next_request(void *context, distill_request *request, bool *more)
{
    request_set *set = context;
    *more = set->next < set->count;
    if (!*more)
        return DISTILL_OK;
    size_t i = set->first + (set->backwards ? set->count - 1 - set->next : set->next);
    set->next++;
    *request = (distill_request){.prompt = set->prompts[i / SAMPLES],
                                 .prompt_count = set->lengths[i / SAMPLES],
                                 .prompt_key = set->alone ? 0 : i / SAMPLES + 1,
                                 .stream = distill_rng_stream(5, "id", 2, i),
                                 .max_tokens = set->max_tokens,
                                 .tag = &set->outcomes[i]};
    return DISTILL_OK;
}

static distill_status keep(void *context, const distill_completion *c)
{
    request_set *set = context;
    outcome *o = c->tag;
    if (set->fail_with != DISTILL_OK)
        return distill_fail(set->fail_with, "the caller fails");
    assert_int_equal(o->count, 0);
    memcpy(o->ids, c->ids, c->count * sizeof *o->ids);
    memcpy(o->logprobs, c->logprobs, c->count * sizeof *o->logprobs);
    if (c->K > 0) {
        memcpy(o->topk_ids, c->topk_ids, c->count * c->K * sizeof *o->topk_ids);
        memcpy(o->topk_logprobs, c->topk_logprobs, c->count * c->K * sizeof(float));
    }
    o->count = c->count;
    o->sampled = c->sampled;
    o->finish = c->finish;
    assert_true(c->text.length < sizeof o->text);
    memcpy(o->text, c->text.bytes, c->text.length);
    o->length = c->text.length;
    set->done++;
    return DISTILL_OK;
}

static const distill_sampling RULES = {
    .temperature = 0.9, .top_p = 0.97, .max_tokens = 1000, .logprobs = K};

static void run(request_set *set, distill_engine *engine, const distill_sampling *rules)
{
    distill_generator_calls calls = {next_request, keep, NULL, set};
    set->next = set->done = 0;
    memset(set->outcomes, 0, REPLIES * sizeof *set->outcomes);
    assert_ok(distill_engine_run(engine, rules, &calls));
    assert_int_equal(set->done, set->count);
}

static void run_fresh(request_set *set, size_t batch_size, size_t pages)
{
    distill_engine *engine = create(batch_size, pages, CONTEXT);
    run(set, engine, &RULES);
    distill_engine_free(engine);
}

static void digest(char hex[DISTILL_SHA256_HEX], const request_set *set)
{
    assert_ok(distill_sha256_bytes(hex, set->outcomes, REPLIES * sizeof *set->outcomes));
}

static char
    expected_digest[DISTILL_SHA256_HEX]; // batch 1, one thread: filled before any other test

/// In a process of its own, because the number of threads is chosen once.
static void digest_with_threads(char hex[DISTILL_SHA256_HEX], int threads, size_t batch_size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        static request_set set;
        if (distill_threads_set(threads) != DISTILL_OK)
            _exit(1);
        open_model(NULL);
        make_requests(&set);
        run_fresh(&set, batch_size, 100);
        digest(hex, &set);
        _exit(write(ends[1], hex, DISTILL_SHA256_HEX) == DISTILL_SHA256_HEX ? 0 : 1);
    }
    int result = 1;
    waitpid(child, &result, 0);
    assert_int_equal(result, 0);
    assert_int_equal(read(ends[0], hex, DISTILL_SHA256_HEX), DISTILL_SHA256_HEX);
    close(ends[0]);
    close(ends[1]);
}

static void threads_do_not_change_a_bit(void **state)
{
    char hex[DISTILL_SHA256_HEX];
    (void)state;
    scratch_folder(); // this process removes it
    digest_with_threads(expected_digest, 1, 1);
    for (int threads = 1; threads <= 3; threads++)
        for (size_t batch_size = 1; batch_size <= 40; batch_size += 13) {
            digest_with_threads(hex, threads, batch_size);
            assert_string_equal(hex, expected_digest);
        }
}

static void batch_size_and_order_do_not_change_a_bit(void **state)
{
    static request_set set;
    char hex[DISTILL_SHA256_HEX];
    (void)state;
    const size_t sizes[] = {1, 2, 3, 7, 36, 64};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        make_requests(&set);
        set.backwards = i % 2 == 1;
        set.alone = i % 3 == 1;
        run_fresh(&set, sizes[i], 400);
        digest(hex, &set);
        assert_string_equal(hex, expected_digest);
    }
}

static void preemption_does_not_change_a_bit(void **state)
{
    static request_set set;
    char hex[DISTILL_SHA256_HEX];
    (void)state;
    size_t least = distill_engine_min_pages(CONTEXT);
    for (size_t pages = least; pages < least + 12; pages += 3)
        for (size_t batch_size = 1; batch_size < 40; batch_size += 9) {
            make_requests(&set);
            set.backwards = pages % 2 == 1;
            set.alone = batch_size % 2 == 0;
            run_fresh(&set, batch_size, pages);
            digest(hex, &set);
            assert_string_equal(hex, expected_digest);
        }
}

static void replies_do_not_depend_on_other_requests(void **state)
{
    static request_set set;
    static outcome whole[REPLIES];
    (void)state;
    make_requests(&set);
    distill_engine *engine = create(5, 100, CONTEXT);
    run(&set, engine, &RULES);
    memcpy(whole, set.outcomes, sizeof whole);
    set.first = 13;
    set.count = 9;
    run(&set, engine, &RULES);
    assert_memory_equal(set.outcomes + 13, whole + 13, 9 * sizeof *whole);
    distill_engine_free(engine);
}

static void replies_differ_and_contain_what_was_sampled(void **state)
{
    static request_set set;
    size_t stopped = 0, different = 0;
    (void)state;
    make_requests(&set);
    run_fresh(&set, 8, 100);
    for (size_t i = 0; i < REPLIES; i++) {
        const outcome *o = &set.outcomes[i];
        assert_int_equal(o->sampled, o->count + (o->finish == DISTILL_FINISH_STOP));
        assert_true(o->finish == DISTILL_FINISH_STOP || o->count == 100);
        stopped += o->finish == DISTILL_FINISH_STOP;
        different += i % SAMPLES > 0 && memcmp(o->text, o[-1].text, sizeof o->text) != 0;
        for (size_t t = 0; t < o->count; t++) {
            assert_in_range(o->ids[t], 0, TINY_IM_END); // rows beyond the tokenizer are never drawn
            assert_true(o->ids[t] != TINY_IM_END && o->ids[t] != TINY_END_OF_TEXT);
            assert_true(o->logprobs[t] < 0 && o->topk_logprobs[t * K] >= o->logprobs[t]);
            assert_true(o->topk_logprobs[t * K] >= o->topk_logprobs[t * K + 1]);
        }
    }
    assert_true(stopped > 0 && stopped < REPLIES);
    assert_true(different > REPLIES / 2);
}

// ---- where replies end --------------------------------------------------------------------------

// A model whose weights are 0 gives every token the same probability, so that a token shows the
// random number it was drawn with: that of (stream, position).
static void each_token_is_drawn_with_the_number_of_its_position(void **state)
{
    (void)state;
    static request_set set;
    float *trained = model.block, *nothing = NULL;
    distill_sampling rules = {.temperature = 1, .top_p = 1, .max_tokens = 100};
    const double allowed = (double)distill_tokenizer_size(model.tok);
    size_t compared = 0;
    assert_ok(DISTILL_NEW(&nothing, model.layout->total));
    model.block = nothing;
    distill_engine *engine = create(7, 200, CONTEXT);
    model.block = trained;
    make_requests(&set);
    run(&set, engine, &rules);
    for (size_t i = 0; i < REPLIES; i++) {
        uint64_t stream = distill_rng_stream(5, "id", 2, i);
        for (size_t t = 0; t < set.outcomes[i].count; t++, compared++)
            assert_true(fabs(set.outcomes[i].ids[t] - distill_rng_at(stream, t) * allowed) < 2);
    }
    assert_true(compared > 1000);
    distill_engine_free(engine);
    distill_free(nothing);
}

static void stop_strings_cut_the_text_across_tokens(void **state)
{
    static request_set set;
    static outcome plain[REPLIES];
    (void)state;
    make_requests(&set);
    distill_engine *engine = create(8, 100, CONTEXT);
    run(&set, engine, &RULES);
    memcpy(plain, set.outcomes, sizeof plain);
    size_t cut = 0;
    for (size_t i = 3; i < REPLIES; i += 8) { // a part of some reply's text is the stop string
        char stop[6] = "";
        if (plain[i].length < 40)
            continue;
        memcpy(stop, plain[i].text + 30, 5);
        if (strlen(stop) < 5)
            continue;
        const char *const stops[] = {"never seen in any reply", stop};
        distill_sampling rules = RULES;
        rules.stop = stops;
        rules.stop_count = 2;
        run(&set, engine, &rules);
        for (size_t j = 0; j < REPLIES; j++) {
            const char *place = memmem(plain[j].text, plain[j].length, stop, 5);
            const outcome *o = &set.outcomes[j];
            if (place == NULL) {
                assert_memory_equal(o, &plain[j], sizeof *o);
                continue;
            }
            assert_int_equal(o->finish, DISTILL_FINISH_STOP);
            assert_int_equal(o->length, place - plain[j].text);
            assert_memory_equal(o->text, plain[j].text, o->length);
            assert_memory_equal(o->ids, plain[j].ids, o->count * sizeof *o->ids);
            assert_true(o->count <= plain[j].count);
            cut++;
        }
    }
    assert_true(cut > 0);
    distill_engine_free(engine);
}

static void limits_are_respected(void **state)
{
    static request_set set;
    distill_engine *engine = create(6, 100, 190);
    distill_sampling rules = RULES;
    (void)state;
    make_requests(&set);
    set.max_tokens = 1;
    run(&set, engine, &rules);
    for (size_t i = 0; i < REPLIES; i++)
        assert_true(set.outcomes[i].sampled == 1);
    set.max_tokens = 0; // as in the settings: the context of 190 ends the long ones
    run(&set, engine, &rules);
    for (size_t i = 0; i < REPLIES; i++) {
        size_t left = 190 - set.lengths[i / SAMPLES];
        assert_true(set.outcomes[i].count <= left);
        assert_true(set.outcomes[i].finish == DISTILL_FINISH_STOP || set.outcomes[i].count == left);
    }
    rules.max_tokens = 7;
    run(&set, engine, &rules);
    for (size_t i = 0; i < REPLIES; i++)
        assert_true(set.outcomes[i].count <= 7);
    distill_engine_free(engine);
}

static void logits_that_are_not_finite_give_an_error_reply(void **state)
{
    static request_set set;
    (void)state;
    float *norm = model.block + model.layout->layers[0].attn_norm, held[512];
    size_t D = model.layout->config.D;
    assert_in_range(D, 1, 512);
    memcpy(held, norm, D * sizeof *norm);
    for (size_t i = 0; i < D; i++)
        norm[i] = 3e38f; // scores become infinite
    make_requests(&set);
    distill_engine *engine = create(6, 100, CONTEXT);
    memcpy(norm, held, D * sizeof *norm);
    run(&set, engine, &RULES);
    for (size_t i = 0; i < REPLIES; i++)
        assert_int_equal(set.outcomes[i].finish, DISTILL_FINISH_ERROR);
    distill_engine_free(engine);
}

// ---- memory and errors --------------------------------------------------------------------------

static void a_warm_engine_allocates_nothing(void **state)
{
    static request_set set;
    distill_engine *engine = create(8, 100, CONTEXT);
    const char *const stops[] = {"zzzz"};
    distill_sampling rules = RULES;
    (void)state;
    rules.stop = stops;
    rules.stop_count = 1;
    make_requests(&set);
    run(&set, engine, &rules);
    run(&set, engine, &rules); // warm up
    uint64_t before = distill_allocation_count();
    run(&set, engine, &rules);
    assert_int_equal(distill_allocation_count(), before);
    distill_engine_free(engine);
}

static void after_errors_of_requests_and_callbacks_the_engine_is_usable(void **state)
{
    static request_set set;
    char hex[DISTILL_SHA256_HEX];
    distill_engine *engine = create(4, 100, CONTEXT);
    distill_generator_calls calls = {next_request, keep, NULL, &set};
    distill_sampling rules = RULES;
    (void)state;
    make_requests(&set);
    set.prompts[3][20] = 320;
    assert_fails(distill_engine_run(engine, &rules, &calls), DISTILL_FORMAT, "320");
    make_requests(&set);
    set.lengths[2] = 0;
    assert_fails(distill_engine_run(engine, &rules, &calls), DISTILL_USAGE, "empty");
    make_requests(&set);
    set.lengths[2] = CONTEXT;
    assert_fails(distill_engine_run(engine, &rules, &calls), DISTILL_LIMIT, "300");
    make_requests(&set);
    set.fail_with = DISTILL_IO;
    assert_fails(distill_engine_run(engine, &rules, &calls), DISTILL_IO, "the caller fails");
    rules.top_p = 3;
    assert_fails(distill_engine_run(engine, &rules, &calls), DISTILL_USAGE, "top-p");
    make_requests(&set);
    run(&set, engine, &RULES);
    digest(hex, &set);
    assert_string_equal(hex, expected_digest);
    distill_engine_free(engine);
}

static void failed_allocations_are_errors(void **state)
{
    static request_set set;
    distill_status status = DISTILL_NO_MEMORY;
    distill_generator_calls calls = {next_request, keep, NULL, &set};
    (void)state;
    for (uint64_t n = 1; status == DISTILL_NO_MEMORY && n < 2000; n += n < 60 ? 1 : 7) {
        distill_engine *engine = create(4, 100, CONTEXT);
        make_requests(&set);
        distill_allocation_fail_at(n);
        status = distill_engine_run(engine, &RULES, &calls);
        distill_allocation_fail_at(0);
        distill_engine_free(engine);
    }
    assert_int_equal(status, DISTILL_OK);
}

int main(void)
{
    const struct CMUnitTest forking[] = {cmocka_unit_test(threads_do_not_change_a_bit)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_size_and_order_do_not_change_a_bit),
        cmocka_unit_test(preemption_does_not_change_a_bit),
        cmocka_unit_test(replies_do_not_depend_on_other_requests),
        cmocka_unit_test(replies_differ_and_contain_what_was_sampled),
        cmocka_unit_test(each_token_is_drawn_with_the_number_of_its_position),
        cmocka_unit_test(stop_strings_cut_the_text_across_tokens),
        cmocka_unit_test(limits_are_respected),
        cmocka_unit_test(logits_that_are_not_finite_give_an_error_reply),
        cmocka_unit_test(a_warm_engine_allocates_nothing),
        cmocka_unit_test(after_errors_of_requests_and_callbacks_the_engine_is_usable),
        cmocka_unit_test(failed_allocations_are_errors),
    };
    if (cmocka_run_group_tests(forking, NULL, NULL) != 0) // before this process has threads
        return 1;
    return cmocka_run_group_tests(tests, open_model, close_model);
}
