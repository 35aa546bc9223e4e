/* Observations of one key, and the seam's recheck. What is judged: `value` (get, swap, ...), `presence` (contains,
 * remove) or `match` (replace), in the end by the row of the operation table. */
#include "dict_parts.h"

static const struct truce_composed_ *composed_of(const struct truce_record_ *record)
{
    if (!(record->cell & TRUCE_RECORD_COMPOSED_)) return NULL;
    return (const struct truce_composed_ *)(uintptr_t)record->key;
}

static int observes(const struct truce_record_ *record)
{
    size_t count;
    return truce_operations_(&count)[truce_record_operation_(record)].observes;
}

static truce_item item_of(const truce_dict *dict, bool present, uint64_t value)
{
    const truce_item none = {0, 0, TRUCE_NONE};
    return present ? truce_value_item_(dict, value) : none;
}

/* Judges a record of one key by what the key holds now, own updates applied. */
static enum truce_step_ judge(truce_tx *tx, const truce_dict *dict, const struct truce_record_ *record,
                              const struct truce_key_ *key, bool present, uint64_t value)
{
    const bool seen_present = !(record->cell & TRUCE_RECORD_ABSENT_);
    switch (observes(record)) {
    case TRUCE_OBSERVES_PRESENCE_:
        if (present == seen_present) return TRUCE_STEP_DONE_;
        return truce_object_conflict_(tx, record, dict, key->item, truce_word(seen_present), truce_word(present));
    case TRUCE_OBSERVES_MATCH_: {
        const bool match = present && truce_values_equal_(dict, value, composed_of(record)->expected);
        if (match == (record->seen != 0)) return TRUCE_STEP_DONE_;
        return truce_object_conflict_(tx, record, dict, key->item, truce_word(record->seen), truce_word(match));
    }
    default:
        if (present == seen_present && (!present || truce_values_equal_(dict, value, record->seen))) {
            return TRUCE_STEP_DONE_;
        }
        return truce_object_conflict_(tx, record, dict, key->item, item_of(dict, seen_present, record->seen),
                                      item_of(dict, present, value));
    }
}

static enum truce_step_ recheck_key(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    const truce_dict *dict = truce_dict_of_(truce_record_object_(record));
    const struct truce_composed_ *composed = composed_of(record);
    const struct truce_key_ key = truce_key_of_stored_(dict, composed != NULL ? composed->key : record->key);
    struct truce_reading_ reading;
    const enum truce_step_ step = truce_dict_read_(tx, dict, &key, limit, &reading);
    if (step != TRUCE_STEP_DONE_) return step;
    if (composed != NULL && composed->updates.count > 0) {
        reading.value = truce_updates_apply_(&composed->updates, reading.present, reading.value);
        reading.present = true;
    }
    if (judge(tx, dict, record, &key, reading.present, reading.value) != TRUCE_STEP_DONE_) return TRUCE_STEP_FALSE_;
    record->cell = (uint64_t)(uintptr_t)reading.cell | (record->cell & TRUCE_RECORD_FLAGS_);
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_dict_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    if (truce_record_object_(record)->magic == TRUCE_FREED_) {
        truce_misuse_("a transaction must not go on after a dict that it read was freed");
    }
    switch (observes(record)) {
    case TRUCE_OBSERVES_COUNT_:
    case TRUCE_OBSERVES_PREDICATE_:
        return truce_count_recheck_(tx, record, limit);
    case TRUCE_OBSERVES_KEY_SET_:
    case TRUCE_OBSERVES_CONTENT_:
        if (record->cell & TRUCE_RECORD_SEVERAL_) return truce_each_recheck_(tx, record, limit);
        return recheck_key(tx, record, limit);
    default:
        return recheck_key(tx, record, limit);
    }
}
