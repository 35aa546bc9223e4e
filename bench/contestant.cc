#include "contestant.h"

#include <algorithm>

#include "entries.h"

namespace bench {
namespace {

const Entries &entries(Scenario scenario)
{
    switch (scenario) {
    case Scenario::disjoint:
    case Scenario::mixed:
    case Scenario::hot:
        break;
    case Scenario::counter:
        return counter_entries();
    case Scenario::append:
        return append_entries();
    case Scenario::queue:
    case Scenario::pool:
        return queue_entries();
    case Scenario::bank:
        return bank_entries();
    case Scenario::index:
        return index_entries();
    }
    return table_entries();
}

} // namespace

Verdict Contestant::judge(Lane &, std::uint64_t)
{
    return {0, 0};
}

const std::vector<ContestantInfo> &contestants()
{
    static const std::vector<ContestantInfo> all = {
        {"truce", "its collections, through truce_run and function calls of the shared library", false},
        {"plain", "absl::flat_hash_map, std::vector and std::deque without any lock, one thread", true},
        {"mutex", "the same under one pthread mutex, held for a whole transaction", false},
    };
    return all;
}

const ContestantInfo &contestant(const std::string &name)
{
    return *std::find_if(contestants().begin(), contestants().end(),
                         [&name](const ContestantInfo &one) { return name == one.name; });
}

bool takes_part(const ContestantInfo &contestant, const Setting &setting)
{
    return entries(setting.scenario).count(contestant.name) == 1 &&
           (setting.threads == 1 || !contestant.one_thread_only);
}

std::unique_ptr<Contestant> make_contestant(const ContestantInfo &contestant, const Setting &setting)
{
    return entries(setting.scenario).at(contestant.name)(setting);
}

} // namespace bench
