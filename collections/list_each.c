/* Iterating over a list. Within a transaction an element is observed when it is handed out, in the view of the call: all
 * that was handed out is true at the instant the transaction sees, wherever that has moved meanwhile. Alone, everything
 * is collected at one instant, and only then handed out. */
#include "list_parts.h"

#include <string.h>

static truce_status iterate(truce_tx *tx, truce_list *list, size_t from, size_t to, truce_visit *visit, void *context)
{
    TRUCE_TRY(truce_tx_enter_(tx));
    struct truce_list_question_ question = {TRUCE_LIST_VALUE_, from, truce_list_view_(tx, list)};
    struct truce_list_work_ *work = truce_list_work_if_any_(tx, list);
    if (work != NULL) work->observed = work->count; /* what `visit` does must not change the view */
    for (; question.index < to; question.index++) {
        struct truce_list_answer_ answer;
        TRUCE_TRY(truce_list_observe_(tx, list, TRUCE_OP_list_each_, &question, &answer));
        if (!answer.present) return TRUCE_OK;
        const truce_status status =
            visit(context, truce_word(question.index), truce_list_item_(list, &answer.held));
        if (status != TRUCE_OK) return status;
        if (tx->status < 0) return tx->status;
    }
    return TRUCE_OK;
}

/* Values collected, in the attempt's arena. */
struct collected {
    uint64_t *values;
    size_t count, capacity;
};

static bool add(truce_tx *tx, struct collected *all, uint64_t value)
{
    if (all->count == all->capacity) {
        const size_t capacity = all->capacity == 0 ? 64 : 2 * all->capacity;
        if (capacity > SIZE_MAX / 16) return false;
        uint64_t *values = truce_tx_bytes_(tx, capacity * sizeof *values);
        if (values == NULL) return false;
        if (all->count > 0) memcpy(values, all->values, all->count * sizeof *values);
        all->values = values;
        all->capacity = capacity;
    }
    all->values[all->count++] = value;
    return true;
}

/* The committed words from `from` on, as of one instant: where that moves on, everything is collected anew. */
static truce_status collect(truce_tx *tx, const truce_list *list, size_t from, size_t to, struct collected *all)
{
    for (size_t index = from; index < to && index <= TRUCE_LIST_INDEX_MAX_; index++) {
        truce_atomic64_ *cell;
        bool present;
        uint64_t value;
        const enum truce_step_ step = truce_list_read_(tx, list, index, tx->limit, &cell, &present, &value);
        if (step == TRUCE_STEP_DONE_) {
            if (!present) return TRUCE_OK;
            if (!add(tx, all, value)) return truce_list_no_memory_(tx);
            continue;
        }
        const bool moves_on = step == TRUCE_STEP_TOO_NEW_;
        TRUCE_TRY(truce_resolve_(tx, step));
        if (moves_on) all->count = 0;
        index = moves_on ? from - 1 : index - 1; /* which the loop makes the right one */
    }
    return TRUCE_OK;
}

static truce_status iterate_collected(truce_tx *tx, const truce_list *list, size_t from, size_t to, truce_visit *visit,
                                      void *context)
{
    struct collected all = {NULL, 0, 0};
    TRUCE_TRY(collect(tx, list, from, to, &all));
    for (size_t i = 0; i < all.count; i++) {
        const truce_status status = visit(context, truce_word(from + i), truce_word(all.values[i]));
        if (status != TRUCE_OK) return status;
    }
    return TRUCE_OK;
}

static truce_status iterate_alone(truce_list *list, size_t from, size_t to, truce_visit *visit, void *context)
{
    if (truce_list_owns_(list)) {
        truce_misuse_("bytes, or words that have a release callback, can't be handed out by an operation alone");
    }
    struct truce_alone_ alone __attribute__((cleanup(truce_alone_leave_))) = {NULL, TRUCE_OK};
    truce_status stopped = TRUCE_OK;
    while (truce_alone_again_(&alone)) {
        stopped = iterate_collected(alone.tx, list, from, to, visit, context);
        alone.status = alone.tx->status < 0 ? alone.tx->status : TRUCE_OK;
    }
    return alone.status < 0 ? alone.status : stopped;
}

truce_status truce_list_each(truce_tx *tx, truce_list *list, size_t from, size_t to, truce_visit *visit, void *context)
{
    truce_list_require_(list, visit != NULL);
    return tx == TRUCE_ALONE ? iterate_alone(list, from, to, visit, context)
                             : iterate(tx, list, from, to, visit, context);
}
