/* Growing: splits buckets, a few at a time, by whoever inserted. No transaction notices but for a slow check.
 *
 * The table is kept at 2.5 keys a bucket while it is small enough for a processor's own cache, where hardly any chained
 * bucket is worth more than memory, and at 3.5 above. A step splits up to 16 buckets p, p+1, ... into themselves and the
 * new ones n, n+1, ...; see dict_table.h for why readers find their way. In this order:
 *   memory for the new buckets is there, and room to retire chained buckets that are left over
 *   old heads are locked by trying: who meets another's lock gives up, so that nobody ever waits for growth for long,
 *     and growth waits for nobody
 *   new heads are locked: nobody can reach them yet
 *   the new shape is published, then the time is taken: [shape]
 *   keys are moved; all heads are unlocked with the new stamp, also where no key moved: an observation that a key is
 *     absent must not hold on to a bucket that the key would not be put into any more
 *
 * One thread at a time splits (`growing`). If it stops in the middle, its 16 buckets stay locked and the table does not
 * grow any more; chains get longer. Transactions on other buckets go on.
 */
#include "dict_parts.h"

enum {
    BATCH_MAX = 16,
    RETIRES_MIN = 32,
    SMALL_BUCKETS_MAX = 1 << 13, /* 1 MiB */
    KEYS_PER_TWO_BUCKETS_SMALL = 5,
    KEYS_PER_TWO_BUCKETS = 7,
    BUCKETS_MAX = 1 << 30
};

static bool wants_more(const truce_dict *dict, uint32_t buckets)
{
    const int64_t keys = (int64_t)truce_sum_about_(&dict->count);
    const int64_t two_hold = buckets < SMALL_BUCKETS_MAX ? KEYS_PER_TWO_BUCKETS_SMALL : KEYS_PER_TWO_BUCKETS;
    return keys > TRUCE_SLOTS_ && keys * 2 > buckets * two_hold && buckets < BUCKETS_MAX;
}

/* Which bucket is split next: with n buckets, n less the largest power of two that is not above it. */
static uint32_t next_to_split(uint32_t buckets)
{
    return buckets - (1u << (31 - __builtin_clz(buckets)));
}

static uint64_t shape_of(uint32_t buckets)
{
    const uint64_t mask = buckets == 1 ? 0 : (UINT64_C(1) << (32 - __builtin_clz(buckets - 1))) - 1;
    return mask << 32 | buckets;
}

/* Memory for bucket `bucket` and those after it in its segment. */
static bool make_segment(truce_dict *dict, uint32_t bucket)
{
    uintptr_t *directory = truce_load_ptr_acquire_(&dict->directory);
    const unsigned segment = 63u - (unsigned)__builtin_clzll(2 * (uint64_t)bucket + 1);
    if (directory == dict->first_directory) {
        directory = truce_alloc_zeroed_(64, TRUCE_SEGMENTS_ * sizeof *directory);
        if (directory == NULL) return false;
        directory[0] = dict->first_directory[0];
        truce_store_ptr_release_(&dict->directory, directory); /* [publish]; the old one stays where it is */
    }
    if (directory[segment] != 0) return true;
    const size_t first = (size_t)1 << (segment - 1);
    void *buckets = truce_alloc_zeroed_(TRUCE_BUCKET_SIZE_, first * TRUCE_BUCKET_SIZE_);
    if (buckets == NULL) return false;
    directory[segment] = (uintptr_t)buckets - first * TRUCE_BUCKET_SIZE_; /* read only after a shape that has it */
    return true;
}

struct split {
    struct truce_bucket_ *from, *to;
    uint64_t old_word;
    uint8_t low;    /* of `from` */
    uint8_t to_low;
};

static void unlock_old(const struct split *splits, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) truce_store_release_(&splits[i].from->word, splits[i].old_word); /* [unlock] */
}

/* Locks the old heads, all or none. */
static bool try_lock(struct split *splits, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t word = truce_load_seq_cst_(&splits[i].from->word);
        if (truce_cell_locked_(word) ||
            !truce_cas_seq_cst_(&splits[i].from->word, &word, truce_cell_lock_word_(TRUCE_OWNER_SYSTEM_, 0))) {
            unlock_old(splits, i);
            return false;
        }
        splits[i].old_word = word;
    }
    return true;
}

static struct truce_bucket_ *link_of(const struct truce_bucket_ *bucket)
{
    return truce_load_ptr_acquire_(&bucket->link);
}

static uint32_t chained(const struct split *splits, uint32_t count)
{
    uint32_t buckets = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!(splits[i].old_word & TRUCE_CHAINED_)) continue;
        for (struct truce_bucket_ *b = link_of(splits[i].from); b != NULL; b = link_of(b)) buckets++;
    }
    return buckets;
}

/* Where keys are put: a head, then buckets of the old chain that were emptied already. */
struct output {
    struct truce_bucket_ *head, *last;
    unsigned used; /* slots of `last` */
    uint8_t low;
};

static void append(struct output *out, struct truce_bucket_ **emptied, uint64_t key, uint64_t value)
{
    if (out->used == TRUCE_SLOTS_) {
        /* There is one: with j chained buckets read, at most 7 (j + 1) keys fill two heads and j buckets. */
        struct truce_bucket_ *bucket = *emptied;
        *emptied = link_of(bucket);
        truce_store_ptr_release_(&bucket->link, NULL);
        truce_store_ptr_release_(&out->last->link, bucket); /* [content] */
        if (out->last == out->head) out->low |= TRUCE_CHAINED_;
        out->last = bucket;
        out->used = 0;
    }
    struct truce_bucket_ *bucket = out->last;
    truce_store_release_(&bucket->values[out->used], value); /* [content] */
    truce_store_release_(&bucket->keys[out->used], key);     /* [content] */
    if (bucket == out->head) {
        out->low = (uint8_t)(out->low | 1u << out->used);
    } else {
        truce_store_release_(&bucket->word, truce_load_relaxed_(&bucket->word) | (uint64_t)1 << out->used); /* [content] */
    }
    out->used++;
}

/* Moves the keys of one bucket that belong into the new one; chained buckets left over are retired. */
static void move_keys(const truce_dict *dict, struct split *split, uint32_t bit, struct truce_thread_ *thread)
{
    struct output stay = {split->from, split->from, 0, 0};
    struct output go = {split->to, split->to, 0, 0};
    struct truce_bucket_ *emptied = NULL;
    struct truce_bucket_ *reading = split->from;
    struct truce_bucket_ *next = split->old_word & TRUCE_CHAINED_ ? link_of(reading) : NULL;
    uint64_t taken = split->old_word;
    while (reading != NULL) {
        uint64_t keys[TRUCE_SLOTS_], values[TRUCE_SLOTS_];
        for (unsigned i = 0; i < TRUCE_SLOTS_; i++) { /* out of the way of what is appended */
            keys[i] = truce_load_relaxed_(&reading->keys[i]); /* ours: the head is locked */
            values[i] = truce_load_relaxed_(&reading->values[i]);
        }
        if (reading != split->from) {
            truce_store_release_(&reading->word, 0); /* [content] */
            truce_store_ptr_release_(&reading->link, emptied);
            emptied = reading;
        }
        for (unsigned mask = (unsigned)taken & TRUCE_TAKEN_; mask != 0; mask &= mask - 1) {
            const unsigned slot = (unsigned)__builtin_ctz(mask);
            const bool bytes = truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_);
            const uint64_t hash = bytes ? keys[slot] : truce_mix_(&dict->mixer, keys[slot]);
            append(hash & bit ? &go : &stay, &emptied, keys[slot], values[slot]);
        }
        reading = next;
        if (reading != NULL) {
            next = link_of(reading);
            taken = truce_load_relaxed_(&reading->word);
        }
    }
    while (emptied != NULL) {
        struct truce_bucket_ *bucket = emptied;
        emptied = link_of(bucket);
        truce_epoch_retire_(thread, bucket, truce_bucket_free_, NULL);
    }
    split->low = stay.low;
    split->to_low = go.low;
}

/* One step; false when there is nothing to do, no memory for it, or somebody in the way. Only the thread that set
 * `growing` is here. */
static bool step(truce_dict *dict, struct truce_thread_ *thread)
{
    const uint32_t buckets = truce_shape_count_(truce_dict_shape_(dict));
    if (!wants_more(dict, buckets) || !make_segment(dict, buckets)) return false;
    const uint32_t first = next_to_split(buckets);
    const uint32_t bit = buckets - first;
    uint32_t count = bit - first; /* until the table has doubled */
    if (count > BATCH_MAX) count = BATCH_MAX;
    if (count > buckets / 8 + 1) count = buckets / 8 + 1;

    struct split splits[BATCH_MAX];
    for (uint32_t i = 0; i < count; i++) {
        splits[i].from = truce_bucket_at_(dict, first + i);
        splits[i].to = truce_bucket_at_(dict, buckets + i);
    }
    uint32_t room = RETIRES_MIN;
    for (;;) {
        if (!truce_epoch_reserve_(thread, room) || !try_lock(splits, count)) return false;
        const uint32_t needed = chained(splits, count);
        if (needed <= room) break;
        unlock_old(splits, count);
        room = needed * 2;
    }
    uint64_t newest = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t version = truce_cell_version_(splits[i].old_word);
        if (version > newest) newest = version;
        truce_store_release_(&splits[i].to->word, truce_cell_lock_word_(TRUCE_OWNER_SYSTEM_, 0)); /* not reachable */
    }
    truce_store_seq_cst_(&dict->shape, shape_of(buckets + count)); /* [shape] */
    const uint64_t stamp = truce_clock_take_to_stamp_(newest) + 1;          /* [clock] */
    for (uint32_t i = 0; i < count; i++) {
        move_keys(dict, &splits[i], bit, thread);
        truce_store_release_(&splits[i].to->word, truce_cell_word_(stamp, splits[i].to_low));  /* [unlock] */
        truce_store_release_(&splits[i].from->word, truce_cell_word_(stamp, splits[i].low)); /* [unlock] */
    }
    truce_count_(TRUCE_COUNT_GROWTH_STEPS_, count);
    return true;
}

void truce_dict_grow_(truce_dict *dict, struct truce_thread_ *thread)
{
    if (truce_load_relaxed_(&dict->growing) != 0) return; /* a hint: the exchange decides */
    if (truce_exchange_seq_cst_(&dict->growing, 1) != 0) return;
    while (step(dict, thread)) {
    }
    truce_store_release_(&dict->growing, 0);
}
