// distill/text/jinja/builtins/select_tools.h - attributes of the items of a list.
//
// Private to distill/text.
#ifndef DISTILL_TEXT_JINJA_BUILTINS_SELECT_TOOLS_H
#define DISTILL_TEXT_JINJA_BUILTINS_SELECT_TOOLS_H

#include "distill/text/jinja/values/jinja_run.h"

/// The attribute "a.b.0", or the item of this number, of a value; `otherwise` if it is undefined,
/// unless that is JINJA_ABSENT.
distill_status select_attribute(jinja_value *out, jinja_run *run, jinja_value value,
                                jinja_value attribute, jinja_value otherwise) DISTILL_MUST_CHECK;
/// The list of the attributes of all items.
distill_status select_attributes(jinja_value *out, jinja_run *run, jinja_value items,
                                 jinja_value attribute, jinja_value otherwise) DISTILL_MUST_CHECK;

#endif
