// The ping-pong probe: how far apart two cores are at the moment.
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include <optional>

#include "crew.h"

namespace bench {

// Nanoseconds it takes one core to see a line that the other wrote, measured by handing one to and fro: the median of
// some short blocks. Nothing where there is only one CPU. Requires: a crew of two or more.
std::optional<double> ping_pong_ns(Crew &crew);

} // namespace bench

#endif
