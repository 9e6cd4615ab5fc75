// tests/unit/student/test_token_store.c - token ids in memory and in a file: the same ids, the same
// sum; a file is used again only with its key, and only if it is whole.
#include "student/token_store.h"

#include "distill/base/memory.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#include <unistd.h>

enum { PIECE = 1 << 20, PIECES = 18 }; // more than is held in memory

static const char KEY[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char OTHER[] = "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static const char *path_of(const char *name)
{
    static char folder[200], paths[4][300];
    static int next;
    char *path = paths[next++ % 4];
    if (folder[0] == '\0')
        snprintf(folder, sizeof folder, "%s", scratch_folder());
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/// Appends PIECES pieces, of which each id says where it is.
static void fill(token_store *store)
{
    int32_t *ids = NULL;
    assert_ok(DISTILL_NEW(&ids, PIECE));
    for (int p = 0; p < PIECES; p++) {
        for (int i = 0; i < PIECE; i++)
            ids[i] = p * PIECE + i;
        assert_ok(token_store_append(store, ids, PIECE));
    }
    distill_free(ids);
}

static void flip_byte(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int c = getc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(putc(c ^ 1, file), c ^ 1);
    assert_int_equal(fclose(file), 0);
}

static void many_ids_go_through_a_file(void **state)
{
    (void)state;
    token_store store = {.path = path_of("many.bin")}, again = {.path = store.path};
    token_store memory = {.path = NULL};
    distill_span blob;
    bool found = true;
    fill(&store);
    fill(&memory);
    assert_ok(token_store_finish(&store));
    assert_ok(token_store_finish(&memory));
    assert_int_equal(store.count, PIECE * PIECES);
    assert_string_equal(store.sha256, memory.sha256);
    assert_memory_equal(store.at, memory.at, store.count * sizeof *store.at);
    assert_ok(token_store_open(&again, KEY, &blob, &found)); // not sealed yet
    assert_false(found);
    assert_ok(token_store_seal(&store, KEY, distill_span_of("what it is")));
    assert_int_equal(store.at[PIECE], PIECE);
    assert_ok(token_store_open(&again, OTHER, &blob, &found));
    assert_false(found);
    assert_ok(token_store_open(&again, KEY, &blob, &found));
    assert_true(found);
    assert_true(distill_span_is(blob, "what it is"));
    assert_string_equal(again.sha256, store.sha256);
    assert_int_equal(again.count, store.count);
    assert_int_equal(again.at[store.count - 1], PIECE * PIECES - 1);
    token_store_free(&again);
    flip_byte(store.path, (long)(store.count * sizeof *store.at) + 3); // in the blob
    assert_ok(token_store_open(&again, KEY, &blob, &found));
    assert_false(found);
    flip_byte(store.path, (long)(store.count * sizeof *store.at) + 3);
    assert_ok(token_store_open(&again, KEY, &blob, &found));
    assert_true(found);
    token_store_free(&again);
    assert_int_equal(truncate(store.path, 4096), 0);
    assert_ok(token_store_open(&again, KEY, &blob, &found));
    assert_false(found);
    token_store_free(&memory);
    token_store_free(&again);
    unlink(path_of("many.bin"));
}

static void an_unsealed_file_is_removed(void **state)
{
    (void)state;
    token_store store = {.path = path_of("left.bin")};
    fill(&store);
    assert_int_equal(access(path_of("left.bin.part"), F_OK), 0);
    token_store_free(&store);
    assert_int_not_equal(access(path_of("left.bin.part"), F_OK), 0);
    assert_int_not_equal(access(path_of("left.bin"), F_OK), 0);
}

static void few_ids_stay_in_memory(void **state)
{
    (void)state;
    token_store store = {.path = path_of("few.bin")};
    assert_ok(token_store_append(&store, (const int32_t[]){3, 1, 2}, 3));
    assert_int_equal(store.at[2], 2);
    assert_ok(token_store_finish(&store));
    assert_ok(token_store_seal(&store, KEY, distill_span_of("")));
    assert_int_not_equal(access(store.path, F_OK), 0);
    token_store_free(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_ids_go_through_a_file),
        cmocka_unit_test(an_unsealed_file_is_removed),
        cmocka_unit_test(few_ids_stay_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
