// Scenarios: what a transaction is and what it works on; and their settings.
#ifndef BENCH_SCENARIO_H
#define BENCH_SCENARIO_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace bench {

enum class Scenario { disjoint, mixed, hot, counter, append, queue, pool, bank, index };

struct ScenarioInfo {
    Scenario scenario;
    const char *name;
    const char *description; // what a transaction is
    std::uint64_t keys;      // where --keys says nothing
    std::size_t ops;         // operations a transaction; 0: what --ops says, and then --put holds too
    int put_percent;
    std::uint64_t shared_keys;            // at least so many: all threads work on them
    bool deals;                           // those behind are dealt out to the threads in turn, one at least to each
    std::optional<std::uint64_t> initial; // what a key holds before the first transaction; nothing: its number
    bool grows;                           // what it works on; it is taken back from time to time
};

const std::vector<ScenarioInfo> &scenarios();
const ScenarioInfo &info(Scenario scenario);

// One setting of a scenario. `ops` and `put_percent` are what its transactions really do: hot has 4 adds.
struct Setting {
    Scenario scenario;
    int threads;
    std::uint64_t keys; // keys, accounts, elements of the list of index; the items that a queue begins with
    std::size_t ops;    // operations a transaction
    int put_percent;
};

// Fewest keys with which every one of `threads` threads has something to work on.
std::uint64_t fewest_keys(Scenario scenario, int threads);

// The key with this number: a bijection of 64 bits, so that keys differ and are scattered. An index is its number.
std::uint64_t key_of(Scenario scenario, std::uint64_t number);

// What a key or index holds before the first transaction. The items that a queue begins with are their numbers.
std::uint64_t initial_value(Scenario scenario, std::uint64_t number);

} // namespace bench

#endif
