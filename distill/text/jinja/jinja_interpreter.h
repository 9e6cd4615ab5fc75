// distill/text/jinja/jinja_interpreter.h - evaluates the tree.
//
// Private to distill/text: jinja_evaluate.c (expressions), jinja_operator.c, jinja_attribute.c,
// jinja_call.c (arguments and macros), jinja_execute.c (statements), jinja_loop.c.
//
// Scopes are Jinja's: a loop, a macro, `with` and each block whose text is captured have one of
// their own, which ends with it; `if` has none. The outermost scope is run->globals.
#ifndef DISTILL_TEXT_JINJA_JINJA_INTERPRETER_H
#define DISTILL_TEXT_JINJA_JINJA_INTERPRETER_H

#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/syntax/jinja_tree.h"

typedef struct jinja_variable {
    uint32_t name;
    jinja_value value;
} jinja_variable;

typedef struct jinja_scope {
    struct jinja_scope *parent; // NULL: the globals
    jinja_variable *variables;
    uint32_t count, capacity;
} jinja_scope;

typedef enum jinja_flow { JINJA_FLOW_NEXT, JINJA_FLOW_BREAK, JINJA_FLOW_CONTINUE } jinja_flow;

struct jinja_macro {
    const jinja_node *node;
    jinja_scope *scope; // of its definition
};

/// State of a loop. With a condition (`for a in b if c`), items are tested one by one, as late as
/// Jinja does it.
struct jinja_loop {
    const jinja_list *items;
    const jinja_node *node;
    jinja_scope *scope; // around the loop
    size_t next;        // the item after those that were tested and, perhaps, taken
    bool is_tested;     // no item needs a test any more …
    size_t length;      // … and this many are taken
    size_t index;       // from 0
    jinja_value previous, current, after; // `after` is JINJA_ABSENT at the end
    bool knows_after;
    jinja_list *last_changed; // arguments of the last `loop.changed`
};

/// Text of `{% generation %}` in the output.
struct jinja_generation {
    const jinja_builder *root; // ranges are recorded where it is written
    jinja_range *at;
    size_t count, capacity;
};

distill_status jinja_evaluate(jinja_value *out, jinja_run *run,
                              const jinja_node *node) DISTILL_MUST_CHECK;
/// Executes a list of statements.
distill_status jinja_execute(jinja_run *run, const jinja_node *nodes) DISTILL_MUST_CHECK;
/// Executes statements in a scope of their own and sets *out to what they write.
distill_status jinja_capture(jinja_value *out, jinja_run *run,
                             const jinja_node *nodes) DISTILL_MUST_CHECK;

/// A scope inside the current one; the caller restores run->scope.
distill_status jinja_scope_open(jinja_run *run) DISTILL_MUST_CHECK;
distill_status jinja_scope_set(jinja_run *run, uint32_t name, jinja_value value) DISTILL_MUST_CHECK;
/// Assigns to a name, an attribute of a namespace, or a tuple of them.
distill_status jinja_assign(jinja_run *run, const jinja_node *target,
                            jinja_value value) DISTILL_MUST_CHECK;

distill_status jinja_execute_for(jinja_run *run, const jinja_node *node) DISTILL_MUST_CHECK;
/// An attribute of the variable `loop`; JINJA_ABSENT if there is none of this name.
distill_status jinja_loop_attribute(jinja_value *out, jinja_run *run, struct jinja_loop *loop,
                                    distill_span name) DISTILL_MUST_CHECK;

/// subject.name, and subject[key].
distill_status jinja_attribute(jinja_value *out, jinja_run *run, jinja_value subject,
                               jinja_value name) DISTILL_MUST_CHECK;
distill_status jinja_item(jinja_value *out, jinja_run *run, jinja_value subject,
                          jinja_value key) DISTILL_MUST_CHECK;
/// subject[begin:end:step]; each bound may be JINJA_ABSENT or none.
distill_status jinja_slice(jinja_value *out, jinja_run *run, jinja_value subject,
                           const jinja_value bounds[3]) DISTILL_MUST_CHECK;

distill_status jinja_operate(jinja_value *out, jinja_run *run, jinja_operator operation,
                             jinja_value a, jinja_value b) DISTILL_MUST_CHECK;

/// Evaluates the arguments `nodes` after `subject`, if that is not NULL.
distill_status jinja_arguments_evaluate(jinja_arguments *out, jinja_run *run,
                                        const jinja_node *nodes,
                                        const jinja_value *subject) DISTILL_MUST_CHECK;
distill_status jinja_call_value(jinja_value *out, jinja_run *run, jinja_value callee,
                                const jinja_arguments *args) DISTILL_MUST_CHECK;
/// Evaluates a node of kind JINJA_CALL; `caller` is given to a macro unless it is JINJA_ABSENT.
distill_status jinja_evaluate_call(jinja_value *out, jinja_run *run, const jinja_node *node,
                                   jinja_value caller) DISTILL_MUST_CHECK;
/// Applies a filter or test to a value.
distill_status jinja_apply(jinja_value *out, jinja_run *run, const jinja_node *node,
                           jinja_value subject) DISTILL_MUST_CHECK;

#endif
