// absl's flat_hash_map with the keys of a setting.
#ifndef BENCH_PLAIN_TABLE_H
#define BENCH_PLAIN_TABLE_H

#include <absl/container/flat_hash_map.h>

#include "contestant.h"
#include "fail.h"

namespace bench {

class PlainTable {
  public:
    // With every key of the setting, and what it holds at first.
    explicit PlainTable(const Setting &setting);

    // Every key holds what it holds at first.
    void reset();

    // Ends the bench if the key is not there.
    std::uint64_t &at(std::uint64_t key)
    {
        const auto found = values_.find(key);
        if (found == values_.end()) fail("a key is not there");
        return found->second;
    }

    void put(std::uint64_t key, std::uint64_t value) { values_[key] = value; }
    void add(std::uint64_t key) { values_[key] += 1; }
    std::uint64_t sum() const;

    // Of all keys, by number.
    std::vector<std::optional<std::uint64_t>> values() const;

  private:
    absl::flat_hash_map<std::uint64_t, std::uint64_t> values_;
    Setting setting_;
};

} // namespace bench

#endif
