#include "stripes.h"

#include "collections/counter.h"

bool truce_test_has_stripes(const truce_counter *counter)
{
    return truce_load_ptr_acquire_(&counter->sum.stripes) != NULL;
}

void truce_test_spread(truce_counter *counter)
{
    truce_sum_spread_(&counter->sum);
}

uintptr_t truce_test_part_of(truce_counter *counter)
{
    truce_tx *tx;
    if (truce_begin(NULL, &tx) != TRUCE_OK) return 0;
    uint32_t lock = 0;
    bool crowded = false;
    const bool locked = truce_sum_lock_(tx, &counter->sum, &lock, &crowded) == TRUCE_STEP_DONE_;
    const uintptr_t part = locked ? (uintptr_t)tx->locks[lock].cell : 0;
    truce_locks_give_up_(tx);
    truce_end(tx);
    return part;
}
