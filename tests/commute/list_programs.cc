#include "commute/list_programs.h"

#include <cstdint>
#include <set>

namespace truce_test {

std::vector<Elements> list_states()
{
    std::vector<Elements> states;
    for (const size_t length : {0u, 1u, 6u, 7u, 8u}) {
        Elements different;
        for (Word i = 0; i < length; ++i) different.push_back(100 + i);
        states.push_back(different);
        if (length > 0) states.push_back(Elements(length, 5));
    }
    return states;
}

static std::set<Word> indexes(size_t length)
{
    std::set<Word> indexes = {0, 1, length, length + 1, 7, 500};
    if (length > 0) indexes.insert(length - 1);
    return indexes;
}

std::vector<ListOp> list_operations(const Elements &state, uint32_t values)
{
    const Word length = state.size();
    std::vector<ListOp> ops;
    for (const Word i : indexes(length)) {
        ops.push_back({ListVerb::get, i, 0});
        ops.push_back({ListVerb::set, i, 33});
        ops.push_back({ListVerb::insert, i, 44});
        ops.push_back({ListVerb::remove, i, 0});
        ops.push_back({ListVerb::remove_blind, i, 0});
        if (values == TRUCE_WORD) ops.push_back({ListVerb::add, i, 3});
    }
    if (values == TRUCE_WORD) ops.push_back({ListVerb::add, 0, 0});
    if (length > 0) ops.push_back({ListVerb::set, 0, state[0]}); /* changes nothing */
    if (length > 0) ops.push_back({ListVerb::insert, length - 1, state[0]});
    ops.push_back({ListVerb::copy, 1, 0});
    ops.push_back({ListVerb::append, 0, 55});
    ops.push_back({ListVerb::append, 0, 5});
    ops.push_back({ListVerb::extend, 0, 66});
    ops.push_back({ListVerb::append_at, 0, 77});
    ops.push_back({ListVerb::last, 0, 0});
    ops.push_back({ListVerb::pop, 0, 0});
    ops.push_back({ListVerb::len, 0, 0});
    for (const Word n : {Word{0}, Word{1}, length, length + 1, length + 2})
        ops.push_back({ListVerb::len_at_least, n, 0});
    ops.push_back({ListVerb::is_empty, 0, 0});
    ops.push_back({ListVerb::each, 0, SIZE_MAX});
    ops.push_back({ListVerb::each, 0, length});
    ops.push_back({ListVerb::each, 1, 3});
    ops.push_back({ListVerb::each_some, 0, SIZE_MAX});
    ops.push_back({ListVerb::clear, 0, 0});
    ops.push_back({ListVerb::own, 0, 0});
    ops.push_back({ListVerb::append_ticket, 0, 99});
    return ops;
}

std::vector<ListOp> list_building_blocks(const Elements &state)
{
    const Word length = state.size();
    const Word end = length > 0 ? length - 1 : 0;
    return {{ListVerb::get, 0, 0},          {ListVerb::get, end, 0},        {ListVerb::get, length, 0},
            {ListVerb::get, length + 1, 0}, {ListVerb::set, end, 33},       {ListVerb::set, length, 34},
            {ListVerb::append, 0, 55},      {ListVerb::extend, 0, 66},      {ListVerb::append_at, 0, 77},
            {ListVerb::insert, 0, 44},      {ListVerb::insert, length, 45}, {ListVerb::remove, end, 0},
            {ListVerb::remove_blind, 0, 0}, {ListVerb::last, 0, 0},         {ListVerb::pop, 0, 0},
            {ListVerb::len, 0, 0},          {ListVerb::is_empty, 0, 0},     {ListVerb::len_at_least, length, 0},
            {ListVerb::each, 0, SIZE_MAX},  {ListVerb::clear, 0, 0}};
}

std::vector<ListProgram> list_disturbances(const Elements &state)
{
    const Word length = state.size();
    std::vector<ListProgram> all = {{{ListVerb::append, 0, 88}},
                                    {{ListVerb::pop, 0, 0}},
                                    {{ListVerb::pop, 0, 0}, {ListVerb::append, 0, 89}},
                                    {{ListVerb::append, 0, 88}, {ListVerb::pop, 0, 0}},
                                    {{ListVerb::insert, 0, 90}},
                                    {{ListVerb::remove_blind, 0, 0}},
                                    {{ListVerb::insert, 0, 90}, {ListVerb::remove_blind, 1, 0}},
                                    {{ListVerb::clear, 0, 0}},
                                    {{ListVerb::clear, 0, 0}, {ListVerb::extend, 0, 66}}};
    if (length > 0) all.push_back({{ListVerb::set, length - 1, 91}});
    if (length > 0) all.push_back({{ListVerb::pop, 0, 0}, {ListVerb::append, 0, state.back()}});
    return all;
}

} // namespace truce_test
