// A contestant: something that carries out the transactions of a stream on a table of words.
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

class Contestant {
  public:
    virtual ~Contestant() = default;

    // Puts keys[i] with values[i] in place, before anything is timed. One thread.
    virtual void fill(const std::vector<std::uint64_t> &keys, const std::vector<std::uint64_t> &values) = 0;

    // Carries out what is in the lane until the time is over. Several threads at a time, each with a lane of its own.
    virtual Lap run(Lane &lane, std::uint64_t duration_ns) = 0;

    // As run, but not for timing: looks at every conflict on the way. One that has none has nothing to look at.
    virtual Verdict judge(Lane &lane, std::uint64_t duration_ns);

    // While no thread is in run.
    virtual Tally tally() = 0;
    virtual std::optional<std::uint64_t> value_of(std::uint64_t key) = 0;
};

struct ContestantInfo {
    const char *name;
    const char *description;
    bool one_thread_only;
    std::unique_ptr<Contestant> (*make)();
};

// truce, plain, mutex.
const std::vector<ContestantInfo> &contestants();
const ContestantInfo &contestant(const std::string &name);

std::unique_ptr<Contestant> make_truce();
std::unique_ptr<Contestant> make_plain();
std::unique_ptr<Contestant> make_mutex();

} // namespace bench

#endif
