// The check: what a contestant holds in the end against what the transactions should have made of it.
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include <string>
#include <vector>

#include "contestant.h"

namespace bench {

// What is wrong, a sentence each; nothing if no transaction was lost, doubled or torn. The lanes, one for each thread
// of the setting, carried out all there was since the contestant was made; none of them is running.
std::vector<std::string> check(const Setting &setting, const Content &content, const std::vector<Lane> &lanes);

} // namespace bench

#endif
