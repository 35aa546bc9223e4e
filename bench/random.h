// Random numbers: splitmix64.
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <cstdint>

namespace bench {

// A bijection of 64 bits: splitmix64's finaliser.
inline std::uint64_t scatter(std::uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

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

} // namespace bench

#endif
