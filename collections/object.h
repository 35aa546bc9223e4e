/* What collections have in common as objects: going away, what is said of a conflict, and, for those on which a
 * transaction has one effect, finding that.
 *
 * An object that is freed stays readable as freed (its magic says so) until every transaction that was open has ended;
 * its cells get new versions, so that whoever read them looks again, and finds that.
 */
#ifndef TRUCE_OBJECT_H
#define TRUCE_OBJECT_H

#include "stm_core/core.h"

/* Gives a cell of a freed object a new version. One that is locked is being changed by a transaction, which is as much
 * in the wrong: it is left alone. */
void truce_object_disturb_(truce_atomic64_ *cell);

/* Has destroy(collection, context) called once nobody can see the collection any more, at once if nobody can now. Where
 * there is no memory to put it aside, waits for that; or loses it, if a transaction of this very thread may be using
 * it. */
void truce_object_retire_(void *collection, void (*destroy)(void *collection, void *context), void *context);

/* Where the effect on an object, if a transaction has one on the whole of it, stands among its effects. */
static inline uint64_t truce_object_hash_(const struct truce_object_ *object)
{
    return ((uint64_t)(uintptr_t)object / TRUCE_OBJECT_ALIGNMENT_) * 0x9e3779b97f4a7c15u; /* odd: all bits count */
}

/* The transaction's effect on it, as it stands; NULL if there is none. */
struct truce_effect_ *truce_object_effect_slow_(const truce_tx *tx, const struct truce_object_ *object);

static inline struct truce_effect_ *truce_object_effect_(const truce_tx *tx, const struct truce_object_ *object)
{
    if (TRUCE_LIKELY_(!truce_effect_maybe_(tx, truce_object_hash_(object)))) return NULL;
    return truce_object_effect_slow_(tx, object);
}

/* Makes the first one: the transaction has none, and so the object is not searched for among its participants. NULL
 * when memory ran out. */
struct truce_effect_ *truce_object_effect_new_(truce_tx *tx, struct truce_object_ *object);

/* Fills tx->conflict: what a record of the collection says was seen, and what is true now. FALSE. */
enum truce_step_ truce_object_conflict_(truce_tx *tx, const struct truce_record_ *record, const void *collection,
                                        truce_item key, truce_item seen, truce_item now);

#endif
