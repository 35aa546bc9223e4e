/* Observing everything: each and each_key. Hides what has to be kept so that it can be judged again.
 *
 * The content is collected bucket by bucket at one instant (else collecting starts over: nothing was answered yet), and
 * only then handed out. What was collected is kept as an array, bucket after bucket by the shape the table had then,
 * with the place where each bucket's entries begin: an entry of a bucket that changed, or was split since, is found
 * again among those of its ancestor.
 *
 * Judging: buckets below the transaction's limit have not changed. In another, every entry must be one that was
 * collected, and every one collected must be there: of all entries once the iteration is over; of those handed out
 * while it goes on or if it was stopped. If one that was not handed out yet has changed, the rest is collected anew.
 *
 * Keys with own effects are left out of all this. What own work decides is handed out as it stood at the call; where an
 * own update lies over what is committed, the key is observed like by get, when it is handed out.
 */
#include "dict_parts.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    uint64_t key; /* as a record has it */
    uint64_t value;
    bool handed;
};

/* A key with an own effect, as it stood at the call. */
struct own_entry {
    uint64_t hash;
    uint64_t key;
    uint64_t value;
    struct truce_updates_ updates; /* count > 0: laid over what is committed */
    bool present;
    bool ticket; /* value: address of a ticket */
};

/* What the record refers to. In the attempt's arena. */
struct collected {
    uint64_t shape;   /* when it was collected */
    struct entry *entries;
    size_t count, capacity;
    size_t *starts; /* of each bucket's entries, and one more */
    struct own_entry *own; /* by hash */
    size_t own_count;
    bool values;   /* each, not each_key */
    bool complete; /* everything was handed out */
    bool stale;    /* something that was not handed out has changed */
};

static int by_hash(const void *a, const void *b)
{
    const uint64_t hash_a = ((const struct own_entry *)a)->hash;
    const uint64_t hash_b = ((const struct own_entry *)b)->hash;
    return hash_a < hash_b ? -1 : hash_a > hash_b;
}

static bool is_own(const truce_dict *dict, const struct collected *all, const struct truce_key_ *key, uint64_t stored)
{
    size_t low = 0, high = all->own_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (all->own[middle].hash < key->hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < all->own_count && all->own[low].hash == key->hash; low++) {
        if (truce_stored_keys_equal_(dict, all->own[low].key, stored)) return true;
    }
    return false;
}

/* The entry of a key among those collected; NULL if it was not. */
static struct entry *find(const truce_dict *dict, const struct collected *all, const struct truce_key_ *key,
                          uint64_t stored)
{
    const uint32_t bucket = truce_shape_bucket_(all->shape, key->hash);
    for (size_t i = all->starts[bucket]; i < all->starts[bucket + 1]; i++) {
        if (truce_stored_keys_equal_(dict, all->entries[i].key, stored)) return &all->entries[i];
    }
    return NULL;
}

/* Collecting. */

struct collecting {
    truce_tx *tx;
    const truce_dict *dict;
    struct collected *all;
};

static bool make_room(truce_tx *tx, const truce_dict *dict, struct collected *all)
{
    if (all->count < all->capacity) return true;
    size_t capacity = all->capacity * 2;
    if (capacity == 0) { /* as many as there seem to be, and some */
        const int64_t about = (int64_t)truce_sum_about_(&dict->count);
        capacity = (about > 0 ? (size_t)about + (size_t)about / 16 : 0) + 16;
    }
    struct entry *entries = truce_tx_bytes_(tx, capacity * sizeof *entries);
    if (entries == NULL) return false;
    if (all->count > 0) memcpy(entries, all->entries, all->count * sizeof *entries);
    all->entries = entries;
    all->capacity = capacity;
    return true;
}

static enum truce_step_ collect_entry(void *context, struct truce_bucket_ *holder, unsigned slot)
{
    struct collecting *collecting = context;
    const truce_dict *dict = collecting->dict;
    struct collected *all = collecting->all;
    const uint64_t stored = truce_slot_key_(dict, holder, slot);
    if (all->own_count > 0) {
        const struct truce_key_ key = truce_key_of_stored_(dict, stored);
        if (is_own(dict, all, &key, stored)) return TRUCE_STEP_DONE_;
    }
    if (!make_room(collecting->tx, dict, all)) {
        truce_tx_fail_(collecting->tx, TRUCE_NO_MEMORY);
        return TRUCE_STEP_FAILED_;
    }
    const uint64_t value = truce_load_acquire_(truce_slot_value_(dict, holder, slot)); /* [content] */
    all->entries[all->count++] = (struct entry){stored, value, false};
    return TRUCE_STEP_DONE_;
}

/* All buckets at the transaction's limit. DONE, or why not. */
static enum truce_step_ collect_once(truce_tx *tx, const truce_dict *dict, struct collected *all)
{
    struct collecting collecting = {tx, dict, all};
    const uint32_t buckets = truce_shape_count_(all->shape);
    all->count = 0;
    for (uint32_t i = 0; i < buckets; i++) {
        all->starts[i] = all->count;
        struct truce_bucket_ *head = truce_bucket_at_(dict, i);
        struct truce_look_ look;
        enum truce_step_ step;
        do { /* a bucket that changed under the look is looked at again: its own version says whether that will do */
            all->count = all->starts[i];
            step = truce_look_(tx, &head->word, tx->limit, &look);
            if (step == TRUCE_STEP_DONE_) step = truce_bucket_each_(&look, collect_entry, &collecting);
        } while (step == TRUCE_STEP_UNSTABLE_);
        if (step != TRUCE_STEP_DONE_) return step;
    }
    all->starts[buckets] = all->count;
    all->stale = false;
    return TRUCE_STEP_DONE_;
}

static truce_status collect(truce_tx *tx, truce_dict *dict, struct collected *all)
{
    for (;;) {
        all->shape = truce_dict_shape_(dict);
        const size_t buckets = truce_shape_count_(all->shape);
        all->starts = truce_tx_bytes_(tx, (buckets + 1) * sizeof *all->starts);
        if (all->starts == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
        enum truce_step_ step;
        do {
            step = collect_once(tx, dict, all);
            if (step == TRUCE_STEP_DONE_) return TRUCE_OK;
            TRUCE_TRY(truce_resolve_(tx, step));
        } while (truce_dict_shape_(dict) == all->shape);
    }
}

/* Collects anew; what was handed out before is handed out in the new collection too. */
static truce_status collect_again(truce_tx *tx, truce_dict *dict, struct collected *all)
{
    const struct collected before = *all;
    struct collected fresh = *all;
    fresh.entries = NULL;
    fresh.capacity = 0;
    fresh.count = 0;
    TRUCE_TRY(collect(tx, dict, &fresh));
    for (size_t i = 0; i < before.count; i++) {
        if (!before.entries[i].handed) continue;
        const struct truce_key_ key = truce_key_of_stored_(dict, before.entries[i].key);
        struct entry *entry = find(dict, &fresh, &key, before.entries[i].key);
        if (entry != NULL) entry->handed = true; /* it is there: its observation was judged at this limit */
    }
    *all = fresh;
    return TRUCE_OK;
}

/* The keys with own effects. */
static truce_status collect_own(truce_tx *tx, const struct truce_participant_ *participant, struct collected *all)
{
    size_t most = tx->effect_count;
    all->own = most == 0 ? NULL : truce_tx_bytes_(tx, most * sizeof *all->own);
    if (most > 0 && all->own == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        const struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) {
            if (effect->participant != participant || (effect->flags & TRUCE_EFFECT_SUPERSEDED_)) continue;
            struct own_entry *own = &all->own[all->own_count++];
            *own = (struct own_entry){.hash = effect->hash, .key = effect->key, .value = effect->value};
            own->present = effect->change != TRUCE_CHANGE_REMOVE_;
            own->ticket = (effect->flags & TRUCE_EFFECT_TICKET_) != 0;
            if (own->present && effect->change != TRUCE_CHANGE_SET_ && all->values) {
                struct truce_update_ one;
                const struct truce_updates_ updates = truce_effect_updates_(effect, &one);
                if (!truce_updates_keep_(tx, &updates, &own->updates)) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
            }
        }
        if (chunk == tx->effects.last) break;
    }
    if (all->own_count > 1) qsort(all->own, all->own_count, sizeof *all->own, by_hash);
    return TRUCE_OK;
}

/* Judging. */

struct judging {
    truce_tx *tx;
    const truce_dict *dict;
    struct collected *all;
    const struct truce_record_ *record;
};

static truce_item value_item(const struct collected *all, const truce_dict *dict, uint64_t value)
{
    return all->values ? truce_value_item_(dict, value) : truce_word(1);
}

static const truce_item none = {0, 0, TRUCE_NONE};

/* An entry that is there now. */
static enum truce_step_ judge_entry(void *context, struct truce_bucket_ *holder, unsigned slot)
{
    struct judging *judging = context;
    const truce_dict *dict = judging->dict;
    struct collected *all = judging->all;
    const uint64_t stored = truce_slot_key_(dict, holder, slot);
    const uint64_t value = truce_load_acquire_(truce_slot_value_(dict, holder, slot)); /* [content] */
    const struct truce_key_ key = truce_key_of_stored_(dict, stored);
    if (is_own(dict, all, &key, stored)) return TRUCE_STEP_DONE_;
    const struct entry *entry = find(dict, all, &key, stored);
    if (entry != NULL && (!all->values || truce_values_equal_(dict, entry->value, value))) return TRUCE_STEP_DONE_;
    if (!all->complete && (entry == NULL || !entry->handed)) {
        all->stale = true;
        return TRUCE_STEP_DONE_;
    }
    const truce_item seen = entry != NULL ? value_item(all, dict, entry->value) : none;
    return truce_object_conflict_(judging->tx, judging->record, dict, key.item, seen, value_item(all, dict, value));
}

/* Whether everything that was collected and belongs into the bucket now is still in it; if not, which is missing. */
static enum truce_step_ judge_missing(struct judging *judging, const struct truce_look_ *look, uint64_t shape,
                                      uint32_t bucket)
{
    struct collected *all = judging->all;
    const uint32_t mask = (uint32_t)(all->shape >> 32);
    uint32_t ancestor = bucket & mask;
    if (ancestor >= truce_shape_count_(all->shape)) ancestor &= mask >> 1;
    for (size_t i = all->starts[ancestor]; i < all->starts[ancestor + 1]; i++) {
        const struct entry *entry = &all->entries[i];
        const struct truce_key_ key = truce_key_of_stored_(judging->dict, entry->key);
        if (truce_shape_bucket_(shape, key.hash) != bucket) continue;
        struct truce_place_ place;
        if (truce_bucket_find_(look, &key, &place) != TRUCE_STEP_DONE_) return TRUCE_STEP_UNSTABLE_;
        if (place.holder != NULL) continue;
        if (!truce_look_stands_(look)) return TRUCE_STEP_UNSTABLE_;
        if (!all->complete && !entry->handed) {
            all->stale = true;
            continue;
        }
        return truce_object_conflict_(judging->tx, judging->record, judging->dict, key.item,
                                      value_item(all, judging->dict, entry->value), none);
    }
    return truce_look_stands_(look) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

enum truce_step_ truce_each_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    const truce_dict *dict = truce_dict_of_(truce_record_object_(record));
    struct judging judging = {tx, dict, (struct collected *)(uintptr_t)record->key, record};
    const uint64_t shape = truce_dict_shape_(dict);
    for (uint32_t i = 0; i < truce_shape_count_(shape); i++) {
        struct truce_bucket_ *head = truce_bucket_at_(dict, i);
        struct truce_look_ look;
        enum truce_step_ step;
        do {
            step = truce_look_(tx, &head->word, limit, &look);
            if (step != TRUCE_STEP_DONE_) return step;
            if (look.word < tx->limit) break; /* as it was when it was collected, or judged last */
            step = truce_bucket_each_(&look, judge_entry, &judging);
            if (step == TRUCE_STEP_FALSE_ && !truce_look_stands_(&look)) step = TRUCE_STEP_UNSTABLE_;
            if (step == TRUCE_STEP_DONE_) step = judge_missing(&judging, &look, shape, i);
        } while (step == TRUCE_STEP_UNSTABLE_);
        if (step != TRUCE_STEP_DONE_) {
            if (step != TRUCE_STEP_FALSE_) tx->conflict.object = NULL;
            return step;
        }
    }
    return TRUCE_STEP_DONE_;
}

/* Handing out. */

struct handing {
    truce_tx *tx;
    truce_dict *dict;
    struct collected *all;
    truce_visit *visit;
    void *context;
};

static truce_item handed_value(const struct handing *handing, uint64_t value, bool ticket)
{
    if (ticket && handing->all->values) return truce_ticket_item_(truce_ticket_at_(value));
    return handing->all->values ? truce_value_item_(handing->dict, value) : none;
}

static truce_status hand_out_committed(const struct handing *handing)
{
    struct collected *all = handing->all;
    for (size_t i = 0; i < all->count; i++) {
        if (all->entries[i].handed) continue;
        all->entries[i].handed = true;
        const struct entry entry = all->entries[i];
        const truce_status status =
            handing->visit(handing->context, truce_stored_key_item_(handing->dict, entry.key),
                           handed_value(handing, entry.value, false));
        if (status != TRUCE_OK) return status;
        if (handing->tx->status < 0) return handing->tx->status;
        if (all->stale) { /* the callback's own operations moved the snapshot forward */
            TRUCE_TRY(collect_again(handing->tx, handing->dict, all));
            i = (size_t)-1;
        }
    }
    return TRUCE_OK;
}

static truce_status hand_out_own(const struct handing *handing, unsigned operation)
{
    for (size_t i = 0; i < handing->all->own_count; i++) {
        const struct own_entry own = handing->all->own[i];
        if (!own.present) continue;
        uint64_t value = own.value;
        if (own.updates.count > 0) {
            TRUCE_TRY(truce_dict_observe_over_(handing->tx, handing->dict, operation, own.key, &own.updates, &value));
        }
        const truce_status status = handing->visit(handing->context, truce_stored_key_item_(handing->dict, own.key),
                                                   handed_value(handing, value, own.ticket));
        if (status != TRUCE_OK) return status;
        if (handing->tx->status < 0) return handing->tx->status;
    }
    return TRUCE_OK;
}

static truce_status iterate(truce_tx *tx, truce_dict *dict, truce_visit *visit, void *context, unsigned operation)
{
    TRUCE_TRY(truce_tx_enter_(tx));
    struct collected *all = truce_tx_bytes_(tx, sizeof *all);
    if (all == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    memset(all, 0, sizeof *all);
    all->values = operation == TRUCE_OP_dict_each_;
    const struct truce_participant_ *participant = truce_participant_if_any_(tx, &dict->object);
    if (participant != NULL) TRUCE_TRY(collect_own(tx, participant, all));
    const struct handing handing = {tx, dict, all, visit, context};
    if (participant == NULL || !participant->cleared) {
        TRUCE_TRY(collect(tx, dict, all));
        TRUCE_TRY(truce_record_several_(tx, &dict->object, operation, (uint64_t)(uintptr_t)all, 0));
        const truce_status status = hand_out_committed(&handing);
        if (status != TRUCE_OK) return status;
    }
    const truce_status status = hand_out_own(&handing, operation);
    if (status != TRUCE_OK) return status;
    while (all->stale) { /* in the meantime; something may have appeared */
        TRUCE_TRY(collect_again(tx, dict, all));
        const truce_status rest = hand_out_committed(&handing);
        if (rest != TRUCE_OK) return rest;
    }
    all->complete = true;
    return TRUCE_OK;
}

/* Alone, what is handed out is of one instant, which is before the first call of `visit`; nothing can conflict. */
static truce_status iterate_alone(truce_dict *dict, truce_visit *visit, void *context, unsigned operation)
{
    const unsigned handed = operation == TRUCE_OP_dict_each_ ? TRUCE_DICT_VARIANTS_ : TRUCE_DICT_BYTE_KEYS_;
    if (truce_dict_has_(dict, handed)) {
        truce_misuse_("bytes, or words that have a release callback, can't be handed out by an operation alone");
    }
    struct truce_alone_ alone __attribute__((cleanup(truce_alone_leave_))) = {NULL, TRUCE_OK};
    truce_status stopped = TRUCE_OK;
    while (truce_alone_again_(&alone)) {
        stopped = iterate(alone.tx, dict, visit, context, operation);
        alone.status = alone.tx->status < 0 ? alone.tx->status : TRUCE_OK;
    }
    return alone.status < 0 ? alone.status : stopped;
}

truce_status truce_dict_each(truce_tx *tx, truce_dict *dict, truce_visit *visit, void *context)
{
    truce_dict_require_(dict, visit != NULL);
    if (tx == TRUCE_ALONE) return iterate_alone(dict, visit, context, TRUCE_OP_dict_each_);
    return iterate(tx, dict, visit, context, TRUCE_OP_dict_each_);
}

truce_status truce_dict_each_key(truce_tx *tx, truce_dict *dict, truce_visit *visit, void *context)
{
    truce_dict_require_(dict, visit != NULL);
    if (tx == TRUCE_ALONE) return iterate_alone(dict, visit, context, TRUCE_OP_dict_each_key_);
    return iterate(tx, dict, visit, context, TRUCE_OP_dict_each_key_);
}
