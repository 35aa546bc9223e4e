// A trial: one contestant with all it works on, and a lane for each thread, in one setting.
#ifndef BENCH_TRIAL_H
#define BENCH_TRIAL_H

#include <memory>
#include <string>
#include <vector>

#include "contestant.h"
#include "crew.h"

namespace bench {

// What one timed slice showed.
struct Slice {
    double tx_per_s; // all threads together
    double starved;  // share of their time in which the threads were ready to run while others had their CPU
    Tally tally;
};

class Trial {
  public:
    // Borrows the streams and the crew. Requires: the contestant takes part in the setting; the crew has a member for
    // each stream at least.
    Trial(const ContestantInfo &contestant, const Setting &setting, const std::vector<Stream> &streams, Crew &crew);

    // Goes back to the beginning: as before the first transaction, and nothing counted. Where the scenario grows.
    void rewind();

    // Works without measuring, so that the caches hold what this contestant works on.
    void warm_up(std::uint64_t duration_ns);

    // Works and measures. Where others had the CPU meanwhile it tries again, up to three times, and answers the slice
    // with the least of that. With more threads than CPUs that can't be helped, and isn't tried.
    Slice measure(std::uint64_t duration_ns);

    // Works with every conflict looked at; not for timing.
    Verdict judge(std::uint64_t duration_ns);

    // What is wrong with what the contestant holds; see check.h. Not for timing.
    std::vector<std::string> check() const;

    // All that the lanes carried out since the beginning, idle transactions too.
    std::uint64_t carried_out() const;

    Contestant &contestant() { return *contestant_; }

  private:
    Slice measure_once(std::uint64_t duration_ns);
    std::vector<Lap> run_lanes(std::uint64_t duration_ns);

    const Setting setting_;
    std::unique_ptr<Contestant> contestant_;
    std::vector<Lane> lanes_;
    Crew *crew_;
};

} // namespace bench

#endif
