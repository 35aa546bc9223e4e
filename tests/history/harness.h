/* What the tests with threads share: the time they may take, a start line, and small random numbers.
 *
 * The environment steers them. TRUCE_SEED: the seed, as a test printed it. TRUCE_SECONDS: how long a program with a
 * time of its own runs, instead of its quick default. TRUCE_LONG=1: the long form of the tests that have one. */
#ifndef TRUCE_TESTS_HISTORY_HARNESS_H
#define TRUCE_TESTS_HISTORY_HARNESS_H

#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

/* How many times slower a sanitizer makes everything, about; 1 without one. */
#if defined(__has_feature) /* clang's way to tell */
#if __has_feature(thread_sanitizer)
#define TRUCE_TESTS_SLOWER 20
#elif __has_feature(address_sanitizer)
#define TRUCE_TESTS_SLOWER 5
#endif
#elif defined(__SANITIZE_THREAD__)
#define TRUCE_TESTS_SLOWER 20
#elif defined(__SANITIZE_ADDRESS__)
#define TRUCE_TESTS_SLOWER 5
#endif
#ifndef TRUCE_TESTS_SLOWER
#define TRUCE_TESTS_SLOWER 1
#endif

namespace truce_test {

/* With a sanitizer memory is another, too. */
constexpr bool sanitized = TRUCE_TESTS_SLOWER > 1;

/* A number of repetitions, less under a sanitizer. */
inline uint64_t scaled(uint64_t count)
{
    return (count - 1) / TRUCE_TESTS_SLOWER + 1;
}

inline bool long_form()
{
    const char *const text = std::getenv("TRUCE_LONG");
    return text != nullptr && text[0] == '1';
}

inline uint64_t now_ns()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<uint64_t>(std::chrono::nanoseconds(now).count());
}

/* When one part of a program is over that begins now, if the program quickly runs `quick` seconds in all and has
 * `parts` parts. */
inline uint64_t end_of_part_ns(unsigned parts, double quick)
{
    const char *const text = std::getenv("TRUCE_SECONDS");
    const double all = text != nullptr ? std::strtod(text, nullptr) : quick;
    return now_ns() + static_cast<uint64_t>(all / parts * 1e9);
}

/* splitmix64: small, fast, and any seed will do. */
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t next()
    {
        uint64_t z = state_ += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

    uint64_t below(uint64_t limit) { return next() % limit; }
    bool one_in(uint64_t n) { return below(n) == 0; }

  private:
    uint64_t state_;
};

/* Runs work(0) to work(threads - 1) in threads of their own, which all start at once, and waits for them. */
template <class Work> void run_threads(unsigned threads, Work work)
{
    std::atomic<unsigned> missing{threads};
    std::vector<std::thread> running;
    for (unsigned i = 0; i < threads; i++) {
        running.emplace_back([&missing, &work, i] {
            missing.fetch_sub(1);
            while (missing.load() != 0) sched_yield();
            work(i);
        });
    }
    for (std::thread &thread : running) thread.join();
}

} // namespace truce_test

#endif
