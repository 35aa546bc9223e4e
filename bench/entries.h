// Entries: which contestants a kind of scenario has. Each kind has a file with what they work on and how they carry out
// a transaction.
#ifndef BENCH_ENTRIES_H
#define BENCH_ENTRIES_H

#include <map>
#include <string>

#include "contestant.h"

namespace bench {

using Maker = std::unique_ptr<Contestant> (*)(const Setting &setting);
using Entries = std::map<std::string, Maker>; // by name

const Entries &table_entries(); // disjoint, mixed, hot
const Entries &counter_entries();
const Entries &append_entries();
const Entries &queue_entries(); // queue, pool
const Entries &bank_entries();
const Entries &index_entries();

} // namespace bench

#endif
