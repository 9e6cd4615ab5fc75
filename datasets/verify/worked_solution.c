// datasets/verify/worked_solution.c - the mark of a result in a worked solution, searched from the
// end.
#include "datasets/verify/worked_solution.h"

#include "datasets/verify/answer_scan.h"

distill_span worked_solution_result(distill_span text, bool solution)
{
    scan_box box;
    size_t at = distill_span_find_last(text, distill_span_of("####"));
    if (at != SIZE_MAX)
        return distill_span_trim((distill_span){text.bytes + at + 4, text.length - at - 4});
    for (size_t end = text.length; solution && scan_last_box(&box, text, end); end = box.from)
        if (box.complete)
            return box.inside;
    return text;
}
