#include "tx.h"

#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "core.h"
#include "epoch.h"
#include "instant.h"
#include "misuse.h"
#include "wait.h"

enum { RECORDS_START = 256, EFFECTS_START = TRUCE_EFFECTS_INDEXED_FROM_, LOCKS_START = 64, OWNERS_A_BLOCK = 1024 };

const truce_atomic64_ truce_never_old_ = {~TRUCE_CELL_LOCKED_};

/* The transaction of each owner number: blocks of pointers, made as needed, never freed. Guarded by the rare lock for
 * writing; read without it by [publish]. */
static truce_atomic_ptr_ owner_blocks_[TRUCE_CELL_OWNERS_ / OWNERS_A_BLOCK];
static uint32_t owners_ = 1; /* 0 is the system's */

/* What ended threads left. Guarded by the rare lock. */
static struct truce_tx *left_pool_;

struct truce_tx *truce_tx_of_owner_(uint32_t owner)
{
    truce_atomic_ptr_ *block = truce_load_ptr_acquire_(&owner_blocks_[owner / OWNERS_A_BLOCK]);
    return block == NULL ? NULL : truce_load_ptr_acquire_(&block[owner % OWNERS_A_BLOCK]);
}

static bool give_owner_number(struct truce_tx *tx)
{
    truce_rare_lock_();
    const uint32_t owner = owners_;
    bool given = owner < TRUCE_CELL_OWNERS_;
    if (given) {
        truce_atomic_ptr_ *block = truce_load_ptr_acquire_(&owner_blocks_[owner / OWNERS_A_BLOCK]);
        if (block == NULL) {
            block = truce_alloc_zeroed_(64, OWNERS_A_BLOCK * sizeof *block);
            given = block != NULL;
            if (given) truce_store_ptr_release_(&owner_blocks_[owner / OWNERS_A_BLOCK], block); /* [publish] */
        }
        if (given) {
            tx->owner = owner;
            truce_store_ptr_release_(&block[owner % OWNERS_A_BLOCK], tx); /* [publish] */
            owners_++;
        }
    }
    truce_rare_unlock_();
    return given;
}

static struct truce_tx *new_tx(void)
{
    struct truce_tx *tx = truce_alloc_zeroed_(128, sizeof *tx);
    if (tx == NULL) return NULL;
    if (truce_log_start_(&tx->records, sizeof(struct truce_record_), RECORDS_START) &&
        truce_log_start_(&tx->effects, sizeof(struct truce_effect_), EFFECTS_START)) {
        tx->locks = truce_alloc_(LOCKS_START * sizeof *tx->locks);
        tx->lock_capacity = LOCKS_START;
        if (tx->locks != NULL && give_owner_number(tx)) return tx;
    }
    truce_free_(tx->locks);
    truce_log_free_(&tx->effects);
    truce_log_free_(&tx->records);
    truce_free_zeroed_(tx, sizeof *tx);
    return NULL;
}

static struct truce_tx *take_left(void)
{
    truce_rare_lock_();
    struct truce_tx *tx = left_pool_;
    if (tx != NULL) left_pool_ = tx->next_pooled;
    truce_rare_unlock_();
    return tx;
}

/* As much of the caller's options as he has; the rest is zero. */
static truce_run_options known_options(const truce_run_options *options)
{
    truce_run_options known = {.size = sizeof known};
    if (options != NULL) {
        if (options->size < sizeof options->size) truce_misuse_("truce_run_options needs its size field set");
        memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    }
    if (known.report != NULL && known.report->size < sizeof(truce_report)) {
        truce_misuse_("truce_report needs its size field set to the size of the struct");
    }
    return known;
}

static void take_options(struct truce_tx *tx, const truce_run_options *known)
{
    tx->attempts_max = known->attempts;
    tx->read_only = known->read_only;
    tx->deadline_ns = 0;
    tx->report = known->report;
    if (known->timeout_ns != 0) {
        const uint64_t now = truce_instant_ns_();
        tx->deadline_ns = now + known->timeout_ns < now ? UINT64_MAX : now + known->timeout_ns;
    }
}

struct truce_tx *truce_tx_take_(struct truce_thread_ *thread, const truce_run_options *options)
{
    const truce_run_options known = known_options(options);
    struct truce_tx *tx = thread->pool;
    if (tx != NULL) {
        thread->pool = tx->next_pooled;
    } else {
        tx = take_left();
        if (tx == NULL) tx = new_tx();
        if (tx == NULL) return NULL;
        tx->thread = thread;
    }
    tx->attempts = 0;
    tx->conflicts = 0;
    tx->conflict.object = NULL;
    truce_arena_reset_(&tx->explained);
    tx->marks = options != NULL ? TRUCE_TX_OPTIONS_ : 0;
    take_options(tx, &known);
    return tx;
}

truce_status truce_tx_in_time_(const struct truce_tx *tx)
{
    return tx->deadline_ns != 0 && truce_instant_ns_() >= tx->deadline_ns ? TRUCE_TIMED_OUT : TRUCE_OK;
}

truce_status truce_tx_wait_(struct truce_tx *tx, const struct truce_met_ *met)
{
    struct truce_waiter_ waiter = {0};
    truce_count_(TRUCE_COUNT_LOCK_WAITS_, 1);
    while (truce_load_acquire_(met->cell) == met->word) {
        truce_wait_round_(&waiter);
        if (tx->deadline_ns != 0) TRUCE_TRY(truce_tx_in_time_(tx));
    }
    return TRUCE_OK;
}

void truce_tx_drop_bytes_(struct truce_tx *tx)
{
    truce_arena_reset_(&tx->arena);
    tx->on_commit = NULL;
    tx->on_abort = NULL;
    tx->retirements = NULL;
    tx->retirement_count = 0;
    tx->marks &= ~(uint32_t)TRUCE_TX_BYTES_;
}

truce_status truce_tx_attempt_(struct truce_tx *tx)
{
    if (tx->attempts != 0 || tx->deadline_ns != 0) {
        truce_status status = truce_tx_in_time_(tx);
        if (tx->attempts_max != 0 && tx->attempts >= tx->attempts_max) status = TRUCE_TOO_MANY_ATTEMPTS;
        if (status < 0) return status;
    }
    truce_tx_drop_bytes_(tx);
    tx->conflict.object = NULL;
    tx->status = TRUCE_OK;
    tx->attempts++;
    truce_tx_open_(tx, tx->thread, tx->attempts == 1);
    return TRUCE_OK;
}

void truce_tx_enter_list_(struct truce_tx *tx)
{
    struct truce_thread_ *thread = tx->thread;
    if (thread->open->next == NULL) thread->open->epoch = truce_load_relaxed_(&thread->announced);
    tx->epoch = truce_load_acquire_(&truce_epoch_now_.now);
    tx->next = thread->open;
    thread->open = tx;
}

void truce_tx_leave_list_(struct truce_tx *tx)
{
    struct truce_thread_ *thread = tx->thread;
    uint64_t oldest = UINT64_MAX;
    for (struct truce_tx **link = &thread->open; *link != NULL;) {
        if (*link == tx) {
            *link = tx->next;
        } else {
            if ((*link)->epoch < oldest) oldest = (*link)->epoch;
            link = &(*link)->next;
        }
    }
    tx->next = NULL;
    truce_epoch_announce_(thread, oldest);
}

/* Every effect is handed back to its collection, then everything is as before the attempt. */
static void empty_effects(struct truce_tx *tx, bool committed)
{
    for (struct truce_chunk_ *chunk = tx->effects.first; tx->settles; chunk = chunk->next) {
        struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) {
            const struct truce_kind_ *kind = effect->participant->object->kind;
            if (kind->settle_effect != NULL) kind->settle_effect(tx, effect, committed);
        }
        if (chunk == tx->effects.last) tx->settles = false;
    }
    if (tx->index == NULL) {
        const struct truce_effect_ *effect = truce_log_entries_(tx->effects.first);
        for (size_t i = 0; i < tx->effect_count; i++) tx->filter[effect[i].hash >> TRUCE_FILTER_SHIFT_] = 0;
    } else {
        memset(tx->filter, 0, sizeof tx->filter);
        truce_free_(tx->index);
        tx->index = NULL;
    }
    if (tx->effects.first == tx->effects.last) {
        tx->effects.next = truce_log_entries_(tx->effects.first);
    } else {
        truce_log_reset_(&tx->effects);
    }
    tx->effect_count = 0;
}

void truce_tx_close_(struct truce_tx *tx, enum truce_tx_state_ state)
{
    tx->limit = 0;
    if (tx->participants != NULL) {
        const bool committed = state == TRUCE_TX_COMMITTED_;
        empty_effects(tx, committed);
        for (struct truce_participant_ *p = tx->participants; p != NULL; p = p->next) {
            const bool any = !p->effects_only || p->marks != 0;
            if (any && p->object->kind->settle_object != NULL) p->object->kind->settle_object(tx, p, committed);
        }
        tx->participants = NULL;
        tx->participant = NULL;
    }
    if (tx->marks & TRUCE_TX_LONG_) truce_log_reset_(&tx->records);
    tx->marks &= ~(uint32_t)(TRUCE_TX_CHANGES_ | TRUCE_TX_LONG_ | TRUCE_TX_PARTS_ | TRUCE_TX_CLEARED_ |
                             TRUCE_TX_MOVED_);
    truce_tx_close_reading_(tx, tx->thread, state);
}

void truce_tx_roll_back_(struct truce_tx *tx, truce_status status)
{
    enum truce_count_ cause = TRUCE_COUNT_OTHER_ABORTS_;
    if (status == TRUCE_CONFLICT) cause = TRUCE_COUNT_CONFLICTS_;
    if (status == TRUCE_NO_MEMORY) cause = TRUCE_COUNT_MEMORY_ABORTS_;
    const bool asked_for = status == TRUCE_CONFLICT && tx->conflict.object == NULL; /* by the body */
    if (asked_for || status == TRUCE_OK || status <= TRUCE_USER_ROLL_BACK || status == TRUCE_CANCELLED ||
        status == TRUCE_WAIT || status == TRUCE_UNEXPECTED) {
        cause = TRUCE_COUNT_USER_ABORTS_;
    }
    truce_count_own_(&tx->thread->counts[cause], 1);
    truce_locks_give_up_(tx); /* there are some if the commit was left by an exception, before its point of no return */
    if (tx->conflict.object != NULL) truce_conflict_keep_(tx);
    struct truce_delayed_ *delayed = tx->on_abort;
    truce_tx_close_(tx, TRUCE_TX_OVER_);
    tx->status = status;
    tx->marks |= TRUCE_TX_AGAIN_;
    for (; delayed != NULL; delayed = delayed->next) delayed->action(delayed->context);
}

void truce_tx_end_all_(struct truce_thread_ *thread)
{
    while (thread->open != NULL) {
        struct truce_tx *tx = thread->open;
        truce_tx_roll_back_(tx, TRUCE_OK);
        truce_tx_put_back_(tx);
    }
    truce_rare_lock_();
    while (thread->pool != NULL) {
        struct truce_tx *tx = thread->pool;
        thread->pool = tx->next_pooled;
        tx->thread = NULL;
        tx->next_pooled = left_pool_;
        left_pool_ = tx;
    }
    truce_rare_unlock_();
}

truce_status truce_tx_fail_(truce_tx *tx, truce_status status)
{
    tx->status = status;
    tx->limit = 0;
    return status;
}

truce_status truce_tx_enter_(truce_tx *tx)
{
    if (tx == NULL) truce_misuse_("a transaction is required, or TRUCE_ALONE; NULL was given");
    if (tx->status < 0) return tx->status;
    if (tx->state != TRUCE_TX_OPEN_) truce_misuse_("the transaction is finished: it has no open attempt");
    if (tx->thread != truce_thread_current_) truce_misuse_("the transaction belongs to another thread");
    return TRUCE_OK;
}

truce_status truce_tx_enter_to_change_(truce_tx *tx)
{
    TRUCE_TRY(truce_tx_enter_(tx));
    if (tx->read_only) truce_misuse_("a read-only transaction must not change anything");
    return TRUCE_OK;
}

enum truce_step_ truce_look_slow_(truce_tx *tx, struct truce_look_ *look, uint64_t limit)
{
    if (!truce_cell_locked_(look->raw)) {
        if (look->raw < limit) return TRUCE_STEP_DONE_;
        tx->met = (struct truce_met_){look->cell, look->raw};
        return TRUCE_STEP_TOO_NEW_;
    }
    if (truce_cell_owner_(look->raw) == tx->owner) {
        look->word = tx->locks[truce_cell_lock_number_(look->raw)].old_word;
        return TRUCE_STEP_DONE_;
    }
    tx->met = (struct truce_met_){look->cell, look->raw};
    return TRUCE_STEP_LOCKED_;
}

/* There may be many versions above the clock, each newer than the one met before. So that they are not met one by one
 * the clock, which may be moved on at any time, is moved further from time to time: not beyond the first, then twice as
 * far each time. */
uint64_t truce_tx_reach_(struct truce_tx *tx, uint64_t version)
{
    enum { MOVES_MAX = 24 };
    const uint64_t now = truce_clock_now_();
    if (now >= version) return now;
    if (!(tx->marks & TRUCE_TX_MOVED_)) {
        tx->marks |= TRUCE_TX_MOVED_;
        tx->moves = 0;
    }
    const uint64_t beyond = ((uint64_t)1 << tx->moves) - 1;
    if (tx->moves < MOVES_MAX) tx->moves++;
    return truce_clock_reach_(version + beyond);
}

/* Moves the snapshot forward to a time at which `version` is old enough: every record is looked at again, at one
 * instant. FALSE if one of them is not true at it. */
static enum truce_step_ extend(truce_tx *tx, uint64_t version)
{
    truce_count_(TRUCE_COUNT_EXTENSIONS_, 1);
over_again:;
    const uint64_t limit = truce_cell_limit_(truce_tx_reach_(tx, version));
    for (struct truce_chunk_ *chunk = tx->records.first;; chunk = chunk->next) {
        struct truce_record_ *record = truce_log_entries_(chunk);
        const struct truce_record_ *end = truce_log_used_end_(&tx->records, chunk);
        while (record != end) {
            if (truce_load_seq_cst_(truce_record_cell_(record)) < tx->limit) { /* [clock] */
                record++;
                continue;
            }
            truce_count_(TRUCE_COUNT_SLOW_CHECKS_, 1);
            switch (truce_record_object_(record)->kind->recheck(tx, record, limit)) {
            case TRUCE_STEP_DONE_:
                record++;
                break;
            case TRUCE_STEP_LOCKED_:
                if (truce_tx_wait_(tx, &tx->met) < 0) {
                    truce_tx_fail_(tx, TRUCE_TIMED_OUT);
                    return TRUCE_STEP_FAILED_;
                }
                break;
            case TRUCE_STEP_TOO_NEW_:
                version = truce_cell_version_(tx->met.word);
                if (truce_tx_in_time_(tx) < 0) {
                    truce_tx_fail_(tx, TRUCE_TIMED_OUT);
                    return TRUCE_STEP_FAILED_;
                }
                goto over_again;
            case TRUCE_STEP_FALSE_:
                return TRUCE_STEP_FALSE_;
            case TRUCE_STEP_FAILED_:
                return TRUCE_STEP_FAILED_;
            case TRUCE_STEP_UNSTABLE_:
            case TRUCE_STEP_NEEDS_:
                break;
            }
        }
        if (chunk == tx->records.last) break;
    }
    tx->limit = limit;
    return TRUCE_STEP_DONE_;
}

truce_status truce_resolve_(truce_tx *tx, enum truce_step_ step)
{
    truce_status status = TRUCE_OK;
    switch (step) {
    case TRUCE_STEP_LOCKED_:
        status = truce_tx_wait_(tx, &tx->met);
        break;
    case TRUCE_STEP_TOO_NEW_:
        if (tx->marks & TRUCE_TX_PARTS_) {
            truce_log_cut_(&tx->records, tx->operation);
            tx->started_over = true;
        }
        step = extend(tx, truce_cell_version_(tx->met.word));
        if (step == TRUCE_STEP_FALSE_) status = TRUCE_CONFLICT;
        if (step == TRUCE_STEP_FAILED_) status = tx->status;
        if (status == TRUCE_OK && tx->deadline_ns != 0) status = truce_tx_in_time_(tx);
        break;
    case TRUCE_STEP_FAILED_:
        status = tx->status;
        break;
    default: /* unstable: look again */
        break;
    }
    return status < 0 ? truce_tx_fail_(tx, status) : TRUCE_OK;
}

truce_status truce_record_grow_(truce_tx *tx)
{
    if (!truce_log_grow_(&tx->records)) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    tx->marks |= TRUCE_TX_LONG_;
    return TRUCE_OK;
}

struct truce_participant_ *truce_participant_if_any_(const truce_tx *tx, const struct truce_object_ *object)
{
    struct truce_participant_ *participant = tx->participants;
    while (participant != NULL && participant->object != object) participant = participant->next;
    return participant;
}

struct truce_participant_ *truce_participant_new_(truce_tx *tx, struct truce_object_ *object)
{
    if (tx->participants == NULL) return truce_participant_(tx, object);
    struct truce_participant_ *participant = truce_tx_bytes_(tx, sizeof *participant);
    if (participant == NULL) return NULL;
    *participant = (struct truce_participant_){.object = object};
    *tx->participants_end = participant;
    tx->participants_end = &participant->next;
    tx->participant = participant;
    return participant;
}

struct truce_participant_ *truce_participant_slow_(truce_tx *tx, struct truce_object_ *object)
{
    struct truce_participant_ *participant = truce_participant_if_any_(tx, object);
    if (participant == NULL) return truce_participant_new_(tx, object);
    tx->participant = participant;
    return participant;
}

static void index_insert(truce_tx *tx, struct truce_effect_ *effect)
{
    struct truce_effect_ **head = &tx->index[effect->hash & (tx->index_size - 1)];
    effect->next = *head;
    *head = effect;
}

/* Makes the index larger, or makes it at all, and puts all effects into it. */
static bool grow_index(truce_tx *tx)
{
    const size_t size = tx->index == NULL ? 1024 : tx->index_size * 4;
    struct truce_effect_ **index = truce_alloc_(size * sizeof *index);
    if (index == NULL) return false;
    memset(index, 0, size * sizeof(void *));
    truce_free_(tx->index);
    tx->index = index;
    tx->index_size = size;
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) index_insert(tx, effect);
        if (chunk == tx->effects.last) break;
    }
    memset(tx->filter, TRUCE_FILTER_FULL_, sizeof tx->filter);
    return true;
}

struct truce_effect_ *truce_effect_new_slow_(truce_tx *tx, struct truce_participant_ *participant, uint64_t hash)
{
    if (tx->index == NULL || tx->effect_count * 2 > tx->index_size) {
        if (!grow_index(tx)) return NULL;
    }
    if (tx->effects.next == tx->effects.chunk_end && !truce_log_grow_(&tx->effects)) return NULL;
    struct truce_effect_ *effect = (struct truce_effect_ *)(void *)tx->effects.next;
    tx->effects.next += sizeof *effect;
    tx->effect_count++;
    *effect = (struct truce_effect_){.participant = participant, .hash = hash};
    index_insert(tx, effect);
    return effect;
}

bool truce_effect_everywhere_(truce_tx *tx)
{
    return tx->index != NULL || grow_index(tx);
}

bool truce_object_init_(struct truce_object_ *object, const struct truce_kind_ *kind, uint32_t magic, const char *name)
{
    enum { NAME_MAX_BYTES = 63 };
    const size_t size = name == NULL ? 0 : strnlen(name, NAME_MAX_BYTES);
    *object = (struct truce_object_){.magic = magic, .kind = kind};
    if (size > 0) {
        object->name = truce_alloc_(size + 1);
        if (object->name == NULL) return false;
        memcpy(object->name, name, size);
        object->name[size] = '\0';
    }
    return true;
}

void truce_object_fini_(struct truce_object_ *object)
{
    truce_free_(object->name);
    object->name = NULL;
}
