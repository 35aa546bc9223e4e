#include "machine.h"

#include <fstream>
#include <pthread.h>
#include <sched.h>
#include <thread>
#include <time.h>

namespace bench {
namespace {

std::uint64_t read_clock(clockid_t clock)
{
    timespec now;
    clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000000000u + static_cast<std::uint64_t>(now.tv_nsec);
}

std::vector<int> find_usable_cpus()
{
    std::vector<int> cpus;
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
        }
    }
    if (cpus.empty()) cpus.push_back(0);
    return cpus;
}

} // namespace

std::uint64_t wall_ns()
{
    return read_clock(CLOCK_MONOTONIC);
}

std::uint64_t thread_cpu_ns()
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

std::uint64_t thread_starved_ns()
{
    std::ifstream times("/proc/thread-self/schedstat");
    std::uint64_t running_ns = 0;
    std::uint64_t starved_ns = 0;
    times >> running_ns >> starved_ns;
    return starved_ns;
}

const std::vector<int> &usable_cpus()
{
    static const std::vector<int> cpus = find_usable_cpus();
    return cpus;
}

void pin_thread(int member)
{
    const std::vector<int> &cpus = usable_cpus();
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpus[static_cast<std::size_t>(member) % cpus.size()]), &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

std::string processor_name()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const std::size_t colon = line.find(": ");
        if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown processor";
}

void Spin::wait()
{
    if (++rounds_ < 1000) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    } else {
        std::this_thread::yield();
    }
}

} // namespace bench
