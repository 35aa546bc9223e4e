/* A dict's table: buckets, where they are, and what is in them. Hides the layout; what operations mean is elsewhere.
 *
 * A bucket is two adjacent cache lines: {cell, seven keys | seven values, link}. The cell's low byte says which slots
 * are taken and whether more buckets are chained to this one, so that one comparison of the first line finds the key
 * and has the version with it; the second line is fetched in the same breath. Chained buckets have the same shape, are
 * guarded by the head's cell, and keep which slots are taken in their own first word.
 *
 *   word keys:  keys[i] is the key,       values[i] the value
 *   byte keys:  keys[i] is the key's hash, values[i] a node: the key's bytes and the value
 *   byte values: the value is a blob: size and bytes, never changed once it is in a table
 *
 * The table grows in place, bucket by bucket (linear hashing): with n buckets and the least power of two P >= n, a hash
 * h is in bucket h mod P, or where that is not below n, in h mod P/2. Bucket p is split into p and n, then n is one
 * more; nothing else moves, and no bucket is ever freed before the table. Buckets stand in segments, number k holding
 * buckets [2^(k-1), 2^k), whose addresses are in the directory.
 *
 * Growing and reading. The splitter locks bucket p and the new bucket, publishes the new shape, then takes its time w,
 * moves keys, and unlocks both with stamp w + 1. [shape]: a reader takes its time r before it loads the shape.
 * Therefore, if it finds in the bucket a version not above r, the split that made this version, and every one before,
 * was published before it loaded the shape: it looked in the right bucket. An observation of a key that moved fails its
 * fast check, for the version of bucket p changed, and is found again by its key. Who locks a bucket looks at the shape
 * once more: under the lock it can't change for this bucket. Who has no time (an operation alone that did not find its
 * key) looks at the shape once more as well.
 */
#ifndef TRUCE_DICT_TABLE_H
#define TRUCE_DICT_TABLE_H

#include "stm_core/core.h"

#include <truce/dict.h>

#include "hash.h"
#include "sum.h"
#include "value.h"

enum { TRUCE_SLOTS_ = 7, TRUCE_BUCKET_SIZE_ = 128, TRUCE_SEGMENTS_ = 33 };

/* The low byte of a head's cell. */
enum { TRUCE_TAKEN_ = 0x7f, TRUCE_CHAINED_ = 0x80 };

struct truce_bucket_ {
    truce_atomic64_ word; /* head: the cell. chained: which slots are taken */
    truce_atomic64_ keys[TRUCE_SLOTS_];
    truce_atomic64_ values[TRUCE_SLOTS_];
    truce_atomic_ptr_ link; /* the next chained bucket */
};

/* A byte key with its value. */
struct truce_node_ {
    truce_atomic64_ value;
    uint32_t size;
    uint32_t unused;
    /* then the key's bytes and a NUL */
};

/* The variants of a dict, in its magic. */
enum {
    TRUCE_DICT_MAGIC_ = 0x7d1c7a00,
    TRUCE_DICT_BYTE_KEYS_ = 1,
    TRUCE_DICT_BYTE_VALUES_ = 2,
    TRUCE_DICT_RELEASES_ = 4,
    TRUCE_DICT_VARIANTS_ = 7
};

struct truce_dict {
    struct truce_bucket_ first; /* bucket 0 */
    /* Read by every operation; written when the table grows. */
    struct truce_object_ object;
    truce_atomic64_ shape;       /* number of buckets | (P - 1) << 32 */
    truce_atomic_ptr_ directory; /* of uintptr_t: address of segment k, less what precedes it in the table */
    struct truce_mixer_ mixer;
    /* Written by who inserts, removes, or grows. */
    struct truce_sum_ count;
    truce_atomic64_ growing; /* 1: some thread is splitting */
    truce_release *release;  /* these two are fixed */
    void *release_context;
    uintptr_t first_directory[1];
};

/* 248 bytes, so that with what malloc adds an empty dict takes little more than 256: that is what its order is for. */
_Static_assert(sizeof(struct truce_bucket_) == TRUCE_BUCKET_SIZE_, "a bucket is two cache lines");
_Static_assert(sizeof(struct truce_dict) == 248, "an empty dict is cheap");
_Static_assert(offsetof(struct truce_dict, object) % TRUCE_OBJECT_ALIGNMENT_ == 0, "a record refers to the object");
_Static_assert(sizeof(struct truce_effect_) == 64, "an effect is one cache line");

static inline truce_dict *truce_dict_of_(const struct truce_object_ *object)
{
    return (truce_dict *)((uintptr_t)object - offsetof(struct truce_dict, object));
}

extern const struct truce_kind_ truce_dict_kind_;

static inline unsigned truce_dict_variant_(const truce_dict *dict)
{
    return dict->object.magic & TRUCE_DICT_VARIANTS_;
}

static inline bool truce_dict_has_(const truce_dict *dict, unsigned variant)
{
    return (dict->object.magic & variant) != 0;
}

/* Where things are. */
static inline uint32_t truce_shape_count_(uint64_t shape)
{
    return (uint32_t)shape;
}

static inline uint32_t truce_shape_bucket_(uint64_t shape, uint64_t hash)
{
    const uint32_t mask = (uint32_t)(shape >> 32);
    const uint32_t bucket = (uint32_t)hash & mask;
    const uint32_t folded = bucket & (mask >> 1);
    return bucket < truce_shape_count_(shape) ? bucket : folded;
}

static inline struct truce_bucket_ *truce_bucket_at_(const truce_dict *dict, uint32_t bucket)
{
    const uintptr_t *directory = truce_load_ptr_acquire_(&dict->directory); /* [publish] */
    const unsigned segment = 63u - (unsigned)__builtin_clzll(2 * (uint64_t)bucket + 1);
    return (struct truce_bucket_ *)(directory[segment] + (uintptr_t)bucket * TRUCE_BUCKET_SIZE_);
}

static inline uint64_t truce_dict_shape_(const truce_dict *dict)
{
    return truce_load_seq_cst_(&dict->shape); /* [shape], [clock] */
}

static inline struct truce_bucket_ *truce_dict_bucket_(const truce_dict *dict, uint64_t hash)
{
    return truce_bucket_at_(dict, truce_shape_bucket_(truce_dict_shape_(dict), hash));
}

/* Which slots of a bucket have this word as key, taken or not: a bit for each, which truce_match_slot_ understands. */
static inline unsigned truce_bucket_match_(const struct truce_bucket_ *bucket, uint64_t key)
{
    return truce_match_line_(&bucket->word, key) & ~1u;
}

/* The first word of a match: 1 + its slot. */
static inline size_t truce_match_word_(unsigned match)
{
    return (unsigned)__builtin_ctz(match) / TRUCE_MATCH_STEP_;
}

/* The value that belongs to a word of the bucket's first line. */
static inline uint64_t truce_match_value_(const struct truce_bucket_ *bucket, size_t word)
{
    return truce_load_acquire_(&bucket->word + TRUCE_SLOTS_ + word); /* [content] */
}

static inline unsigned truce_match_slot_(unsigned match)
{
    return (unsigned)truce_match_word_(match) - 1;
}

static inline bool truce_slot_taken_(uint64_t taken, unsigned slot)
{
    return (taken >> slot & 1) != 0;
}

static inline void *truce_node_bytes_(const struct truce_node_ *node)
{
    return (char *)(uintptr_t)node + sizeof *node;
}

/* A key as the table looks for it. */
struct truce_key_ {
    uint64_t hash;
    uint64_t slot_word; /* what stands in keys[] */
    truce_item item;
};

/* Where a key is. */
struct truce_place_ {
    struct truce_bucket_ *holder; /* NULL: absent */
    unsigned slot;
};

/* What was read about a key. */
struct truce_reading_ {
    truce_atomic64_ *cell;
    bool present;
    uint64_t value;           /* as the table has it: word, or address of a blob */
    struct truce_node_ *node; /* of a byte key that is present */
};

/* A key from what a record, an effect or a slot keeps of it: a word, or the address of a node. */
struct truce_key_ truce_key_of_stored_(const truce_dict *dict, uint64_t stored);

/* What a slot keeps of its key. */
static inline uint64_t truce_slot_key_(const truce_dict *dict, const struct truce_bucket_ *bucket, unsigned slot)
{
    return truce_load_acquire_(truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_) ? &bucket->values[slot]
                                                                            : &bucket->keys[slot]); /* [content] */
}

/* Where a slot's value is. */
static inline truce_atomic64_ *truce_slot_value_(const truce_dict *dict, struct truce_bucket_ *bucket, unsigned slot)
{
    if (!truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) return &bucket->values[slot];
    struct truce_node_ *node = (struct truce_node_ *)(uintptr_t)truce_load_acquire_(&bucket->values[slot]);
    return &node->value;
}

bool truce_stored_keys_equal_(const truce_dict *dict, uint64_t a, uint64_t b);

/* Whether a key is the one that was stored. */
bool truce_key_is_stored_(const truce_dict *dict, const struct truce_key_ *key, uint64_t stored);

/* Whether two values are equal as values. */
static inline bool truce_values_equal_(const truce_dict *dict, uint64_t a, uint64_t b)
{
    return truce_value_equal_(truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_), a, b);
}

/* Items to hand out. */
truce_item truce_stored_key_item_(const truce_dict *dict, uint64_t stored);
static inline truce_item truce_value_item_(const truce_dict *dict, uint64_t value)
{
    return truce_value_as_item_(truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_), value);
}

/* Finds a key in the bucket that was looked at. DONE or UNSTABLE. */
enum truce_step_ truce_bucket_find_(const struct truce_look_ *look, const struct truce_key_ *key,
                                    struct truce_place_ *place);

/* Reads a key on content not above `limit`. DONE, or what was met. */
enum truce_step_ truce_dict_read_(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key, uint64_t limit,
                                  struct truce_reading_ *reading);

/* Calls `visit` for each taken slot of the bucket that was looked at. DONE, UNSTABLE, or what `visit` stopped with. */
typedef enum truce_step_ truce_slot_visit_(void *context, struct truce_bucket_ *holder, unsigned slot);
enum truce_step_ truce_bucket_each_(const struct truce_look_ *look, truce_slot_visit_ *visit, void *context);

/* Under the lock. `low` is the head's low byte as it will be at unlocking. */

/* How many more keys the bucket and its chain have room for. */
int32_t truce_bucket_room_(const struct truce_bucket_ *head, uint64_t low);

/* Puts an absent key in. Takes a spare bucket when there is no room. */
void truce_bucket_insert_(truce_tx *tx, struct truce_bucket_ *head, uint8_t *low, uint64_t key, uint64_t value);

/* Takes a slot out. Returns the chained bucket that is empty now and was unlinked, or NULL. */
struct truce_bucket_ *truce_bucket_erase_(struct truce_bucket_ *head, uint8_t *low, struct truce_place_ place);

/* Frees a chained bucket: for truce_epoch_retire_. */
void truce_bucket_free_(void *bucket, void *unused);

#endif
