#include "truce_table.h"

#include "truce_calls.h"

namespace bench {

TruceTable::TruceTable(const Setting &setting) : setting_(setting)
{
    need(truce_dict_new(nullptr, &dict_));
    reset();
}

void TruceTable::reset()
{
    fill(setting_.keys, [this](truce_tx *tx, std::uint64_t number) {
        return truce_dict_set(tx, dict_, truce_word(key_of(setting_.scenario, number)),
                              truce_word(initial_value(setting_.scenario, number)));
    });
}

TruceTable::~TruceTable()
{
    truce_dict_free(dict_);
    truce_collect();
}

std::vector<std::optional<std::uint64_t>> TruceTable::values() const
{
    std::vector<std::optional<std::uint64_t>> values(setting_.keys);
    for (std::uint64_t number = 0; number < setting_.keys; ++number) {
        truce_item value;
        const truce_status status =
            truce_dict_get(TRUCE_ALONE, dict_, truce_word(key_of(setting_.scenario, number)), &value);
        if (status == TRUCE_ABSENT) continue;
        need(status);
        values[number] = value.word;
    }
    return values;
}

} // namespace bench
