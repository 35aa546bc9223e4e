// The command line.
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "contestant.h"
#include "workload.h"

namespace bench {

enum class Task { measure, list, help, smoke };

struct Options {
    Task task = Task::measure;
    std::vector<Setting> settings;           // in the order they are measured
    std::vector<ContestantInfo> contestants; // those shown, truce first
    double seconds = 0.3;                    // measured for each contestant, setting and repeat
    int repeats = 5;
    std::uint64_t seed = 1;
    int clock = 0; // TRUCE_CLOCK_DEFERRED, TRUCE_CLOCK_COUNTER, or 0: the library's own choice
    bool json = false;
};

// What is wrong with a command line, one sentence.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Throws UsageError.
Options parse_options(int argc, char **argv);

extern const char *const usage;

} // namespace bench

#endif
