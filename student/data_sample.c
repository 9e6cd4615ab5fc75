// student/data_sample.c - clears and frees samples.
#include "student/data_sample.h"

void data_sample_clear(data_sample *sample)
{
    distill_text_clear(&sample->line);
    distill_text_clear(&sample->prompt);
    distill_text_clear(&sample->response);
    distill_text_clear(&sample->turns);
    sample->reply_ids.count = 0;
    distill_free(sample->messages);
    sample->messages = NULL;
    sample->message_count = 0;
    sample->complete = true;
    sample->failed = false;
}

void data_sample_free(data_sample *sample)
{
    data_sample_clear(sample);
    distill_text_free(&sample->line);
    distill_text_free(&sample->prompt);
    distill_text_free(&sample->response);
    distill_text_free(&sample->turns);
    distill_ids_free(&sample->reply_ids);
}
