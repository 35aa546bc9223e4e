/* The public operations at the head and at the tail of a queue. Hides how an answer is had and recorded; what is
 * committed is touched by none of them. */
#include "queue_parts.h"

static const truce_item no_item = {0, 0, TRUCE_NONE};

/* push. */

static truce_status push(truce_tx *tx, truce_queue *queue, uint64_t value, bool ticket)
{
    if (truce_queue_has_(queue, TRUCE_QUEUE_BOUNDED_)) {
        bool full;
        TRUCE_TRY(truce_queue_at_least_(tx, queue, TRUCE_OP_queue_push_, queue->capacity, &full));
        if (full) return TRUCE_FULL;
    }
    struct truce_queue_work_ *work = truce_queue_work_make_(tx, queue);
    if (work == NULL || !truce_queue_add_push_(tx, work, value, ticket)) return truce_queue_no_memory_(tx);
    if (work->bytes) tx->settles = true;
    return TRUCE_OK;
}

static truce_status push_bytes(truce_tx *tx, truce_queue *queue, truce_item value)
{
    const uint64_t blob = truce_blob_new_(value);
    if (blob == 0) return truce_queue_no_memory_(tx);
    const truce_status status = push(tx, queue, blob, false);
    if (status != TRUCE_OK) truce_free_((void *)(uintptr_t)blob);
    return status;
}

truce_status truce_queue_push(truce_tx *tx, truce_queue *queue, truce_item value)
{
    truce_queue_require_(queue, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_queue_push(alone.tx, queue, value));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    const bool bytes = truce_queue_has_(queue, TRUCE_QUEUE_BYTES_);
    TRUCE_TRY(truce_ticket_or_value_check_(tx, bytes, truce_queue_has_(queue, TRUCE_QUEUE_RELEASES_), value));
    if (bytes) return push_bytes(tx, queue, value);
    if (value.kind != TRUCE_TICKET) return push(tx, queue, value.word, false);
    return push(tx, queue, (uint64_t)(uintptr_t)truce_ticket_of_(tx, value), true);
}

/* pop and peek. */

/* The first item that is left for the transaction. Observes it, or that there is none. The walk ends behind it. */
static truce_status look_at_first(truce_tx *tx, truce_queue *queue, unsigned operation, struct truce_queue_walk_ *walk,
                                  struct truce_queue_met_ *first)
{
    const struct truce_queue_asked_ *asked = truce_queue_asked_(tx, truce_queue_work_(tx, queue), 0);
    if (asked == NULL) return truce_queue_no_memory_(tx);
    for (;;) {
        enum truce_step_ step = truce_queue_walk_start_(walk, tx, queue, asked->moment, tx->limit);
        if (step == TRUCE_STEP_DONE_) step = truce_queue_walk_next_(walk, first);
        if (step == TRUCE_STEP_DONE_) step = truce_queue_walk_end_(walk);
        if (step == TRUCE_STEP_DONE_) return truce_queue_record_(tx, queue, operation, &walk->view, asked, *first);
        TRUCE_TRY(truce_resolve_(tx, step));
    }
}

/* So many items are taken that were seen on the walk. */
static truce_status take(truce_tx *tx, truce_queue *queue, const struct truce_queue_walk_ *walk, size_t items)
{
    struct truce_queue_work_ *work = truce_queue_work_make_(tx, queue);
    if (work == NULL) return truce_queue_no_memory_(tx);
    truce_queue_keep_end_(work, &walk->view);
    work->now.pops += items;
    return TRUCE_OK;
}

truce_status truce_queue_pop(truce_tx *tx, truce_queue *queue, truce_item *value)
{
    truce_queue_require_(queue, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) {
        truce_queue_may_hand_out_alone_(queue, true);
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_queue_pop(alone.tx, queue, value));
        if (status != TRUCE_OK) *value = no_item;
        return status;
    }
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    struct truce_queue_walk_ walk;
    struct truce_queue_met_ first;
    TRUCE_TRY(look_at_first(tx, queue, TRUCE_OP_queue_pop_, &walk, &first));
    if (!first.any) return TRUCE_EMPTY;
    TRUCE_TRY(take(tx, queue, &walk, 1));
    *value = truce_queue_item_(queue, first);
    return TRUCE_OK;
}

truce_status truce_queue_peek(truce_tx *tx, truce_queue *queue, truce_item *value)
{
    truce_queue_require_(queue, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) {
        truce_queue_may_hand_out_alone_(queue, false);
        TRUCE_RETURN_ALONE_(truce_queue_peek(alone.tx, queue, value));
    }
    TRUCE_TRY(truce_tx_enter_(tx));
    struct truce_queue_walk_ walk;
    struct truce_queue_met_ first;
    TRUCE_TRY(look_at_first(tx, queue, TRUCE_OP_queue_peek_, &walk, &first));
    if (!first.any) return TRUCE_EMPTY;
    *value = truce_queue_item_(queue, first);
    return TRUCE_OK;
}

/* pop_up_to. */

/* What was answered already stays as it is: it may be judged meanwhile. */
static bool list_one(truce_tx *tx, struct truce_queue_listed_ *listed, size_t most, struct truce_queue_met_ met)
{
    enum { ROOM_AT_FIRST = 16 };
    if (listed->count == listed->room) {
        size_t room = listed->room == 0 ? ROOM_AT_FIRST : listed->room * 2;
        if (room > most) room = most;
        struct truce_queue_met_ *items = truce_tx_bytes_(tx, room * sizeof *items);
        if (items == NULL) return false;
        for (size_t i = 0; i < listed->count; i++) items[i] = listed->items[i];
        listed->items = items;
        listed->room = room;
    }
    if (listed->count >= listed->handed) listed->items[listed->count] = met;
    listed->count++;
    return true;
}

enum truce_step_ truce_queue_list_(struct truce_queue_walk_ *walk, struct truce_queue_listed_ *listed, size_t most)
{
    enum truce_step_ step = truce_queue_walk_start_(walk, walk->tx, walk->queue, listed->moment, walk->limit);
    listed->count = 0;
    listed->complete = false;
    while (step == TRUCE_STEP_DONE_ && listed->count < most) {
        struct truce_queue_met_ met;
        step = truce_queue_walk_next_(walk, &met);
        if (step != TRUCE_STEP_DONE_) return step;
        if (!met.any) {
            listed->complete = true;
            break;
        }
        if (!list_one(walk->tx, listed, most, met)) {
            truce_tx_fail_(walk->tx, TRUCE_NO_MEMORY);
            return TRUCE_STEP_FAILED_;
        }
    }
    return step == TRUCE_STEP_DONE_ ? truce_queue_walk_end_(walk) : step;
}

static truce_status look_at_several(truce_tx *tx, truce_queue *queue, size_t most, struct truce_queue_walk_ *walk,
                                    struct truce_queue_listed_ *listed)
{
    const struct truce_queue_met_ several = {0, true, false};
    for (;;) {
        *walk = (struct truce_queue_walk_){.tx = tx, .queue = queue, .limit = tx->limit};
        const enum truce_step_ step = truce_queue_list_(walk, listed, most);
        if (step == TRUCE_STEP_DONE_) {
            listed->handed = listed->count;
            return truce_queue_record_(tx, queue, TRUCE_OP_queue_pop_up_to_, &walk->view, listed, several);
        }
        TRUCE_TRY(truce_resolve_(tx, step));
    }
}

static void no_items(truce_item *items, size_t room, size_t *count)
{
    for (size_t i = 0; i < room; i++) items[i] = no_item;
    *count = 0;
}

static truce_status pop_up_to(truce_tx *tx, truce_queue *queue, truce_item *items, size_t room, size_t *count)
{
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    if (room == 0) return TRUCE_OK;
    struct truce_queue_listed_ *listed = truce_tx_bytes_(tx, sizeof *listed);
    if (listed == NULL) return truce_queue_no_memory_(tx);
    *listed = (struct truce_queue_listed_){.moment = truce_queue_now_(truce_queue_work_(tx, queue))};
    struct truce_queue_walk_ walk;
    TRUCE_TRY(look_at_several(tx, queue, room, &walk, listed));
    if (listed->count == 0) return TRUCE_EMPTY;
    TRUCE_TRY(take(tx, queue, &walk, listed->count));
    for (size_t i = 0; i < listed->count; i++) items[i] = truce_queue_item_(queue, listed->items[i]);
    *count = listed->count;
    return TRUCE_OK;
}

truce_status truce_queue_pop_up_to(truce_tx *tx, truce_queue *queue, truce_item *items, size_t room, size_t *count)
{
    truce_queue_require_(queue, (items != NULL || room == 0) && count != NULL);
    no_items(items, room, count);
    if (tx != TRUCE_ALONE) return pop_up_to(tx, queue, items, room, count);
    truce_queue_may_hand_out_alone_(queue, true);
    truce_status status;
    TRUCE_RUN_ALONE_(status, truce_queue_pop_up_to(alone.tx, queue, items, room, count));
    if (status != TRUCE_OK) no_items(items, room, count);
    return status;
}
