// What ends the bench: a contestant that answered what it must not.
#ifndef BENCH_FAIL_H
#define BENCH_FAIL_H

namespace bench {

// Prints the sentence and ends the process with exit code 1. From any thread.
[[noreturn]] void fail(const char *sentence);

} // namespace bench

#endif
