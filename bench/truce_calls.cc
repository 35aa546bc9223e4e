#include "truce_calls.h"

#include "fail.h"

namespace bench {

void need(truce_status status)
{
    if (status != TRUCE_OK) fail(truce_status_name(status));
}

bool same(const truce_item &one, const truce_item &other)
{
    return one.kind == other.kind && one.word == other.word;
}

Tally process_tally()
{
    truce_stats stats = TRUCE_STATS_INIT;
    truce_stats_process(&stats);
    return {stats.commits, stats.conflicts + stats.user_aborts + stats.memory_aborts + stats.other_aborts};
}

truce_status add_item(void *items, truce_item, truce_item value)
{
    static_cast<std::vector<std::uint64_t> *>(items)->push_back(value.word);
    return TRUCE_OK;
}

std::vector<std::uint64_t> items_of(truce_list *list)
{
    std::vector<std::uint64_t> items;
    need(truce_list_each(TRUCE_ALONE, list, 0, SIZE_MAX, add_item, &items));
    return items;
}

} // namespace bench
