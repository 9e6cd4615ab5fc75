// distill/report/html_page.h - writes a self-contained HTML page: sections, tables, figures,
// collapsible texts.
//
//     html_page page = {0};
//     TRY(html_page_begin(&page, "Training report", "student, 2 epochs, 1,024 steps"));
//     TRY(html_page_section(&page, "Loss"));
//     TRY(html_page_figure_begin(&page));
//     TRY(svg_plot_lines(&page.text, series, 2, &axes));              // distill/report/svg_plot.h
//     TRY(html_page_figure_end(&page, "Mean loss of each optimizer step, in nats per token."));
//     TRY(html_page_write(&page, "out/report.html"));   // ends the page, writes it atomically
// done:
//     html_page_free(&page);
//
// All texts passed in are escaped. The page uses no script and no other file, follows the reader's
// light or dark colour scheme and fits a phone's screen.
#ifndef DISTILL_REPORT_HTML_PAGE_H
#define DISTILL_REPORT_HTML_PAGE_H

#include "distill/base/text.h"

typedef struct html_page {
    distill_text text; // the markup so far; plots append to it
    bool in_section;
} html_page;

/// Appends `bytes` as HTML text that is also safe in a quoted attribute: & < > " ' become entities,
/// control characters and invalid UTF-8 become U+FFFD, line ends and tabs are kept.
distill_status html_escape(distill_text *out, distill_span bytes) DISTILL_MUST_CHECK;

/// Begins the page: title (also its heading) and a line below it (may be NULL).
distill_status html_page_begin(html_page *page, const char *title,
                               const char *subtitle) DISTILL_MUST_CHECK;
/// Ends the previous section and begins one with a heading.
distill_status html_page_section(html_page *page, const char *heading) DISTILL_MUST_CHECK;
/// A smaller heading inside a section.
distill_status html_page_subheading(html_page *page, const char *heading) DISTILL_MUST_CHECK;
/// A paragraph; the formatted text is escaped.
distill_status html_page_paragraph(html_page *page, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

/// A table, which scrolls horizontally on a narrow screen. The first column is left-aligned and
/// holds names, the others are right-aligned and hold numbers. Cells are escaped; a line end in a
/// cell breaks the line, and the text after it is set smaller. `caption` (may be NULL) is shown
/// below the table.
distill_status html_page_table_begin(html_page *page, const char *caption, const char *const *heads,
                                     size_t columns) DISTILL_MUST_CHECK;
distill_status html_page_table_row(html_page *page, const char *const *cells,
                                   size_t columns) DISTILL_MUST_CHECK;
distill_status html_page_table_end(html_page *page) DISTILL_MUST_CHECK;

/// A figure: plots are appended to page->text between begin and end. `caption` is escaped.
distill_status html_page_figure_begin(html_page *page) DISTILL_MUST_CHECK;
distill_status html_page_figure_end(html_page *page, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

/// Colour of the summary of a collapsible text.
typedef enum html_tone { HTML_NEUTRAL, HTML_GOOD, HTML_BAD } html_tone;
/// A collapsible block with a summary line. It contains all paragraphs and texts until
/// html_page_details_end.
distill_status html_page_details_begin(html_page *page, html_tone tone, const char *format, ...)
    DISTILL_PRINTF(3, 4) DISTILL_MUST_CHECK;
distill_status html_page_details_end(html_page *page) DISTILL_MUST_CHECK;
/// A verbatim text (white space kept, long lines wrapped) below a small label (may be NULL). A text
/// longer than `limit` bytes (0 = no limit) is shortened in the middle, between characters, with a
/// note of how many bytes are left out.
distill_status html_page_verbatim(html_page *page, const char *label, distill_span text,
                                  size_t limit) DISTILL_MUST_CHECK;

/// Ends the page.
distill_status html_page_end(html_page *page) DISTILL_MUST_CHECK;
/// Ends the page and writes it atomically.
distill_status html_page_write(html_page *page, const char *path) DISTILL_MUST_CHECK;
void html_page_free(html_page *page);

#endif
