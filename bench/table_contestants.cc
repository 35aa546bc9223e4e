// absl's flat_hash_map as a contestant: plain, and under one mutex.
#include <absl/container/flat_hash_map.h>
#include <atomic>
#include <mutex>

#include "contestant.h"
#include "fail.h"

namespace bench {
namespace {

using Table = absl::flat_hash_map<std::uint64_t, std::uint64_t>;

struct NoLock {
    void lock() {}
    void unlock() {}
};

void perform(Table &table, Transaction &transaction)
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < transaction.ops; ++i) {
        const std::uint64_t key = transaction.keys[i];
        switch (transaction.accesses[i]) {
        case Access::get: {
            const auto found = table.find(key);
            if (found == table.end()) fail("a key is not there");
            sum += found->second;
            break;
        }
        case Access::put:
            table[key] = transaction.first_value + i;
            break;
        case Access::add:
            table[key] += 1;
            break;
        }
    }
    transaction.sum = sum;
}

// Lock: a pthread mutex (std::mutex is one), or nothing.
template <class Lock> class TableContestant final : public Contestant {
  public:
    void fill(const std::vector<std::uint64_t> &keys, const std::vector<std::uint64_t> &values) override
    {
        table_.reserve(keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i) table_[keys[i]] = values[i];
    }

    Lap run(Lane &lane, std::uint64_t duration_ns) override
    {
        const Lap lap = lane.run(duration_ns, [this](Transaction &transaction) {
            const std::lock_guard<Lock> guard(lock_);
            perform(table_, transaction);
        });
        commits_.fetch_add(lap.transactions, std::memory_order_relaxed);
        return lap;
    }

    Tally tally() override { return {commits_.load(std::memory_order_relaxed), 0}; }

    std::optional<std::uint64_t> value_of(std::uint64_t key) override
    {
        const auto found = table_.find(key);
        return found == table_.end() ? std::nullopt : std::make_optional(found->second);
    }

  private:
    // The lock is apart from the table's own words, which every transaction reads.
    alignas(128) Lock lock_;
    alignas(128) Table table_;
    std::atomic<std::uint64_t> commits_{0};
};

} // namespace

std::unique_ptr<Contestant> make_plain()
{
    return std::make_unique<TableContestant<NoLock>>();
}

std::unique_ptr<Contestant> make_mutex()
{
    return std::make_unique<TableContestant<std::mutex>>();
}

} // namespace bench
