/* The core's one header for collections: everything a transactional collection is written with. The contract between
 * them is participant.h. */
#ifndef TRUCE_CORE_H
#define TRUCE_CORE_H

#include <truce/settings.h>
#include <truce/tx.h>

#include "alloc.h"
#include "atomic.h"
#include "cell.h"
#include "clock.h"
#include "epoch.h"
#include "log.h"
#include "misuse.h"
#include "participant.h"
#include "random.h"
#include "thread.h"
#include "tx.h"
#include "wait.h"

#define TRUCE_LIKELY_(condition) __builtin_expect(!!(condition), 1)
#define TRUCE_UNLIKELY_(condition) __builtin_expect(!!(condition), 0)

/* Objects. Fills the head of a new collection; the name is copied. False when memory ran out. */
bool truce_object_init_(struct truce_object_ *object, const struct truce_kind_ *kind, uint32_t magic, const char *name);

/* Frees what truce_object_init_ made; not the object. */
void truce_object_fini_(struct truce_object_ *object);

/* Entering an operation. OK if the transaction is open, of this thread, and has not failed; else its failure. Stops at
 * misuse. The caller has dealt with TRUCE_ALONE. */
truce_status truce_tx_enter_(truce_tx *tx);

/* The same for an operation with an effect. */
truce_status truce_tx_enter_to_change_(truce_tx *tx);

/* The transaction fails: sticky. Returns `status`. */
truce_status truce_tx_fail_(truce_tx *tx, truce_status status);

/* Looking at a cell. */
struct truce_look_ {
    truce_atomic64_ *cell;
    uint64_t raw;  /* the word as it stands */
    uint64_t word; /* the unlocked word: if this transaction holds the lock, the one before */
};

/* Any unlocked word is below it. */
#define TRUCE_LIMIT_NONE_ TRUCE_CELL_LOCKED_

/* DONE, LOCKED or TOO_NEW (tx->met). A cell locked by the transaction itself is DONE whatever its version. */
enum truce_step_ truce_look_slow_(truce_tx *tx, struct truce_look_ *look, uint64_t limit);

static inline enum truce_step_ truce_look_(truce_tx *tx, truce_atomic64_ *cell, uint64_t limit,
                                           struct truce_look_ *look)
{
    look->cell = cell;
    look->raw = look->word = truce_load_seq_cst_(cell); /* [clock], [unlock] */
    return TRUCE_LIKELY_(look->raw < limit) ? TRUCE_STEP_DONE_ : truce_look_slow_(tx, look, limit);
}

/* Whether what was loaded since the look is what the word of the look guards. */
static inline bool truce_look_stands_(const struct truce_look_ *look)
{
    return truce_load_acquire_(look->cell) == look->raw; /* [content] */
}

/* Does what a failed step asks for: waits, or moves the snapshot forward. OK: the operation starts over. Else the
 * transaction has failed. */
truce_status truce_resolve_(truce_tx *tx, enum truce_step_ step);

/* Recording an observation. */
truce_status truce_record_grow_(truce_tx *tx);

static inline truce_status truce_record_(truce_tx *tx, uint64_t cell_and_flags, const struct truce_object_ *object,
                                         unsigned operation, uint64_t key, uint64_t seen)
{
    if (TRUCE_UNLIKELY_(tx->records.next == tx->records.chunk_end)) TRUCE_TRY(truce_record_grow_(tx));
    struct truce_record_ *record = (struct truce_record_ *)(void *)tx->records.next;
    tx->records.next += sizeof *record;
    record->cell = cell_and_flags;
    record->object = (uint64_t)(uintptr_t)object | operation;
    record->key = key;
    record->seen = seen;
    return TRUCE_OK;
}

/* A record of several cells: the one it names is never old enough, so that it is always judged by its collection. */
extern const truce_atomic64_ truce_never_old_;

static inline truce_status truce_record_several_(truce_tx *tx, const struct truce_object_ *object, unsigned operation,
                                                 uint64_t key, uint64_t seen)
{
    return truce_record_(tx, (uint64_t)(uintptr_t)&truce_never_old_ | TRUCE_RECORD_SEVERAL_, object, operation, key,
                         seen);
}

/* An operation that makes several records but is answered once has observed nothing before that. Between begin and end,
 * truce_resolve_ drops the records of the operation before it moves the snapshot forward; the operation asks after each
 * part whether that happened, and if so does all of its parts again. */
static inline void truce_operation_begin_(truce_tx *tx)
{
    tx->operation = truce_log_place_now_(&tx->records);
    tx->marks |= TRUCE_TX_PARTS_;
    tx->started_over = false;
}

static inline bool truce_operation_started_over_(truce_tx *tx)
{
    const bool started_over = tx->started_over;
    tx->started_over = false;
    return started_over;
}

static inline void truce_operation_end_(truce_tx *tx)
{
    tx->marks &= ~(uint32_t)TRUCE_TX_PARTS_;
}

/* Effects. The participant of an object: found or made; NULL when memory ran out. */
struct truce_participant_ *truce_participant_slow_(truce_tx *tx, struct truce_object_ *object);

static inline struct truce_participant_ *truce_participant_(truce_tx *tx, struct truce_object_ *object)
{
    struct truce_participant_ *participant = tx->participant;
    if (TRUCE_LIKELY_(participant != NULL && participant->object == object)) return participant;
    if (TRUCE_UNLIKELY_(tx->participants != NULL)) return truce_participant_slow_(tx, object);
    participant = &tx->first_participant;
    *participant = (struct truce_participant_){.object = object};
    tx->participant = tx->participants = participant;
    tx->participants_end = &participant->next;
    tx->marks |= TRUCE_TX_CHANGES_;
    return participant;
}

/* Makes the participant of an object that has none, as the caller knows: nothing is searched for. */
struct truce_participant_ *truce_participant_new_(truce_tx *tx, struct truce_object_ *object);

/* The participant of an object, NULL if there is none. */
struct truce_participant_ *truce_participant_if_any_(const truce_tx *tx, const struct truce_object_ *object);

/* Whether there may be an effect with this hash. */
static inline bool truce_effect_maybe_(const truce_tx *tx, uint64_t hash)
{
    return tx->filter[hash >> TRUCE_FILTER_SHIFT_] != 0;
}

/* The first of the effects that may have this hash, of any object; `next` leads on, from newer to older. */
static inline struct truce_effect_ *truce_effect_first_(const truce_tx *tx, uint64_t hash)
{
    if (TRUCE_UNLIKELY_(tx->index != NULL)) return tx->index[hash & (tx->index_size - 1)];
    const uint8_t newest = tx->filter[hash >> TRUCE_FILTER_SHIFT_];
    if (newest == 0) return NULL;
    return (struct truce_effect_ *)truce_log_entries_(tx->effects.first) + (newest - 1);
}

/* A new effect, all fields but participant and hash zero. NULL when memory ran out. */
struct truce_effect_ *truce_effect_new_slow_(truce_tx *tx, struct truce_participant_ *participant, uint64_t hash);

/* Whether there is room for one more without asking for memory or making the index. */
static inline bool truce_effect_has_room_(const truce_tx *tx)
{
    return TRUCE_LIKELY_(tx->index == NULL && tx->effects.next != tx->effects.chunk_end);
}

/* The same, where there is room. `older` is truce_effect_first_. */
static inline struct truce_effect_ *truce_effect_add_(truce_tx *tx, struct truce_participant_ *participant,
                                                      uint64_t hash, struct truce_effect_ *older)
{
    struct truce_effect_ *effect = (struct truce_effect_ *)(void *)tx->effects.next;
    const size_t count = tx->effect_count + 1;
    tx->effects.next = (char *)(effect + 1);
    tx->effect_count = count;
    tx->filter[hash >> TRUCE_FILTER_SHIFT_] = (uint8_t)count;
    *effect = (struct truce_effect_){.participant = participant, .hash = hash, .next = older};
    return effect;
}

static inline struct truce_effect_ *truce_effect_new_(truce_tx *tx, struct truce_participant_ *participant,
                                                      uint64_t hash)
{
    return truce_effect_has_room_(tx) ? truce_effect_add_(tx, participant, hash, truce_effect_first_(tx, hash))
                                      : truce_effect_new_slow_(tx, participant, hash);
}

/* From now on there may be an effect on every place: operations look for it. False when memory ran out. */
bool truce_effect_everywhere_(truce_tx *tx);

/* Locks a cell if its word is still `word`, which was unlocked: what was found out under that word holds under the lock.
 * False where that can't be; nothing has changed then. */
static inline bool truce_lock_as_seen_(truce_tx *tx, truce_atomic64_ *cell, uint64_t word, uint32_t *lock)
{
    const uint32_t number = tx->lock_count;
    uint64_t expected = word;
    if (TRUCE_UNLIKELY_(number == tx->lock_capacity ||
                        !truce_cas_seq_cst_(cell, &expected, truce_cell_lock_word_(tx->owner, number)))) { /* [clock] */
        return false;
    }
    tx->locks[number] = (struct truce_lock_){.cell = cell, .old_word = word, .low = (uint8_t)word};
    tx->lock_count = number + 1;
    if (word > tx->newest_locked) tx->newest_locked = word;
    *lock = number;
    return true;
}

/* In the commit. Locks a cell, or finds it locked by this transaction; *lock is its number. DONE, LOCKED, NEEDS or
 * FAILED. Waits where the age rule says so. */
enum truce_step_ truce_lock_slow_(truce_tx *tx, truce_atomic64_ *cell, uint32_t *lock);

static inline enum truce_step_ truce_lock_(truce_tx *tx, truce_atomic64_ *cell, uint32_t *lock)
{
    const uint64_t word = truce_load_seq_cst_(cell);
    const bool locked = !truce_cell_locked_(word) && truce_lock_as_seen_(tx, cell, word, lock);
    return TRUCE_LIKELY_(locked) ? TRUCE_STEP_DONE_ : truce_lock_slow_(tx, cell, lock);
}

/* Unlocks the lock taken last, as if nothing had been: it was the wrong cell. */
void truce_lock_undo_(truce_tx *tx);

/* A spare block, which was asked for in tx->needs.spares: TRUCE_SPARE_SIZE_ zeroed bytes from truce_alloc_. */
void *truce_spare_take_(truce_tx *tx);

/* Operations alone that are no fast path: a transaction of their own that is run until it succeeds. */
struct truce_alone_ {
    truce_tx *tx;
    truce_status status;
};
bool truce_alone_again_(struct truce_alone_ *alone);

/* Ends it if it is left by an exception. */
void truce_alone_leave_(struct truce_alone_ *alone);

/* Runs `call`, an operation on alone.tx, in this way; `result` is its status. */
#define TRUCE_RUN_ALONE_(result, call)                                                                                 \
    do {                                                                                                               \
        struct truce_alone_ alone __attribute__((cleanup(truce_alone_leave_))) = {NULL, TRUCE_OK};                     \
        while (truce_alone_again_(&alone)) alone.status = (call);                                                      \
        (result) = alone.status;                                                                                       \
    } while (0)

/* The same, and leaves the enclosing function with the status. */
#define TRUCE_RETURN_ALONE_(call)                                                                                      \
    do {                                                                                                               \
        truce_status alone_result;                                                                                     \
        TRUCE_RUN_ALONE_(alone_result, call);                                                                          \
        return alone_result;                                                                                           \
    } while (0)

#endif
