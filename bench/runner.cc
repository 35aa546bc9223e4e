// Contestants take turns in slices of some ten milliseconds, so that whatever changes the machine's speed for longer
// than that changes it for all of them; each round begins with another one. A time over plain is formed within a round,
// from the slices of both, and only then is the median taken. What grows is taken back before each turn, so that it has
// an end.
#include "runner.h"

#include <algorithm>
#include <cmath>

#include "fail.h"
#include "median.h"
#include "probe.h"

namespace bench {
namespace {

constexpr double shortest_slice_ns = 20e6;
constexpr double longest_slice_ns = 100e6;
constexpr double slice_ns_per_key = 60; // larger tables take longer to get into the caches

struct Turns {
    int rounds;
    std::uint64_t slice_ns;
    std::uint64_t warm_up_ns;
};

Turns plan(double seconds, std::uint64_t keys)
{
    const double wanted = std::clamp(static_cast<double>(keys) * slice_ns_per_key, shortest_slice_ns, longest_slice_ns);
    const double rounds = std::max(1.0, std::round(seconds * 1e9 / wanted));
    const std::uint64_t slice_ns = static_cast<std::uint64_t>(seconds * 1e9 / rounds);
    return {static_cast<int>(rounds), slice_ns, slice_ns / 4};
}

// A contestant and what it showed, a figure a round.
struct Entrant {
    Entrant(const ContestantInfo &contestant, const Setting &setting, const std::vector<Stream> &streams, Crew &crew)
        : name(contestant.name), trial(contestant, setting, streams, crew)
    {
    }

    std::string name;
    Trial trial;
    std::vector<double> tx_per_s;
    std::vector<double> time_over_plain;
    std::vector<double> starved;
    Tally tally = {0, 0};
    Verdict verdict = {0, 0};
};

// Ends the bench if anything was lost or doubled.
void check(const Entrant &entrant, const Setting &setting)
{
    const std::vector<std::string> wrong = entrant.trial.check();
    if (wrong.empty()) return;
    fail((entrant.name + " in " + info(setting.scenario).name + ": " + wrong.front()).c_str());
}

void take_turn(Entrant &entrant, const Turns &turns)
{
    entrant.trial.warm_up(turns.warm_up_ns);
    const Slice slice = entrant.trial.measure(turns.slice_ns);
    entrant.tx_per_s.push_back(slice.tx_per_s);
    entrant.starved.push_back(slice.starved);
    entrant.tally.commits += slice.tally.commits;
    entrant.tally.aborts += slice.tally.aborts;
    if (slice.tally.aborts == 0) return;
    const Verdict verdict = entrant.trial.judge(turns.slice_ns);
    entrant.verdict.conflicts += verdict.conflicts;
    entrant.verdict.false_conflicts += verdict.false_conflicts;
}

void begin_anew(Entrant &entrant, const Setting &setting)
{
    check(entrant, setting);
    entrant.trial.rewind();
}

} // namespace

std::vector<Figures> run_repeat(const Options &options, const Setting &setting, Crew &crew)
{
    Setting alone = setting; // what plain does: all the work, on one thread
    alone.threads = 1;
    const std::vector<Stream> streams = make_streams(setting, options.seed);
    const std::vector<Stream> streams_alone = make_streams(alone, options.seed);

    std::vector<std::unique_ptr<Entrant>> entrants;
    entrants.push_back(std::make_unique<Entrant>(contestant("plain"), alone, streams_alone, crew));
    for (const ContestantInfo &one : options.contestants) {
        if (one.one_thread_only || !takes_part(one, setting)) continue;
        entrants.push_back(std::make_unique<Entrant>(one, setting, streams, crew));
    }
    const Entrant &plain = *entrants.front();

    const Turns turns = plan(options.seconds, setting.keys);
    std::vector<double> ping_pongs;
    for (int round = 0; round < turns.rounds; ++round) {
        for (std::size_t turn = 0; turn < entrants.size(); ++turn) {
            Entrant &entrant = *entrants[(turn + static_cast<std::size_t>(round)) % entrants.size()];
            if (round > 0 && info(setting.scenario).grows) begin_anew(entrant, setting);
            take_turn(entrant, turns);
        }
        for (const auto &one : entrants) {
            one->time_over_plain.push_back(plain.tx_per_s.back() / one->tx_per_s.back());
        }
        if (setting.threads == 1) continue;
        if (const auto ns = ping_pong_ns(crew)) ping_pongs.push_back(*ns);
    }
    for (const auto &one : entrants) check(*one, setting);

    std::vector<Figures> figures;
    for (const ContestantInfo &shown : options.contestants) {
        if (!takes_part(shown, setting)) continue;
        const auto &one = *std::find_if(entrants.begin(), entrants.end(),
                                        [&shown](const auto &entrant) { return entrant->name == shown.name; });
        figures.push_back({one->name, median(one->tx_per_s), median(one->time_over_plain), one->tally, one->verdict,
                           median(one->starved),
                           ping_pongs.empty() ? std::nullopt : std::make_optional(median(ping_pongs))});
    }
    return figures;
}

} // namespace bench
