// tests/unit/sandbox/test_sandbox.c - every attempt to escape fails, and ordinary programs work.
#include "datasets/sandbox/sandbox.h"

#include "tests/support/unit.h"
#include "tests/unit/sandbox/sandbox_attempts.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/// The targets of the attempts.
typedef struct bait {
    char secret[64];
    char abstract[32];
    int port, tcp, local;
} bait;

static int set_bait(void **state)
{
    static bait b;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t length = sizeof address;
    snprintf(b.secret, sizeof b.secret, "/var/tmp/distill-secret-%d", (int)getpid());
    FILE *file = fopen(b.secret, "w");
    assert_non_null(file);
    fputs("the answers of the tests", file);
    fclose(file);
    setenv("DISTILL_SECRET", "key", 1);
    b.tcp = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(b.tcp, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(b.tcp, 1), 0);
    assert_int_equal(getsockname(b.tcp, (struct sockaddr *)&address, &length), 0);
    b.port = ntohs(address.sin_port);
    snprintf(b.abstract, sizeof b.abstract, "distill-%d", (int)getpid());
    memcpy(name.sun_path + 1, b.abstract, strlen(b.abstract));
    b.local = socket(AF_UNIX, SOCK_STREAM, 0);
    length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(b.abstract));
    assert_int_equal(bind(b.local, (struct sockaddr *)&name, length), 0);
    assert_int_equal(listen(b.local, 1), 0);
    *state = &b;
    return 0;
}

static int remove_bait(void **state)
{
    bait *b = *state;
    unlink(b->secret);
    close(b->tcp);
    close(b->local);
    return 0;
}

static const sandbox_limits TIGHT = {.cpu_s = 1,
                                     .wall_s = 3,
                                     .memory_bytes = (size_t)256 << 20,
                                     .stack_bytes = (size_t)16 << 20,
                                     .output_bytes = (size_t)1 << 20,
                                     .scratch_bytes = (size_t)8 << 20};

static void check(const attempt *a, const sandbox_result *r)
{
    char what[256];
    sandbox_describe(what, sizeof what, r);
    print_message("  %-44s %s\n", a->name, what);
    if (r->output.length > 0 && strstr(r->output.bytes, "ESCAPED") != NULL)
        fail_msg("%s: it escaped", a->name);
    if (r->outcome != a->outcome && r->outcome != a->or_else)
        fail_msg("%s: %s; wrote: %.600s", a->name, what, r->errors.length ? r->errors.bytes : "");
}

static void python_attempts_fail(void **state)
{
    const bait *b = *state;
    distill_text source = {0};
    sandbox_result result = {0};
    const char *arguments[] = {"/usr/bin/python3", "-I", "/box/attempt.py"};
    for (size_t i = 0; i < COUNT(PYTHON_ATTEMPTS); i++) {
        distill_text_clear(&source);
        assert_ok(distill_text_printf(&source, "SECRET = '%s'\nPORT = %d\nABSTRACT = '%s'\n%s",
                                      b->secret, b->port, b->abstract, PYTHON_ATTEMPTS[i].source));
        sandbox_file file = {"attempt.py", distill_text_span(&source)};
        sandbox_job job = {.arguments = arguments,
                           .argument_count = 3,
                           .files = &file,
                           .file_count = 1,
                           .input = {"input", 5},
                           .limits = TIGHT};
        if (access(b->secret, R_OK) != 0)
            fail_msg("the secret file has been removed");
        assert_ok(sandbox_run(&result, &job));
        check(&PYTHON_ATTEMPTS[i], &result);
    }
    sandbox_result_free(&result);
    distill_text_free(&source);
}

/// Compiles in the sandbox, because the source is untrusted.
static void compile(sandbox_result *result, const char *source)
{
    const char *arguments[] = {"/usr/bin/gcc", "-O0", "-w", "-o", "/tmp/attempt", "/box/attempt.c"};
    sandbox_file file = {"attempt.c", distill_span_of(source)};
    sandbox_job job = {.arguments = arguments,
                       .argument_count = COUNT(arguments),
                       .files = &file,
                       .file_count = 1,
                       .result_name = "attempt",
                       .limits = SANDBOX_DEFAULTS};
    job.limits.processes = 16;
    assert_ok(sandbox_run(result, &job));
    if (result->outcome != SANDBOX_OK)
        fail_msg("the compiler: %.600s", result->errors.length ? result->errors.bytes : "");
    assert_true(result->result.length > 1000);
}

static void c_attempts_fail(void **state)
{
    (void)state;
    sandbox_result built = {0}, result = {0};
    const char *arguments[] = {"/box/attempt"};
    for (size_t i = 0; i < COUNT(C_ATTEMPTS); i++) {
        compile(&built, C_ATTEMPTS[i].source);
        sandbox_file file = {"attempt", distill_text_span(&built.result)};
        sandbox_job job = {.arguments = arguments,
                           .argument_count = 1,
                           .files = &file,
                           .file_count = 1,
                           .executable = true,
                           .limits = TIGHT};
        assert_ok(sandbox_run(&result, &job));
        check(&C_ATTEMPTS[i], &result);
    }
    sandbox_result_free(&built);
    sandbox_result_free(&result);
}

/// A compiler may start processes; they are limited in number and end with it.
static void processes_are_limited_and_end(void **state)
{
    (void)state;
    static const char bomb[] =
        "import os, time\nn = 0\ntry:\n    while True:\n        if os.fork() == 0:\n"
        "            time.sleep(10**6)\n        n += 1\nexcept OSError:\n    print(n)\n";
    const char *arguments[] = {"/usr/bin/python3", "-I", "-c", bomb};
    sandbox_job job = {.arguments = arguments, .argument_count = 4, .limits = TIGHT};
    sandbox_result result = {0};
    job.limits.processes = 16;
    assert_ok(sandbox_run(&result, &job));
    assert_int_equal(result.outcome, SANDBOX_OK); // it does not wait for the sleeping processes
    int forked = atoi(result.output.bytes);
    assert_true(forked > 0 && forked < 16);
    sandbox_result_free(&result);
}

static void input_output_and_long_arguments_are_passed(void **state)
{
    (void)state;
    char *large = calloc(1, (1 << 17) + 1);
    assert_non_null(large);
    memset(large, 'a', 1 << 17);
    const char *arguments[] = {"/usr/bin/python3", "-I", "-c",
                               "import sys\nd = sys.stdin.read()\nprint(len(sys.argv[1]), d)",
                               large};
    sandbox_job job = {.arguments = arguments,
                       .argument_count = 5,
                       .input = {"two\nlines\n", 10},
                       .limits = TIGHT};
    sandbox_result result = {0};
    large[(1 << 17) - 4096] = '\0'; // the kernel's limit on one argument is 128 KiB
    assert_ok(sandbox_run(&result, &job));
    assert_int_equal(result.outcome, SANDBOX_OK);
    assert_string_equal(result.output.bytes, "126976 two\nlines\n\n");
    memset(large, 'a', 1 << 17);
    assert_ok(sandbox_run(&result, &job));
    assert_int_equal(result.outcome, SANDBOX_NO_PROGRAM);
    arguments[0] = "/usr/bin/no-such-program";
    large[0] = '\0';
    assert_ok(sandbox_run(&result, &job));
    assert_int_equal(result.outcome, SANDBOX_NO_PROGRAM);
    assert_non_null(strstr(result.message, "No such file"));
    sandbox_result_free(&result);
    free(large);
}

/// Standard input has a name, and only a run that asks for it has a descriptor for its result.
static void input_by_name_and_result_channel(void **state)
{
    (void)state;
    static const char source[] =
        "import os\nt = open('/dev/stdin').read() + open('/dev/fd/0').read()\n"
        "try:\n    os.write(4, t.encode())\nexcept OSError:\n    print('none')\n"
        "print(t)";
    const char *arguments[] = {"/usr/bin/python3", "-I", "-c", source};
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    sandbox_job job = {.arguments = arguments,
                       .argument_count = 4,
                       .input = {"a", 1},
                       .channel = ends[0],
                       .result_channel = true,
                       .limits = TIGHT};
    sandbox_result result = {0};
    assert_ok(sandbox_run(&result, &job));
    assert_int_equal(result.outcome, SANDBOX_OK);
    assert_string_equal(result.result.bytes, "aa");
    assert_string_equal(result.output.bytes, "aa\n");
    job.result_channel = false;
    assert_ok(sandbox_run(&result, &job));
    assert_int_equal(result.result.length, 0);
    assert_string_equal(result.output.bytes, "none\naa\n");
    close(ends[0]);
    close(ends[1]);
    sandbox_result_free(&result);
}

static void an_abandoned_run_ends(void **state)
{
    (void)state;
    const char *arguments[] = {"/usr/bin/sleep", "1000"};
    sandbox_job job = {.arguments = arguments, .argument_count = 2, .limits = SANDBOX_DEFAULTS};
    sandbox *box = NULL;
    job.limits.wall_s = 600;
    assert_ok(sandbox_start(&box, &job));
    usleep(50000);
    sandbox_abandon(&box); // returns only when the monitor has ended
    assert_null(box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(python_attempts_fail, set_bait, remove_bait),
        cmocka_unit_test(c_attempts_fail),
        cmocka_unit_test(processes_are_limited_and_end),
        cmocka_unit_test(input_output_and_long_arguments_are_passed),
        cmocka_unit_test(input_by_name_and_result_channel),
        cmocka_unit_test(an_abandoned_run_ends),
    };
    if (sandbox_missing() != NULL) {
        printf("skipped: no sandbox on this machine: %s\n", sandbox_missing());
        return 77;
    }
    if (access("/usr/bin/python3", X_OK) != 0) {
        printf("skipped: no /usr/bin/python3\n");
        return 77;
    }
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
