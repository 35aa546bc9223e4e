// The runner: measures one repeat of a setting, all contestants taking turns.
#ifndef BENCH_RUNNER_H
#define BENCH_RUNNER_H

#include <optional>

#include "options.h"
#include "trial.h"

namespace bench {

// What one contestant showed in one repeat of a setting: medians over the rounds, and sums.
struct Figures {
    std::string contestant;
    double tx_per_s;
    double time_over_plain; // 1.0: an operation takes as long as plain's on one thread
    Tally tally;            // sums
    Verdict verdict;        // sums
    double starved;         // as in Slice
    std::optional<double> ping_pong_ns;
};

// Figures of the contestants chosen in `options` that can run in this setting, in their order. Requires: a crew with a
// member for each thread of the setting, two at least.
std::vector<Figures> run_repeat(const Options &options, const Setting &setting, Crew &crew);

} // namespace bench

#endif
