// Plain containers as contestants: without any lock, or under one.
//
// State is what a scenario works on. It has
//   explicit State(const Setting &)   makes all that the first transaction expects
//   void perform(Transaction &)       carries out a transaction
//   void rewind()                     as Contestant::rewind; see Lasting
//   Content content() const
#ifndef BENCH_PLAIN_CONTESTANT_H
#define BENCH_PLAIN_CONTESTANT_H

#include <atomic>
#include <mutex>

#include "contestant.h"

namespace bench {

struct NoLock {
    void lock() {}
    void unlock() {}
};

template <class State, class Lock> class PlainContestant final : public Contestant {
  public:
    explicit PlainContestant(const Setting &setting) : state_(setting) {}

    Lap run(Lane &lane, std::uint64_t duration_ns) override
    {
        const Lap lap = lane.run(duration_ns, [this](Transaction &transaction) {
            const std::lock_guard<Lock> guard(lock_);
            state_.perform(transaction);
        });
        commits_.fetch_add(lap.transactions + lap.idle, std::memory_order_relaxed);
        return lap;
    }

    void rewind() override { state_.rewind(); }

    Tally tally() override { return {commits_.load(std::memory_order_relaxed), 0}; }

    Content content() override { return state_.content(); }

  private:
    // The lock is apart from the containers' own words, which every transaction reads.
    alignas(128) Lock lock_;
    alignas(128) State state_;
    std::atomic<std::uint64_t> commits_{0};
};

template <class State> std::unique_ptr<Contestant> make_plain(const Setting &setting)
{
    return std::make_unique<PlainContestant<State, NoLock>>(setting);
}

// The lock is a pthread mutex: std::mutex is one.
template <class State> std::unique_ptr<Contestant> make_mutex(const Setting &setting)
{
    return std::make_unique<PlainContestant<State, std::mutex>>(setting);
}

} // namespace bench

#endif
