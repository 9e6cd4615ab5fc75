// distill/report/html_page.h - one self-contained HTML page: sections, tables, figures, texts to
// unfold.
//
//     html_page page = {0};
//     TRY(html_page_begin(&page, "Training report", "student, 2 epochs, 1,024 steps"));
//     TRY(html_page_section(&page, "Loss"));
//     TRY(html_page_figure_begin(&page));
//     TRY(svg_plot_lines(&page.text, series, 2, &axes));              // distill/report/svg_plot.h
//     TRY(html_page_figure_end(&page, "Mean loss of each optimizer step, in nats a token."));
//     TRY(html_page_write(&page, "out/report.html"));   // ends the page, writes it atomically
// done:
//     html_page_free(&page);
//
// Everything given here as text is escaped; markup is only what this file writes. The page needs no
// script and no other file, follows the reader's light or dark scheme and fits a phone.
#ifndef DISTILL_REPORT_HTML_PAGE_H
#define DISTILL_REPORT_HTML_PAGE_H

#include "distill/base/text.h"

typedef struct html_page {
    distill_text text; // the markup so far; plots append to it
    bool in_section;
} html_page;

/// Appends `bytes` as HTML text that is also safe in a quoted attribute: & < > " ' become entities,
/// control characters and invalid UTF-8 become visible U+FFFD, line ends and tabs stay.
distill_status html_escape(distill_text *out, distill_span bytes) DISTILL_MUST_CHECK;

/// Begins the page: title (also the heading) and a line under it (may be NULL).
distill_status html_page_begin(html_page *page, const char *title,
                               const char *subtitle) DISTILL_MUST_CHECK;
/// Ends the section before and begins one with a heading.
distill_status html_page_section(html_page *page, const char *heading) DISTILL_MUST_CHECK;
/// A smaller heading inside a section.
distill_status html_page_subheading(html_page *page, const char *heading) DISTILL_MUST_CHECK;
/// A paragraph; the formatted text is escaped.
distill_status html_page_paragraph(html_page *page, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

/// A table that scrolls sideways by itself where the screen is narrow. The first column holds names
/// and is set to the left, the others numbers, set to the right. Cells are escaped; a line end in a
/// cell breaks the line, and what follows it is set smaller. `caption` (may be NULL)
/// stands under the table.
distill_status html_page_table_begin(html_page *page, const char *caption, const char *const *heads,
                                     size_t columns) DISTILL_MUST_CHECK;
distill_status html_page_table_row(html_page *page, const char *const *cells,
                                   size_t columns) DISTILL_MUST_CHECK;
distill_status html_page_table_end(html_page *page) DISTILL_MUST_CHECK;

/// A figure: plots are appended to page->text between begin and end. `caption` is escaped.
distill_status html_page_figure_begin(html_page *page) DISTILL_MUST_CHECK;
distill_status html_page_figure_end(html_page *page, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

/// Colours the summary of an unfolding text.
typedef enum html_tone { HTML_NEUTRAL, HTML_GOOD, HTML_BAD } html_tone;
/// A text to unfold: a summary line, and inside any paragraphs and texts until
/// html_page_details_end.
distill_status html_page_details_begin(html_page *page, html_tone tone, const char *format, ...)
    DISTILL_PRINTF(3, 4) DISTILL_MUST_CHECK;
distill_status html_page_details_end(html_page *page) DISTILL_MUST_CHECK;
/// A text as it is (white space kept, long lines wrapped) under a small label (may be NULL). Longer
/// than `limit` bytes (0 = none) it is cut in the middle at character borders, and the cut says how
/// many bytes it left out.
distill_status html_page_verbatim(html_page *page, const char *label, distill_span text,
                                  size_t limit) DISTILL_MUST_CHECK;

/// Ends the page.
distill_status html_page_end(html_page *page) DISTILL_MUST_CHECK;
/// Ends the page and writes it atomically.
distill_status html_page_write(html_page *page, const char *path) DISTILL_MUST_CHECK;
void html_page_free(html_page *page);

#endif
