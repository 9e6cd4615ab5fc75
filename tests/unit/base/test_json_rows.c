// tests/unit/base/test_json_rows.c - JSON lines, arrays and tables give the same rows.
#include "distill/base/rows/json_rows.h"

#include "distill/base/file.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

/// Writes a file and returns its path.
static const char *file_of(const char *name, const char *text)
{
    static char folder[200], path[300];
    if (folder[0] == '\0')
        snprintf(folder, sizeof folder, "%s", scratch_folder());
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(distill_file_write(path, text, strlen(text)));
    return path;
}

/// The rows of a file, each with its number: "1 {…}\n".
static distill_status read_all(distill_text *out, const char *path)
{
    distill_status status = DISTILL_OK;
    json_rows *rows = NULL;
    distill_span row;
    bool more = true;
    distill_text_clear(out);
    TRY(distill_text_add(out, ""));
    TRY(json_rows_open(&rows, path, 100));
    for (;;) {
        TRY(json_rows_next(rows, &row, &more));
        if (!more)
            break;
        assert_int_equal(row.bytes[row.length], '\0');
        TRY(distill_text_printf(out, "%zu %s\n", json_rows_number(rows), row.bytes));
    }
done:
    json_rows_close(rows);
    return status;
}

static void the_three_layouts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"a.jsonl", "\xEF\xBB\xBF{\"a\":1}\n\n{\"b\":\"[\"}\r\n", "1 {\"a\":1}\n3 {\"b\":\"[\"}\n"},
        {"b.json", " [ {\"a\": [1, {\"x\":\"],}\\\"\"}]} ,\n{\"b\":2}]\n",
         "1 {\"a\": [1, {\"x\":\"],}\\\"\"}]}\n2 {\"b\":2}\n"},
        {"c.json", "[]", ""},
        {"d.csv",
         "\xEF\xBB\xBFid,prompt,messages,n\n7,\"a, "
         "\"\"b\"\"\",\"[{\"\"role\"\":\"\"user\"\"}]\",-5\n,007,{x,\n",
         "2 {\"id\":7,\"prompt\":\"a, \\\"b\\\"\",\"messages\":[{\"role\":\"user\"}],\"n\":-5}\n"
         "3 {\"prompt\":\"007\",\"messages\":\"{x\"}\n"},
    };
    distill_text out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ok(read_all(&out, file_of(cases[i].name, cases[i].text)));
        assert_string_equal(out.bytes, cases[i].expected);
    }
    distill_text_free(&out);
}

static void damaged_files_are_named(void **state)
{
    (void)state;
    char long_row[300] = "[\"";
    memset(long_row + 2, 'x', 200);
    strcpy(long_row + 202, "\"]");
    const struct {
        const char *name, *text, *words;
        distill_status status;
    } cases[] = {
        {"e.json", "[{\"a\":1}", "element 1 does not end", DISTILL_FORMAT},
        {"f.json", "[{\"a\":1},{\"b\":\"", "element 2 does not end", DISTILL_FORMAT},
        {"g.json", "[1] 2", "after the end of the array", DISTILL_FORMAT},
        {"h.json", "[}", "does not end", DISTILL_FORMAT},
        {"i.json", long_row, "more than 100", DISTILL_LIMIT},
        {"j.csv", "a,b\n\"1", "quote", DISTILL_FORMAT},
    };
    distill_text out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(read_all(&out, file_of(cases[i].name, cases[i].text)), cases[i].status,
                     cases[i].words);
    assert_fails(read_all(&out, "/nonexistent.csv"), DISTILL_IO, "nonexistent");
    distill_text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_layouts_are_read),
        cmocka_unit_test(damaged_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
