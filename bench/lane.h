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

// One transaction's part of the stream; or an audit, which has none.
struct Transaction {
    const std::uint64_t *operands;
    const Access *accesses;
    std::size_t width;
    std::uint64_t first_value; // entry i puts or pushes first_value + i, and so does item i of an append
    bool audit;                // sums up the bank, and does nothing else
    // Set by who carries it out.
    std::uint64_t sum; // of the values got or popped, less the values pushed: so that none of it can be left out
    bool idle;         // there was nothing to pop
};

// What one run of a lane took.
struct Lap {
    std::uint64_t transactions;
    std::uint64_t idle; // transactions that are not counted as such: there was nothing to pop
    std::uint64_t wall_ns;
    std::uint64_t cpu_ns;
    std::uint64_t starved_ns; // of wall_ns: ready to run while others had the CPU
};

// A lane has cache lines of its own: threads write theirs all the time.
class alignas(128) Lane {
  public:
    // The values that thread `thread` puts are never those of another thread, nor those of the beginning, nor twice the
    // same: each put is a change.
    Lane(const Stream &stream, int thread)
        : stream_(&stream), values_(std::max(stream.width, most_appended)), first_value_(first_value_of(thread)),
          next_value_(first_value_)
    {
    }

    // Calls carry_out(transaction) for one transaction after the other until the time is over, and at least for a
    // handful.
    template <class CarryOut> Lap run(std::uint64_t duration_ns, CarryOut carry_out)
    {
        const std::size_t batch = std::max<std::size_t>(1, entries_between_looks / stream_->width);
        const std::uint64_t starved_start = thread_starved_ns();
        const std::uint64_t cpu_start = thread_cpu_ns();
        const std::uint64_t start = wall_ns();
        std::uint64_t now = start;
        std::uint64_t transactions = 0;
        std::uint64_t idle = 0;
        do {
            if (is_audit_due(now)) {
                carry_out_audit(carry_out);
                ++transactions;
            }
            for (std::size_t i = 0; i < batch; ++i) {
                Transaction transaction = next();
                carry_out(transaction);
                checksum_ += transaction.sum;
                idle += transaction.idle;
            }
            transactions += batch;
            now = wall_ns();
        } while (now - start < duration_ns);
        const std::uint64_t cpu_ns = thread_cpu_ns() - cpu_start;
        transactions -= idle;
        transactions_ += transactions;
        idle_ += idle;
        return {transactions, idle, now - start, cpu_ns, thread_starved_ns() - starved_start};
    }

    // The stream begins anew, and so does all that is counted. Values go on.
    void rewind()
    {
        cursor_ = 0;
        first_value_ = next_value_;
        checksum_ = 0;
        transactions_ = 0;
        idle_ = 0;
    }

    // Since the last rewind.
    std::uint64_t transactions() const { return transactions_; }
    std::uint64_t idle() const { return idle_; }
    std::uint64_t checksum() const { return checksum_; }

    const Stream &stream() const { return *stream_; }

    // The first value that the transaction with this number may put, counted from the last rewind.
    std::uint64_t value_of(std::uint64_t transaction) const { return first_value_ + transaction * values_; }

    // The thread that put this value; none for one of the beginning.
    static std::optional<std::uint64_t> writer_of(std::uint64_t value)
    {
        const std::uint64_t mark = value >> value_bits;
        return mark == 0 ? std::nullopt : std::make_optional(mark - 1);
    }

  private:
    static constexpr std::size_t entries_between_looks = 4096; // at the clock, which takes as long as several
    static constexpr unsigned value_bits = 48;

    static std::uint64_t first_value_of(int thread) { return static_cast<std::uint64_t>(thread + 1) << value_bits; }

    Transaction next()
    {
        if (cursor_ == stream_->operands.size()) cursor_ = 0;
        const Transaction transaction = {
            &stream_->operands[cursor_], &stream_->accesses[cursor_], stream_->width, next_value_, false, 0, false};
        cursor_ += stream_->width;
        next_value_ += values_;
        return transaction;
    }

    template <class CarryOut> static void carry_out_audit(CarryOut &carry_out)
    {
        Transaction transaction = {};
        transaction.audit = true;
        carry_out(transaction);
    }

    bool is_audit_due(std::uint64_t now)
    {
        if (stream_->audit_every_ns == 0 || now - audited_ < stream_->audit_every_ns) return false;
        audited_ = now;
        return true;
    }

    const Stream *stream_;
    std::size_t cursor_ = 0;
    std::uint64_t values_; // that each transaction has for itself
    std::uint64_t first_value_;
    std::uint64_t next_value_;
    std::uint64_t audited_ = 0; // when
    std::uint64_t checksum_ = 0;
    std::uint64_t transactions_ = 0;
    std::uint64_t idle_ = 0;
};

} // namespace bench

#endif
