#include "commute/programs.h"

#include <algorithm>

namespace truce_test {

namespace {

constexpr Word hot_value = 5, other_value = 6, new_value = 9;

Word minus(Word operand)
{
    return ~operand + 1;
}

void keep_fitting(const Flavor &flavor, std::vector<Op> &ops)
{
    if (flavor.values == TRUCE_WORD) return;
    ops.erase(std::remove_if(ops.begin(), ops.end(), [](const Op &op) { return is_update(op.verb); }), ops.end());
}

void add_operations_on(Word key, Word value, std::vector<Op> &ops)
{
    const std::vector<Op> some = {
        {Verb::get, key},
        {Verb::copy, key},
        {Verb::contains, key},
        {Verb::set, key, value},
        {Verb::set, key, new_value},
        {Verb::remove, key},
        {Verb::remove_blind, key},
        {Verb::swap, key, value},
        {Verb::swap, key, new_value},
        {Verb::pop, key},
        {Verb::get_or_set, key, value},
        {Verb::get_or_set, key, new_value},
        {Verb::replace, key, new_value, value},
        {Verb::replace, key, value, value},
        {Verb::replace, key, value, new_value},
        {Verb::add, key, 0},
        {Verb::add, key, 1},
        {Verb::add, key, minus(value)},
        {Verb::max, key, 3},
        {Verb::max, key, new_value},
        {Verb::min, key, minus(3)},
        {Verb::min, key, new_value},
        {Verb::or_, key, 0},
        {Verb::or_, key, 8},
        {Verb::and_, key, minus(1)},
        {Verb::and_, key, 4},
        {Verb::apply, key, 0},
        {Verb::apply, key, 3}, /* leaves 5 and 6 what they are */
    };
    ops.insert(ops.end(), some.begin(), some.end());
}

} // namespace

std::vector<State> initial_states()
{
    return {{}, {{hot, hot_value}}, {{other, other_value}}, {{hot, hot_value}, {other, other_value}}};
}

std::vector<Flavor> flavors()
{
    std::vector<Flavor> all;
    for (const bool collide : {false, true}) {
        for (const uint32_t keys : {TRUCE_WORD, TRUCE_BYTES}) {
            for (const uint32_t values : {TRUCE_WORD, TRUCE_BYTES}) all.push_back({keys, values, collide});
        }
    }
    return all;
}

std::vector<Op> single_operations(const Flavor &flavor)
{
    std::vector<Op> ops = {
        {Verb::get_many, hot, 0, other},
        {Verb::len},
        {Verb::len_at_least, 0, 0},
        {Verb::len_at_least, 0, 1},
        {Verb::len_at_least, 0, 2},
        {Verb::len_at_least, 0, 3},
        {Verb::is_empty},
        {Verb::each},
        {Verb::each_some, 0, 1},
        {Verb::each_some, 0, 2},
        {Verb::each_key},
        {Verb::each_key_some, 0, 1},
        {Verb::each_key_some, 0, 2},
        {Verb::clear},
    };
    add_operations_on(hot, hot_value, ops);
    add_operations_on(other, other_value, ops);
    keep_fitting(flavor, ops);
    return ops;
}

std::vector<Op> changing_operations(const Flavor &flavor)
{
    std::vector<Op> ops = single_operations(flavor);
    ops.erase(std::remove_if(ops.begin(), ops.end(), [](const Op &op) { return !may_change(op.verb); }), ops.end());
    return ops;
}

std::vector<Op> building_blocks(const Flavor &flavor)
{
    std::vector<Op> ops = {
        {Verb::get, hot},
        {Verb::get, other},
        {Verb::get_many, hot, 0, other},
        {Verb::contains, hot},
        {Verb::set, hot, hot_value},
        {Verb::set, hot, new_value},
        {Verb::set, other, new_value},
        {Verb::remove, hot},
        {Verb::remove_blind, hot},
        {Verb::remove_blind, other},
        {Verb::swap, hot, new_value},
        {Verb::pop, hot},
        {Verb::get_or_set, hot, new_value},
        {Verb::replace, hot, new_value, hot_value},
        {Verb::add, hot, 1},
        {Verb::add, other, 1},
        {Verb::max, hot, 7},
        {Verb::min, hot, 5},
        {Verb::or_, hot, 1},
        {Verb::and_, hot, 4},
        {Verb::apply, hot, 3},
        {Verb::len},
        {Verb::len_at_least, 0, 2},
        {Verb::is_empty},
        {Verb::each},
        {Verb::each_some, 0, 1},
        {Verb::each_key},
        {Verb::clear},
    };
    keep_fitting(flavor, ops);
    return ops;
}

std::vector<Program> pairs_of_operations(const Flavor &flavor)
{
    const auto blocks = building_blocks(flavor);
    std::vector<Program> programs;
    programs.reserve(blocks.size() * blocks.size());
    for (const Op &first : blocks) {
        for (const Op &second : blocks) programs.push_back({first, second});
    }
    return programs;
}

std::vector<Program> disturbances(const Flavor &flavor)
{
    std::vector<Program> programs = {
        {{Verb::set, hot, hot_value}},
        {{Verb::set, hot, new_value}},
        {{Verb::remove_blind, hot}},
        {{Verb::set, other, new_value}},
        {{Verb::remove_blind, other}},
        {{Verb::set, third, new_value}},
        {{Verb::clear}},
        {{Verb::get, hot}, {Verb::set, other, new_value}},
        {{Verb::pop, hot}, {Verb::set, third, new_value}},
        {{Verb::set, hot, new_value}, {Verb::set, hot, hot_value}},
        {{Verb::remove_blind, hot}, {Verb::set, hot, hot_value}},
        {{Verb::remove_blind, hot}, {Verb::set, other, other_value}},
        {{Verb::clear}, {Verb::set, hot, hot_value}},
        {{Verb::contains, other}, {Verb::remove, hot}},
    };
    if (flavor.values == TRUCE_WORD) {
        const std::vector<Program> updates = {
            {{Verb::add, hot, 0}},
            {{Verb::add, hot, 1}},
            {{Verb::add, other, 1}},
            {{Verb::max, hot, new_value}},
            {{Verb::and_, hot, 4}},
            {{Verb::add, hot, 1}, {Verb::add, hot, minus(1)}},
            {{Verb::add, hot, 1}, {Verb::get, hot}},
        };
        programs.insert(programs.end(), updates.begin(), updates.end());
    }
    return programs;
}

} // namespace truce_test
