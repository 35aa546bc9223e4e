/* Hashing of keys under a secret of the process. Hides xxHash and where the secret comes from.
 *
 * Word keys: the key is xored with one secret word, multiplied by another, and the halves of the 128-bit product are
 * folded together. Byte keys: XXH3 with a secret of the process (never a mere seed), then the same.
 */
#ifndef TRUCE_HASH_H
#define TRUCE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <truce/status.h>

/* The two secret words, as each table keeps them beside what else it needs to find a bucket. */
struct truce_mixer_ {
    uint64_t offset;
    uint64_t factor; /* odd */
};

/* The process's mixer. OK, or NO_RANDOM when the secret can't be made. */
truce_status truce_mixer_get_(struct truce_mixer_ *mixer);

__extension__ typedef unsigned __int128 truce_product_;

static inline uint64_t truce_mix_(const struct truce_mixer_ *mixer, uint64_t word)
{
    const truce_product_ product = (truce_product_)(word ^ mixer->offset) * mixer->factor;
    uint64_t high = (uint64_t)(product >> 64);
    high ^= (uint64_t)product;
    return high;
}

/* The hash of bytes before mixing. The secret must be there: truce_mixer_get_ succeeded once. */
uint64_t truce_hash_bytes_(const void *bytes, size_t size);

#endif
