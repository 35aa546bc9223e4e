// truce-bench: transactions on Truce's collections beside the same work on plain containers, and on these under a lock.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <truce/settings.h>

#include "fail.h"
#include "options.h"
#include "output.h"
#include "runner.h"
#include "smoke.h"

namespace {

void measure(const bench::Options &options)
{
    int threads = 2; // the ping-pong probe takes two
    for (const bench::Setting &setting : options.settings) threads = std::max(threads, setting.threads);
    // Made before anything is timed: glibc's mutexes are faster as long as a process has one thread only.
    bench::Crew crew(threads);
    bench::Output output(options);
    for (const bench::Setting &setting : options.settings) {
        for (int repeat = 0; repeat < options.repeats; ++repeat) {
            output.progress(setting, repeat);
            output.repeat_done(setting, repeat, bench::run_repeat(options, setting, crew));
        }
    }
    output.done();
}

} // namespace

int main(int argc, char **argv)
{
    bench::Options options;
    try {
        options = bench::parse_options(argc, argv);
    } catch (const bench::UsageError &error) {
        std::fprintf(stderr, "truce-bench: %s\n\n%s", error.what(), bench::usage);
        return 2;
    }
    if (options.clock != 0 && truce_set_clock(options.clock) != TRUCE_OK) bench::fail("the clock can't be chosen");
    switch (options.task) {
    case bench::Task::help:
        std::fputs(bench::usage, stdout);
        break;
    case bench::Task::list:
        bench::print_list();
        break;
    case bench::Task::smoke:
        return bench::run_smoke(options.seed) ? EXIT_SUCCESS : EXIT_FAILURE;
    case bench::Task::measure:
        measure(options);
        break;
    }
    return EXIT_SUCCESS;
}
