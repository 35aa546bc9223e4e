/* Judging a queue's observations again: the seam's recheck. Each is answered anew, with the own work of its moment laid
 * over what is committed now. */
#include "queue_parts.h"

static const truce_item no_item = {0, 0, TRUCE_NONE};

static truce_item item_of(const truce_queue *queue, struct truce_queue_met_ met)
{
    return met.any ? truce_queue_item_(queue, met) : no_item;
}

static bool same(const truce_queue *queue, struct truce_queue_met_ a, struct truce_queue_met_ b)
{
    if (a.any != b.any || a.ticket != b.ticket) return false;
    return !a.any || truce_value_equal_(truce_queue_has_(queue, TRUCE_QUEUE_BYTES_), a.value, b.value);
}

/* pop, peek, and a pop_any that was answered that there is none. */
static enum truce_step_ recheck_first(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    truce_queue *queue = truce_queue_of_(truce_record_object_(record));
    const struct truce_queue_asked_ *asked = (const struct truce_queue_asked_ *)(uintptr_t)record->key;
    struct truce_queue_walk_ walk;
    struct truce_queue_met_ now;
    enum truce_step_ step = truce_queue_walk_start_(&walk, tx, queue, asked->moment, limit);
    if (step == TRUCE_STEP_DONE_) step = truce_queue_walk_next_(&walk, &now);
    if (step == TRUCE_STEP_DONE_) step = truce_queue_walk_end_(&walk);
    if (step != TRUCE_STEP_DONE_) return step;
    const struct truce_queue_met_ seen = truce_queue_seen_(record);
    if (!same(queue, seen, now)) {
        return truce_object_conflict_(tx, record, queue, no_item, item_of(queue, seen), item_of(queue, now));
    }
    record->cell = truce_queue_cell_(queue, &walk.view, now);
    return TRUCE_STEP_DONE_;
}

/* pop_up_to and each: what was answered, and if they came to the end, that there is no more. */
static enum truce_step_ recheck_list(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    truce_queue *queue = truce_queue_of_(truce_record_object_(record));
    struct truce_queue_listed_ *listed = (struct truce_queue_listed_ *)(uintptr_t)record->key;
    const size_t items = listed->handed + (listed->complete ? 1 : 0);
    struct truce_queue_met_ seen = {0, true, false}, now = seen;
    struct truce_queue_walk_ walk;
    enum truce_step_ step = truce_queue_walk_start_(&walk, tx, queue, listed->moment, limit);
    size_t i = 0;
    for (; step == TRUCE_STEP_DONE_ && i < items; i++) {
        seen = i < listed->handed ? listed->items[i] : (struct truce_queue_met_){0, false, false};
        step = truce_queue_walk_next_(&walk, &now);
        if (step == TRUCE_STEP_DONE_ && !same(queue, seen, now)) break;
    }
    if (step == TRUCE_STEP_DONE_) step = truce_queue_walk_end_(&walk);
    if (step != TRUCE_STEP_DONE_) return step;
    if (i < items) return truce_object_conflict_(tx, record, queue, truce_word(i), item_of(queue, seen), item_of(queue, now));
    listed->stale = !listed->complete;
    /* each goes on handing out: it stays an observation of both ends. */
    if (truce_record_operation_(record) == TRUCE_OP_queue_pop_up_to_) {
        record->cell = truce_queue_cell_(queue, &walk.view, truce_queue_seen_(record));
    }
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_queue_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    if (truce_record_object_(record)->magic == TRUCE_FREED_) {
        truce_misuse_("a transaction must not go on after a queue that it read was freed");
    }
    switch (truce_record_operation_(record)) {
    case TRUCE_OP_queue_push_:
    case TRUCE_OP_queue_len_:
    case TRUCE_OP_queue_len_at_least_:
    case TRUCE_OP_queue_is_empty_:
        return truce_queue_count_recheck_(tx, record, limit);
    case TRUCE_OP_queue_pop_up_to_:
    case TRUCE_OP_queue_each_:
        return recheck_list(tx, record, limit);
    case TRUCE_OP_queue_pop_any_:
        if (!(record->cell & TRUCE_QUEUE_NONE_)) return truce_queue_any_recheck_(tx, record, limit);
        return recheck_first(tx, record, limit);
    default:
        return recheck_first(tx, record, limit);
    }
}
