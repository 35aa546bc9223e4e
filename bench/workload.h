// Workloads: the streams of accesses that the contestants work through.
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "scenario.h"

namespace bench {

// Transactions of hot and counter are one add on what all threads share and this many on private keys.
constexpr std::size_t private_adds = 3;

// Transactions of append append this many items at most, together.
constexpr std::size_t most_appended = 4;

// get and put are of a key or an index. add is of a key: +1, but -1 on the first of the two of bank. append is of the
// list, push and pop are of the queue; cycle takes any item out of the queue and pushes it again.
enum class Access : std::uint8_t { get, put, add, append, push, pop, cycle };

// What one thread does: accesses[i] on operands[i], `width` entries a transaction, from the beginning again after the
// last. Made before anything is timed.
struct Stream {
    std::vector<std::uint64_t> operands; // a key or an index; of append, how many items; of push, pop and cycle, 0
    std::vector<Access> accesses;
    std::size_t width;            // divides their number
    std::uint64_t audit_every_ns; // so often the thread also sums up the bank; 0: never
};

// One stream for each thread. The same setting and seed give the same streams.
std::vector<Stream> make_streams(const Setting &setting, std::uint64_t seed);

} // namespace bench

#endif
