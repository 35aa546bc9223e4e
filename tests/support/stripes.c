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
