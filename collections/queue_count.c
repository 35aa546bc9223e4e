/* The number of items: len, len_at_least, is_empty, and whether a bounded queue has room. The answer is the committed
 * count with the transaction's own work in it. That there are at least so many may be known without the tail; then
 * only the head is observed, and pushes don't even make it be judged again. */
#include "queue_parts.h"

/* The count at a moment, or at least what is known of it if that is `enough`. DONE, or what was met. */
static enum truce_step_ count(truce_tx *tx, truce_queue *queue, const struct truce_queue_moment_ *moment,
                              uint64_t limit, uint64_t enough, struct truce_queue_view_ *view, uint64_t *items)
{
    const struct truce_queue_work_ *work = truce_queue_work_(tx, queue);
    const int64_t net = truce_queue_net_(moment);
    enum truce_step_ step = truce_queue_look_(tx, queue, limit, work != NULL ? work->known : 0, view);
    if (step != TRUCE_STEP_DONE_) return step;
    int64_t counted = (int64_t)truce_queue_view_count_(view) + net;
    if (counted < 0 || (uint64_t)counted < enough) {
        step = truce_queue_look_whole_(tx, queue, limit, view);
        if (step != TRUCE_STEP_DONE_) return step;
        counted = (int64_t)truce_queue_view_count_(view) + net;
    }
    *items = counted < 0 ? 0 : (uint64_t)counted;
    return truce_queue_view_stands_(view) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

/* Counts; all of them if `exactly`, else until there are `enough`. Observes that. */
static truce_status observe(truce_tx *tx, truce_queue *queue, unsigned operation, size_t enough, uint64_t *seen)
{
    const bool exactly = operation == TRUCE_OP_queue_len_;
    const struct truce_queue_asked_ *asked = truce_queue_asked_(tx, truce_queue_work_(tx, queue), enough);
    if (asked == NULL) return truce_queue_no_memory_(tx);
    for (;;) {
        struct truce_queue_view_ view;
        uint64_t items;
        const enum truce_step_ step =
            count(tx, queue, &asked->moment, tx->limit, exactly ? UINT64_MAX : enough, &view, &items);
        if (step == TRUCE_STEP_DONE_) {
            *seen = exactly ? items : items >= enough;
            const struct truce_queue_met_ met = {*seen, true, false};
            return truce_queue_record_(tx, queue, operation, &view, asked, met);
        }
        TRUCE_TRY(truce_resolve_(tx, step));
    }
}

truce_status truce_queue_at_least_(truce_tx *tx, truce_queue *queue, unsigned operation, size_t n, bool *yes)
{
    const struct truce_queue_moment_ now = truce_queue_now_(truce_queue_work_(tx, queue));
    const int64_t net = truce_queue_net_(&now);
    *yes = n == 0 || (net >= 0 && (uint64_t)net >= n);
    if (*yes) return TRUCE_OK; /* own work alone decides */
    uint64_t seen;
    TRUCE_TRY(observe(tx, queue, operation, n, &seen));
    *yes = seen != 0;
    return TRUCE_OK;
}

/* The answer of an operation, as a conflict tells it: "at least so many" is the opposite of is_empty, and of there
 * being room for a push. */
static truce_item told(unsigned operation, uint64_t seen)
{
    const bool opposite = operation == TRUCE_OP_queue_is_empty_ || operation == TRUCE_OP_queue_push_;
    return truce_word(opposite ? !seen : seen);
}

enum truce_step_ truce_queue_count_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    truce_queue *queue = truce_queue_of_(truce_record_object_(record));
    const struct truce_queue_asked_ *asked = (const struct truce_queue_asked_ *)(uintptr_t)record->key;
    const unsigned operation = truce_record_operation_(record);
    const bool exactly = operation == TRUCE_OP_queue_len_;
    struct truce_queue_view_ view;
    uint64_t items;
    const enum truce_step_ step =
        count(tx, queue, &asked->moment, limit, exactly ? UINT64_MAX : asked->number, &view, &items);
    if (step != TRUCE_STEP_DONE_) return step;
    const uint64_t now = exactly ? items : items >= asked->number;
    const truce_item whole = {0, 0, TRUCE_NONE};
    if (now != record->seen) {
        return truce_object_conflict_(tx, record, queue, whole, told(operation, record->seen), told(operation, now));
    }
    record->cell = truce_queue_cell_(queue, &view, truce_queue_seen_(record));
    return TRUCE_STEP_DONE_;
}

truce_status truce_queue_len(truce_tx *tx, truce_queue *queue, size_t *items)
{
    truce_queue_require_(queue, items != NULL);
    *items = 0;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_queue_len(alone.tx, queue, items));
    TRUCE_TRY(truce_tx_enter_(tx));
    uint64_t seen;
    TRUCE_TRY(observe(tx, queue, TRUCE_OP_queue_len_, 0, &seen));
    *items = (size_t)seen;
    return TRUCE_OK;
}

truce_status truce_queue_len_at_least(truce_tx *tx, truce_queue *queue, size_t n, bool *yes)
{
    truce_queue_require_(queue, yes != NULL);
    *yes = false;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_queue_len_at_least(alone.tx, queue, n, yes));
    TRUCE_TRY(truce_tx_enter_(tx));
    return truce_queue_at_least_(tx, queue, TRUCE_OP_queue_len_at_least_, n, yes);
}

truce_status truce_queue_is_empty(truce_tx *tx, truce_queue *queue, bool *yes)
{
    truce_queue_require_(queue, yes != NULL);
    *yes = false;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_queue_is_empty(alone.tx, queue, yes));
    TRUCE_TRY(truce_tx_enter_(tx));
    bool any;
    TRUCE_TRY(truce_queue_at_least_(tx, queue, TRUCE_OP_queue_is_empty_, 1, &any));
    *yes = !any;
    return TRUCE_OK;
}
