/* The number of keys: what is committed is a sum that inserting and removing threads add to.
 *
 * An observation of the count is of that sum and, for keys that the transaction set or removed blindly, of whether they
 * are there: the answer is the committed count, with what the own effects make of it. It is one observation of the
 * answer: judged at one instant, whatever its parts do.
 */
#include "dict_parts.h"

/* A key that the transaction changes, as it stood when the count was asked for. */
struct counted_key {
    uint64_t key; /* as an effect has it */
    bool after;   /* whether it is there after the effect */
};

/* What an observation of the count refers to. In the attempt's arena. */
struct counted {
    size_t at_least;
    size_t keys_count;
    struct counted_key keys[];
};

/* The count with own effects in it. */
static enum truce_step_ answer(truce_tx *tx, truce_dict *dict, const struct counted *counted, uint64_t limit,
                               uint64_t *count)
{
    struct truce_total_ total;
    enum truce_step_ step = truce_sum_read_(tx, &dict->count, limit, &total);
    if (step != TRUCE_STEP_DONE_) return step;
    *count = total.amount;
    for (size_t i = 0; i < counted->keys_count; i++) {
        const struct truce_key_ key = truce_key_of_stored_(dict, counted->keys[i].key);
        struct truce_reading_ reading;
        step = truce_dict_read_(tx, dict, &key, limit, &reading);
        if (step != TRUCE_STEP_DONE_) return step;
        *count += (uint64_t)counted->keys[i].after - (uint64_t)reading.present;
    }
    return TRUCE_STEP_DONE_;
}

static uint64_t as_seen(unsigned operation, uint64_t count, size_t at_least)
{
    if (operation == TRUCE_OP_dict_len_) return count;
    if (operation == TRUCE_OP_dict_is_empty_) return count == 0;
    return count >= at_least;
}

enum truce_step_ truce_count_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    truce_dict *dict = truce_dict_of_(truce_record_object_(record));
    const struct counted *counted = (const struct counted *)(uintptr_t)record->key;
    uint64_t count;
    const enum truce_step_ step = answer(tx, dict, counted, limit, &count);
    if (step != TRUCE_STEP_DONE_) return step;
    const uint64_t now = as_seen(truce_record_operation_(record), count, counted->at_least);
    if (now == record->seen) return TRUCE_STEP_DONE_;
    const truce_item whole = {0, 0, TRUCE_NONE};
    return truce_object_conflict_(tx, record, dict, whole, truce_word(record->seen), truce_word(now));
}

/* The keys that the transaction changes, as far as they are `participant`'s; `keys` NULL: only counts them. */
static size_t own_keys(truce_tx *tx, const struct truce_participant_ *participant, struct counted_key *keys,
                       size_t *present)
{
    size_t count = 0;
    *present = 0;
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        const struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) {
            if (effect->participant != participant || (effect->flags & TRUCE_EFFECT_SUPERSEDED_)) continue;
            const bool after = effect->change != TRUCE_CHANGE_REMOVE_;
            if (keys != NULL) keys[count] = (struct counted_key){effect->key, after};
            count++;
            *present += after;
        }
        if (chunk == tx->effects.last) return count;
    }
}

/* len, len_at_least, is_empty: *seen is the answer to `operation`. */
static truce_status observe_count(truce_tx *tx, truce_dict *dict, unsigned operation, size_t at_least, uint64_t *seen)
{
    const struct truce_participant_ *participant = truce_participant_if_any_(tx, &dict->object);
    size_t present = 0;
    const size_t keys = participant == NULL ? 0 : own_keys(tx, participant, NULL, &present);
    if (participant != NULL && participant->cleared) { /* own work alone decides */
        *seen = as_seen(operation, present, at_least);
        return TRUCE_OK;
    }
    struct counted *counted = truce_tx_bytes_(tx, sizeof *counted + keys * sizeof counted->keys[0]);
    if (counted == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    counted->at_least = at_least;
    counted->keys_count = keys;
    if (keys > 0) own_keys(tx, participant, counted->keys, &present);
    for (;;) {
        uint64_t count;
        const enum truce_step_ step = answer(tx, dict, counted, tx->limit, &count);
        if (step == TRUCE_STEP_DONE_) {
            *seen = as_seen(operation, count, at_least);
            return truce_record_several_(tx, &dict->object, operation, (uint64_t)(uintptr_t)counted, *seen);
        }
        TRUCE_TRY(truce_resolve_(tx, step));
    }
}

truce_status truce_dict_len(truce_tx *tx, truce_dict *dict, size_t *count)
{
    truce_dict_require_(dict, count != NULL);
    *count = 0;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_dict_len(alone.tx, dict, count));
    TRUCE_TRY(truce_tx_enter_(tx));
    uint64_t seen;
    TRUCE_TRY(observe_count(tx, dict, TRUCE_OP_dict_len_, 0, &seen));
    *count = (size_t)seen;
    return TRUCE_OK;
}

/* len_at_least, is_empty. */
static truce_status ask(truce_tx *tx, truce_dict *dict, unsigned operation, size_t n, bool *yes)
{
    truce_dict_require_(dict, yes != NULL);
    *yes = false;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(ask(alone.tx, dict, operation, n, yes));
    TRUCE_TRY(truce_tx_enter_(tx));
    uint64_t seen;
    TRUCE_TRY(observe_count(tx, dict, operation, n, &seen));
    *yes = seen != 0;
    return TRUCE_OK;
}

truce_status truce_dict_len_at_least(truce_tx *tx, truce_dict *dict, size_t n, bool *yes)
{
    return ask(tx, dict, TRUCE_OP_dict_len_at_least_, n, yes);
}

truce_status truce_dict_is_empty(truce_tx *tx, truce_dict *dict, bool *yes)
{
    return ask(tx, dict, TRUCE_OP_dict_is_empty_, 0, yes);
}
