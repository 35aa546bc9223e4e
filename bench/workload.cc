#include "workload.h"

#include <algorithm>

#include "random.h"

namespace bench {
namespace {

// Long enough that the branch predictor can't learn it, and that a pass over many keys touches more than caches hold.
constexpr std::uint64_t shortest_stream = std::uint64_t{1} << 17;
constexpr std::uint64_t longest_stream = std::uint64_t{1} << 20;

constexpr std::uint64_t audit_every_ns = 10000000;

// The key numbers that a thread draws from: `first`, `first` + `step`, ...; there are `count`.
struct Share {
    std::uint64_t first;
    std::uint64_t step;
    std::uint64_t count;
};

Share share_of(const Setting &setting, int thread)
{
    if (!info(setting.scenario).deals) return {0, 1, setting.keys};
    const std::uint64_t first = info(setting.scenario).shared_keys + static_cast<std::uint64_t>(thread);
    const std::uint64_t step = static_cast<std::uint64_t>(setting.threads);
    return {first, step, (setting.keys - first + step - 1) / step};
}

// Draws a thread's transactions one after the other, and adds them to its stream.
class Drawer {
  public:
    Drawer(const Setting &setting, int thread, std::uint64_t seed, Stream &stream)
        : setting_(setting), thread_(static_cast<std::uint64_t>(thread)), share_(share_of(setting, thread)),
          random_(seed * 1000 + thread_), stream_(stream)
    {
    }

    // The transaction with this number.
    void draw(std::uint64_t number)
    {
        switch (setting_.scenario) {
        case Scenario::disjoint:
        case Scenario::mixed:
        case Scenario::index:
            for (std::size_t i = 0; i < setting_.ops; ++i) draw_get_or_put();
            break;
        case Scenario::hot:
            add(key(0), Access::add);
            draw_private_adds();
            break;
        case Scenario::counter:
            draw_private_adds();
            break;
        case Scenario::append:
            add(1 + random_.below(most_appended), Access::append);
            add(draw_key(), Access::add);
            break;
        case Scenario::queue:
            add(0, pushes(number) ? Access::push : Access::pop);
            break;
        case Scenario::pool:
            add(0, Access::cycle);
            break;
        case Scenario::bank:
            draw_transfer();
            break;
        }
    }

  private:
    void add(std::uint64_t operand, Access access)
    {
        stream_.operands.push_back(operand);
        stream_.accesses.push_back(access);
    }

    std::uint64_t key(std::uint64_t number) const { return key_of(setting_.scenario, number); }

    std::uint64_t draw_key() { return key(share_.first + share_.step * random_.below(share_.count)); }

    void draw_get_or_put()
    {
        const std::uint64_t drawn = draw_key();
        const bool put = random_.below(100) < static_cast<std::uint64_t>(setting_.put_percent);
        add(drawn, put ? Access::put : Access::get);
    }

    void draw_private_adds()
    {
        for (std::size_t i = 0; i < private_adds; ++i) add(draw_key(), Access::add);
    }

    // Even threads push and odd ones pop; a single one does both in turn.
    bool pushes(std::uint64_t number) const { return (setting_.threads == 1 ? number : thread_) % 2 == 0; }

    // From one account to another.
    void draw_transfer()
    {
        const std::uint64_t from = random_.below(setting_.keys);
        const std::uint64_t to = (from + 1 + random_.below(setting_.keys - 1)) % setting_.keys;
        add(key(from), Access::add);
        add(key(to), Access::add);
    }

    const Setting &setting_;
    const std::uint64_t thread_;
    const Share share_;
    Random random_;
    Stream &stream_;
};

Stream make_stream(const Setting &setting, int thread, std::uint64_t seed)
{
    Stream stream;
    stream.audit_every_ns = setting.scenario == Scenario::bank && thread == 0 ? audit_every_ns : 0;
    Drawer drawer(setting, thread, seed, stream);
    drawer.draw(0);
    stream.width = stream.operands.size();
    const std::uint64_t transactions = std::clamp(setting.keys, shortest_stream, longest_stream) / stream.width;
    stream.operands.reserve(static_cast<std::size_t>(transactions) * stream.width);
    stream.accesses.reserve(static_cast<std::size_t>(transactions) * stream.width);
    for (std::uint64_t number = 1; number < transactions; ++number) drawer.draw(number);
    return stream;
}

} // namespace

std::vector<Stream> make_streams(const Setting &setting, std::uint64_t seed)
{
    std::vector<Stream> streams;
    streams.reserve(static_cast<std::size_t>(setting.threads));
    for (int thread = 0; thread < setting.threads; ++thread) streams.push_back(make_stream(setting, thread, seed));
    return streams;
}

} // namespace bench
