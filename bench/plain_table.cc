#include "plain_table.h"

namespace bench {

PlainTable::PlainTable(const Setting &setting) : setting_(setting)
{
    values_.reserve(setting.keys);
    reset();
}

void PlainTable::reset()
{
    for (std::uint64_t number = 0; number < setting_.keys; ++number) {
        values_[key_of(setting_.scenario, number)] = initial_value(setting_.scenario, number);
    }
}

std::uint64_t PlainTable::sum() const
{
    std::uint64_t sum = 0;
    for (const auto &entry : values_) sum += entry.second;
    return sum;
}

std::vector<std::optional<std::uint64_t>> PlainTable::values() const
{
    std::vector<std::optional<std::uint64_t>> values(setting_.keys);
    for (std::uint64_t number = 0; number < setting_.keys; ++number) {
        const auto found = values_.find(key_of(setting_.scenario, number));
        if (found != values_.end()) values[number] = found->second;
    }
    return values;
}

} // namespace bench
