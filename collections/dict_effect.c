/* A transaction's effects on keys, before the commit: how one change follows another on the same key. */
#include "dict_parts.h"

#include <string.h>

struct truce_effect_ *truce_dict_effect_(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key)
{
    for (struct truce_effect_ *effect = truce_effect_first_(tx, key->hash); effect != NULL; effect = effect->next) {
        if (effect->hash != key->hash || effect->participant->object != &dict->object ||
            (effect->flags & TRUCE_EFFECT_SUPERSEDED_)) {
            continue;
        }
        if (truce_key_is_stored_(dict, key, effect->key)) return effect;
    }
    return NULL;
}

bool truce_updates_keep_(truce_tx *tx, const struct truce_updates_ *updates, struct truce_updates_ *kept)
{
    kept->count = kept->capacity = updates->count;
    kept->each = NULL;
    if (updates->count == 0) return true;
    kept->each = truce_tx_bytes_(tx, updates->count * sizeof *kept->each);
    if (kept->each == NULL) return false;
    memcpy(kept->each, updates->each, updates->count * sizeof *kept->each);
    return true;
}

/* An effect that takes the place of another, which stays for what it holds. */
static struct truce_effect_ *supersede(truce_tx *tx, struct truce_effect_ *effect)
{
    struct truce_effect_ *newer = truce_effect_new_(tx, effect->participant, effect->hash);
    if (newer == NULL) return NULL;
    newer->key = effect->key;
    newer->flags = effect->flags & (TRUCE_EFFECT_OWNS_KEY_ | TRUCE_EFFECT_BASE_HANDED_);
    effect->flags = (uint16_t)((effect->flags & ~TRUCE_EFFECT_OWNS_KEY_) | TRUCE_EFFECT_SUPERSEDED_);
    effect->participant->superseded++;
    return newer;
}

/* What an effect keeps of its key. Byte keys: the node that is in the table now, which the attempt keeps alive; else, if
 * it is to be put in, a node made for that; else a copy. False when memory ran out. */
static bool take_key(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key, bool puts,
                     uint64_t *stored, uint16_t *flags)
{
    *flags = 0;
    struct truce_node_ *node = NULL;
    if (truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) {
        node = truce_dict_peek_(tx, dict, key);
        if (node == NULL && puts) {
            *stored = truce_node_new_(key->item);
            *flags = TRUCE_EFFECT_OWNS_KEY_;
            tx->settles = true;
            return *stored != 0;
        }
    }
    return truce_key_keep_(tx, key, node, stored);
}

/* The effect on a key, to be given a new change: a new one, or the present one where nothing depends on it. `puts`: the
 * key will be there. */
static struct truce_effect_ *effect_to_change(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key, bool puts)
{
    struct truce_effect_ *effect = truce_effect_maybe_(tx, key->hash) ? truce_dict_effect_(tx, dict, key) : NULL;
    if (effect != NULL) {
        const bool holds = truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_ | TRUCE_DICT_RELEASES_);
        effect->flags &= (uint16_t)~TRUCE_EFFECT_TICKET_;
        return holds && effect->change == TRUCE_CHANGE_SET_ ? supersede(tx, effect) : effect;
    }
    struct truce_participant_ *participant = truce_participant_(tx, &dict->object);
    if (participant == NULL) return NULL;
    uint64_t stored;
    uint16_t flags;
    if (!take_key(tx, dict, key, puts, &stored, &flags)) return NULL;
    effect = truce_effect_new_(tx, participant, key->hash);
    if (effect == NULL) {
        if (flags & TRUCE_EFFECT_OWNS_KEY_) truce_free_((void *)(uintptr_t)stored);
        return NULL;
    }
    effect->key = stored;
    effect->flags = flags;
    effect->change = TRUCE_CHANGE_REMOVE_;
    return effect;
}

truce_status truce_dict_change_to_set_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key, truce_item value)
{
    uint64_t stored = value.word;
    const bool bytes = truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_);
    if (value.kind == TRUCE_TICKET) stored = (uint64_t)(uintptr_t)truce_ticket_of_(tx, value);
    if (truce_dict_has_(dict, TRUCE_DICT_RELEASES_)) { /* the same word over itself is nothing */
        const struct truce_effect_ *own = truce_dict_effect_(tx, dict, key);
        if (own != NULL && own->change == TRUCE_CHANGE_SET_ && own->value == stored &&
            !(own->flags & TRUCE_EFFECT_HANDED_)) {
            return TRUCE_OK;
        }
    }
    if (bytes && (stored = truce_blob_new_(value)) == 0) return truce_dict_no_memory_(tx);
    struct truce_effect_ *effect = effect_to_change(tx, dict, key, true);
    if (effect == NULL) {
        if (bytes) truce_free_((void *)(uintptr_t)stored);
        return truce_dict_no_memory_(tx);
    }
    effect->change = TRUCE_CHANGE_SET_;
    effect->value = stored;
    if (value.kind == TRUCE_TICKET) effect->flags |= TRUCE_EFFECT_TICKET_;
    if (bytes) {
        effect->flags |= TRUCE_EFFECT_OWNS_VALUE_;
        tx->settles = true;
    }
    return TRUCE_OK;
}

truce_status truce_dict_change_to_removed_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key)
{
    struct truce_effect_ *effect = effect_to_change(tx, dict, key, false);
    if (effect == NULL) return truce_dict_no_memory_(tx);
    effect->change = TRUCE_CHANGE_REMOVE_;
    return TRUCE_OK;
}

/* Adds one update to an effect that has some. */
static bool add_update(truce_tx *tx, struct truce_effect_ *effect, struct truce_update_ update)
{
    if (effect->change != TRUCE_CHANGE_SEVERAL_) {
        if (update.function == NULL && effect->change == update.change) { /* two of a kind are one */
            const struct truce_updates_ second = {1, 1, &update};
            effect->value = truce_updates_apply_(&second, true, effect->value);
            return true;
        }
        struct truce_updates_ *updates = truce_tx_bytes_(tx, sizeof *updates);
        if (updates == NULL) return false;
        struct truce_update_ one;
        const struct truce_updates_ first = truce_effect_updates_(effect, &one);
        if (!truce_updates_keep_(tx, &first, updates)) return false;
        effect->value = (uint64_t)(uintptr_t)updates;
        effect->change = TRUCE_CHANGE_SEVERAL_;
    }
    struct truce_updates_ *updates = (struct truce_updates_ *)(uintptr_t)effect->value;
    if (updates->count == updates->capacity) {
        if (updates->count > UINT32_MAX / 2) return false;
        const uint32_t capacity = updates->capacity < 4 ? 4 : updates->capacity * 2;
        struct truce_update_ *each = truce_tx_bytes_(tx, capacity * sizeof *each);
        if (each == NULL) return false;
        if (updates->count > 0) memcpy(each, updates->each, updates->count * sizeof *each);
        updates->each = each;
        updates->capacity = capacity;
    }
    updates->each[updates->count++] = update;
    return true;
}

truce_status truce_dict_change_by_update_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key,
                                     struct truce_update_ update)
{
    const struct truce_updates_ single = {1, 1, &update};
    struct truce_effect_ *effect = truce_effect_maybe_(tx, key->hash) ? truce_dict_effect_(tx, dict, key) : NULL;
    if (effect == NULL) {
        const struct truce_participant_ *participant = truce_participant_(tx, &dict->object);
        if (participant == NULL) return truce_dict_no_memory_(tx);
        if (!participant->cleared) {
            effect = effect_to_change(tx, dict, key, true);
            if (effect == NULL) return truce_dict_no_memory_(tx);
            if (update.function == NULL) {
                effect->change = (uint8_t)update.change;
                effect->value = update.operand;
                return TRUCE_OK;
            }
            struct truce_updates_ *updates = truce_tx_bytes_(tx, sizeof *updates);
            if (updates == NULL || !truce_updates_keep_(tx, &single, updates)) return truce_dict_no_memory_(tx);
            effect->change = TRUCE_CHANGE_SEVERAL_;
            effect->value = (uint64_t)(uintptr_t)updates;
            return TRUCE_OK;
        }
    } else if (effect->change >= TRUCE_CHANGE_ADD_) {
        return add_update(tx, effect, update) ? TRUCE_OK : truce_dict_no_memory_(tx);
    }
    /* Own work alone decides what is there: the result is known. */
    const bool present = effect != NULL && effect->change == TRUCE_CHANGE_SET_;
    if (present && (effect->flags & TRUCE_EFFECT_TICKET_)) truce_misuse_("a ticket can't be updated before the commit");
    const uint64_t result = truce_updates_apply_(&single, present, present ? effect->value : 0);
    return truce_dict_change_to_set_(tx, dict, key, truce_word(result));
}

/* False when memory ran out. That a committed word was handed out must not be forgotten. */
static bool clear_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    if (effect->flags & TRUCE_EFFECT_SUPERSEDED_) return true;
    if (effect->flags & TRUCE_EFFECT_BASE_HANDED_) {
        if (effect->change == TRUCE_CHANGE_SET_) effect = supersede(tx, effect);
        if (effect == NULL) return false;
        effect->change = TRUCE_CHANGE_REMOVE_;
        return true;
    }
    effect->flags |= TRUCE_EFFECT_SUPERSEDED_;
    effect->participant->superseded++;
    return true;
}

truce_status truce_dict_change_to_cleared_(truce_tx *tx, struct truce_participant_ *participant)
{
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        struct truce_effect_ *effect = truce_log_entries_(chunk);
        for (; effect != truce_log_used_end_(&tx->effects, chunk); effect++) { /* which may be adding to the log */
            if (effect->participant == participant && !clear_effect(tx, effect)) return truce_dict_no_memory_(tx);
        }
        if (chunk == tx->effects.last) break;
    }
    participant->cleared = true;
    tx->marks |= TRUCE_TX_CLEARED_;
    participant->effects_only = false;
    return TRUCE_OK;
}
