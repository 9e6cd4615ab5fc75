#include "distill/tensor/embedding.h"
#include "tests/unit/tensor/gradcheck.h"

enum { V = 11, D = 37, N = 200 };

static void rows_go_out_and_their_gradients_come_back(void **state)
{
    (void)state;
    float *table = random_floats(V * D, 1, 1), *dout = random_floats(N * D, 1, 2);
    float *out = random_floats(N * D, 1, 3), *dtable = NULL;
    double *want = NULL;
    int32_t tokens[N];
    for (int n = 0; n < N; n++)
        tokens[n] = n * n % V;
    distill_embedding_forward(out, table, tokens, N, D);
    for (int n = 0; n < N; n++)
        assert_memory_equal(out + n * D, table + tokens[n] * D, D * sizeof *out);
    assert_ok(DISTILL_NEW(&dtable, V * D));
    assert_ok(DISTILL_NEW(&want, V * D));
    dtable[0] = 5;
    want[0] = 5;
    for (int n = 0; n < N; n++)
        for (int d = 0; d < D; d++)
            want[tokens[n] * D + d] += (double)dout[n * D + d];
    distill_embedding_backward(dtable, dout, tokens, N, D);
    assert_close("dtable", dtable, want, V * D, 1e-6);
    for (int d = 0; d < D; d++) // a token that does not occur
        assert_true(dtable[2 * D + d] == 0 && want[2 * D + d] == 0);
    distill_free(want);
    distill_free(dtable);
    distill_free(out);
    distill_free(dout);
    distill_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_go_out_and_their_gradients_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
