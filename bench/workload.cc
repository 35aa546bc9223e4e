#include "workload.h"

#include <algorithm>

namespace bench {
namespace {

// Long enough that the branch predictor can't learn it, and that a pass over many keys touches more than caches hold.
constexpr std::uint64_t shortest_stream = std::uint64_t{1} << 17;
constexpr std::uint64_t longest_stream = std::uint64_t{1} << 20;

std::uint64_t scatter(std::uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// splitmix64.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(scatter(seed)) {}

    std::uint64_t below(std::uint64_t bound)
    {
        state_ += 0x9E3779B97F4A7C15u;
        return scatter(state_) % bound;
    }

  private:
    std::uint64_t state_;
};

// The keys that a thread of hot or disjoint draws from: `first`, `first` + `step`, ...; there are `count`.
struct Share {
    std::uint64_t first;
    std::uint64_t step;
    std::uint64_t count;
};

// Of the key numbers `from` to `keys` - 1, those that fall to `thread` when they are dealt out in turn.
Share deal(std::uint64_t from, std::uint64_t keys, int thread, int threads)
{
    const std::uint64_t first = from + static_cast<std::uint64_t>(thread);
    const std::uint64_t step = static_cast<std::uint64_t>(threads);
    return {first, step, (keys - first + step - 1) / step};
}

Share share_of(const Setting &setting, int thread)
{
    switch (setting.scenario) {
    case Scenario::mixed:
        break;
    case Scenario::disjoint:
        return deal(0, setting.keys, thread, setting.threads);
    case Scenario::hot:
        return deal(1, setting.keys, thread, setting.threads);
    }
    return {0, 1, setting.keys};
}

Stream make_stream(const Setting &setting, int thread, std::uint64_t seed)
{
    const std::uint64_t wanted = std::clamp(setting.keys, shortest_stream, longest_stream);
    const std::uint64_t transactions = std::max<std::uint64_t>(1, wanted / setting.ops);
    const Share share = share_of(setting, thread);
    Random random(seed * 1000 + static_cast<std::uint64_t>(thread));

    Stream stream;
    stream.ops = setting.ops;
    const std::size_t entries = static_cast<std::size_t>(transactions) * setting.ops;
    stream.keys.reserve(entries);
    stream.accesses.reserve(entries);
    for (std::size_t i = 0; i < entries; ++i) {
        const bool is_hot = setting.scenario == Scenario::hot;
        const std::uint64_t drawn = share.first + share.step * random.below(share.count);
        stream.keys.push_back(key_of(is_hot && i % setting.ops == 0 ? 0 : drawn));
        const bool put = random.below(100) < static_cast<std::uint64_t>(setting.put_percent);
        stream.accesses.push_back(is_hot ? Access::add : put ? Access::put : Access::get);
    }
    return stream;
}

} // namespace

const std::vector<ScenarioInfo> &scenarios()
{
    static const std::vector<ScenarioInfo> all = {
        {Scenario::disjoint, "disjoint", "thread t of T gets and puts keys whose number is t modulo T", 50},
        {Scenario::mixed, "mixed", "every thread gets and puts any key", 10},
        {Scenario::hot, "hot", "+1 on one key that all threads share, then +1 on 3 of the thread's own", 100},
    };
    return all;
}

const ScenarioInfo &info(Scenario scenario)
{
    return *std::find_if(scenarios().begin(), scenarios().end(),
                         [scenario](const ScenarioInfo &one) { return one.scenario == scenario; });
}

std::uint64_t fewest_keys(Scenario scenario, int threads)
{
    const std::uint64_t each = static_cast<std::uint64_t>(threads);
    switch (scenario) {
    case Scenario::mixed:
        break;
    case Scenario::disjoint:
        return each;
    case Scenario::hot:
        return each + 1;
    }
    return 1;
}

std::uint64_t key_of(std::uint64_t number)
{
    return scatter(number + 0x632BE59BD9B4E019u);
}

std::uint64_t initial_value(Scenario scenario, std::uint64_t number)
{
    return scenario == Scenario::hot ? 0 : number;
}

std::vector<Stream> make_streams(const Setting &setting, std::uint64_t seed)
{
    std::vector<Stream> streams;
    streams.reserve(static_cast<std::size_t>(setting.threads));
    for (int thread = 0; thread < setting.threads; ++thread) streams.push_back(make_stream(setting, thread, seed));
    return streams;
}

} // namespace bench
