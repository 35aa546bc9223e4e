// What the bench asks of the machine: clocks, CPUs, and how long a thread had to wait for one.
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

std::uint64_t wall_ns();
std::uint64_t thread_cpu_ns();

// How long the calling thread has been ready to run while others had its CPU; always 0 where the system doesn't tell.
std::uint64_t thread_starved_ns();

// The CPUs this process may use.
const std::vector<int> &usable_cpus();

// Keeps the calling thread on CPU number `member` (modulo their count) of usable_cpus. Where that is not allowed the
// thread stays as it is.
void pin_thread(int member);

// The processor's name, as far as the system tells.
std::string processor_name();

// Lets the other side of a spinning wait run: some pauses, then the CPU is given up.
class Spin {
  public:
    void wait();

  private:
    unsigned rounds_ = 0;
};

} // namespace bench

#endif
