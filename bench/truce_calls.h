// What uses of the library here share: statuses that end the bench, filling a collection, and reading it.
#ifndef BENCH_TRUCE_CALLS_H
#define BENCH_TRUCE_CALLS_H

#include <algorithm>
#include <truce/truce.h>

#include "contestant.h"

namespace bench {

// Ends the bench unless the status is TRUCE_OK.
void need(truce_status status);

// Words only: the bench has no others.
bool same(const truce_item &one, const truce_item &other);

// Of all transactions of the process.
Tally process_tally();

// Calls put(tx, number), which answers a status, for each number below `count`, some hundred a transaction.
template <class Put> void fill(std::uint64_t count, const Put &put)
{
    struct Part {
        const Put *put;
        std::uint64_t begin;
        std::uint64_t end;
    };
    const auto put_part = [](truce_tx *tx, void *arg) -> truce_status {
        const Part *part = static_cast<const Part *>(arg);
        for (std::uint64_t number = part->begin; number < part->end; ++number) TRUCE_NEED((*part->put)(tx, number));
        return TRUCE_OK;
    };
    constexpr std::uint64_t most = 256;
    for (std::uint64_t begin = 0; begin < count; begin += most) {
        Part part = {&put, begin, std::min(begin + most, count)};
        need(truce_run(nullptr, put_part, &part));
    }
}

// A visitor of each: adds the value to the std::vector<std::uint64_t> that is its context.
truce_status add_item(void *items, truce_item index, truce_item value);

std::vector<std::uint64_t> items_of(truce_list *list);

} // namespace bench

#endif
