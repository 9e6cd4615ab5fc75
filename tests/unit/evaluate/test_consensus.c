// The majority vote: groups by value, ties, problems without a vote.
#include "tests/support/unit.h"

#include "datasets/evaluate/consensus.h"

/// The share of a vote; "answer" is a wrong reply, "+answer" a right one.
static double share_of(const char *const *replies, size_t count)
{
    consensus vote = {0};
    for (size_t i = 0; i < count; i++) {
        bool right = replies[i][0] == '+';
        assert_ok(consensus_add(&vote, distill_span_of(replies[i] + (right ? 1 : 0)), right));
    }
    double share = consensus_share(&vote);
    consensus_free(&vote);
    return share;
}
#define SHARE(...)                                                                                 \
    share_of((const char *const[]){__VA_ARGS__},                                                   \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void the_largest_group_decides(void **state)
{
    (void)state;
    assert_within(SHARE("+42", "7", "+42"), 1, 0);
    assert_within(SHARE("7", "+42", "7"), 0, 0);
    assert_within(SHARE("+42"), 1, 0);
    assert_within(SHARE("41"), 0, 0);
}

static void answers_of_equal_value_vote_together(void **state)
{
    (void)state;
    // three spellings of one half against two equal wrong strings
    assert_within(SHARE("7", "+1/2", "7", "+0.5", "+\\frac{1}{2}"), 1, 0);
    assert_within(SHARE("1{,}000", "1000", "+12"), 0, 0);
}

static void a_tie_counts_with_the_share_of_the_right_groups(void **state)
{
    (void)state;
    assert_within(SHARE("+42", "7"), 0.5, 0);
    assert_within(SHARE("7", "+42"), 0.5, 0); // in any order
    assert_within(SHARE("7", "8", "+42"), 1.0 / 3, 1e-12);
    assert_within(SHARE("7", "7", "+42", "+42", "8"), 0.5, 0);
    assert_within(SHARE("7", "8", "9"), 0, 0);
}

static void without_votes_the_problem_is_wrong(void **state)
{
    (void)state;
    consensus vote = {0};
    assert_within(consensus_share(&vote), 0, 0);
    consensus_free(&vote);
}

static void cleared_votes_do_not_count(void **state)
{
    (void)state;
    consensus vote = {0};
    for (int i = 0; i < 100; i++) {
        char answer[16];
        snprintf(answer, sizeof answer, "%d", i);
        assert_ok(consensus_add(&vote, distill_span_of(answer), i == 3));
    }
    assert_within(consensus_share(&vote), 0.01, 1e-12);
    consensus_clear(&vote);
    assert_within(consensus_share(&vote), 0, 0);
    assert_ok(consensus_add(&vote, distill_span_of("5"), true));
    assert_within(consensus_share(&vote), 1, 0);
    consensus_free(&vote);
}

static void answers_that_cannot_be_read_vote_by_their_text(void **state)
{
    (void)state;
    assert_within(SHARE("+\\text{no idea}", "+\\text{no idea}", "7"), 1, 0);
    assert_within(SHARE("+\xff\xfe{{{", "+\xff\xfe{{{", "7"), 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_group_decides),
        cmocka_unit_test(answers_of_equal_value_vote_together),
        cmocka_unit_test(a_tie_counts_with_the_share_of_the_right_groups),
        cmocka_unit_test(without_votes_the_problem_is_wrong),
        cmocka_unit_test(cleared_votes_do_not_count),
        cmocka_unit_test(answers_that_cannot_be_read_vote_by_their_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
