/* The operation table: every operation of every collection, what it observes and what it may change. The rows are in
 * operations.def; from them come the names in explanations and, by tools/truce-operations, the conflict tables in the
 * headers and docs. */
#ifndef TRUCE_OPERATIONS_H
#define TRUCE_OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an operation learns about committed state. */
enum truce_observes_ {
    TRUCE_OBSERVES_NOTHING_,
    TRUCE_OBSERVES_VALUE_,     /* the value of one key, or its absence */
    TRUCE_OBSERVES_PRESENCE_,  /* whether one key is there */
    TRUCE_OBSERVES_MATCH_,     /* whether one key holds a given value */
    TRUCE_OBSERVES_COUNT_,     /* the exact number of keys */
    TRUCE_OBSERVES_PREDICATE_, /* the answer to a question about the number of keys */
    TRUCE_OBSERVES_KEY_SET_,   /* which keys there are */
    TRUCE_OBSERVES_CONTENT_,   /* which keys there are, with their values */
    TRUCE_OBSERVES_KINDS_
};

/* What an operation may do at commit. */
enum truce_changes_ {
    TRUCE_CHANGES_NOTHING_,
    TRUCE_CHANGES_SETS_,    /* one key holds a value: it appears, or its value changes */
    TRUCE_CHANGES_REMOVES_, /* one key disappears */
    TRUCE_CHANGES_CLEARS_,  /* every key disappears */
    TRUCE_CHANGES_KINDS_
};

struct truce_operation_ {
    const char *collection, *name;
    int observes; /* enum truce_observes_ */
    int effect;   /* enum truce_changes_ */
};

/* The operations of a dict, in the order of their rows. */
enum truce_dict_operation_ {
#define TRUCE_OPERATION(collection, name, observes, effect) TRUCE_OP_##collection##_##name##_,
#include "operations.def"
#undef TRUCE_OPERATION
    TRUCE_OPERATIONS_
};

/* The whole table. */
const struct truce_operation_ *truce_operations_(size_t *count);

/* The name of one operation. */
const char *truce_operation_name_(unsigned operation);

/* What may happen to a key, as the columns of the conflict table. */
enum truce_happening_ {
    TRUCE_HAPPENS_VALUE_CHANGES_,
    TRUCE_HAPPENS_KEY_APPEARS_,
    TRUCE_HAPPENS_KEY_DISAPPEARS_,
    TRUCE_HAPPENINGS_
};

/* When a happening makes an observation of this kind false, in words ("same key", "never", ...). */
const char *truce_conflict_words_(int observes, int happening);

/* Whether an observation of this kind can ever be made false by an effect of this kind. */
bool truce_kinds_conflict_(int observes, int effect);

#ifdef __cplusplus
}
#endif

#endif
