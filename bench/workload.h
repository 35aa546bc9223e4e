// Workloads: the scenarios, their settings, and the streams of accesses that the contestants work through.
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

enum class Scenario { disjoint, mixed, hot };

struct ScenarioInfo {
    Scenario scenario;
    const char *name;
    const char *description;
    int put_percent; // where --put says nothing
};

const std::vector<ScenarioInfo> &scenarios();
const ScenarioInfo &info(Scenario scenario);

// One setting of a scenario. `ops` and `put_percent` are what its transactions really do: hot has 4 adds.
struct Setting {
    Scenario scenario;
    int threads;
    std::uint64_t keys;
    std::size_t ops; // operations a transaction
    int put_percent;
};

// Fewest keys with which every one of `threads` threads has a key to work on.
std::uint64_t fewest_keys(Scenario scenario, int threads);

// Transactions of hot are one add on the hot key and this many on private ones.
constexpr std::size_t hot_private_adds = 3;

// The key with this number: a bijection of 64 bits, so that keys differ and are scattered.
std::uint64_t key_of(std::uint64_t number);

// What a key holds before the first transaction: its number, but counters of hot begin at 0.
std::uint64_t initial_value(Scenario scenario, std::uint64_t number);

enum class Access : std::uint8_t { get, put, add };

// What one thread does: accesses[i] on keys[i], `ops` entries a transaction, from the beginning again after the last.
// Made before anything is timed.
struct Stream {
    std::vector<std::uint64_t> keys;
    std::vector<Access> accesses;
    std::size_t ops; // divides their number
};

// One stream for each thread. The same setting and seed give the same streams.
std::vector<Stream> make_streams(const Setting &setting, std::uint64_t seed);

} // namespace bench

#endif
