#include "smoke.h"

#include <cinttypes>
#include <cstdio>

#include "probe.h"
#include "trial.h"

namespace bench {
namespace {

constexpr std::uint64_t slice_ns = 5000000;
constexpr int most_threads = 4;

const std::vector<Setting> &settings()
{
    static const std::vector<Setting> all = {
        {Scenario::disjoint, 1, 1000, 16, 50}, {Scenario::mixed, 1, 1000, 16, 10}, {Scenario::mixed, 1, 1000, 7, 0},
        {Scenario::mixed, 1, 64, 16, 50},      {Scenario::hot, 1, 1000, 4, 100},   {Scenario::counter, 1, 1000, 4, 100},
        {Scenario::append, 1, 1000, 2, 100},   {Scenario::queue, 1, 100, 1, 50},   {Scenario::pool, 1, 100, 2, 50},
        {Scenario::pool, 1, 2, 2, 50},         {Scenario::bank, 1, 100, 3, 67},    {Scenario::index, 1, 1000, 16, 50},
        {Scenario::index, 1, 1000, 16, 0},
    };
    return all;
}

// Whether transactions of several threads can conflict at all: only where one observes what another changes.
bool may_conflict(Scenario scenario)
{
    return scenario == Scenario::mixed || scenario == Scenario::queue || scenario == Scenario::bank;
}

bool run_one(const ContestantInfo &contestant, const Setting &setting, std::uint64_t seed, Crew &crew)
{
    const std::vector<Stream> streams = make_streams(setting, seed);
    Trial trial(contestant, setting, streams, crew);
    const Tally before = trial.contestant().tally();
    trial.measure(slice_ns);
    const Verdict verdict = trial.judge(slice_ns);
    const Tally after = trial.contestant().tally();
    const Tally tally = {after.commits - before.commits, after.aborts - before.aborts};
    std::printf("%-8s %-5s %d threads, %" PRIu64 " keys, %zu operations, %d %% puts: %" PRIu64 " commits, %" PRIu64
                " aborts\n",
                info(setting.scenario).name, contestant.name, setting.threads, setting.keys, setting.ops,
                setting.put_percent, tally.commits, tally.aborts);

    std::vector<std::string> wrong = trial.check();
    if (tally.commits != trial.carried_out()) wrong.push_back("not as many commits as transactions");
    if (verdict.false_conflicts != 0) wrong.push_back("false conflicts");
    if (tally.aborts != 0 && !may_conflict(setting.scenario)) wrong.push_back("aborts");
    for (const std::string &sentence : wrong) std::printf("  wrong: %s\n", sentence.c_str());
    std::fflush(stdout);
    return wrong.empty();
}

} // namespace

bool run_smoke(std::uint64_t seed)
{
    std::printf("seed %" PRIu64 "\n", seed);
    Crew crew(most_threads);
    bool are_right = true;
    for (Setting setting : settings()) {
        for (setting.threads = 1; setting.threads <= most_threads; setting.threads *= 2) {
            for (const ContestantInfo &contestant : contestants()) {
                if (!takes_part(contestant, setting)) continue;
                are_right &= run_one(contestant, setting, seed, crew);
            }
        }
    }
    const std::optional<double> ns = ping_pong_ns(crew);
    if (ns && !(*ns > 0)) {
        std::printf("wrong: the ping-pong probe: %g ns\n", *ns);
        are_right = false;
    }
    return are_right;
}

} // namespace bench
