/* The commit of a transaction: all its effects at one instant, or none. Hides locks, the age rule, and the check.
 *
 *   over again:  reserve what is known to be needed
 *                lock the cells of all effects, then the counts      everything found is found under these locks
 *                more needed than reserved? give up the locks, reserve, over again
 *   take a time: t, after all locks, not below any version under them; the stamp is t + 1
 *   check:       every record: cell below the limit, or judged again on content not above t
 *                the clock has not reached t: it is moved there before anything is judged, another time is taken, and
 *                all is checked from the first record
 *                a version above t: the same with that version
 *                an observation is false: give up the locks, the attempt has a conflict
 *   ---- point of no return: nothing below waits, allocates or fails
 *   install, unlock with the stamp (a cell whose content did not change gets its old word back)
 *   settle, retire, delayed actions
 *
 * Meeting another's lock, in locking or in checking, the age rule decides: the older waits and keeps its locks; the
 * younger gives up all of its locks, waits without any, and starts over. Older is who had the smaller clock when its
 * first attempt began; ties go by owner number. So no two wait for each other, whatever the order in which they lock:
 * cells are locked in the order of the effects, which is the program's, so that a run can be replayed. Who gave up
 * moves the clock: transactions that begin from then on are younger, and it loses at most to those that are open now.
 * A lock of the system (growth) is waited for with locks held: its holder never waits.
 *
 * A thread that stops before the point of no return, or after it, keeps its locks: those wait who need these cells.
 */
#include <string.h>

#include "clock.h"
#include "core.h"
#include "wait.h"

enum { SPARES_KEPT_MAX = 64, LOCKS_KEPT_MAX = 1 << 14 };

static void unlock_one(struct truce_lock_ *lock, uint64_t word)
{
    truce_store_release_(lock->cell, word); /* [unlock] */
}

void truce_locks_give_up_(truce_tx *tx)
{
    for (uint32_t i = 0; i < tx->lock_count; i++) unlock_one(&tx->locks[i], tx->locks[i].old_word);
    tx->lock_count = 0;
}

/* Whether this transaction may wait for the owner of a lock without giving up its own. */
static bool may_hold(const truce_tx *tx, uint64_t locked_word)
{
    const uint32_t owner = truce_cell_owner_(locked_word);
    if (owner == TRUCE_OWNER_SYSTEM_) return true;
    const struct truce_tx *other = truce_tx_of_owner_(owner);
    const uint64_t mine = truce_load_relaxed_(&tx->age);
    const uint64_t others = truce_load_relaxed_(&other->age); /* another's by now: then the word has changed as well */
    return mine != others ? mine < others : tx->owner < owner;
}

/* Meets a lock with locks held: waits if the age rule allows it. DONE: look again. */
static enum truce_step_ meet(truce_tx *tx, truce_atomic64_ *cell, uint64_t word)
{
    tx->met = (struct truce_met_){cell, word};
    if (!may_hold(tx, word)) return TRUCE_STEP_LOCKED_;
    if (truce_tx_wait_(tx, &tx->met) == TRUCE_OK) return TRUCE_STEP_DONE_;
    truce_tx_fail_(tx, TRUCE_TIMED_OUT);
    return TRUCE_STEP_FAILED_;
}

enum truce_step_ truce_lock_slow_(truce_tx *tx, truce_atomic64_ *cell, uint32_t *lock)
{
    uint64_t word = truce_load_seq_cst_(cell);
    for (;;) {
        if (TRUCE_UNLIKELY_(truce_cell_locked_(word))) {
            if (truce_cell_owner_(word) == tx->owner) {
                *lock = truce_cell_lock_number_(word);
                return TRUCE_STEP_DONE_;
            }
            const enum truce_step_ step = meet(tx, cell, word);
            if (step != TRUCE_STEP_DONE_) return step;
            word = truce_load_seq_cst_(cell);
            continue;
        }
        if (TRUCE_UNLIKELY_(tx->lock_count == tx->lock_capacity)) {
            tx->needs.locks = tx->lock_capacity * 2;
            return TRUCE_STEP_NEEDS_;
        }
        if (TRUCE_LIKELY_(truce_cas_seq_cst_(cell, &word, truce_cell_lock_word_(tx->owner, tx->lock_count)))) {
            break; /* [clock] */
        }
    }
    tx->locks[tx->lock_count] = (struct truce_lock_){.cell = cell, .old_word = word, .low = (uint8_t)word};
    if (word > tx->newest_locked) tx->newest_locked = word;
    *lock = tx->lock_count++;
    return TRUCE_STEP_DONE_;
}

void truce_lock_undo_(truce_tx *tx)
{
    tx->lock_count--;
    unlock_one(&tx->locks[tx->lock_count], tx->locks[tx->lock_count].old_word);
}

void *truce_spare_take_(truce_tx *tx)
{
    struct truce_spare_ *spare = tx->spares;
    tx->spares = spare->next;
    tx->spare_count--;
    spare->next = NULL;
    return spare;
}

static bool reserve_locks(truce_tx *tx, uint32_t count)
{
    if (count <= tx->lock_capacity) return true;
    if (count >= UINT32_MAX / 2) return false;
    uint32_t capacity = tx->lock_capacity;
    while (capacity < count) capacity *= 2;
    struct truce_lock_ *locks = truce_alloc_(capacity * sizeof *locks);
    if (locks == NULL) return false;
    truce_free_(tx->locks); /* no locks are held */
    tx->locks = locks;
    tx->lock_capacity = capacity;
    return true;
}

static bool reserve_spares(truce_tx *tx, uint32_t count)
{
    while (tx->spare_count < count) {
        struct truce_spare_ *spare = truce_alloc_(TRUCE_SPARE_SIZE_);
        if (spare == NULL) return false;
        memset(spare, 0, TRUCE_SPARE_SIZE_);
        spare->next = tx->spares;
        tx->spares = spare;
        tx->spare_count++;
    }
    return true;
}

/* What only a large commit needs goes back after it. */
static void drop_excess(truce_tx *tx)
{
    while (tx->spare_count > SPARES_KEPT_MAX) truce_free_(truce_spare_take_(tx));
    if (tx->lock_capacity <= LOCKS_KEPT_MAX) return;
    struct truce_lock_ *locks = truce_alloc_(LOCKS_KEPT_MAX * sizeof *locks);
    if (locks == NULL) return;
    truce_free_(tx->locks); /* no locks are held */
    tx->locks = locks;
    tx->lock_capacity = LOCKS_KEPT_MAX;
}

static bool reserve_effects(truce_tx *tx)
{
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) {
            const struct truce_kind_ *kind = effect->participant->object->kind;
            if (kind->reserve_effect != NULL && !kind->reserve_effect(tx, effect)) return false;
        }
        if (chunk == tx->effects.last) return true;
    }
}

/* Room for what the last try found out to be needed. No locks are held. */
static bool reserve(truce_tx *tx)
{
    return (tx->needs.effects == 0 || reserve_effects(tx)) && reserve_locks(tx, tx->needs.locks) &&
           reserve_spares(tx, tx->needs.spares) && truce_epoch_reserve_(tx->thread, tx->needs.retires);
}

static bool needs_are_met(const truce_tx *tx)
{
    if (TRUCE_LIKELY_((tx->needs.effects | tx->needs.spares | tx->needs.retires) == 0)) return true;
    const struct truce_limbo_ *limbo = &tx->thread->limbo;
    return tx->needs.effects == 0 && tx->needs.spares <= tx->spare_count &&
           tx->needs.retires <= limbo->capacity - limbo->first - limbo->count;
}

static enum truce_step_ lock_effects(truce_tx *tx)
{
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) {
            if (effect->flags & TRUCE_EFFECT_SUPERSEDED_) continue;
            const enum truce_step_ step = effect->participant->object->kind->lock_effect(tx, effect);
            if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
        }
        if (chunk == tx->effects.last) return TRUCE_STEP_DONE_;
    }
}

/* Whether there may be a count to change. */
static inline bool has_counts(const struct truce_participant_ *participant)
{
    return !participant->effects_only || participant->net != 0;
}

/* Locks everything that is to be written; finds out what is needed for that. */
static enum truce_step_ lock_all(truce_tx *tx)
{
    enum truce_step_ step = TRUCE_STEP_DONE_;
    tx->needs = (struct truce_needs_){.retires = tx->retirement_count};
    tx->newest_locked = 0;
    for (struct truce_participant_ *p = tx->participants; p != NULL; p = p->next) {
        if (p->object->magic == TRUCE_FREED_) {
            truce_misuse_("a transaction must not commit changes to a collection that was freed meanwhile");
        }
        p->net = 0;
        if (TRUCE_LIKELY_(p->effects_only || p->object->kind->lock_object == NULL)) continue;
        step = p->object->kind->lock_object(tx, p);
        if (step != TRUCE_STEP_DONE_) return step;
    }
    step = lock_effects(tx);
    if (step != TRUCE_STEP_DONE_) return step;
    for (struct truce_participant_ *p = tx->participants; p != NULL; p = p->next) {
        if (TRUCE_LIKELY_(!has_counts(p) || p->object->kind->lock_counts == NULL)) continue;
        step = p->object->kind->lock_counts(tx, p);
        if (step != TRUCE_STEP_DONE_) return step;
    }
    return needs_are_met(tx) ? TRUCE_STEP_DONE_ : TRUCE_STEP_NEEDS_;
}

/* Whether a record is true because its cell, which the transaction itself has locked, was not changed before that. */
static bool unchanged_under_own_lock(const truce_tx *tx, const struct truce_record_ *record)
{
    const uint64_t word = truce_load_seq_cst_(truce_record_cell_(record));
    if (!truce_cell_locked_(word) || truce_cell_owner_(word) != tx->owner) return false;
    return tx->locks[truce_cell_lock_number_(word)].old_word < tx->limit;
}

/* The first of the records from `record` on whose cell is not older than `limit`, or `end`. */
static inline struct truce_record_ *first_not_old(struct truce_record_ *record, const struct truce_record_ *end,
                                                  uint64_t limit)
{
    for (; end - record >= 2; record += 2) { /* [clock] */
        if (TRUCE_UNLIKELY_(truce_load_seq_cst_(truce_record_cell_(&record[0])) >= limit)) return record;
        if (TRUCE_UNLIKELY_(truce_load_seq_cst_(truce_record_cell_(&record[1])) >= limit)) return record + 1;
    }
    if (record != end && truce_load_seq_cst_(truce_record_cell_(record)) < limit) record++;
    return record;
}

/* All records at one instant, the time taken last. DONE: *stamp is for the cells. */
static enum truce_step_ check(truce_tx *tx, uint64_t *stamp)
{
    uint64_t at_least = truce_cell_version_(tx->newest_locked);
    const uint64_t limit_so_far = tx->limit;
    bool reached;
over_again:;
    const uint64_t time = truce_clock_take_(at_least, &reached); /* after all locks: [clock] */
    *stamp = time + 1;
    for (struct truce_chunk_ *chunk = tx->records.first;; chunk = chunk->next) {
        struct truce_record_ *record = truce_log_entries_(chunk);
        const struct truce_record_ *end = truce_log_used_end_(&tx->records, chunk);
        while ((record = first_not_old(record, end, limit_so_far)) != end) {
            if (unchanged_under_own_lock(tx, record)) {
                record++;
                continue;
            }
            if (TRUCE_UNLIKELY_(!reached)) {
                at_least = truce_clock_reach_(time);
                goto over_again;
            }
            truce_count_(TRUCE_COUNT_SLOW_CHECKS_, 1);
            enum truce_step_ step = truce_record_object_(record)->kind->recheck(tx, record, truce_cell_limit_(time));
            switch (step) {
            case TRUCE_STEP_DONE_:
                record++;
                break;
            case TRUCE_STEP_TOO_NEW_:
                at_least = truce_tx_reach_(tx, truce_cell_version_(tx->met.word));
                goto over_again;
            case TRUCE_STEP_LOCKED_:
                step = meet(tx, tx->met.cell, tx->met.word);
                if (step != TRUCE_STEP_DONE_) return step;
                break;
            case TRUCE_STEP_UNSTABLE_:
                break;
            default:
                return step;
            }
        }
        if (chunk == tx->records.last) return TRUCE_STEP_DONE_;
    }
}

static void install_effects(truce_tx *tx)
{
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) {
            if (effect->flags & TRUCE_EFFECT_SUPERSEDED_) continue;
            effect->participant->object->kind->install_effect(tx, effect);
        }
        if (chunk == tx->effects.last) return;
    }
}

static void install_all(truce_tx *tx, uint64_t stamp)
{
    for (struct truce_participant_ *p = tx->participants; p != NULL; p = p->next) {
        const bool any = !p->effects_only && p->object->kind->install_object != NULL;
        if (TRUCE_UNLIKELY_(any)) p->object->kind->install_object(tx, p);
    }
    install_effects(tx);
    for (struct truce_participant_ *p = tx->participants; p != NULL; p = p->next) {
        const bool any = has_counts(p) && p->object->kind->install_counts != NULL;
        if (TRUCE_UNLIKELY_(any)) p->object->kind->install_counts(tx, p);
    }
    for (uint32_t i = 0; i < tx->lock_count; i++) {
        struct truce_lock_ *lock = &tx->locks[i];
        unlock_one(lock, lock->changed ? truce_cell_word_(stamp, lock->low) : lock->old_word);
    }
    tx->lock_count = 0;
}

/* Locks, checks and installs. OK, CONFLICT, NO_MEMORY or TIMED_OUT. */
static truce_status carry_out(truce_tx *tx)
{
    for (;;) {
        uint64_t stamp = 0;
        enum truce_step_ step = lock_all(tx);
        if (TRUCE_LIKELY_(step == TRUCE_STEP_DONE_)) step = check(tx, &stamp);
        if (TRUCE_LIKELY_(step == TRUCE_STEP_DONE_)) {
            install_all(tx, stamp);
            tx->end = truce_cell_limit_(stamp);
            return TRUCE_OK;
        }
        truce_locks_give_up_(tx);
        truce_count_(TRUCE_COUNT_COMMIT_RESTARTS_, 1);
        switch (step) {
        case TRUCE_STEP_NEEDS_:
            if (!reserve(tx)) return TRUCE_NO_MEMORY;
            break;
        case TRUCE_STEP_LOCKED_:
            TRUCE_TRY(truce_tx_wait_(tx, &tx->met));
            truce_clock_reach_(truce_clock_now_() + 1); /* who begins from now on is younger */
            break;
        case TRUCE_STEP_FALSE_:
            return TRUCE_CONFLICT;
        case TRUCE_STEP_FAILED_:
            return tx->status;
        default:
            break;
        }
        TRUCE_TRY(truce_tx_in_time_(tx));
    }
}

/* Ends a committed attempt that has something in its arena: delayed actions, perhaps. */
static void finish_delayed(truce_tx *tx)
{
    for (struct truce_retirement_ *r = tx->retirements; r != NULL; r = r->next) {
        truce_epoch_retire_(tx->thread, r->pointer, r->release, r->context);
    }
    struct truce_delayed_ *delayed = tx->on_commit;
    truce_tx_close_(tx, TRUCE_TX_COMMITTED_);
    truce_epoch_collect_soon_(tx->thread);
    for (; delayed != NULL; delayed = delayed->next) delayed->action(delayed->context);
    truce_tx_drop_bytes_(tx); /* so that the next one that uses it begins short */
}

truce_status truce_tx_commit_(struct truce_tx *tx)
{
    truce_status status = tx->status;
    if (TRUCE_LIKELY_(status == TRUCE_OK)) {
        if (tx->participants != NULL) {
            status = carry_out(tx);
        } else if (tx->retirement_count != 0 && !truce_epoch_reserve_(tx->thread, tx->retirement_count)) {
            status = TRUCE_NO_MEMORY;
        } else {
            tx->end = tx->limit; /* of the time at which all it saw was true */
        }
    }
    if (TRUCE_UNLIKELY_(status < 0)) {
        truce_tx_roll_back_(tx, status);
        return status;
    }
    truce_count_own_(&tx->thread->counts[TRUCE_COUNT_COMMITS_], 1);
    if (TRUCE_UNLIKELY_(tx->spare_count > SPARES_KEPT_MAX || tx->lock_capacity > LOCKS_KEPT_MAX)) drop_excess(tx);
    if (TRUCE_UNLIKELY_(tx->marks & TRUCE_TX_BYTES_)) {
        finish_delayed(tx);
    } else {
        truce_tx_close_(tx, TRUCE_TX_COMMITTED_);
        truce_epoch_collect_soon_(tx->thread);
    }
    return TRUCE_OK;
}
