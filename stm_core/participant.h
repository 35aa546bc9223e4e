/* The seam: what a kind of collection gives the core, and what the core hands to it. Whoever writes a transactional
 * collection needs core.h, which includes this, and nothing else.
 *
 * Reading. An operation looks at cells with truce_look_, and at the content between two looks. What it answers it
 * records with truce_record_ (one cell: the core's fast check applies) or truce_record_several_. If a look fails it
 * hands what it met to truce_resolve_ and starts over: an operation that hasn't answered has observed nothing.
 *
 * Changing. An operation makes an effect with truce_effect_new_. Nothing shared is touched before the commit, which
 * calls, in this order:
 *   lock_object    for each object changed as a whole, lock_effect for each effect, lock_counts for each object:
 *                  find the place, lock it with truce_lock_, say what the installing will need (truce_tx.needs);
 *                  called again from the start whenever locks were given up, so everything found is found again;
 *   recheck        for each record whose cell fails the fast check;
 *   install_object, install_effect, install_counts: the point of no return is passed, nothing may fail or wait;
 * then the core unlocks, and calls settle_effect (give back what was not used; only if tx->settles was set because an
 * effect holds something) and settle_object (after everything, no locks held: here a table grows). If the attempt ends
 * without effects only the settle functions are called. Functions on objects are left out where the participant says
 * effects_only.
 */
#ifndef TRUCE_PARTICIPANT_H
#define TRUCE_PARTICIPANT_H

#include <stdbool.h>
#include <stdint.h>

#include <truce/tx.h>

#include "atomic.h"

struct truce_kind_;
struct truce_effect_;
struct truce_record_;

/* A field of every collection, aligned to TRUCE_OBJECT_ALIGNMENT_. */
struct truce_object_ {
    uint32_t magic; /* of the kind and its variant; TRUCE_FREED_ after the free */
    uint32_t reserved;
    const struct truce_kind_ *kind;
    uint64_t align_to_32_bytes;
    char *name;      /* owned; NULL: none */
};

enum { TRUCE_FREED_ = 0x0ddba11 };

/* What is found out about a cell, an observation, or a step of a commit. */
enum truce_step_ {
    TRUCE_STEP_DONE_,     /* went well; an observation: still true */
    TRUCE_STEP_LOCKED_,   /* tx->met: a cell that another transaction has locked */
    TRUCE_STEP_TOO_NEW_,  /* tx->met: a version above the limit */
    TRUCE_STEP_UNSTABLE_, /* changed while it was looked at */
    TRUCE_STEP_FALSE_,    /* an observation that is not true any more; tx->conflict says why */
    TRUCE_STEP_NEEDS_,    /* more memory is needed than was reserved: tx->needs */
    TRUCE_STEP_FAILED_    /* the transaction failed; its status says how */
};

/* What one transaction does to one object. */
struct truce_participant_ {
    struct truce_object_ *object;
    struct truce_participant_ *next; /* of the same transaction, in order of first effect */
    int64_t net;                     /* of what the effects add to the count; counted anew under the locks */
    uint32_t count_lock;             /* number of the lock on the count */
    uint32_t superseded;             /* how many of its effects are */
    bool cleared;                    /* everything that was there goes */
    bool effects_only;               /* the functions on objects have nothing to do, unless net or marks is not 0 */
    uint8_t marks;                   /* the collection's own */
};

/* One change of one place, as it stands. */
struct truce_effect_ {
    struct truce_participant_ *participant;
    uint64_t hash;              /* of the place: key hash, index */
    uint64_t key;               /* word, or address */
    uint64_t value;             /* word, address, or operand */
    struct truce_effect_ *next; /* older one that may have the same hash */
    void *place;                /* found under the lock */
    uint64_t old;               /* the collection's own */
    uint32_t lock;              /* number of the lock that guards it */
    uint16_t flags;             /* TRUCE_EFFECT_SUPERSEDED_, and from bit 1 on the collection's own */
    uint8_t change;             /* what it does: the collection's own */
    uint8_t slot;               /* the collection's own */
};

/* A newer effect speaks for the place. It stays until the attempt ends, for what it holds, and is not installed. */
enum { TRUCE_EFFECT_SUPERSEDED_ = 1 };

/* An observation. */
struct truce_record_ {
    uint64_t cell;   /* address of the cell's word | flags in the low 3 bits */
    uint64_t object; /* address of the object | operation (6 bits) */
    uint64_t key;    /* word, index, or address: the collection's own */
    uint64_t seen;   /* the collection's own */
};

enum {
    TRUCE_RECORD_SEVERAL_ = 1, /* several cells: no fast check; made with truce_record_several_ */
    TRUCE_RECORD_OWN_1_ = 2,   /* the collection's own */
    TRUCE_RECORD_OWN_2_ = 4,
    TRUCE_RECORD_FLAGS_ = 7,
    TRUCE_OBJECT_ALIGNMENT_ = 64
};

static inline truce_atomic64_ *truce_record_cell_(const struct truce_record_ *record)
{
    return (truce_atomic64_ *)(uintptr_t)(record->cell & ~(uint64_t)TRUCE_RECORD_FLAGS_);
}

static inline struct truce_object_ *truce_record_object_(const struct truce_record_ *record)
{
    return (struct truce_object_ *)(uintptr_t)(record->object & ~(uint64_t)(TRUCE_OBJECT_ALIGNMENT_ - 1));
}

static inline unsigned truce_record_operation_(const struct truce_record_ *record)
{
    return (unsigned)(record->object & (TRUCE_OBJECT_ALIGNMENT_ - 1));
}

/* What a kind of collection does. NULL where it has nothing to do, but for recheck, lock_effect and install_effect. */
struct truce_kind_ {
    const char *name; /* "dict", "list", ... */

    /* Is the observation true on content not above `limit`? DONE: and the record's cell is where its place is now.
     * FALSE: and tx->conflict is filled (its bytes alive until the attempt ends). Judges only when every cell of the
     * observation was stable and old enough. */
    enum truce_step_ (*recheck)(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

    /* Gets the memory that lock_effect asked for in tx->needs.effects, if it was for this effect. No locks are held.
     * False when there is none. */
    bool (*reserve_effect)(truce_tx *tx, struct truce_effect_ *effect);

    enum truce_step_ (*lock_object)(truce_tx *tx, struct truce_participant_ *participant);
    enum truce_step_ (*lock_effect)(truce_tx *tx, struct truce_effect_ *effect);
    enum truce_step_ (*lock_counts)(truce_tx *tx, struct truce_participant_ *participant);

    void (*install_object)(truce_tx *tx, struct truce_participant_ *participant);
    void (*install_effect)(truce_tx *tx, struct truce_effect_ *effect);
    void (*install_counts)(truce_tx *tx, struct truce_participant_ *participant);

    void (*settle_effect)(truce_tx *tx, struct truce_effect_ *effect, bool committed);
    void (*settle_object)(truce_tx *tx, struct truce_participant_ *participant, bool committed);
};

#endif
