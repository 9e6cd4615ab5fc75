// distill/tools/line_io.c - reads lines in one of several forms and writes to standard output.
//
// Files are read by distill/base/lines, so they may be compressed; output is buffered by stdio.
#include "distill/tools/line_io.h"

#include "distill/base/interrupt.h"

#include <stdio.h>
#include <string.h>

enum { LINE_BYTES_MAX = 1 << 30 };

distill_status line_reader_open(line_reader *in, const char *path, line_form form)
{
    *in = (line_reader){.name = strcmp(path, "-") == 0 ? "standard input" : path, .form = form};
    return distill_lines_open(&in->lines, path, LINE_BYTES_MAX);
}

static distill_status parse_line(line_reader *in)
{
    distill_status status = DISTILL_OK;
    TRY(distill_json_parse(&in->doc, in->text.bytes, in->text.length, in->where));
    const distill_json_node *root = distill_json_root(in->doc);
    if (in->form != LINE_JSON_STRING)
        goto done;
    if (distill_json_kind_of(root) != DISTILL_JSON_STRING)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a JSON string, found %s", in->where,
                         distill_json_kind_name(root)));
    in->text = distill_json_string(in->doc, root);
    if (in->text.bytes == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "%s: out of memory for the string", in->where));
done:
    return status;
}

distill_status line_reader_next(line_reader *in, bool *more)
{
    distill_status status = DISTILL_OK;
    distill_json_free(in->doc);
    in->doc = NULL;
    do {
        TRY(distill_interrupt_check());
        TRY(distill_lines_next(in->lines, &in->text, more));
    } while (*more && in->form == LINE_JSON_OR_EMPTY && distill_span_trim(in->text).length == 0);
    if (!*more)
        return DISTILL_OK;
    in->number = distill_lines_number(in->lines);
    snprintf(in->where, sizeof in->where, "%.480s:%zu", in->name, in->number);
    if (in->form != LINE_TEXT)
        TRY(parse_line(in));
done:
    return status;
}

void line_reader_close(line_reader *in)
{
    distill_json_free(in->doc);
    distill_lines_close(in->lines);
    *in = (line_reader){0};
}

distill_status line_write(distill_span text)
{
    if (fwrite(text.bytes, 1, text.length, stdout) != text.length)
        return distill_fail_errno(DISTILL_IO, "cannot write to standard output");
    return DISTILL_OK;
}
