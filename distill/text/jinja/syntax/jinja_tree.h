// distill/text/jinja/syntax/jinja_tree.h - the tree that a template is compiled to.
//
// Private to distill/text. All nodes have one shape; the comments below say which operands a kind
// uses. Lists of nodes are linked by `next`.
#ifndef DISTILL_TEXT_JINJA_SYNTAX_JINJA_TREE_H
#define DISTILL_TEXT_JINJA_SYNTAX_JINJA_TREE_H

#include "distill/text/jinja/values/jinja_run.h"

typedef enum jinja_node_kind {
    // expressions
    JINJA_CONSTANT,     // value
    JINJA_NAME,         // name
    JINJA_ATTRIBUTE,    // a.text
    JINJA_INDEX,        // a[b]
    JINJA_SLICE,        // a[b:c:d]
    JINJA_CALL,         // a(list)
    JINJA_FILTER,       // a | builtin(list)
    JINJA_TEST,         // a is builtin(list)
    JINJA_UNARY,        // operator a
    JINJA_BINARY,       // a operator b
    JINJA_AND,          // a and b
    JINJA_OR,           // a or b
    JINJA_NOT,          // not a
    JINJA_JOIN,         // list, written a ~ b ~ c
    JINJA_COMPARISON,   // a, then each of `list`: operator, a
    JINJA_CHOICE,       // a if b else c; c may be NULL
    JINJA_LIST_OF,      // [list]
    JINJA_TUPLE_OF,     // (list)
    JINJA_DICT_OF,      // {list}: each a: b
    JINJA_PAIR,         // a: b in a dict
    JINJA_NAMED,        // text=a in a call
    JINJA_SPREAD,       // *a in a call
    JINJA_SPREAD_NAMED, // **a in a call
    // statements
    JINJA_TEXT,         // value
    JINJA_PRINT,        // a
    JINJA_FOR,          // for a in b if c: body, otherwise
    JINJA_IF,           // if a: body; list: the elif branches; otherwise
    JINJA_SET,          // a = b
    JINJA_SET_BLOCK,    // a = body, through the filters b
    JINJA_WITH,         // list of JINJA_SET, then body
    JINJA_DEFINE,       // macro: name(list of JINJA_SET with the default in b or NULL) body
    JINJA_CALL_BLOCK,   // a(...) with the macro b as `caller`
    JINJA_FILTER_BLOCK, // body through the filters a
    JINJA_GENERATION,   // body
    JINJA_BREAK,
    JINJA_CONTINUE
} jinja_node_kind;

typedef enum jinja_operator {
    JINJA_ADD,
    JINJA_SUBTRACT,
    JINJA_MULTIPLY,
    JINJA_DIVIDE,
    JINJA_FLOOR_DIVIDE,
    JINJA_MODULO,
    JINJA_POWER,
    JINJA_EQUAL,
    JINJA_NOT_EQUAL,
    JINJA_LESS,
    JINJA_LESS_EQUAL,
    JINJA_GREATER,
    JINJA_GREATER_EQUAL,
    JINJA_IN,
    JINJA_NOT_IN
} jinja_operator;

/// Special variables that the body of a macro uses.
enum { JINJA_USES_CALLER = 1, JINJA_USES_VARARGS = 2, JINJA_USES_KWARGS = 4 };

typedef struct jinja_node {
    uint8_t kind;      // jinja_node_kind
    uint8_t operation; // jinja_operator
    bool negated;      // of a test: `is not`
    uint8_t specials;  // of a macro: JINJA_USES_…
    jinja_place place;
    uint32_t name; // number of the name in the template
    distill_span text;
    jinja_value value;
    const struct jinja_builtin *builtin; // NULL: unknown, an error when it is evaluated
    struct jinja_node *next;
    struct jinja_node *a, *b, *c, *d, *list, *body, *otherwise;
} jinja_node;

struct jinja_template {
    jinja_memory memory;
    jinja_node *body;
    uint32_t loop, caller, varargs, kwargs; // numbers of special names
    // names of variables, by number
    distill_span *names;
    uint32_t name_count, name_capacity;
    uint32_t *name_index; // 1 + number, 0 = free
    uint32_t name_slots;
    jinja_value *globals; // [name_count] functions of the environment; JINJA_ABSENT elsewhere
    bool has_generation;
};

/// Number of a name; UINT32_MAX if the template does not use it.
uint32_t jinja_name_find(const struct jinja_template *t, distill_span name);
/// Number of a name, which is added if it is new.
distill_status jinja_name_add(uint32_t *out, struct jinja_template *t,
                              distill_span name) DISTILL_MUST_CHECK;

#endif
