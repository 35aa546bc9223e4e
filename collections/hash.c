#include "hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "stm_core/core.h"

static struct {
    unsigned char bytes[XXH3_SECRET_DEFAULT_SIZE];
    struct truce_mixer_ mixer;
} secret_;

static truce_atomic64_ ready_; /* secret_ is whole: [publish] */

truce_status truce_mixer_get_(struct truce_mixer_ *mixer)
{
    truce_status status = TRUCE_OK;
    if (!truce_load_acquire_(&ready_)) { /* [publish] */
        truce_rare_lock_();
        if (!truce_load_acquire_(&ready_)) {
            if (truce_random_(&secret_, sizeof secret_)) {
                secret_.mixer.factor |= 1;
                truce_store_release_(&ready_, 1); /* [publish] */
            } else {
                status = TRUCE_NO_RANDOM;
            }
        }
        truce_rare_unlock_();
    }
    if (status == TRUCE_OK) *mixer = secret_.mixer;
    return status;
}

truce_status truce_set_random_source(truce_random_source *source, void *context)
{
    truce_status status = TRUCE_OK;
    truce_rare_lock_();
    if (truce_load_acquire_(&ready_)) {
        status = TRUCE_TOO_LATE;
    } else {
        truce_random_use_(source, context);
    }
    truce_rare_unlock_();
    return status;
}

uint64_t truce_hash_bytes_(const void *bytes, size_t size)
{
    return XXH3_64bits_withSecret(bytes, size, secret_.bytes, sizeof secret_.bytes);
}
