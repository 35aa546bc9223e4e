/* The public operations of a dict on single keys. Hides how own effects are laid over what is committed.
 *
 * An operation on a word key of a dict of words takes a fast path: one comparison tells that the transaction is open,
 * and that the bucket is unlocked and old enough. Everything else is a tail call to the general form.
 */
#include "dict_parts.h"

#include <string.h>

static const truce_item no_item = {0, 0, TRUCE_NONE};

/* Entering an operation on a key. */
static truce_status enter(truce_tx *tx, const truce_dict *dict, bool outputs, truce_item item, struct truce_key_ *key,
                          bool changes)
{
    truce_dict_require_(dict, outputs);
    TRUCE_TRY(changes ? truce_tx_enter_to_change_(tx) : truce_tx_enter_(tx));
    const truce_status status = truce_dict_key_(dict, item, key);
    return status < 0 ? truce_tx_fail_(tx, status) : status;
}

static truce_status check_value(const truce_dict *dict, truce_item value)
{
    return truce_value_check_(truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_), value);
}

static truce_status enter_with_value(truce_tx *tx, const truce_dict *dict, bool outputs, truce_item item,
                                     struct truce_key_ *key, truce_item value)
{
    TRUCE_TRY(enter(tx, dict, outputs, item, key, true));
    const truce_status status = check_value(dict, value);
    return status < 0 ? truce_tx_fail_(tx, status) : status;
}

/* The same, where the value may be a ticket. */
static truce_status enter_with_any_value(truce_tx *tx, const truce_dict *dict, bool outputs, truce_item item,
                                         struct truce_key_ *key, truce_item value)
{
    const bool words = !truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_ | TRUCE_DICT_RELEASES_);
    if (value.kind != TRUCE_TICKET || !words) return enter_with_value(tx, dict, outputs, item, key, value);
    TRUCE_TRY(enter(tx, dict, outputs, item, key, true));
    truce_ticket_of_(tx, value);
    return TRUCE_OK;
}

/* What a key holds, to hand out. */
static truce_item held_item(const truce_dict *dict, const struct truce_held_ *held)
{
    if (held->ticket) return truce_ticket_item_(truce_ticket_at_(held->value));
    return truce_value_item_(dict, held->value);
}

/* Alone, nothing keeps alive what is handed out. */
static void may_hand_out_alone(const truce_dict *dict)
{
    if (truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_ | TRUCE_DICT_RELEASES_)) {
        truce_misuse_("bytes, or words that have a release callback, can't be handed out by an operation alone");
    }
}

/* The same, where a word with a release callback becomes the caller's. */
static void may_give_away_alone(const truce_dict *dict)
{
    if (truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_)) {
        truce_misuse_("bytes can't be handed out by an operation alone");
    }
}

/* get. */

/* A word alone: no transaction, no time. Linearizable: the content was whole while the cell kept one word. */
static truce_status get_word_alone(truce_dict *dict, const struct truce_key_ *key, truce_item *value)
{
    struct truce_thread_ *thread = truce_thread_();
    if (thread == NULL) return TRUCE_NO_MEMORY;
    const bool first = thread->open == NULL;
    if (first) truce_epoch_enter_(thread);
    struct truce_look_ look;
    struct truce_place_ place;
    uint64_t found;
    for (struct truce_waiter_ waiter = {0};; truce_wait_round_(&waiter)) {
        const uint64_t shape = truce_dict_shape_(dict);
        struct truce_bucket_ *head = truce_bucket_at_(dict, truce_shape_bucket_(shape, key->hash));
        __builtin_prefetch(head->values);
        look.cell = &head->word;
        look.raw = look.word = truce_load_seq_cst_(look.cell);
        if (truce_cell_locked_(look.raw)) continue;
        if (truce_bucket_find_(&look, key, &place) != TRUCE_STEP_DONE_) continue;
        found = place.holder == NULL ? 0 : truce_load_acquire_(&place.holder->values[place.slot]); /* [content] */
        if (!truce_look_stands_(&look)) continue;
        if (place.holder != NULL || truce_dict_bucket_(dict, key->hash) == head) break; /* [shape] */
    }
    if (first) truce_epoch_leave_(thread);
    if (place.holder == NULL) return TRUCE_ABSENT;
    *value = truce_word(found);
    return TRUCE_OK;
}

static truce_status get_alone(truce_dict *dict, truce_item item, truce_item *value)
{
    struct truce_key_ key;
    may_hand_out_alone(dict);
    TRUCE_TRY(truce_dict_key_(dict, item, &key));
    if (key.item.kind == TRUCE_WORD) return get_word_alone(dict, &key, value);
    TRUCE_RETURN_ALONE_(truce_dict_get(alone.tx, dict, item, value));
}

static truce_status look_up_item(truce_tx *tx, truce_dict *dict, unsigned operation, const struct truce_key_ *key,
                                 truce_item *value)
{
    struct truce_held_ held;
    TRUCE_TRY(truce_dict_look_up_(tx, dict, operation, key, &held));
    if (!held.present) return TRUCE_ABSENT;
    *value = held_item(dict, &held);
    return TRUCE_OK;
}

__attribute__((noinline)) static truce_status get_slow(truce_tx *tx, truce_dict *dict, truce_item item,
                                                       truce_item *value)
{
    truce_dict_require_(dict, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) return get_alone(dict, item, value);
    struct truce_key_ key;
    TRUCE_TRY(enter(tx, dict, true, item, &key, false));
    return look_up_item(tx, dict, TRUCE_OP_dict_get_, &key, value);
}

/* Whether an item is a word as truce_word makes it: size and kind compared at once. */
static inline bool is_word(truce_item item)
{
    const truce_item word = truce_word(0);
    return memcmp(&item.size, &word.size, sizeof item.size + sizeof item.kind) == 0;
}

/* Whether the arguments are those of the fast path: a dict of words, a word. */
static inline bool plain(const truce_tx *tx, const truce_dict *dict, truce_item key)
{
    if (TRUCE_UNLIKELY_((uintptr_t)tx <= (uintptr_t)TRUCE_ALONE)) return false;
    if (TRUCE_UNLIKELY_(dict == NULL)) return false;
    if (TRUCE_UNLIKELY_(dict->object.magic != TRUCE_DICT_MAGIC_)) return false;
    return TRUCE_LIKELY_(is_word(key)) && TRUCE_LIKELY_(tx->thread == truce_thread_current_);
}

/* Answers a get of a word on the fast path: `record` is where the next record goes, and there is room. `absent` is 0 or
 * TRUCE_RECORD_ABSENT_. */
static inline truce_status answer_plain(truce_tx *tx, struct truce_record_ *record, truce_dict *dict,
                                        const struct truce_bucket_ *head, uint64_t key, uint64_t found, uint64_t absent,
                                        truce_item *value)
{
    record->cell = (uint64_t)(uintptr_t)head | absent;
    record->object = (uint64_t)(uintptr_t)&dict->object | TRUCE_OP_dict_get_;
    record->key = key;
    record->seen = found;
    tx->records.next = (char *)(record + 1);
    if (absent) {
        *value = no_item;
        return TRUCE_ABSENT;
    }
    *value = truce_word(found);
    return TRUCE_OK;
}

/* The fast path where the key is not in the head, and buckets are chained to it. */
__attribute__((noinline)) static truce_status get_chained(truce_tx *tx, truce_dict *dict, truce_item key,
                                                          truce_item *value, struct truce_bucket_ *head)
{
    const uint64_t word = truce_load_seq_cst_(&head->word); /* [clock], [unlock] */
    if (word >= tx->limit) return get_slow(tx, dict, key, value);
    const struct truce_look_ look = {&head->word, word, word};
    const struct truce_key_ wanted = {0, key.word, key};
    struct truce_place_ place;
    if (truce_bucket_find_(&look, &wanted, &place) != TRUCE_STEP_DONE_) return get_slow(tx, dict, key, value);
    uint64_t found = 0;
    if (place.holder != NULL) found = truce_load_acquire_(&place.holder->values[place.slot]); /* [content] */
    if (!truce_look_stands_(&look)) return get_slow(tx, dict, key, value);
    struct truce_record_ *record = (struct truce_record_ *)(void *)tx->records.next;
    return answer_plain(tx, record, dict, head, key.word, found, place.holder != NULL ? 0 : TRUCE_RECORD_ABSENT_, value);
}

truce_status truce_dict_get(truce_tx *tx, truce_dict *dict, truce_item key, truce_item *value)
{
    if (!plain(tx, dict, key) || TRUCE_UNLIKELY_(value == NULL)) return get_slow(tx, dict, key, value);
    key = truce_word(key.word); /* the rest of it is known from here on: a register less to keep */
    const uint64_t hash = truce_mix_(&dict->mixer, key.word);
    if (TRUCE_UNLIKELY_(truce_effect_maybe_(tx, hash))) return get_slow(tx, dict, key, value);
    struct truce_bucket_ *bucket = truce_dict_bucket_(dict, hash);
    __builtin_prefetch(bucket->values);
    const uint64_t word = truce_load_seq_cst_(&bucket->word); /* [clock], [unlock] */
    const unsigned match = truce_bucket_match_(bucket, key.word);
    struct truce_record_ *record = (struct truce_record_ *)(void *)tx->records.next;
    if (TRUCE_UNLIKELY_(word >= tx->limit || (char *)record == tx->records.chunk_end)) {
        return get_slow(tx, dict, key, value);
    }
    if (TRUCE_LIKELY_(match != 0)) {
        const size_t place = truce_match_word_(match);
        const uint64_t found = truce_match_value_(bucket, place);
        if (TRUCE_UNLIKELY_(!truce_slot_taken_(word << 1, (unsigned)place) ||
                            truce_load_acquire_(&bucket->word) != word)) {
            return get_slow(tx, dict, key, value);
        }
        return answer_plain(tx, record, dict, bucket, key.word, found, 0, value);
    }
    if (word & TRUCE_CHAINED_) return get_chained(tx, dict, key, value, bucket);
    if (TRUCE_UNLIKELY_(truce_load_acquire_(&bucket->word) != word)) return get_slow(tx, dict, key, value);
    return answer_plain(tx, record, dict, bucket, key.word, 0, TRUCE_RECORD_ABSENT_, value);
}

/* Fetches the lines of a key's bucket; a hint. */
static void prefetch(const truce_dict *dict, truce_item item)
{
    if (item.kind != TRUCE_WORD || truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) return;
    const struct truce_bucket_ *bucket = truce_dict_bucket_(dict, truce_mix_(&dict->mixer, item.word));
    __builtin_prefetch(&bucket->word);
    __builtin_prefetch(bucket->values);
}

static void no_items(truce_item *values, size_t count)
{
    for (size_t i = 0; i < count; i++) values[i] = no_item;
}

static truce_status get_one_of_many(truce_tx *tx, truce_dict *dict, truce_item item, truce_item *value)
{
    struct truce_key_ key;
    TRUCE_TRY(enter(tx, dict, true, item, &key, false));
    *value = no_item;
    const truce_status status = look_up_item(tx, dict, TRUCE_OP_dict_get_many_, &key, value);
    return status < 0 ? status : TRUCE_OK;
}

truce_status truce_dict_get_many(truce_tx *tx, truce_dict *dict, const truce_item *keys, size_t count,
                                 truce_item *values)
{
    enum { AHEAD = 16 };
    truce_dict_require_(dict, count == 0 || (keys != NULL && values != NULL));
    no_items(values, count);
    if (tx == TRUCE_ALONE) {
        may_hand_out_alone(dict);
        TRUCE_RETURN_ALONE_(truce_dict_get_many(alone.tx, dict, keys, count, values));
    }
    TRUCE_TRY(truce_tx_enter_(tx));
    for (size_t i = 0; i < count && i < AHEAD; i++) prefetch(dict, keys[i]);
    truce_status status = TRUCE_OK;
    truce_operation_begin_(tx);
    for (size_t i = 0; i < count && status == TRUCE_OK; i++) {
        if (i + AHEAD < count) prefetch(dict, keys[i + AHEAD]);
        status = get_one_of_many(tx, dict, keys[i], &values[i]);
        if (TRUCE_UNLIKELY_(truce_operation_started_over_(tx))) i = (size_t)-1;
    }
    truce_operation_end_(tx);
    if (status < 0) no_items(values, count);
    return status;
}

truce_status truce_dict_copy(truce_tx *tx, truce_dict *dict, truce_item item, void *buffer, size_t capacity_bytes,
                             size_t *size_bytes)
{
    truce_dict_require_(dict, size_bytes != NULL && (buffer != NULL || capacity_bytes == 0));
    *size_bytes = 0;
    if (tx == TRUCE_ALONE) {
        TRUCE_RETURN_ALONE_(truce_dict_copy(alone.tx, dict, item, buffer, capacity_bytes, size_bytes));
    }
    struct truce_key_ key;
    truce_item value;
    TRUCE_TRY(enter(tx, dict, true, item, &key, false));
    const truce_status status = look_up_item(tx, dict, TRUCE_OP_dict_copy_, &key, &value);
    if (status != TRUCE_OK) return status;
    if (value.kind == TRUCE_TICKET) truce_misuse_("a ticket can't be copied: it has no value before the commit");
    *size_bytes = truce_value_copy_(value, buffer, capacity_bytes);
    return TRUCE_OK;
}

truce_status truce_dict_contains(truce_tx *tx, truce_dict *dict, truce_item item, bool *present)
{
    truce_dict_require_(dict, present != NULL);
    *present = false;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_dict_contains(alone.tx, dict, item, present));
    struct truce_key_ key;
    TRUCE_TRY(enter(tx, dict, true, item, &key, false));
    return truce_dict_look_up_presence_(tx, dict, TRUCE_OP_dict_contains_, &key, present);
}

/* set. */

__attribute__((noinline)) static truce_status set_slow(truce_tx *tx, truce_dict *dict, truce_item item,
                                                       truce_item value)
{
    truce_dict_require_(dict, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_dict_set(alone.tx, dict, item, value));
    struct truce_key_ key;
    TRUCE_TRY(enter_with_any_value(tx, dict, true, item, &key, value));
    return truce_dict_change_to_set_(tx, dict, &key, value);
}

/* A new effect on a word key, on the fast path; NULL where that does not apply. If the key is there, where it is and
 * under which word is remembered for the commit: a hint, nothing is observed. */
static inline struct truce_effect_ *plain_effect(truce_tx *tx, truce_dict *dict, truce_item key)
{
    if (!plain(tx, dict, key) || TRUCE_UNLIKELY_(tx->limit == 0 || tx->read_only)) return NULL;
    const uint64_t hash = truce_mix_(&dict->mixer, key.word);
    if (TRUCE_UNLIKELY_(truce_effect_maybe_(tx, hash) || !truce_effect_has_room_(tx))) return NULL;
    struct truce_participant_ *participant = truce_participant_(tx, &dict->object);
    if (TRUCE_UNLIKELY_(participant == NULL)) return NULL; /* had it cleared the dict, every effect would be a maybe */
    participant->effects_only = true;
    struct truce_bucket_ *bucket = truce_dict_bucket_(dict, hash);
    __builtin_prefetch(&bucket->word, 1);
    __builtin_prefetch(bucket->values, 1);
    const uint64_t word = truce_load_seq_cst_(&bucket->word); /* [unlock] */
    const unsigned match = truce_bucket_match_(bucket, key.word);
    struct truce_effect_ *effect = truce_effect_add_(tx, participant, hash, NULL);
    effect->key = key.word;
    if (TRUCE_LIKELY_(match != 0 && !truce_cell_locked_(word) && truce_slot_taken_(word, truce_match_slot_(match)))) {
        effect->place = bucket;
        effect->slot = (uint8_t)truce_match_slot_(match);
        effect->old = word;
        effect->flags = TRUCE_EFFECT_SEEN_;
    }
    return effect;
}

truce_status truce_dict_set(truce_tx *tx, truce_dict *dict, truce_item key, truce_item value)
{
    struct truce_effect_ *effect = TRUCE_LIKELY_(value.kind == TRUCE_WORD) ? plain_effect(tx, dict, key) : NULL;
    if (TRUCE_UNLIKELY_(effect == NULL)) return set_slow(tx, dict, key, value);
    effect->change = TRUCE_CHANGE_SET_;
    effect->value = value.word;
    return TRUCE_OK;
}

/* remove, swap, pop, get_or_set, replace. */

truce_status truce_dict_remove(truce_tx *tx, truce_dict *dict, truce_item item, bool *was_present)
{
    truce_dict_require_(dict, true);
    if (was_present != NULL) *was_present = false;
    if (tx == TRUCE_ALONE) {
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_dict_remove(alone.tx, dict, item, was_present));
        if (status < 0 && was_present != NULL) *was_present = false;
        return status;
    }
    struct truce_key_ key;
    TRUCE_TRY(enter(tx, dict, true, item, &key, true));
    bool present = false;
    if (was_present != NULL) TRUCE_TRY(truce_dict_look_up_presence_(tx, dict, TRUCE_OP_dict_remove_, &key, &present));
    TRUCE_TRY(truce_dict_change_to_removed_(tx, dict, &key));
    if (was_present != NULL) *was_present = present;
    return TRUCE_OK;
}

/* What the key held goes to the caller, so that nobody releases it: a word of this transaction's own is marked before
 * another change takes its place, a committed one on the change that does. */
static void hand_over_own(const truce_dict *dict, const struct truce_held_ *held)
{
    const bool own = held->present && held->effect != NULL;
    if (own && truce_dict_has_(dict, TRUCE_DICT_RELEASES_)) held->effect->flags |= TRUCE_EFFECT_HANDED_;
}

static void hand_over_committed(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key,
                                const struct truce_held_ *held)
{
    const bool committed = held->present && held->effect == NULL;
    if (committed && truce_dict_has_(dict, TRUCE_DICT_RELEASES_)) {
        truce_dict_effect_(tx, dict, key)->flags |= TRUCE_EFFECT_BASE_HANDED_;
    }
}

truce_status truce_dict_swap(truce_tx *tx, truce_dict *dict, truce_item item, truce_item value, truce_item *old)
{
    truce_dict_require_(dict, old != NULL);
    *old = no_item;
    if (tx == TRUCE_ALONE) {
        may_give_away_alone(dict);
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_dict_swap(alone.tx, dict, item, value, old));
        if (status < 0) *old = no_item;
        return status;
    }
    struct truce_key_ key;
    struct truce_held_ held;
    TRUCE_TRY(enter_with_any_value(tx, dict, true, item, &key, value));
    TRUCE_TRY(truce_dict_look_up_(tx, dict, TRUCE_OP_dict_swap_, &key, &held));
    hand_over_own(dict, &held);
    TRUCE_TRY(truce_dict_change_to_set_(tx, dict, &key, value));
    hand_over_committed(tx, dict, &key, &held);
    if (!held.present) return TRUCE_ABSENT;
    *old = held_item(dict, &held);
    return TRUCE_OK;
}

truce_status truce_dict_pop(truce_tx *tx, truce_dict *dict, truce_item item, truce_item *old)
{
    truce_dict_require_(dict, old != NULL);
    *old = no_item;
    if (tx == TRUCE_ALONE) {
        may_give_away_alone(dict);
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_dict_pop(alone.tx, dict, item, old));
        if (status < 0) *old = no_item;
        return status;
    }
    struct truce_key_ key;
    struct truce_held_ held;
    TRUCE_TRY(enter(tx, dict, true, item, &key, true));
    TRUCE_TRY(truce_dict_look_up_(tx, dict, TRUCE_OP_dict_pop_, &key, &held));
    hand_over_own(dict, &held);
    TRUCE_TRY(truce_dict_change_to_removed_(tx, dict, &key));
    hand_over_committed(tx, dict, &key, &held);
    if (!held.present) return TRUCE_ABSENT;
    *old = held_item(dict, &held);
    return TRUCE_OK;
}

truce_status truce_dict_get_or_set(truce_tx *tx, truce_dict *dict, truce_item item, truce_item value, truce_item *now,
                                   bool *was_present)
{
    truce_dict_require_(dict, now != NULL);
    *now = no_item;
    if (was_present != NULL) *was_present = false;
    if (tx == TRUCE_ALONE) {
        may_hand_out_alone(dict);
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_dict_get_or_set(alone.tx, dict, item, value, now, was_present));
        if (status < 0) *now = no_item;
        if (status < 0 && was_present != NULL) *was_present = false;
        return status;
    }
    struct truce_key_ key;
    struct truce_held_ held;
    TRUCE_TRY(enter_with_any_value(tx, dict, true, item, &key, value));
    TRUCE_TRY(truce_dict_look_up_(tx, dict, TRUCE_OP_dict_get_or_set_, &key, &held));
    if (!held.present) {
        TRUCE_TRY(truce_dict_change_to_set_(tx, dict, &key, value));
        held.value = truce_dict_effect_(tx, dict, &key)->value;
        held.ticket = value.kind == TRUCE_TICKET;
    }
    *now = held_item(dict, &held);
    if (was_present != NULL) *was_present = held.present;
    return TRUCE_OK;
}

truce_status truce_dict_replace(truce_tx *tx, truce_dict *dict, truce_item item, truce_item expected, truce_item value,
                                bool *replaced)
{
    truce_dict_require_(dict, replaced != NULL);
    *replaced = false;
    if (tx == TRUCE_ALONE) {
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_dict_replace(alone.tx, dict, item, expected, value, replaced));
        if (status < 0) *replaced = false;
        return status;
    }
    struct truce_key_ key;
    TRUCE_TRY(enter_with_value(tx, dict, true, item, &key, value));
    const truce_status status = check_value(dict, expected);
    if (status < 0) return truce_tx_fail_(tx, status);
    uint64_t wanted = expected.word;
    if (truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_)) { /* a blob, to be compared with */
        struct truce_blob_ *blob = truce_tx_bytes_(tx, sizeof *blob + (size_t)expected.size);
        if (blob == NULL) return truce_dict_no_memory_(tx);
        blob->size = expected.size;
        if (expected.size > 0) memcpy(truce_blob_bytes_(blob), truce_as_bytes(expected), expected.size);
        wanted = (uint64_t)(uintptr_t)blob;
    }
    bool match = false;
    TRUCE_TRY(truce_dict_look_up_match_(tx, dict, &key, wanted, &match));
    if (!match) return TRUCE_OK;
    TRUCE_TRY(truce_dict_change_to_set_(tx, dict, &key, value));
    *replaced = true;
    return TRUCE_OK;
}

/* Blind updates. */

static void require_plain_words(const truce_dict *dict)
{
    if (truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_ | TRUCE_DICT_RELEASES_)) {
        truce_misuse_("blind updates are for dicts of words without a release callback");
    }
}

__attribute__((noinline)) static truce_status update_slow(truce_tx *tx, truce_dict *dict, truce_item item,
                                                          struct truce_update_ update)
{
    truce_dict_require_(dict, true);
    require_plain_words(dict);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(update_slow(alone.tx, dict, item, update));
    struct truce_key_ key;
    TRUCE_TRY(enter(tx, dict, true, item, &key, true));
    return truce_dict_change_by_update_(tx, dict, &key, update);
}

static inline truce_status update_by(truce_tx *tx, truce_dict *dict, truce_item key, uint64_t operand,
                                     enum truce_change_ change)
{
    struct truce_effect_ *effect = plain_effect(tx, dict, key);
    if (TRUCE_UNLIKELY_(effect == NULL)) {
        return update_slow(tx, dict, key, (struct truce_update_){NULL, operand, change});
    }
    effect->change = (uint8_t)change;
    effect->value = operand;
    return TRUCE_OK;
}

truce_status truce_dict_add(truce_tx *tx, truce_dict *dict, truce_item key, int64_t delta)
{
    return update_by(tx, dict, key, (uint64_t)delta, TRUCE_CHANGE_ADD_);
}

truce_status truce_dict_max(truce_tx *tx, truce_dict *dict, truce_item key, int64_t operand)
{
    return update_by(tx, dict, key, (uint64_t)operand, TRUCE_CHANGE_MAX_);
}

truce_status truce_dict_min(truce_tx *tx, truce_dict *dict, truce_item key, int64_t operand)
{
    return update_by(tx, dict, key, (uint64_t)operand, TRUCE_CHANGE_MIN_);
}

truce_status truce_dict_or(truce_tx *tx, truce_dict *dict, truce_item key, int64_t operand)
{
    return update_by(tx, dict, key, (uint64_t)operand, TRUCE_CHANGE_OR_);
}

truce_status truce_dict_and(truce_tx *tx, truce_dict *dict, truce_item key, int64_t operand)
{
    return update_by(tx, dict, key, (uint64_t)operand, TRUCE_CHANGE_AND_);
}

truce_status truce_dict_apply(truce_tx *tx, truce_dict *dict, truce_item key, truce_update *update, truce_item operand)
{
    truce_dict_require_(dict, update != NULL);
    if (operand.kind != TRUCE_WORD) truce_misuse_("the operand of truce_dict_apply is a word");
    return update_slow(tx, dict, key, (struct truce_update_){update, operand.word, TRUCE_CHANGE_SEVERAL_});
}

/* clear: earlier effects on the dict are superseded; later ones start from nothing. */

truce_status truce_dict_clear(truce_tx *tx, truce_dict *dict)
{
    truce_dict_require_(dict, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_dict_clear(alone.tx, dict));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    struct truce_participant_ *participant = truce_participant_(tx, &dict->object);
    if (participant == NULL || !truce_effect_everywhere_(tx)) return truce_dict_no_memory_(tx);
    TRUCE_TRY(truce_dict_change_to_cleared_(tx, participant));
    return TRUCE_OK;
}
