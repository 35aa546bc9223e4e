#include "probe.h"

#include "machine.h"
#include "median.h"

namespace bench {
namespace {

constexpr unsigned blocks = 11;
constexpr unsigned rounds_per_block = 100;

struct alignas(128) Ball {
    std::atomic<unsigned> handed_over{0};
};

// Waits for its turn, which is when the count is `turn`, and hands over.
void play(Ball &ball, unsigned turn)
{
    // The spin has no pause in it, so that the line is asked for at once; the bound only helps two members that were
    // not allowed to be on two CPUs.
    for (unsigned spins = 0; ball.handed_over.load(std::memory_order_acquire) != turn; ++spins) {
        if (spins > 100000) std::this_thread::yield();
    }
    ball.handed_over.store(turn + 1, std::memory_order_release);
}

} // namespace

std::optional<double> ping_pong_ns(Crew &crew)
{
    if (usable_cpus().size() < 2) return std::nullopt;
    Ball ball;
    std::vector<double> ns;
    crew.run(2, [&](int member) {
        unsigned turn = static_cast<unsigned>(member);
        for (unsigned block = 0; block < blocks; ++block) {
            const std::uint64_t start = wall_ns();
            for (unsigned round = 0; round < rounds_per_block; ++round, turn += 2) play(ball, turn);
            if (member == 0) ns.push_back(static_cast<double>(wall_ns() - start) / (2 * rounds_per_block));
        }
    });
    return median(ns);
}

} // namespace bench
