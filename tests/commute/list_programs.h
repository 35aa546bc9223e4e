/* What the pairwise tests of a list play: states to begin with, single operations, and what is put together of them. */
#ifndef TRUCE_TESTS_COMMUTE_LIST_PROGRAMS_H
#define TRUCE_TESTS_COMMUTE_LIST_PROGRAMS_H

#include <vector>

#include "commute/list_stage.h"

namespace truce_test {

/* Lists of 0, 1, 6, 7 and 8 values: all different, and all equal. */
std::vector<Elements> list_states();

/* Every operation, at the first index, its neighbour, the last, the first out of range, one of another line, one far
 * away; with values that change something and values that don't. */
std::vector<ListOp> list_operations(const Elements &state, uint32_t values);

/* One of each kind, to be put together. */
std::vector<ListOp> list_building_blocks(const Elements &state);

/* What somebody else does meanwhile: one thing, or several of which the net effect is small or none. */
std::vector<ListProgram> list_disturbances(const Elements &state);

} // namespace truce_test

#endif
