// distill/report/html_page.c - builds the page as one string and escapes all text.
//
// Text may be hostile (replies of models): besides HTML's special characters, controls,
// bidirectional overrides and invalid UTF-8 are replaced. Elements must be closed by the caller.
#include "distill/report/html_page.h"

#include "distill/base/file.h"
#include "distill/report/html_style.h"

#include <stdarg.h>

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; // U+FFFD

/// Length and code point of the valid UTF-8 character at `at`; 0 if there is none.
static size_t utf8_length(uint32_t *point, const unsigned char *at, size_t left)
{
    static const uint32_t SMALLEST[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80    ? 1
                    : at[0] < 0xC2  ? 0
                    : at[0] < 0xE0  ? 2
                    : at[0] < 0xF0  ? 3
                    : at[0] <= 0xF4 ? 4
                                    : 0;
    if (length == 0 || length > left)
        return 0;
    uint32_t value = length == 1 ? at[0] : at[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    if (value < SMALLEST[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0;
    *point = value;
    return length;
}

/// Characters that could hide or reorder text: controls, bidirectional overrides, non-characters.
static bool is_unsafe(uint32_t point)
{
    return (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7F && point < 0xA0) ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
           (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
}

static const char *entity(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

distill_status html_escape(distill_text *out, distill_span bytes)
{
    distill_status status = DISTILL_OK;
    const unsigned char *at = (const unsigned char *)bytes.bytes;
    for (size_t i = 0; i < bytes.length;) {
        uint32_t point = 0;
        size_t length = utf8_length(&point, at + i, bytes.length - i);
        if (length == 0) {
            TRY(distill_text_add(out, REPLACEMENT));
            i++;
            continue;
        }
        bool line_end = point == '\r' && i + 1 < bytes.length && at[i + 1] == '\n';
        const char *name = entity(point);
        if (name != NULL)
            TRY(distill_text_add(out, name));
        else if (!line_end && is_unsafe(point))
            TRY(distill_text_add(out, REPLACEMENT));
        else if (!line_end)
            TRY(distill_text_append(out, bytes.bytes + i, length));
        i += length;
    }
done:
    return status;
}

/// Appends `before`, the formatted and escaped text, and `after`.
static distill_status add_formatted(distill_text *out, const char *before, const char *after,
                                    const char *format, va_list arguments)
{
    distill_status status = DISTILL_OK;
    va_list again;
    va_copy(again, arguments);
    distill_text plain = {0};
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        TRY(distill_fail(DISTILL_INTERNAL, "report: vsnprintf cannot format \"%s\"", format));
    TRY(distill_text_reserve(&plain, (size_t)length + 1));
    vsnprintf(plain.bytes, (size_t)length + 1, format, again);
    TRY(distill_text_add(out, before));
    TRY(html_escape(out, (distill_span){plain.bytes, (size_t)length}));
    TRY(distill_text_add(out, after));
done:
    va_end(again);
    distill_text_free(&plain);
    return status;
}

static distill_status add_element(distill_text *out, const char *before, const char *text,
                                  const char *after)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, before));
    TRY(html_escape(out, distill_span_of(text)));
    TRY(distill_text_add(out, after));
done:
    return status;
}

distill_status html_page_begin(html_page *page, const char *title, const char *subtitle)
{
    distill_status status = DISTILL_OK;
    distill_text *out = &page->text;
    TRY(distill_text_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
                              "<meta charset=\"utf-8\">\n"
                              "<meta name=\"viewport\" content=\"width=device-width, "
                              "initial-scale=1\">\n"
                              "<meta name=\"color-scheme\" content=\"light dark\">\n"
                              "<meta http-equiv=\"Content-Security-Policy\" content=\""
                              "default-src 'none'; style-src 'unsafe-inline'\">\n"));
    TRY(add_element(out, "<title>", title, "</title>\n<style>\n"));
    TRY(distill_text_add(out, HTML_STYLE));
    TRY(add_element(out, "</style>\n</head>\n<body>\n<header>\n<h1>", title, "</h1>\n"));
    if (subtitle != NULL)
        TRY(add_element(out, "<p>", subtitle, "</p>\n"));
    TRY(distill_text_add(out, "</header>\n"));
done:
    return status;
}

distill_status html_page_section(html_page *page, const char *heading)
{
    const char *before = page->in_section ? "</section>\n<section>\n<h2>" : "<section>\n<h2>";
    page->in_section = true;
    return add_element(&page->text, before, heading, "</h2>\n");
}

distill_status html_page_subheading(html_page *page, const char *heading)
{
    return add_element(&page->text, "<h3>", heading, "</h3>\n");
}

distill_status html_page_paragraph(html_page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    distill_status status = add_formatted(&page->text, "<p>", "</p>\n", format, arguments);
    va_end(arguments);
    return status;
}

/// A table cell: the first line, then the others in small print.
static distill_status add_cell(distill_text *out, const char *before, const char *cell,
                               const char *after)
{
    distill_status status = DISTILL_OK;
    distill_span text = distill_span_of(cell);
    size_t end = distill_span_find(text, distill_span_of("\n"), 0);
    size_t head = end == SIZE_MAX ? text.length : end;
    TRY(distill_text_add(out, before));
    TRY(html_escape(out, (distill_span){text.bytes, head}));
    if (end != SIZE_MAX)
        TRY(add_element(out, "<small>", cell + end + 1, "</small>"));
    TRY(distill_text_add(out, after));
done:
    return status;
}

distill_status html_page_table_begin(html_page *page, const char *caption, const char *const *heads,
                                     size_t columns)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(&page->text, "<div class=\"table\">\n"));
    if (caption != NULL)
        TRY(add_element(&page->text, "<p class=\"note\">", caption, "</p>\n"));
    TRY(distill_text_add(&page->text, "<div class=\"scroll\" tabindex=\"0\"><table>\n"
                                      "<thead><tr>"));
    for (size_t i = 0; i < columns; i++)
        TRY(add_cell(&page->text, "<th scope=\"col\">", heads[i], "</th>"));
    TRY(distill_text_add(&page->text, "</tr></thead>\n<tbody>\n"));
done:
    return status;
}

distill_status html_page_table_row(html_page *page, const char *const *cells, size_t columns)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(&page->text, "<tr>"));
    for (size_t i = 0; i < columns; i++)
        TRY(i == 0 ? add_cell(&page->text, "<th scope=\"row\">", cells[i], "</th>")
                   : add_cell(&page->text, "<td>", cells[i], "</td>"));
    TRY(distill_text_add(&page->text, "</tr>\n"));
done:
    return status;
}

distill_status html_page_table_end(html_page *page)
{
    return distill_text_add(&page->text, "</tbody></table></div></div>\n");
}

distill_status html_page_figure_begin(html_page *page)
{
    return distill_text_add(&page->text, "<figure>\n<div class=\"plots\">\n");
}

distill_status html_page_figure_end(html_page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    distill_status status = add_formatted(&page->text, "</div>\n<figcaption>",
                                          "</figcaption>\n</figure>\n", format, arguments);
    va_end(arguments);
    return status;
}

distill_status html_page_details_begin(html_page *page, html_tone tone, const char *format, ...)
{
    static const char *const OPEN[] = {
        [HTML_NEUTRAL] = "<details><summary>",
        [HTML_GOOD] = "<details class=\"good\"><summary>",
        [HTML_BAD] = "<details class=\"bad\"><summary>",
    };
    va_list arguments;
    va_start(arguments, format);
    distill_status status =
        add_formatted(&page->text, OPEN[tone], "</summary>\n", format, arguments);
    va_end(arguments);
    return status;
}

distill_status html_page_details_end(html_page *page)
{
    return distill_text_add(&page->text, "</details>\n");
}

/// Moves `at` back to the start of the UTF-8 character that contains it (at most 3 bytes).
static size_t character_start(distill_span text, size_t at)
{
    for (int i = 0; i < 3 && at > 0 && ((unsigned char)text.bytes[at] & 0xC0) == 0x80; i++)
        at--;
    return at;
}

distill_status html_page_verbatim(html_page *page, const char *label, distill_span text,
                                  size_t limit)
{
    distill_status status = DISTILL_OK;
    distill_text *out = &page->text;
    if (label != NULL)
        TRY(add_element(out, "<p class=\"label\">", label, "</p>\n"));
    TRY(distill_text_add(out, "<div class=\"verbatim\">"));
    if (limit == 0 || text.length <= limit) {
        TRY(html_escape(out, text));
    } else {
        size_t head = character_start(text, limit / 2);
        size_t tail = character_start(text, text.length - (limit - limit / 2));
        char count[32];
        distill_format_count(count, sizeof count, tail - head);
        TRY(html_escape(out, (distill_span){text.bytes, head}));
        TRY(distill_text_printf(out, "\n<em>… %s bytes left out here …</em>\n", count));
        TRY(html_escape(out, (distill_span){text.bytes + tail, text.length - tail}));
    }
    TRY(distill_text_add(out, "</div>\n"));
done:
    return status;
}

distill_status html_page_end(html_page *page)
{
    const char *end = page->in_section ? "</section>\n</body>\n</html>\n" : "</body>\n</html>\n";
    page->in_section = false;
    return distill_text_add(&page->text, end);
}

distill_status html_page_write(html_page *page, const char *path)
{
    distill_status status = DISTILL_OK;
    TRY(html_page_end(page));
    TRY(distill_file_write(path, page->text.bytes, page->text.length));
done:
    return status;
}

void html_page_free(html_page *page)
{
    distill_text_free(&page->text);
    page->in_section = false;
}
