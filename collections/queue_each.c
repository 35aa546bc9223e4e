/* each: observing the content. What is left for the transaction is listed at one instant (else that starts over:
 * nothing was answered yet), and only then handed out. Judged are the items handed out, and once all of them were, that
 * there are no more. If the snapshot moves forward while the callback works, what was handed out is as it was; the rest
 * is listed anew. */
#include "queue_parts.h"

struct handing {
    truce_tx *tx;
    truce_queue *queue;
    struct truce_queue_listed_ *listed;
    truce_visit *visit;
    void *context;
};

static truce_status list(const struct handing *handing)
{
    for (;;) {
        struct truce_queue_walk_ walk = {.tx = handing->tx, .queue = handing->queue, .limit = handing->tx->limit};
        const enum truce_step_ step = truce_queue_list_(&walk, handing->listed, SIZE_MAX);
        handing->listed->complete = false; /* it is when all of it is handed out */
        handing->listed->stale = false;
        if (step == TRUCE_STEP_DONE_) return TRUCE_OK;
        TRUCE_TRY(truce_resolve_(handing->tx, step));
    }
}

static truce_status hand_out(const struct handing *handing)
{
    struct truce_queue_listed_ *listed = handing->listed;
    while (listed->handed < listed->count) {
        const size_t index = listed->handed++;
        const truce_item item = truce_queue_item_(handing->queue, listed->items[index]);
        const truce_status status = handing->visit(handing->context, truce_word(index), item);
        if (status != TRUCE_OK) return status;
        if (handing->tx->status < 0) return handing->tx->status;
        if (listed->stale) TRUCE_TRY(list(handing)); /* the callback's own operations moved the snapshot forward */
    }
    listed->complete = true;
    return TRUCE_OK;
}

static truce_status iterate(truce_tx *tx, truce_queue *queue, truce_visit *visit, void *context)
{
    TRUCE_TRY(truce_tx_enter_(tx));
    struct truce_queue_listed_ *listed = truce_tx_bytes_(tx, sizeof *listed);
    if (listed == NULL) return truce_queue_no_memory_(tx);
    *listed = (struct truce_queue_listed_){.moment = truce_queue_now_(truce_queue_work_(tx, queue))};
    const struct handing handing = {tx, queue, listed, visit, context};
    TRUCE_TRY(list(&handing));
    TRUCE_TRY(truce_record_several_(tx, &queue->object, TRUCE_OP_queue_each_, (uint64_t)(uintptr_t)listed, 0));
    return hand_out(&handing);
}

/* Alone, what is handed out is of one instant, which is before the first call of `visit`; nothing can conflict. */
truce_status truce_queue_each(truce_tx *tx, truce_queue *queue, truce_visit *visit, void *context)
{
    truce_queue_require_(queue, visit != NULL);
    if (tx != TRUCE_ALONE) return iterate(tx, queue, visit, context);
    truce_queue_may_hand_out_alone_(queue, false);
    struct truce_alone_ alone __attribute__((cleanup(truce_alone_leave_))) = {NULL, TRUCE_OK};
    truce_status stopped = TRUCE_OK;
    while (truce_alone_again_(&alone)) {
        stopped = iterate(alone.tx, queue, visit, context);
        alone.status = alone.tx->status < 0 ? alone.tx->status : TRUCE_OK;
    }
    return alone.status < 0 ? alone.status : stopped;
}
