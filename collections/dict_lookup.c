/* Keys and values as items, and what a transaction sees under a key: its own effects laid over what is committed. What
 * own work decides observes nothing; everything else is recorded. */
#include "dict_parts.h"

#include <string.h>

/* The key of an operation; TOO_LARGE if it is over the maximum. */
truce_status truce_dict_key_(const truce_dict *dict, truce_item item, struct truce_key_ *key)
{
    key->item = item;
    if (!truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) {
        if (item.kind != TRUCE_WORD) truce_misuse_("the keys of this dict are words");
        key->hash = truce_mix_(&dict->mixer, item.word);
        key->slot_word = item.word;
        return TRUCE_OK;
    }
    if (item.kind != TRUCE_BYTES) truce_misuse_("the keys of this dict are bytes");
    if (item.size > TRUCE_KEY_SIZE_MAX) return TRUCE_TOO_LARGE;
    if (item.word == 0 && item.size > 0) truce_misuse_("bytes need an address; NULL was given");
    key->hash = truce_mix_(&dict->mixer, truce_hash_bytes_(truce_as_bytes(item), item.size));
    key->slot_word = key->hash;
    return TRUCE_OK;
}

static void fill_node(struct truce_node_ *node, truce_item key)
{
    node->size = key.size;
    node->unused = 0;
    char *bytes = truce_node_bytes_(node);
    if (key.size > 0) memcpy(bytes, truce_as_bytes(key), key.size);
    bytes[key.size] = '\0';
}

uint64_t truce_node_new_(truce_item key)
{
    struct truce_node_ *node = truce_alloc_(sizeof *node + (size_t)key.size + 1);
    if (node != NULL) fill_node(node, key);
    return (uint64_t)(uintptr_t)node;
}

/* What a record keeps of a key: the word, the node it was found as, or a copy that lives as long as the attempt. */
bool truce_key_keep_(truce_tx *tx, const struct truce_key_ *key, const struct truce_node_ *node, uint64_t *kept)
{
    *kept = key->item.word;
    if (key->item.kind != TRUCE_BYTES) return true;
    if (node == NULL) {
        struct truce_node_ *copy = truce_tx_bytes_(tx, sizeof *copy + (size_t)key->item.size + 1);
        if (copy == NULL) return false;
        fill_node(copy, key->item);
        node = copy;
    }
    *kept = (uint64_t)(uintptr_t)node;
    return true;
}

struct truce_node_ *truce_dict_peek_(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key)
{
    struct truce_reading_ reading;
    const enum truce_step_ step = truce_dict_read_(tx, dict, key, TRUCE_LIMIT_NONE_, &reading);
    return step == TRUCE_STEP_DONE_ ? reading.node : NULL;
}

/* Reads a key until the reading stands. */
static truce_status read_key(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key,
                             struct truce_reading_ *reading)
{
    for (;;) {
        const enum truce_step_ step = truce_dict_read_(tx, dict, key, tx->limit, reading);
        if (TRUCE_LIKELY_(step == TRUCE_STEP_DONE_)) return TRUCE_OK;
        TRUCE_TRY(truce_resolve_(tx, step));
    }
}

/* Reads a key and records what was read: value or presence, as the operation's row says. */
static truce_status observe(truce_tx *tx, const truce_dict *dict, unsigned operation, const struct truce_key_ *key,
                            struct truce_reading_ *reading)
{
    TRUCE_TRY(read_key(tx, dict, key, reading));
    uint64_t kept;
    if (!truce_key_keep_(tx, key, reading->node, &kept)) return truce_dict_no_memory_(tx);
    const uint64_t cell = (uint64_t)(uintptr_t)reading->cell | (reading->present ? 0 : TRUCE_RECORD_ABSENT_);
    return truce_record_(tx, cell, &dict->object, operation, kept, reading->value);
}

static truce_status observe_composed(truce_tx *tx, truce_dict *dict, unsigned operation,
                                     struct truce_composed_ composed, const struct truce_reading_ *reading,
                                     uint64_t seen)
{
    struct truce_composed_ *kept = truce_tx_bytes_(tx, sizeof *kept);
    if (kept == NULL) return truce_dict_no_memory_(tx);
    *kept = composed;
    return truce_record_(tx, (uint64_t)(uintptr_t)reading->cell | TRUCE_RECORD_COMPOSED_, &dict->object, operation,
                         (uint64_t)(uintptr_t)kept, seen);
}

truce_status truce_dict_observe_over_(truce_tx *tx, truce_dict *dict, unsigned operation, uint64_t stored_key,
                                      const struct truce_updates_ *updates, uint64_t *value)
{
    const struct truce_key_ key = truce_key_of_stored_(dict, stored_key);
    struct truce_composed_ composed = {.key = stored_key};
    if (!truce_updates_keep_(tx, updates, &composed.updates)) return truce_dict_no_memory_(tx);
    struct truce_reading_ reading;
    TRUCE_TRY(read_key(tx, dict, &key, &reading));
    *value = truce_updates_apply_(&composed.updates, reading.present, reading.value);
    return observe_composed(tx, dict, operation, composed, &reading, *value);
}

/* Whether the transaction cleared the dict: what it did not set since then is absent. */
static bool cleared(const truce_tx *tx, const truce_dict *dict)
{
    if (TRUCE_LIKELY_((tx->marks & TRUCE_TX_CLEARED_) == 0)) return false; /* its participants may be many */
    const struct truce_participant_ *participant = truce_participant_if_any_(tx, &dict->object);
    return participant != NULL && participant->cleared;
}

/* The value of a key as the transaction sees it. Observes what own work does not decide. After an update was laid over
 * what is committed and the result handed out, the effect is a set of that result: it commits only if that is true. */
truce_status truce_dict_look_up_(truce_tx *tx, truce_dict *dict, unsigned operation, const struct truce_key_ *key,
                            struct truce_held_ *held)
{
    *held = (struct truce_held_){false, 0, NULL, false};
    struct truce_effect_ *effect = truce_effect_maybe_(tx, key->hash) ? truce_dict_effect_(tx, dict, key) : NULL;
    if (effect == NULL) {
        if (cleared(tx, dict)) return TRUCE_OK;
        struct truce_reading_ reading;
        TRUCE_TRY(observe(tx, dict, operation, key, &reading));
        held->present = reading.present;
        held->value = reading.value;
        return TRUCE_OK;
    }
    held->effect = effect;
    held->present = effect->change != TRUCE_CHANGE_REMOVE_;
    if (effect->change >= TRUCE_CHANGE_ADD_) {
        struct truce_update_ one;
        const struct truce_updates_ updates = truce_effect_updates_(effect, &one);
        uint64_t stored;
        if (!truce_key_keep_(tx, key, NULL, &stored)) return truce_dict_no_memory_(tx);
        TRUCE_TRY(truce_dict_observe_over_(tx, dict, operation, stored, &updates, &held->value));
        if (tx->operation.chunk == NULL) { /* else the record just made may be dropped again */
            effect->change = TRUCE_CHANGE_SET_;
            effect->value = held->value;
        }
    } else {
        held->value = effect->value;
        held->ticket = (effect->flags & TRUCE_EFFECT_TICKET_) != 0;
    }
    return TRUCE_OK;
}

/* Whether a key is there for this transaction; own work decides it, or it is observed. */
truce_status truce_dict_look_up_presence_(truce_tx *tx, truce_dict *dict, unsigned operation, const struct truce_key_ *key,
                                     bool *present)
{
    if (truce_effect_maybe_(tx, key->hash)) {
        const struct truce_effect_ *effect = truce_dict_effect_(tx, dict, key);
        if (effect != NULL) {
            *present = effect->change != TRUCE_CHANGE_REMOVE_;
            return TRUCE_OK;
        }
        if (cleared(tx, dict)) {
            *present = false;
            return TRUCE_OK;
        }
    }
    struct truce_reading_ reading;
    TRUCE_TRY(observe(tx, dict, operation, key, &reading));
    *present = reading.present;
    return TRUCE_OK;
}

/* Whether the key holds what is expected; own work decides it, or it is observed. `expected` is as the table has it. */
truce_status truce_dict_look_up_match_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key, uint64_t expected,
                                  bool *match)
{
    struct truce_effect_ *effect = truce_effect_maybe_(tx, key->hash) ? truce_dict_effect_(tx, dict, key) : NULL;
    if (effect != NULL && effect->change < TRUCE_CHANGE_ADD_) {
        if (effect->flags & TRUCE_EFFECT_TICKET_) truce_misuse_("a ticket can't be compared with before the commit");
        *match = effect->change == TRUCE_CHANGE_SET_ && truce_values_equal_(dict, effect->value, expected);
        return TRUCE_OK;
    }
    if (effect == NULL && cleared(tx, dict)) {
        *match = false;
        return TRUCE_OK;
    }
    struct truce_composed_ composed = {.expected = expected};
    struct truce_update_ one;
    struct truce_updates_ updates = {0, 0, NULL};
    if (effect != NULL) updates = truce_effect_updates_(effect, &one);
    struct truce_reading_ reading;
    TRUCE_TRY(read_key(tx, dict, key, &reading));
    if (!truce_key_keep_(tx, key, reading.node, &composed.key) || !truce_updates_keep_(tx, &updates, &composed.updates)) {
        return truce_dict_no_memory_(tx);
    }
    if (updates.count > 0) {
        reading.value = truce_updates_apply_(&updates, reading.present, reading.value);
        reading.present = true;
    }
    *match = reading.present && truce_values_equal_(dict, reading.value, expected);
    return observe_composed(tx, dict, TRUCE_OP_dict_replace_, composed, &reading, *match);
}
