/* Random operations on dicts. */
#ifndef TRUCE_TESTS_HISTORY_RANDOM_OP_H
#define TRUCE_TESTS_HISTORY_RANDOM_OP_H

#include "history/harness.h"
#include "support/items.h"
#include "support/model.h"

namespace truce_test {

struct Mix {
    Word keys = 8;            /* how many different keys a dict may hold */
    unsigned scan_one_in = 1; /* of the iterations and clears that come up, one in so many is taken */
    bool clears = true;
    unsigned equal_one_in = 4; /* one value in so many is one of three, so that equal ones meet and values come back;
                                  the others are like no other */
};

/* An operation that a dict of this flavor has. */
Op random_op(const Mix &mix, const Flavor &flavor, Random &random);

/* Whether the operation may be done alone on such a dict: it hands out no bytes. */
bool may_be_alone(const Flavor &flavor, Verb verb);

} // namespace truce_test

#endif
