// A contestant: something that carries out the transactions of a scenario's streams.
#ifndef BENCH_CONTESTANT_H
#define BENCH_CONTESTANT_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lane.h"

namespace bench {

// Attempts that ended, counted from some time in the past: only differences mean something.
struct Tally {
    std::uint64_t commits;
    std::uint64_t aborts; // all others
};

// Conflicts looked at one by one. A conflict is false when the observation it names did not change, or when it names
// none.
struct Verdict {
    std::uint64_t conflicts;
    std::uint64_t false_conflicts;
};

// What the transactions made of what they worked on, as far as the scenario has it.
struct Content {
    std::vector<std::optional<std::uint64_t>> values; // of the keys or indexes, by number; nothing: it is gone
    std::vector<std::uint64_t> items;                 // of the list or queue that all threads share, in order
    std::uint64_t sum = 0;                            // of the counter
};

class Contestant {
  public:
    virtual ~Contestant() = default;

    // Carries out what is in the lane until the time is over. Several threads at a time, each with a lane of its own.
    virtual Lap run(Lane &lane, std::uint64_t duration_ns) = 0;

    // As run, but not for timing: looks at every conflict on the way. One that has none has nothing to look at.
    virtual Verdict judge(Lane &lane, std::uint64_t duration_ns);

    // While no thread is in run.
    // rewind: all is as before the first transaction again, but the memory it took is kept. Where the scenario grows.
    virtual void rewind() = 0;
    virtual Tally tally() = 0;
    virtual Content content() = 0;
};

// A base of what contestants work on where it does not grow.
struct Lasting {
    void rewind() {}
};

struct ContestantInfo {
    const char *name;
    const char *description;
    bool one_thread_only;
};

// truce, plain, mutex.
const std::vector<ContestantInfo> &contestants();
const ContestantInfo &contestant(const std::string &name);

// Whether the scenario has this contestant, and the contestant so many threads. plain is in every scenario, with one
// thread: the times of all are given over its own.
bool takes_part(const ContestantInfo &contestant, const Setting &setting);

// With all that the first transaction expects to be there. One thread. Requires: the scenario has this contestant.
std::unique_ptr<Contestant> make_contestant(const ContestantInfo &contestant, const Setting &setting);

} // namespace bench

#endif
