/* No update is lost: threads count up a few counters in every way there is to read and write one, and each sum is exact
 * in the end. What was read and is overwritten before the commit must have been a conflict. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <string>

#include "history/harness.h"
#include "support/handles.h"
#include "support/items.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr Word counters = 3;

/* Counts the key up by one. A counter that is absent stands at 0. */
using Increment = truce_status (*)(truce_tx *tx, truce_dict *dict, truce_item key);

truce_status by_get_and_set(truce_tx *tx, truce_dict *dict, truce_item key)
{
    truce_item value;
    TRUCE_TRY(truce_dict_get(tx, dict, key, &value));
    sched_yield();
    return truce_dict_set(tx, dict, key, truce_word(value.word + 1));
}

truce_status by_get_many_and_set(truce_tx *tx, truce_dict *dict, truce_item key)
{
    const truce_item keys[] = {key, truce_word(counters)};
    truce_item values[2];
    TRUCE_TRY(truce_dict_get_many(tx, dict, keys, 2, values));
    return truce_dict_set(tx, dict, key, truce_word(values[0].word + 1));
}

truce_status by_copy_and_set(truce_tx *tx, truce_dict *dict, truce_item key)
{
    uint64_t value = 0;
    size_t size;
    TRUCE_TRY(truce_dict_copy(tx, dict, key, &value, sizeof value, &size));
    return truce_dict_set(tx, dict, key, truce_word(value + 1));
}

truce_status by_pop_and_set(truce_tx *tx, truce_dict *dict, truce_item key)
{
    truce_item value;
    TRUCE_TRY(truce_dict_pop(tx, dict, key, &value));
    return truce_dict_set(tx, dict, key, truce_word(value.word + 1));
}

truce_status by_swap(truce_tx *tx, truce_dict *dict, truce_item key)
{
    truce_item old;
    TRUCE_TRY(truce_dict_swap(tx, dict, key, truce_word(0), &old));
    return truce_dict_add(tx, dict, key, truce_as_signed(old) + 1);
}

truce_status by_get_or_set(truce_tx *tx, truce_dict *dict, truce_item key)
{
    truce_item now;
    bool was_present;
    TRUCE_NEED(truce_dict_get_or_set(tx, dict, key, truce_word(1), &now, &was_present));
    return was_present ? truce_dict_set(tx, dict, key, truce_word(now.word + 1)) : TRUCE_OK;
}

truce_status by_each(truce_tx *tx, truce_dict *dict, truce_item key)
{
    truce_item found[2] = {key, truce_word(0)};
    const auto visit = [](void *context, truce_item at, truce_item value) -> truce_status {
        truce_item *const wanted = static_cast<truce_item *>(context);
        if (at.word == wanted[0].word) wanted[1] = value;
        return TRUCE_OK;
    };
    TRUCE_NEED(truce_dict_each(tx, dict, visit, found));
    return truce_dict_set(tx, dict, key, truce_word(found[1].word + 1));
}

truce_status by_add(truce_tx *tx, truce_dict *dict, truce_item key)
{
    return truce_dict_add(tx, dict, key, 1);
}

/* Alone, a replace that fails is tried again with what is there now. */
truce_status by_replace(truce_tx *tx, truce_dict *dict, truce_item key)
{
    for (bool replaced = false; !replaced;) {
        truce_item now;
        const truce_status status = truce_dict_get(tx, dict, key, &now);
        TRUCE_TRY(status);
        if (status == TRUCE_ABSENT) {
            TRUCE_NEED(truce_dict_get_or_set(tx, dict, key, truce_word(0), &now, nullptr));
        }
        TRUCE_NEED(truce_dict_replace(tx, dict, key, now, truce_word(now.word + 1), &replaced));
    }
    return TRUCE_OK;
}

constexpr Increment in_transactions[] = {by_get_and_set, by_get_many_and_set, by_copy_and_set, by_pop_and_set,
                                         by_swap,        by_get_or_set,       by_each,         by_add,
                                         by_replace};
constexpr Increment alone[] = {by_add, by_replace};

class Increments : public testing::TestWithParam<unsigned> {};

TEST_P(Increments, AddUp)
{
    const uint64_t increments = scaled(8000);
    const uint64_t first_seed = seed();
    const Dict dict;
    run_threads(GetParam(), [&](unsigned thread) {
        Random random(first_seed + thread);
        for (uint64_t i = 0; i < increments; i++) {
            const truce_item key = truce_word(i % counters);
            const Increment increment = in_transactions[random.below(std::size(in_transactions))];
            const truce_status status = random.one_in(4) ? alone[random.below(std::size(alone))](TRUCE_ALONE, dict, key)
                                                         : run([&](truce_tx *tx) { return increment(tx, dict, key); });
            EXPECT_EQ(TRUCE_OK, status) << truce_status_name(status);
        }
    });
    uint64_t sum = 0;
    for (Word key = 0; key < counters; key++) sum += static_cast<uint64_t>(held(dict, key));
    EXPECT_EQ(increments * GetParam(), sum);
}

INSTANTIATE_TEST_SUITE_P(With, Increments, testing::Values(2, 4, 8), testing::PrintToStringParamName());

} // namespace

} // namespace truce_test
