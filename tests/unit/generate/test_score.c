// tests/unit/generate/test_score.c - scores equal those of the training decoder with float32
// weights; the loss of other weight types is small on a published model's own language.
#include "distill/generate/score.h"

#include "distill/base/json/json_reader.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <math.h>

/// Nats a token of `ids` under `dir`, with weights of type `weights`; nll [count].
static double score(float *nll, const char *dir, distill_weights weights, const distill_ids *ids)
{
    distill_checkpoint *ckpt = NULL;
    distill_scorer *scorer = NULL;
    double sum = 0;
    assert_ok(distill_checkpoint_open(&ckpt, dir));
    assert_ok(distill_scorer_create(&scorer, ckpt, weights));
    distill_checkpoint_close(ckpt);
    assert_ok(distill_score(nll, scorer, ids->at, ids->count));
    for (size_t i = 1; i < ids->count; i++)
        sum += (double)nll[i];
    assert_true(nll[0] == 0);
    distill_scorer_free(scorer);
    return sum / (double)(ids->count - 1);
}

static void published_continuations_have_the_published_scores(void **state)
{
    distill_json *doc = NULL;
    char path[2048];
    static const double MOST[] = {0.01, 2e-5, 0.1}; // tolerance of a token's score, in nats
    (void)state;
    REQUIRE_SHARED(dir, "data/models/stories260K");
    snprintf(path, sizeof path, "%s/expected.json", dir);
    assert_ok(distill_json_read(&doc, path, 1 << 26));
    for (distill_weights weights = 0; weights <= DISTILL_WEIGHTS_INT8; weights++) {
        double worst = 0, mean = 0, expected = 0;
        size_t tokens = 0;
        for (const distill_json_node *n = distill_json_first(distill_json_root(doc)); n != NULL;
             n = distill_json_next(n)) {
            distill_ids ids = {0};
            float nll[1024];
            for (const distill_json_node *id = distill_json_first(distill_json_member(n, "ids"));
                 id != NULL; id = distill_json_next(id))
                assert_ok(distill_ids_append(&ids, (int32_t)distill_json_number(id)));
            assert_in_range(ids.count, 66, 1024); // more than one chunk
            mean += score(nll, dir, weights, &ids) * (double)(ids.count - 1);
            const distill_json_node *lp = distill_json_first(distill_json_member(n, "logprobs"));
            for (size_t i = 1; i < ids.count; i++, lp = distill_json_next(lp)) {
                worst = fmax(worst, fabs((double)nll[i] + distill_json_number(lp)));
                expected -= distill_json_number(lp);
            }
            tokens += ids.count - 1;
            distill_ids_free(&ids);
        }
        print_message("%s: %.5f nats a token, %+.5f; a token's at most %.5f off\n",
                      distill_weights_name(weights), mean / (double)tokens,
                      (mean - expected) / (double)tokens, worst);
        assert_true(worst > 0 && fabs(mean - expected) / (double)tokens < MOST[weights]);
    }
    distill_json_free(doc);
}

static void texts_beyond_the_context_are_refused(void **state)
{
    char dir[512];
    distill_checkpoint *ckpt = NULL;
    distill_scorer *scorer = NULL;
    static int32_t tokens[5000];
    static float nll[5000];
    (void)state;
    snprintf(dir, sizeof dir, "%s/model", scratch_folder());
    tiny_model_write(dir, &TINY_LLAMA);
    assert_ok(distill_checkpoint_open(&ckpt, dir));
    assert_ok(distill_scorer_create(&scorer, ckpt, DISTILL_WEIGHTS_BF16));
    assert_ok(distill_score(nll, scorer, tokens, 0));
    assert_ok(distill_score(nll, scorer, tokens, 1));
    assert_fails(distill_score(nll, scorer, tokens, 5000), DISTILL_LIMIT, "5000 tokens");
    distill_scorer_free(scorer);
    distill_checkpoint_close(ckpt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_continuations_have_the_published_scores),
        cmocka_unit_test(texts_beyond_the_context_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
