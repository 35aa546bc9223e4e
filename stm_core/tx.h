/* A transaction. Hides attempts: what one holds, how it begins and ends, how its snapshot moves forward.
 *
 * Invariants of an open attempt (state OPEN, status 0):
 *   limit is the limit of a time r at which every record was true at once: so what the body knows is one state;
 *   a record's cell whose word is below limit has not changed since r, so the record is still true;
 *   nothing shared was written.
 * After a failure the status is negative, limit is 0, and every operation's fast path fails its first comparison.
 *
 * Only the owning thread touches a transaction, except for `age`, which committers that meet one of its locks read.
 * Transactions are never freed, only pooled, so that they may do that at any time.
 */
#ifndef TRUCE_CORE_TX_H
#define TRUCE_CORE_TX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <truce/tx.h>

#include "atomic.h"
#include "cell.h"
#include "clock.h"
#include "epoch.h"
#include "log.h"
#include "participant.h"
#include "thread.h"

/* A cell this transaction has locked. */
struct truce_lock_ {
    truce_atomic64_ *cell;
    uint64_t old_word;
    int32_t room;  /* the collection's own: places still free under this lock */
    uint8_t low;   /* the low byte at unlocking, if changed; at first the one before */
    bool changed;  /* what it guards is different now */
    bool prepared; /* the collection's own: `room` is set */
    uint8_t unused;
};

/* What was met that kept a step from going well. */
struct truce_met_ {
    truce_atomic64_ *cell;
    uint64_t word;
};

/* What a commit needs, found out under the locks; compared with what was reserved before them. */
struct truce_needs_ {
    uint32_t locks;
    uint32_t spares;  /* blocks of TRUCE_SPARE_SIZE_ zeroed bytes */
    uint32_t retires; /* calls of truce_epoch_retire_ */
    uint32_t effects; /* effects that want something of their own: reserve_effect */
};

enum { TRUCE_SPARE_SIZE_ = 128 };

struct truce_spare_ {
    struct truce_spare_ *next;
};

struct truce_delayed_ {
    struct truce_delayed_ *next;
    truce_action *action;
    void *context;
};

struct truce_retirement_ {
    struct truce_retirement_ *next;
    void *pointer;
    truce_release *release;
    void *context;
};

enum truce_tx_state_ { TRUCE_TX_IDLE_, TRUCE_TX_OPEN_, TRUCE_TX_OVER_, TRUCE_TX_COMMITTED_ };

/* What there is to a transaction beside a few observations. Without any of it, it begins and ends in the short way. */
enum truce_tx_marks_ {
    TRUCE_TX_CHANGES_ = 1,   /* it has participants */
    TRUCE_TX_BYTES_ = 2,     /* something was taken from its arena, since that was emptied */
    TRUCE_TX_LONG_ = 4,      /* its records fill more than one chunk */
    TRUCE_TX_PARTS_ = 8,     /* an operation that has parts is in progress: truce_operation_begin_ */
    TRUCE_TX_OPTIONS_ = 16,  /* the run has options */
    TRUCE_TX_AGAIN_ = 32,    /* an attempt of the run was rolled back */
    TRUCE_TX_CLEARED_ = 64,  /* one of its participants is cleared */
    TRUCE_TX_MOVED_ = 128    /* it had to move the clock: `moves` */
};

enum {
    TRUCE_FILTER_SIZE_ = 512,
    TRUCE_FILTER_SHIFT_ = 64 - 9,
    TRUCE_FILTER_FULL_ = 255,
    TRUCE_EFFECTS_INDEXED_FROM_ = TRUCE_FILTER_FULL_ - 1 /* as many fit the filter's numbers and the first chunk */
};

struct truce_tx {
    /* The fast path of operations. */
    uint64_t limit;              /* 0 unless open and not failed */
    struct truce_log_ records;   /* of struct truce_record_ */
    struct truce_thread_ *thread;
    uint32_t marks;              /* of enum truce_tx_marks_ */
    truce_status status;         /* the failure, sticky until the next attempt */
    enum truce_tx_state_ state;
    uint32_t attempts, conflicts; /* of the run */
    struct truce_tx *next;       /* in the thread's list of open attempts */
    truce_atomic64_ age;         /* clock at the start of the first attempt: smaller is older */
    uint64_t end;                /* committed: the limit of the time at which it did */
    struct truce_tx *next_pooled;
    struct truce_participant_ *participant; /* the one used last */
    struct truce_log_ effects;   /* of struct truce_effect_ */
    uint32_t moves;              /* how often it had to move the clock, if MOVED */
    bool read_only;
    bool settles;                /* some effect must be given to settle_effect */
    bool started_over;           /* the operation in progress lost its records: truce_operation_begin_ */
    struct truce_log_place_ operation; /* where its records begin, if it has parts */

    /* What effects there are, by the top 9 bits of their hash. 0: none. Else 1 + the number of the newest, which leads
     * to the others; TRUCE_FILTER_FULL_ everywhere once there are too many for that: then `index` has them all. */
    uint8_t filter[TRUCE_FILTER_SIZE_];
    struct truce_effect_ **index;
    size_t index_size, effect_count;

    struct truce_participant_ *participants, **participants_end;
    struct truce_participant_ first_participant; /* saves most transactions an allocation */

    /* Commit. */
    struct truce_lock_ *locks;
    uint32_t lock_count, lock_capacity;
    uint64_t newest_locked;      /* the largest word under the locks: the newest version */
    uint32_t owner;              /* number of this transaction in locked words; fixed */
    uint32_t spare_count;
    struct truce_spare_ *spares;
    struct truce_needs_ needs;
    struct truce_met_ met;

    /* The attempt. */
    struct truce_arena_ arena;
    struct truce_delayed_ *on_commit, **on_commit_end, *on_abort;
    struct truce_retirement_ *retirements;
    uint32_t retirement_count;
    uint64_t epoch;              /* while the thread has other attempts open; alone, it is the one announced */
    truce_conflict conflict;     /* object NULL: none */
    struct truce_arena_ explained; /* its bytes, from the end of the attempt to the next conflict or transaction */

    /* The run's options. Without any, all of them and read_only are zero. */
    uint32_t attempts_max;
    uint64_t deadline_ns;        /* 0: none */
    truce_report *report;
};

/* A transaction from the thread's pool, its options set, no attempt open. NULL when memory ran out. */
struct truce_tx *truce_tx_take_(struct truce_thread_ *thread, const truce_run_options *options);

/* Ends it and puts it back. */
static inline void truce_tx_put_back_(struct truce_tx *tx)
{
    tx->state = TRUCE_TX_IDLE_;
    tx->status = TRUCE_OK;
    tx->next_pooled = tx->thread->pool;
    tx->thread->pool = tx;
}

/* Enters it in the thread's list of open attempts, as the second or later one. The attempt's references into
 * collections are covered by the thread's announcement: the oldest of its attempts'. */
void truce_tx_enter_list_(struct truce_tx *tx);

/* Takes it out of the list, in which there are others. */
void truce_tx_leave_list_(struct truce_tx *tx);

/* Opens an attempt, everything of the last one gone. `thread` is the transaction's. */
static inline void truce_tx_open_(struct truce_tx *tx, struct truce_thread_ *thread, bool first)
{
    if (__builtin_expect(thread->open != NULL, 0)) {
        truce_tx_enter_list_(tx);
    } else {
        truce_epoch_enter_(thread);
        thread->open = tx; /* whose `next` is NULL */
    }
    const uint64_t now = truce_clock_now_();
    if (first) truce_store_relaxed_(&tx->age, now); /* read by who meets its locks: [unlock] */
    tx->limit = truce_cell_limit_(now);
    tx->state = TRUCE_TX_OPEN_;
}

/* A transaction with its first attempt open, in the short way; NULL where that can't be. */
static inline struct truce_tx *truce_tx_begin_short_(struct truce_thread_ *thread)
{
    struct truce_tx *tx = thread->pool;
    if (__builtin_expect(tx == NULL || tx->marks != 0, 0)) return NULL;
    thread->pool = tx->next_pooled;
    tx->attempts = 1;
    tx->conflicts = 0;
    truce_tx_open_(tx, thread, true);
    return tx;
}

/* Empties its arena, with what is in there: delayed actions, retirements. */
void truce_tx_drop_bytes_(struct truce_tx *tx);

/* Begins an attempt; the transaction has none open. TOO_MANY_ATTEMPTS, TIMED_OUT, or OK. */
truce_status truce_tx_attempt_(struct truce_tx *tx);

/* The records go, and the references are given up. */
static inline void truce_tx_close_reading_(struct truce_tx *tx, struct truce_thread_ *thread, enum truce_tx_state_ state)
{
    tx->limit = 0;
    tx->state = state;
    tx->records.next = truce_log_entries_(tx->records.first);
    if (__builtin_expect(thread->open == tx && tx->next == NULL, 1)) {
        thread->open = NULL;
        truce_epoch_leave_(thread);
    } else {
        truce_tx_leave_list_(tx);
    }
}

/* Commits an open attempt in the short way: it only read, and all of it was true at one time: no check. False, and
 * nothing is done, where it takes more than that. */
static inline bool truce_tx_commit_short_(struct truce_tx *tx)
{
    struct truce_thread_ *thread = tx->thread;
    if (__builtin_expect(tx->limit == 0 || tx->marks != 0, 0)) return false;
    tx->end = tx->limit;
    truce_count_own_(&thread->counts[TRUCE_COUNT_COMMITS_], 1);
    truce_tx_close_reading_(tx, thread, TRUCE_TX_COMMITTED_);
    return true;
}

/* The number of its commit. */
static inline uint64_t truce_tx_number_(const struct truce_tx *tx)
{
    return tx->state == TRUCE_TX_COMMITTED_ ? truce_cell_version_(tx->end) - 1 : 0;
}

/* Bytes that live until the attempt ends: truce_arena_take_. */
static inline void *truce_tx_bytes_(struct truce_tx *tx, size_t size)
{
    tx->marks |= TRUCE_TX_BYTES_;
    return truce_arena_take_(&tx->arena, size);
}

/* Ends an open attempt without effects, for the reason `status` (OK: the program's wish). Runs on_abort actions. */
void truce_tx_roll_back_(struct truce_tx *tx, truce_status status);

/* What every way but the short one does last: the effects are settled, the logs emptied, the references given up. */
void truce_tx_close_(struct truce_tx *tx, enum truce_tx_state_ state);

/* Aborts and takes back all that a thread has open; it ends. */
void truce_tx_end_all_(struct truce_thread_ *thread);

/* The transaction with this owner number; NULL if there is none. */
struct truce_tx *truce_tx_of_owner_(uint32_t owner);

/* Moves the clock to `version`, if it is behind, and reads it. */
uint64_t truce_tx_reach_(struct truce_tx *tx, uint64_t version);

/* Gives up all locks, as if nothing had been. */
void truce_locks_give_up_(struct truce_tx *tx);

/* Commits an open attempt; see commit.c. */
truce_status truce_tx_commit_(struct truce_tx *tx);

/* Copies the bytes of tx->conflict to where they outlive the attempt. */
void truce_conflict_keep_(struct truce_tx *tx);

/* TIMED_OUT if the deadline is over, else OK. */
truce_status truce_tx_in_time_(const struct truce_tx *tx);

/* Waits until the cell's word is not the one met any more. OK or TIMED_OUT. */
truce_status truce_tx_wait_(struct truce_tx *tx, const struct truce_met_ *met);

#endif
