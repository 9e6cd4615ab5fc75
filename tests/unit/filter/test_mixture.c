// Caps and weights of domains: the number and choice of the kept traces, and invalid rules.
#include "tests/support/unit.h"

#include "datasets/filter/mixture.h"
#include "tests/support/shared_data.h"

enum { COUNT = 1000 };

static trace_summary traces[COUNT];
static domain_names names;

/// 600 of math, 300 of code and 100 of general, mixed; every tenth trace is already rejected.
static void make_traces(void)
{
    static const char *const pattern[] = {"math", "math", "code", "math",    "math",
                                          "code", "math", "math", "general", "code"};
    domain_names_free(&names);
    for (size_t i = 0; i < COUNT; i++) {
        traces[i] = (trace_summary){.index = i, .reason = i / 10 % 10 == 0 ? TRACE_WRONG : 0};
        assert_ok(domain_names_find(&names, distill_span_of(pattern[i % 10]), &traces[i].domain));
    }
}

static size_t kept(const char *domain, trace_reason reason)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        count += traces[i].reason == reason && strcmp(names.at[traces[i].domain], domain) == 0;
    return count;
}

static void apply(const char *caps[], const char *weights[], uint64_t seed)
{
    mixture *domains = NULL;
    assert_ok(mixture_create(&domains));
    make_traces();
    for (; *caps != NULL; caps++)
        assert_ok(mixture_cap(domains, *caps));
    for (; *weights != NULL; weights++)
        assert_ok(mixture_weigh(domains, *weights));
    assert_ok(mixture_apply(domains, &names, traces, COUNT, seed));
    mixture_free(domains);
}

static void caps_limit_their_domains(void **state)
{
    (void)state;
    apply((const char *[]){"math:50", "code:1000", NULL}, (const char *[]){NULL}, 1);
    assert_int_equal(kept("math", TRACE_KEPT), 50);
    assert_int_equal(kept("math", TRACE_DOMAIN_CAP), 490);
    assert_int_equal(kept("code", TRACE_KEPT), 270);
    assert_int_equal(kept("general", TRACE_KEPT), 90);
    assert_int_equal(kept("math", TRACE_WRONG), 60);
    apply((const char *[]){"*:20", "code:0", NULL}, (const char *[]){NULL}, 1);
    assert_int_equal(kept("math", TRACE_KEPT), 20);
    assert_int_equal(kept("code", TRACE_KEPT), 0);
    assert_int_equal(kept("general", TRACE_KEPT), 20);
}

static void weights_give_proportions(void **state)
{
    (void)state;
    apply((const char *[]){NULL}, (const char *[]){"math:2", "code:1", "general:1", NULL}, 1);
    assert_int_equal(kept("math", TRACE_KEPT), 180); // general has 90
    assert_int_equal(kept("code", TRACE_KEPT), 90);
    assert_int_equal(kept("general", TRACE_KEPT), 90);
    assert_int_equal(kept("code", TRACE_MIX), 180);
    apply((const char *[]){NULL}, (const char *[]){"math:0.5", "code:0.5", NULL}, 1);
    assert_int_equal(kept("math", TRACE_KEPT), 270);
    assert_int_equal(kept("code", TRACE_KEPT), 270);
    assert_int_equal(kept("general", TRACE_KEPT), 0); // not named
    apply((const char *[]){"code:30", NULL}, (const char *[]){"math:1", "code:1", "law:9", NULL},
          1);
    assert_int_equal(kept("math", TRACE_KEPT),
                     30); // caps first; an absent domain does not limit the others
    assert_int_equal(kept("code", TRACE_KEPT), 30);
}

static void the_sample_follows_the_seed(void **state)
{
    (void)state;
    static uint8_t first[COUNT];
    size_t differ = 0;
    apply((const char *[]){"math:50", NULL}, (const char *[]){NULL}, 1);
    for (size_t i = 0; i < COUNT; i++)
        first[i] = traces[i].reason;
    apply((const char *[]){"math:50", NULL}, (const char *[]){NULL}, 1);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(first[i], traces[i].reason);
    apply((const char *[]){"math:50", NULL}, (const char *[]){NULL}, 2);
    for (size_t i = 0; i < COUNT; i++)
        differ += first[i] != traces[i].reason;
    assert_true(differ > 40);
    domain_names_free(&names);
}

static void wrong_rules_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",        "math",     "math:",    "math:x",   "math:-1",
                                        "math:5x", "math:1.5", "math:nan", "math:1e99"};
    mixture *domains = NULL;
    assert_ok(mixture_create(&domains));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(mixture_cap(domains, wrong[i]), DISTILL_USAGE);
    assert_ok(mixture_weigh(domains, "math:1.5"));
    assert_int_equal(mixture_weigh(domains, "math:2"), DISTILL_USAGE);
    assert_int_equal(mixture_weigh(domains, "code:inf"), DISTILL_USAGE);
    mixture_free(domains);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(caps_limit_their_domains),
        cmocka_unit_test(weights_give_proportions),
        cmocka_unit_test(the_sample_follows_the_seed),
        cmocka_unit_test(wrong_rules_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
