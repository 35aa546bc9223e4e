/* A counter. Hides that all there is to observe about a sum is whether it is in a range.
 *
 * A transaction's adds are one effect, which holds their sum; the commit locks the part of the sum that the thread adds
 * to. Observations, each of one sum at one instant, own adds laid over it:
 *   get                the answer;
 *   at_least, try_add  whether the committed sum is in a range, the last of which is `width` behind the first, modulo
 *                      2^64: what was added before, and what try_add would add, only moves the range.
 *
 * Everybody reads, and writes in the commit under a cell's lock: see sum.h, also for a thread that stops.
 */
#include "counter.h"

#include <string.h>

#include "object.h"
#include "operations.h"

enum { COUNTER_MAGIC = 0x7d1c0c00 };

/* A participant's mark: the lock of a part of the sum was met. */
enum { CROWDED = 1 };

/* A record's flag: the sum was in the range. Its key is the first of the range, `seen` the width. A get's key is what
 * the transaction itself had added. */
enum { RECORD_INSIDE = TRUCE_RECORD_OWN_1_ };

static const truce_item no_item = {0, 0, TRUCE_NONE};

static truce_counter *counter_of(struct truce_object_ *object)
{
    return (truce_counter *)(void *)object;
}

/* Observations. */

static bool is_inside(uint64_t amount, uint64_t first, uint64_t width)
{
    return amount - first <= width;
}

static enum truce_step_ recheck(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    truce_counter *counter = counter_of(truce_record_object_(record));
    if (counter->object.magic == TRUCE_FREED_) {
        truce_misuse_("a transaction must not go on after a counter that it read was freed");
    }
    struct truce_total_ total;
    const enum truce_step_ step = truce_sum_read_(tx, &counter->sum, limit, &total);
    if (step != TRUCE_STEP_DONE_) return step;
    if (truce_record_operation_(record) == TRUCE_OP_counter_get_) {
        const uint64_t now = total.amount + record->key;
        if (now != record->seen) {
            return truce_object_conflict_(tx, record, counter, no_item, truce_word(record->seen), truce_word(now));
        }
    } else {
        const bool was_inside = (record->cell & RECORD_INSIDE) != 0;
        const bool now_inside = is_inside(total.amount, record->key, record->seen);
        if (now_inside != was_inside) {
            return truce_object_conflict_(tx, record, counter, no_item, truce_word(was_inside),
                                          truce_word(now_inside));
        }
    }
    record->cell = total.cell | (record->cell & RECORD_INSIDE);
    return TRUCE_STEP_DONE_;
}

static truce_status read_sum(truce_tx *tx, truce_counter *counter, struct truce_total_ *total)
{
    for (;;) {
        const enum truce_step_ step = truce_sum_read_(tx, &counter->sum, tx->limit, total);
        if (TRUCE_LIKELY_(step == TRUCE_STEP_DONE_)) return TRUCE_OK;
        TRUCE_TRY(truce_resolve_(tx, step));
    }
}

/* What the transaction itself has added so far. */
static uint64_t own_adds(truce_tx *tx, const truce_counter *counter)
{
    const struct truce_effect_ *effect = truce_object_effect_(tx, &counter->object);
    return effect != NULL ? effect->value : 0;
}

/* Whether the sum, own adds in it, is from `lowest` to `highest`. */
static truce_status observe_range(truce_tx *tx, truce_counter *counter, unsigned operation, int64_t lowest,
                                  int64_t highest, bool *inside)
{
    const uint64_t first = (uint64_t)lowest - own_adds(tx, counter);
    const uint64_t width = (uint64_t)highest - (uint64_t)lowest;
    *inside = true;
    if (width == UINT64_MAX) return TRUCE_OK; /* every sum is */
    struct truce_total_ total;
    TRUCE_TRY(read_sum(tx, counter, &total));
    *inside = is_inside(total.amount, first, width);
    return truce_record_(tx, total.cell | (*inside ? RECORD_INSIDE : 0), &counter->object, operation, first, width);
}

/* Effects, in the commit. */

static enum truce_step_ lock_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    (void)tx;
    effect->participant->net = (int64_t)effect->value;
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ lock_counts(truce_tx *tx, struct truce_participant_ *participant)
{
    if (participant->net == 0) return TRUCE_STEP_DONE_;
    bool crowded = false;
    const enum truce_step_ step =
        truce_sum_lock_(tx, &counter_of(participant->object)->sum, &participant->count_lock, &crowded);
    if (crowded) participant->marks |= CROWDED;
    return step;
}

static void install_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    (void)tx;
    (void)effect;
}

static void install_counts(truce_tx *tx, struct truce_participant_ *participant)
{
    if (participant->net != 0) truce_sum_install_(tx, participant->count_lock, (uint64_t)participant->net);
}

static void settle_object(truce_tx *tx, struct truce_participant_ *participant, bool committed)
{
    (void)tx;
    if (committed && (participant->marks & CROWDED)) truce_sum_spread_(&counter_of(participant->object)->sum);
}

static const struct truce_kind_ counter_kind = {
    .name = "counter",
    .recheck = recheck,
    .lock_effect = lock_effect,
    .lock_counts = lock_counts,
    .install_effect = install_effect,
    .install_counts = install_counts,
    .settle_object = settle_object,
};

/* Making and freeing. */

truce_status truce_counter_new(const truce_counter_options *options, truce_counter **out)
{
    if (out == NULL) truce_misuse_("truce_counter_new needs a place for the counter");
    *out = NULL;
    truce_counter_options known = {.size = sizeof known};
    if (options != NULL) {
        if (options->size < sizeof options->size) truce_misuse_("truce_counter_options needs its size field set");
        memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    }
    truce_clock_settle_();
    truce_counter *counter = truce_alloc_zeroed_(TRUCE_OBJECT_ALIGNMENT_, sizeof *counter);
    if (counter == NULL) return TRUCE_NO_MEMORY;
    if (!truce_object_init_(&counter->object, &counter_kind, COUNTER_MAGIC, known.name)) {
        truce_free_zeroed_(counter, sizeof *counter);
        return TRUCE_NO_MEMORY;
    }
    truce_sum_start_(&counter->sum, (uint64_t)known.initial);
    *out = counter;
    return TRUCE_OK;
}

/* Stops unless this is a counter that was not freed and the output was given. */
static void require(const truce_counter *counter, bool output)
{
    if (counter == NULL) truce_misuse_("a counter is required; NULL was given");
    if (counter->object.magic == TRUCE_FREED_) truce_misuse_("the counter was freed");
    if (counter->object.magic != COUNTER_MAGIC) {
        truce_misuse_("a counter is required; an object of another kind was given");
    }
    if (!output) truce_misuse_("an output is required; NULL was given");
}

static void destroy(void *object, void *unused)
{
    truce_counter *counter = object;
    (void)unused;
    truce_sum_end_(&counter->sum);
    truce_object_fini_(&counter->object);
    truce_free_zeroed_(counter, sizeof *counter);
}

void truce_counter_free(truce_counter *counter)
{
    if (counter == NULL) return;
    require(counter, true);
    counter->object.magic = TRUCE_FREED_;
    if (truce_epoch_anybody_()) truce_sum_disturb_(&counter->sum);
    truce_object_retire_(counter, destroy, NULL);
}

/* The operations. */

static truce_status add_own(truce_tx *tx, truce_counter *counter, int64_t delta)
{
    struct truce_effect_ *effect = truce_object_effect_(tx, &counter->object);
    if (effect == NULL) effect = truce_object_effect_new_(tx, &counter->object);
    if (effect == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    effect->value += (uint64_t)delta;
    return TRUCE_OK;
}

truce_status truce_counter_add(truce_tx *tx, truce_counter *counter, int64_t delta)
{
    require(counter, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_counter_add(alone.tx, counter, delta));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    return add_own(tx, counter, delta);
}

static truce_status get_alone(truce_counter *counter, int64_t *sum)
{
    uint64_t amount;
    if (!truce_sum_read_alone_(&counter->sum, &amount)) {
        TRUCE_RETURN_ALONE_(truce_counter_get(alone.tx, counter, sum));
    }
    *sum = (int64_t)amount;
    return TRUCE_OK;
}

truce_status truce_counter_get(truce_tx *tx, truce_counter *counter, int64_t *sum)
{
    require(counter, sum != NULL);
    *sum = 0;
    if (tx == TRUCE_ALONE) return get_alone(counter, sum);
    TRUCE_TRY(truce_tx_enter_(tx));
    const uint64_t own = own_adds(tx, counter);
    struct truce_total_ total;
    TRUCE_TRY(read_sum(tx, counter, &total));
    const uint64_t seen = total.amount + own;
    TRUCE_TRY(truce_record_(tx, total.cell, &counter->object, TRUCE_OP_counter_get_, own, seen));
    *sum = (int64_t)seen;
    return TRUCE_OK;
}

truce_status truce_counter_at_least(truce_tx *tx, truce_counter *counter, int64_t n, bool *yes)
{
    require(counter, yes != NULL);
    *yes = false;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_counter_at_least(alone.tx, counter, n, yes));
    TRUCE_TRY(truce_tx_enter_(tx));
    bool inside;
    TRUCE_TRY(observe_range(tx, counter, TRUCE_OP_counter_at_least_, n, INT64_MAX, &inside));
    *yes = inside;
    return TRUCE_OK;
}

/* The sums that are from `min` to `max` when `delta` is added, without overflow. False if there is none. */
static bool sums_before(int64_t delta, int64_t min, int64_t max, int64_t *lowest, int64_t *highest)
{
    if (__builtin_sub_overflow(min, delta, lowest)) {
        if (delta < 0) return false;
        *lowest = INT64_MIN;
    }
    if (__builtin_sub_overflow(max, delta, highest)) {
        if (delta > 0) return false;
        *highest = INT64_MAX;
    }
    return *lowest <= *highest;
}

truce_status truce_counter_try_add(truce_tx *tx, truce_counter *counter, int64_t delta, int64_t min, int64_t max,
                                   bool *done)
{
    require(counter, done != NULL);
    *done = false;
    if (tx == TRUCE_ALONE) {
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_counter_try_add(alone.tx, counter, delta, min, max, done));
        if (status < 0) *done = false;
        return status;
    }
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    int64_t lowest, highest;
    bool inside = false;
    if (sums_before(delta, min, max, &lowest, &highest)) {
        TRUCE_TRY(observe_range(tx, counter, TRUCE_OP_counter_try_add_, lowest, highest, &inside));
    }
    if (inside) TRUCE_TRY(add_own(tx, counter, delta));
    *done = inside;
    return TRUCE_OK;
}
