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

/* What an operation learns about committed state. Each collection has the kinds that make sense for it; places are a
 * dict's keys, a list's indexes, a queue's items, and the one place of a var or a counter. */
enum truce_observes_ {
    TRUCE_OBSERVES_NOTHING_,
    TRUCE_OBSERVES_VALUE_,     /* what one place holds, or that it is not there; a queue's first ones */
    TRUCE_OBSERVES_PRESENCE_,  /* whether one place is there */
    TRUCE_OBSERVES_MATCH_,     /* whether one place holds a given value */
    TRUCE_OBSERVES_COUNT_,     /* the exact number of places */
    TRUCE_OBSERVES_PREDICATE_, /* the answer to a question about that number; a counter's: about its sum */
    TRUCE_OBSERVES_KEY_SET_,   /* which places there are */
    TRUCE_OBSERVES_CONTENT_,   /* which places there are, with their values */
    TRUCE_OBSERVES_END_,       /* the value at the end, or that there is none */
    TRUCE_OBSERVES_KINDS_
};

/* What an operation may do at commit. */
enum truce_changes_ {
    TRUCE_CHANGES_NOTHING_,
    TRUCE_CHANGES_SETS_,    /* one place holds a value: it appears, or its value changes */
    TRUCE_CHANGES_REMOVES_, /* one place disappears; of a queue some may */
    TRUCE_CHANGES_CLEARS_,  /* every place disappears */
    TRUCE_CHANGES_APPENDS_, /* values appear at the end */
    TRUCE_CHANGES_INSERTS_, /* a value appears anywhere */
    TRUCE_CHANGES_KINDS_
};

struct truce_operation_ {
    const char *collection, *name;
    int observes; /* enum truce_observes_ */
    int effect;   /* enum truce_changes_ */
};

/* The operations, in the order of their rows. */
enum truce_operation_number_ {
#define TRUCE_OPERATION(collection, name, observes, effect) TRUCE_OP_##collection##_##name##_,
#include "operations.def"
#undef TRUCE_OPERATION
    TRUCE_OPERATIONS_
};

/* The whole table. */
const struct truce_operation_ *truce_operations_(size_t *count);

/* The name of one operation. */
const char *truce_operation_name_(unsigned operation);

/* The words of one collection's conflict table: its columns are what may happen to it, its rows what may have been
 * observed. */
enum { TRUCE_HAPPENINGS_ = 3 };

struct truce_vocabulary_ {
    const char *collection;
    const char *happenings[TRUCE_HAPPENINGS_];   /* NULL from the first that it doesn't have */
    const char *observed[TRUCE_OBSERVES_KINDS_]; /* NULL: it has no such operation */
    /* When a happening makes an observation of this kind false ("same key", "never", ...). */
    const char *words[TRUCE_OBSERVES_KINDS_][TRUCE_HAPPENINGS_];
    /* Whether an effect of this kind may make it happen. */
    bool causes[TRUCE_CHANGES_KINDS_][TRUCE_HAPPENINGS_];
};

/* The vocabulary of a collection; NULL if there is no such collection. */
const struct truce_vocabulary_ *truce_vocabulary_of_(const char *collection);

/* Whether an observation of this kind can ever be made false by an effect of this kind. */
bool truce_kinds_conflict_(const char *collection, int observes, int effect);

#ifdef __cplusplus
}
#endif

#endif
