/* The seed of random tests: from the environment variable TRUCE_SEED, else a fixed one. Printed in any case. */
#ifndef TRUCE_TESTS_SUPPORT_SEED_H
#define TRUCE_TESTS_SUPPORT_SEED_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace truce_test {

inline uint64_t seed()
{
    const char *const given = std::getenv("TRUCE_SEED");
    const uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 0) : 20200917u;
    std::printf("[   SEED   ] TRUCE_SEED=%llu\n", static_cast<unsigned long long>(value));
    return value;
}

} // namespace truce_test

#endif
