// The smoke run: every scenario with every contestant, a few milliseconds each, and the answers checked.
#ifndef BENCH_SMOKE_H
#define BENCH_SMOKE_H

#include <cstdint>

namespace bench {

// Prints a line for each; whether all were right.
bool run_smoke(std::uint64_t seed);

} // namespace bench

#endif
