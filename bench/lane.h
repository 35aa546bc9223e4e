// A lane: one thread's way through its stream, and what it counts on the way. The loop is here, so that it is the same
// for every contestant.
#ifndef BENCH_LANE_H
#define BENCH_LANE_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "machine.h"
#include "workload.h"

namespace bench {

// One transaction's part of the stream.
struct Transaction {
    const std::uint64_t *keys;
    const Access *accesses;
    std::size_t ops;
    std::uint64_t first_value; // operation i puts first_value + i
    std::uint64_t sum;         // of the values got: set by who carries it out, so that no get can be left out
};

// What one run of a lane took.
struct Lap {
    std::uint64_t transactions;
    std::uint64_t wall_ns;
    std::uint64_t cpu_ns;
    std::uint64_t starved_ns; // of wall_ns: ready to run while others had the CPU
};

// A lane has cache lines of its own: threads write theirs all the time.
class alignas(128) Lane {
  public:
    // The values that thread `thread` puts are never those of another thread, nor those of the beginning, nor twice the
    // same: each put is a change.
    Lane(const Stream &stream, int thread) : stream_(&stream), next_value_(first_value(thread)) {}

    // Calls carry_out(transaction) for one transaction after the other until the time is over, and at least for a
    // handful.
    template <class CarryOut> Lap run(std::uint64_t duration_ns, CarryOut carry_out)
    {
        const std::size_t batch = std::max<std::size_t>(1, ops_between_looks / stream_->ops);
        const std::uint64_t starved_start = thread_starved_ns();
        const std::uint64_t cpu_start = thread_cpu_ns();
        const std::uint64_t start = wall_ns();
        std::uint64_t now;
        std::uint64_t transactions = 0;
        do {
            for (std::size_t i = 0; i < batch; ++i) {
                Transaction transaction = next();
                carry_out(transaction);
                checksum_ += transaction.sum;
            }
            transactions += batch;
            now = wall_ns();
        } while (now - start < duration_ns);
        const std::uint64_t cpu_ns = thread_cpu_ns() - cpu_start;
        transactions_ += transactions;
        return {transactions, now - start, cpu_ns, thread_starved_ns() - starved_start};
    }

    // Over all runs so far.
    std::uint64_t transactions() const { return transactions_; }
    std::uint64_t checksum() const { return checksum_; }

    // The thread that put this value; none for one of the beginning.
    static std::optional<std::uint64_t> writer_of(std::uint64_t value)
    {
        const std::uint64_t mark = value >> value_bits;
        return mark == 0 ? std::nullopt : std::make_optional(mark - 1);
    }

  private:
    static constexpr std::size_t ops_between_looks = 4096; // at the clock, which takes as long as several operations
    static constexpr unsigned value_bits = 48;

    static std::uint64_t first_value(int thread) { return static_cast<std::uint64_t>(thread + 1) << value_bits; }

    Transaction next()
    {
        if (cursor_ == stream_->keys.size()) cursor_ = 0;
        const Transaction transaction = {&stream_->keys[cursor_], &stream_->accesses[cursor_], stream_->ops,
                                         next_value_, 0};
        cursor_ += stream_->ops;
        next_value_ += stream_->ops;
        return transaction;
    }

    const Stream *stream_;
    std::size_t cursor_ = 0;
    std::uint64_t next_value_;
    std::uint64_t checksum_ = 0;
    std::uint64_t transactions_ = 0;
};

} // namespace bench

#endif
