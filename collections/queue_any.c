/* pop_any: taking an item that no other open pop_any has. Hides claims: bits beside the items, which nobody else looks
 * at.
 *
 * What pop_any claims it has seen to be there, at the transaction's time; so it observes the head's cell alone: that
 * the head has not passed this item (it can't become a hole, since nobody else can claim it). Of an item that is its
 * own the transaction knows that it is there, unless it popped some before: then more of those may turn out to be own
 * ones.
 *
 * If a thread stops while it has a claim, every other pop_any passes that item by for as long, and nobody waits.
 */
#include "queue_parts.h"

static const truce_item no_item = {0, 0, TRUCE_NONE};

enum { SLOTS = TRUCE_QUEUE_SLOTS_ };

/* Sets the bit of an item; false if it was set. */
static bool claim(const struct truce_queue_place_ *place)
{
    const uint64_t bit = truce_queue_bit_(place);
    uint64_t claimed = truce_load_relaxed_(&place->chunk->claimed);
    do {
        if (claimed & bit) return false;
    } while (!truce_cas_seq_cst_(&place->chunk->claimed, &claimed, claimed | bit));
    return true;
}

static void give_back(const struct truce_queue_place_ *place)
{
    uint64_t claimed = truce_load_relaxed_(&place->chunk->claimed);
    while (!truce_cas_seq_cst_(&place->chunk->claimed, &claimed, claimed & ~truce_queue_bit_(place))) {
    }
}

void truce_queue_give_back_(const struct truce_queue_work_ *work)
{
    for (size_t i = 0; i < work->now.takes; i++) {
        if (work->takes[i].chunk != NULL) give_back(&work->takes[i]);
    }
}

/* The slots of a chunk, from `from` on and below `end`, whose items are there and not claimed; a hint. */
static uint64_t free_slots(const struct truce_queue_chunk_ *chunk, uint64_t from, uint64_t end)
{
    uint64_t slots = TRUCE_QUEUE_ALL_ & ~(((uint64_t)1 << (from - chunk->base)) - 1);
    if (end - chunk->base < SLOTS) slots &= ((uint64_t)1 << (end - chunk->base)) - 1;
    return slots & ~truce_load_acquire_(&chunk->gone) & ~truce_load_relaxed_(&chunk->claimed);
}

/* Claims the first committed item that it can from the walk's place on; `place` is where it stands, its chunk NULL if
 * there is none. */
static enum truce_step_ claim_first(struct truce_queue_walk_ *walk, struct truce_queue_place_ *place)
{
    struct truce_queue_place_ at = walk->place;
    for (;;) {
        if (at.seq >= walk->view.end) {
            if (walk->view.whole) break;
            const enum truce_step_ step = truce_queue_look_whole_(walk->tx, walk->queue, walk->limit, &walk->view);
            if (step != TRUCE_STEP_DONE_) return step;
            continue;
        }
        const uint64_t wanted = at.seq;
        if (truce_queue_find_(&at) != TRUCE_STEP_DONE_) return TRUCE_STEP_UNSTABLE_;
        if (at.seq != wanted) continue;
        const uint64_t slots = free_slots(at.chunk, at.seq, walk->view.end);
        if (slots == 0) {
            const uint64_t behind = at.chunk->base + SLOTS;
            at.seq = behind < walk->view.end ? behind : walk->view.end;
            continue;
        }
        at.seq = at.chunk->base + (uint64_t)__builtin_ctzll(slots);
        if (claim(&at)) {
            *place = at;
            return TRUCE_STEP_DONE_;
        }
    }
    place->chunk = NULL;
    return TRUCE_STEP_DONE_;
}

/* Whether some committed item is left for the transaction, claimed or not; the view is whole. */
static bool some_are_left(const struct truce_queue_walk_ *walk)
{
    const size_t taken = walk->work == NULL ? 0 : walk->moment.pops + truce_queue_committed_takes_(walk->work);
    return truce_queue_view_count_(&walk->view) > taken;
}

/* What pop_any finds. */
struct choice {
    struct truce_queue_place_ place; /* chunk NULL: own item number seq, or none */
    struct truce_queue_met_ met;
    bool some_left; /* none found, but there are some */
};

/* Chooses an item, which is claimed if it is a committed one. DONE: and that may be believed. */
static enum truce_step_ choose(struct truce_queue_walk_ *walk, struct choice *choice)
{
    enum truce_step_ step = claim_first(walk, &choice->place);
    if (step != TRUCE_STEP_DONE_) return step;
    if (choice->place.chunk != NULL) {
        choice->met = (struct truce_queue_met_){truce_queue_value_(&choice->place), true, false};
        step = truce_queue_walk_end_(walk);
        if (step != TRUCE_STEP_DONE_) give_back(&choice->place);
        return step;
    }
    choice->some_left = some_are_left(walk);
    walk->place.seq = walk->view.end;
    step = truce_queue_walk_next_(walk, &choice->met);
    choice->place.seq = walk->own - 1;
    return step == TRUCE_STEP_DONE_ ? truce_queue_walk_end_(walk) : step;
}

/* Adds the choice to the work; a claim that can't be noted is given back. */
static bool take(truce_tx *tx, truce_queue *queue, const struct truce_queue_view_ *view, const struct choice *choice)
{
    struct truce_queue_work_ *work = truce_queue_work_make_(tx, queue);
    const bool taken = work != NULL && truce_queue_add_take_(tx, work, choice->place);
    if (taken) {
        truce_queue_keep_end_(work, view);
        tx->settles = true;
    } else if (choice->place.chunk != NULL) {
        give_back(&choice->place);
    }
    return taken;
}

static truce_status pop_any(truce_tx *tx, truce_queue *queue, struct choice *choice)
{
    const struct truce_queue_work_ *work = truce_queue_work_(tx, queue);
    const struct truce_queue_moment_ now = truce_queue_now_(work);
    const struct truce_queue_asked_ *asked = truce_queue_asked_(tx, work, now.takes);
    if (asked == NULL) return truce_queue_no_memory_(tx);
    for (;;) {
        struct truce_queue_walk_ walk;
        enum truce_step_ step = truce_queue_walk_start_(&walk, tx, queue, now, tx->limit);
        if (step == TRUCE_STEP_DONE_) step = choose(&walk, choice);
        if (step != TRUCE_STEP_DONE_) {
            TRUCE_TRY(truce_resolve_(tx, step));
            continue;
        }
        if (!choice->met.any && choice->some_left) return TRUCE_CLAIMED;
        if (choice->met.any && !take(tx, queue, &walk.view, choice)) return truce_queue_no_memory_(tx);
        const bool own = choice->met.any && choice->place.chunk == NULL;
        if (!own || now.pops > 0) {
            TRUCE_TRY(truce_queue_record_(tx, queue, TRUCE_OP_queue_pop_any_, &walk.view, asked, choice->met));
        }
        return choice->met.any ? TRUCE_OK : TRUCE_EMPTY;
    }
}

truce_status truce_queue_pop_any(truce_tx *tx, truce_queue *queue, truce_item *value)
{
    truce_queue_require_(queue, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) {
        truce_queue_may_hand_out_alone_(queue, true);
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_queue_pop_any(alone.tx, queue, value));
        if (status != TRUCE_OK) *value = no_item;
        return status;
    }
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    struct choice choice;
    const truce_status status = pop_any(tx, queue, &choice);
    if (status == TRUCE_OK) *value = truce_queue_item_(queue, choice.met);
    return status;
}

enum truce_step_ truce_queue_any_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    truce_queue *queue = truce_queue_of_(truce_record_object_(record));
    const struct truce_queue_asked_ *asked = (const struct truce_queue_asked_ *)(uintptr_t)record->key;
    struct truce_queue_walk_ walk;
    enum truce_step_ step = truce_queue_walk_start_(&walk, tx, queue, asked->moment, limit);
    if (step != TRUCE_STEP_DONE_) return step;
    /* The walk stands at the first item that is not popped before. No other pop_any can have taken this one. */
    const struct truce_queue_place_ *place = &walk.work->takes[asked->number];
    const bool there = place->seq >= (place->chunk != NULL ? walk.place.seq : walk.own);
    step = truce_queue_walk_end_(&walk);
    if (step != TRUCE_STEP_DONE_) return step;
    const struct truce_queue_met_ seen = truce_queue_seen_(record);
    if (!there) return truce_object_conflict_(tx, record, queue, no_item, truce_queue_item_(queue, seen), no_item);
    record->cell = truce_queue_cell_(queue, &walk.view, seen);
    return TRUCE_STEP_DONE_;
}
