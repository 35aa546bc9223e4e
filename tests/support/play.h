/* Carries out the model's calls with the library. */
#ifndef TRUCE_TESTS_SUPPORT_PLAY_H
#define TRUCE_TESTS_SUPPORT_PLAY_H

#include <truce/truce.h>

#include "support/items.h"
#include "support/model.h"

namespace truce_test {

/* Calls the operation, and checks on the way that outputs are zero on every status but TRUCE_OK, that bytes handed out
 * are aligned and end in a NUL, and that no entry is handed out twice. */
Answer play(truce_tx *tx, truce_dict *dict, const Flavor &flavor, const Op &op);

/* The function apply is given; `updated` says what it does. */
truce_item halve_and_add(truce_item now, truce_item operand);

/* The whole content, seen by a transaction of its own. */
State content(truce_dict *dict, const Flavor &flavor);

} // namespace truce_test

#endif
