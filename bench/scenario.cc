#include "scenario.h"

#include <algorithm>

#include "random.h"

namespace bench {

const std::vector<ScenarioInfo> &scenarios()
{
    // clang-format off
    // keys, ops, put_percent, shared_keys, deals, initial, grows
    static const std::vector<ScenarioInfo> all = {
        {Scenario::disjoint, "disjoint", "thread t of T gets and puts keys whose number is t modulo T",
         10000, 0, 50, 0, true, std::nullopt, false},
        {Scenario::mixed, "mixed", "every thread gets and puts any key",
         10000, 0, 10, 1, false, std::nullopt, false},
        {Scenario::hot, "hot", "+1 on one key that all threads share, then +1 on 3 of the thread's own",
         10000, 4, 100, 1, true, 0, false},
        {Scenario::counter, "counter", "as hot, but what all threads share is a counter",
         10000, 4, 100, 0, true, 0, false},
        {Scenario::append, "append", "1 to 4 items to a list that all threads share, then +1 on a key of the thread's own",
         10000, 2, 100, 0, true, 0, true},
        {Scenario::queue, "queue", "even threads push an item, odd ones pop one; one thread alone does both in turn",
         1000, 1, 50, 1, false, std::nullopt, true},
        {Scenario::pool, "pool", "takes any item out of a queue (pop_any) and pushes it again",
         1000, 2, 50, 1, false, std::nullopt, false},
        {Scenario::bank, "bank", "moves 1 from an account that has it to another; one thread sums up all every 10 ms",
         10000, 3, 67, 2, false, 1000, false},
        {Scenario::index, "index", "thread t of T gets and sets the indexes of one list that are t modulo T",
         10000, 0, 50, 0, true, std::nullopt, false},
    };
    // clang-format on
    return all;
}

const ScenarioInfo &info(Scenario scenario)
{
    return *std::find_if(scenarios().begin(), scenarios().end(),
                         [scenario](const ScenarioInfo &one) { return one.scenario == scenario; });
}

std::uint64_t fewest_keys(Scenario scenario, int threads)
{
    const ScenarioInfo &one = info(scenario);
    return one.shared_keys + (one.deals ? static_cast<std::uint64_t>(threads) : 0);
}

std::uint64_t key_of(Scenario scenario, std::uint64_t number)
{
    return scenario == Scenario::index ? number : scatter(number + 0x632BE59BD9B4E019u);
}

std::uint64_t initial_value(Scenario scenario, std::uint64_t number)
{
    return info(scenario).initial.value_or(number);
}

} // namespace bench
