// tests/unit/report/test_html_page.c - hostile text stays text, elements are closed, long texts are
// shortened with a note.
#include "tests/support/unit.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/report/html_page.h"
#include "distill/report/svg_plot.h"
#include "tests/support/shared_data.h"

static const char *escaped(distill_text *out, const char *bytes, size_t length)
{
    distill_text_clear(out);
    assert_ok(html_escape(out, (distill_span){bytes, length}));
    return out->bytes != NULL ? out->bytes : "";
}

#define assert_escapes(bytes, expected)                                                            \
    assert_string_equal(escaped(&out, (bytes), sizeof(bytes) - 1), (expected))

static void markup_characters_become_entities(void **state)
{
    (void)state;
    distill_text out = {0};
    assert_escapes("</script><img src=x onerror='a(\"b\")'>&amp;",
                   "&lt;/script&gt;&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;amp;");
    assert_escapes("", "");
    distill_text_free(&out);
}

static void control_characters_become_visible(void **state)
{
    (void)state;
    distill_text out = {0};
    assert_escapes("a\0b\x1b[31m\x7f\tc\nd", "a\uFFFDb\uFFFD[31m\uFFFD\tc\nd");
    assert_escapes("line\r\nend\rover", "line\nend\uFFFDover");
    assert_escapes("\xC2\x85", "\uFFFD"); // C1 control
    assert_escapes("\xE2\x80\xAE"
                   "live",
                   "\uFFFDlive");             // right-to-left override
    assert_escapes("\xEF\xBF\xBF", "\uFFFD"); // U+FFFF
    distill_text_free(&out);
}

static void invalid_utf8_is_replaced_in_pages(void **state)
{
    (void)state;
    distill_text out = {0};
    assert_escapes("\xFF\xFE", "\uFFFD\uFFFD");
    assert_escapes("\xC0\xBC", "\uFFFD\uFFFD");                     // overlong "<"
    assert_escapes("\xE0\x80\xBC", "\uFFFD\uFFFD\uFFFD");           // overlong "<"
    assert_escapes("\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD");           // surrogate
    assert_escapes("\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"); // above U+10FFFF
    assert_escapes("\xE2\x82", "\uFFFD\uFFFD");                     // cut off
    assert_escapes("\xE2\x82<", "\uFFFD\uFFFD&lt;");                // cut off before markup
    assert_escapes("\xE2\x82\xAC \xF0\x9F\x99\x82 \xC3\xA9", "€ 🙂 é");
    distill_text_free(&out);
}

static size_t count_of(const distill_text *text, const char *word)
{
    size_t count = 0;
    distill_span all = distill_text_span(text), needle = distill_span_of(word);
    for (size_t at = 0; (at = distill_span_find(all, needle, at)) != SIZE_MAX; at++)
        count++;
    return count;
}

/// A page with all kinds of elements, in which all texts are hostile.
static void build_page(html_page *page)
{
    static const char EVIL[] = "</pre></script><script>alert(1)</script>\"'\xff";
    const char *cells[] = {EVIL, "first\nsecond"};
    assert_ok(html_page_begin(page, EVIL, EVIL));
    assert_ok(html_page_section(page, EVIL));
    assert_ok(html_page_subheading(page, EVIL));
    assert_ok(html_page_paragraph(page, "%s %d", EVIL, 7));
    assert_ok(html_page_table_begin(page, EVIL, cells, 2));
    assert_ok(html_page_table_row(page, cells, 2));
    assert_ok(html_page_table_end(page));
    assert_ok(html_page_section(page, "two"));
    assert_ok(html_page_figure_begin(page));
    assert_ok(html_page_figure_end(page, "%s", EVIL));
    assert_ok(html_page_details_begin(page, HTML_BAD, "%s", EVIL));
    assert_ok(html_page_verbatim(page, EVIL, distill_span_of(EVIL), 0));
    assert_ok(html_page_details_end(page));
}

static void every_element_is_closed_and_hostile_text_is_escaped(void **state)
{
    (void)state;
    html_page page = {0};
    build_page(&page);
    assert_ok(html_page_end(&page));
    static const char *const ELEMENTS[] = {"html",  "head",    "body",   "section",    "table",
                                           "tbody", "details", "figure", "figcaption", "style"};
    for (size_t i = 0; i < sizeof ELEMENTS / sizeof *ELEMENTS; i++) {
        char open[32], attributed[32], close[32];
        snprintf(open, sizeof open, "<%s>", ELEMENTS[i]);
        snprintf(attributed, sizeof attributed, "<%s ", ELEMENTS[i]);
        snprintf(close, sizeof close, "</%s>", ELEMENTS[i]);
        assert_int_equal(count_of(&page.text, open) + count_of(&page.text, attributed),
                         count_of(&page.text, close));
    }
    assert_int_equal(count_of(&page.text, "<script"), 0);
    assert_int_equal(count_of(&page.text, "\xff"), 0);
    assert_int_equal(count_of(&page.text, "alert(1)"), 13);
    assert_int_equal(count_of(&page.text, "<section>"), 2);
    html_page_free(&page);
}

static void a_page_has_no_external_references(void **state)
{
    (void)state;
    html_page page = {0};
    build_page(&page);
    static const char *const FOREIGN[] = {
        "http://", "https://", "src=", "@import", "url(", "<link"};
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++)
        assert_int_equal(count_of(&page.text, FOREIGN[i]), 0);
    assert_int_equal(count_of(&page.text, "name=\"viewport\""), 1);
    assert_int_equal(count_of(&page.text, "prefers-color-scheme:dark"), 1);
    html_page_free(&page);
}

static void a_long_text_is_shortened_between_characters_with_a_note(void **state)
{
    (void)state;
    html_page page = {0};
    distill_text text = {0};
    for (int i = 0; i < 1000; i++)
        assert_ok(distill_text_add(&text, "€"));
    assert_ok(html_page_verbatim(&page, NULL, distill_text_span(&text), 100));
    assert_int_equal(count_of(&page.text, "\uFFFD"), 0);
    assert_int_equal(count_of(&page.text, "€"), 33); // 48 bytes before the gap, 51 after it
    assert_int_equal(count_of(&page.text, "2,901 bytes left out"), 1);
    distill_text_free(&text);
    html_page_free(&page);
}

static void a_page_is_written_completely(void **state)
{
    (void)state;
    html_page page = {0};
    distill_text path = {0}, back = {0};
    assert_ok(distill_path_join(&path, scratch_folder(), "report.html"));
    build_page(&page);
    assert_ok(html_page_write(&page, path.bytes));
    assert_ok(distill_file_read(&back, path.bytes, 1 << 20));
    assert_true(distill_span_equal(distill_text_span(&back), distill_text_span(&page.text)));
    assert_int_equal(count_of(&back, "</html>\n"), 1);
    distill_text_free(&back);
    distill_text_free(&path);
    html_page_free(&page);
}

/// Writes a page with a table and a plot.
static distill_status write_small_page(html_page *page)
{
    distill_status status = DISTILL_OK;
    static const double X[] = {1, 2, 3};
    const char *cells[] = {"a", "b\nc"};
    svg_series series = {.name = "s", .x = X, .y = X, .count = 3, .points = true};
    svg_axes axes = {.title = "t", .x = {.label = "x"}, .y = {.label = "y"}};
    TRY(html_page_begin(page, "title", "subtitle"));
    TRY(html_page_section(page, "section"));
    TRY(html_page_paragraph(page, "%d words", 2));
    TRY(html_page_table_begin(page, "caption", cells, 2));
    TRY(html_page_table_row(page, cells, 2));
    TRY(html_page_table_end(page));
    TRY(html_page_figure_begin(page));
    TRY(svg_plot_lines(&page->text, &series, 1, &axes));
    TRY(html_page_figure_end(page, "%s", "caption"));
    TRY(html_page_end(page));
done:
    return status;
}

static void every_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    distill_status status = DISTILL_NO_MEMORY;
    uint64_t n = 1;
    for (; status != DISTILL_OK && n < 1000; n++) {
        html_page page = {0};
        distill_allocation_fail_at(n);
        status = write_small_page(&page);
        distill_allocation_fail_at(0);
        assert_true(status == DISTILL_OK || status == DISTILL_NO_MEMORY);
        html_page_free(&page);
    }
    assert_int_equal(status, DISTILL_OK);
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_characters_become_entities),
        cmocka_unit_test(control_characters_become_visible),
        cmocka_unit_test(invalid_utf8_is_replaced_in_pages),
        cmocka_unit_test(every_element_is_closed_and_hostile_text_is_escaped),
        cmocka_unit_test(a_page_has_no_external_references),
        cmocka_unit_test(a_long_text_is_shortened_between_characters_with_a_note),
        cmocka_unit_test(a_page_is_written_completely),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
