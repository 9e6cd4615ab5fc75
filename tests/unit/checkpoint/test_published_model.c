// tests/unit/checkpoint/test_published_model.c - a published checkpoint, loaded and run.
#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/model/decoder/decoder.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

/// ../shared/data/models/stories260K: log-probabilities of an independent float64 program, rounded
/// to 1e-6.
static void a_model_trained_by_others_gives_their_log_probabilities(void **state)
{
    (void)state;
    REQUIRE_SHARED(dir, "data/models/stories260K")
    REQUIRE_SHARED(path, "data/models/stories260K/expected.json")
    distill_checkpoint *checkpoint = NULL;
    distill_json *doc = NULL;
    distill_layout *layout = NULL;
    float *params = NULL;
    double worst = 0;
    assert_ok(distill_checkpoint_open(&checkpoint, dir));
    assert_ok(distill_layout_create(&layout, distill_checkpoint_config(checkpoint)));
    assert_ok(DISTILL_NEW(&params, layout->total));
    assert_ok(distill_checkpoint_load(params, layout, checkpoint));
    assert_ok(distill_json_read(&doc, path, 1 << 22));
    for (const distill_json_node *e = distill_json_first(distill_json_root(doc)); e != NULL;
         e = distill_json_next(e)) {
        distill_decoder *decoder = NULL;
        distill_ids ids = {0};
        float nll[512];
        double sum = 0;
        size_t t = 1;
        for (const distill_json_node *n = distill_json_first(distill_json_member(e, "ids"));
             n != NULL; n = distill_json_next(n))
            assert_ok(distill_ids_append(&ids, (int32_t)distill_json_number(n)));
        distill_decoder_plan plan = {.max_tokens = ids.count};
        distill_packed_batch batch = {ids.at, ids.count, &ids.count, 1, NULL};
        distill_cross_entropy_loss context = {.nll = nll};
        distill_logits_loss loss = distill_decoder_cross_entropy(&context);
        assert_true(ids.count <= 512);
        assert_ok(distill_decoder_create(&decoder, layout, &plan));
        assert_ok(distill_decoder_forward(decoder, params, &batch));
        assert_ok(distill_decoder_loss(decoder, NULL, params, &batch, &loss, 1, &sum));
        for (const distill_json_node *n = distill_json_first(distill_json_member(e, "logprobs"));
             n != NULL; n = distill_json_next(n), t++)
            worst = fmax(worst, fabs((double)nll[t] + distill_json_number(n)));
        assert_int_equal(t, ids.count);
        distill_decoder_free(decoder);
        distill_ids_free(&ids);
    }
    print_message("largest difference of a log-probability: %.2g\n", worst);
    assert_true(worst < 2e-5);
    distill_json_free(doc);
    distill_free(params);
    distill_layout_free(layout);
    distill_checkpoint_close(checkpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_trained_by_others_gives_their_log_probabilities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
