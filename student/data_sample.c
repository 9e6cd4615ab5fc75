// student/data_sample.c - clears, fills and frees samples.
#include "student/data_sample.h"

void data_sample_clear(data_sample *sample)
{
    distill_text_clear(&sample->line);
    distill_text_clear(&sample->prompt);
    distill_text_clear(&sample->response);
    distill_text_clear(&sample->messages);
    distill_text_clear(&sample->extra);
    sample->reply_ids.count = 0;
    sample->complete = true;
    sample->failed = false;
}

distill_status data_sample_take(data_sample *sample, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add_span(&sample->prompt, trace->prompt));
    TRY(distill_text_add_span(&sample->response, trace->response));
    TRY(distill_text_add_span(&sample->messages, trace->messages));
    TRY(distill_text_add_span(&sample->extra, trace->extra));
    sample->complete = trace->finish == TRACE_FINISH_STOP;
    sample->failed = trace->finish == TRACE_FINISH_ERROR;
done:
    return status;
}

void data_sample_free(data_sample *sample)
{
    distill_text_free(&sample->line);
    distill_text_free(&sample->prompt);
    distill_text_free(&sample->response);
    distill_text_free(&sample->messages);
    distill_text_free(&sample->extra);
    distill_ids_free(&sample->reply_ids);
}
