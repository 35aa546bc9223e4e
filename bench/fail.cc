#include "fail.h"

#include <cstdio>
#include <cstdlib>

namespace bench {

void fail(const char *sentence)
{
    std::fflush(stdout);
    std::fprintf(stderr, "truce-bench: %s\n", sentence);
    std::_Exit(1);
}

} // namespace bench
