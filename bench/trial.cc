#include "trial.h"

#include "check.h"

namespace bench {
namespace {

constexpr int most_tries = 4;
constexpr double negligible = 0.01; // share of the time that others may have the CPU

// One thread is timed by the CPU it had. Threads that wait for each other are timed by the wall clock.
double rate(const std::vector<Lap> &laps)
{
    if (laps.size() == 1) return static_cast<double>(laps[0].transactions) * 1e9 / static_cast<double>(laps[0].cpu_ns);
    double sum = 0;
    for (const Lap &lap : laps) sum += static_cast<double>(lap.transactions) * 1e9 / static_cast<double>(lap.wall_ns);
    return sum;
}

double starved_share(const std::vector<Lap> &laps)
{
    double starved_ns = 0;
    double wall_ns = 0;
    for (const Lap &lap : laps) {
        starved_ns += static_cast<double>(lap.starved_ns);
        wall_ns += static_cast<double>(lap.wall_ns);
    }
    return starved_ns / wall_ns;
}

} // namespace

Trial::Trial(const ContestantInfo &contestant, const Setting &setting, const std::vector<Stream> &streams, Crew &crew)
    : setting_(setting), contestant_(make_contestant(contestant, setting)), crew_(&crew)
{
    for (const Stream &stream : streams) lanes_.emplace_back(stream, static_cast<int>(lanes_.size()));
}

void Trial::rewind()
{
    contestant_->rewind();
    for (Lane &lane : lanes_) lane.rewind();
}

void Trial::warm_up(std::uint64_t duration_ns)
{
    run_lanes(duration_ns);
}

Slice Trial::measure(std::uint64_t duration_ns)
{
    Slice best = measure_once(duration_ns);
    if (lanes_.size() > usable_cpus().size()) return best;
    for (int tries = 1; tries < most_tries && best.starved > negligible; ++tries) {
        const Slice slice = measure_once(duration_ns);
        if (slice.starved < best.starved) best = slice;
    }
    return best;
}

Verdict Trial::judge(std::uint64_t duration_ns)
{
    std::vector<Verdict> verdicts(lanes_.size());
    crew_->run(static_cast<int>(lanes_.size()), [&](int member) {
        const std::size_t m = static_cast<std::size_t>(member);
        verdicts[m] = contestant_->judge(lanes_[m], duration_ns);
    });
    Verdict sum = {0, 0};
    for (const Verdict &verdict : verdicts) {
        sum.conflicts += verdict.conflicts;
        sum.false_conflicts += verdict.false_conflicts;
    }
    return sum;
}

std::vector<std::string> Trial::check() const
{
    return bench::check(setting_, contestant_->content(), lanes_);
}

std::uint64_t Trial::carried_out() const
{
    std::uint64_t count = 0;
    for (const Lane &lane : lanes_) count += lane.transactions() + lane.idle();
    return count;
}

Slice Trial::measure_once(std::uint64_t duration_ns)
{
    const Tally before = contestant_->tally();
    const std::vector<Lap> laps = run_lanes(duration_ns);
    const Tally after = contestant_->tally();
    return {rate(laps), starved_share(laps), {after.commits - before.commits, after.aborts - before.aborts}};
}

std::vector<Lap> Trial::run_lanes(std::uint64_t duration_ns)
{
    std::vector<Lap> laps(lanes_.size());
    crew_->run(static_cast<int>(lanes_.size()), [&](int member) {
        const std::size_t m = static_cast<std::size_t>(member);
        laps[m] = contestant_->run(lanes_[m], duration_ns);
    });
    return laps;
}

} // namespace bench
