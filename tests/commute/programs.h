/* What the pairwise tests play: states to begin with, single operations, and transactions of two. */
#ifndef TRUCE_TESTS_COMMUTE_PROGRAMS_H
#define TRUCE_TESTS_COMMUTE_PROGRAMS_H

#include <vector>

#include "commute/stage.h"

namespace truce_test {

/* The keys: `hot` and `other` are present in some states, with values of their own; `third` never. */
constexpr Word hot = 1, other = 2, third = 3;

/* Sanitized builds are ten times slower: they play one schedule in so many. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t one_in = 11;
#else
constexpr size_t one_in = 1;
#endif

/* Nothing, hot alone, other alone, both. */
std::vector<State> initial_states();

/* Every flavor, with the ordinary hash and with one hash for all keys. */
std::vector<Flavor> flavors();

/* Every operation on hot, on other, and on the whole dict, with operands that change something and operands that don't.
 * Blind updates only where values are words. */
std::vector<Op> single_operations(const Flavor &flavor);

/* Those of single_operations that may change something. */
std::vector<Op> changing_operations(const Flavor &flavor);

/* A smaller set with one of each kind, to be put together. */
std::vector<Op> building_blocks(const Flavor &flavor);

/* Every ordered pair of building blocks. */
std::vector<Program> pairs_of_operations(const Flavor &flavor);

/* What somebody else does meanwhile: one operation, or several of which the net effect is small or none. */
std::vector<Program> disturbances(const Flavor &flavor);

} // namespace truce_test

#endif
