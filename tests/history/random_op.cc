#include "history/random_op.h"

namespace truce_test {

namespace {

struct Weight {
    Verb verb;
    unsigned weight;
};

constexpr Weight weights[] = {
    {Verb::get, 12},     {Verb::get_many, 4}, {Verb::copy, 4},         {Verb::contains, 6},  {Verb::set, 12},
    {Verb::remove, 4},   {Verb::swap, 4},     {Verb::remove_blind, 4}, {Verb::pop, 4},       {Verb::get_or_set, 5},
    {Verb::replace, 6},  {Verb::add, 4},      {Verb::max, 2},          {Verb::min, 2},       {Verb::or_, 2},
    {Verb::and_, 2},     {Verb::apply, 3},    {Verb::len, 3},          {Verb::each, 2},      {Verb::len_at_least, 3},
    {Verb::is_empty, 2}, {Verb::each_key, 2}, {Verb::clear, 1},        {Verb::each_some, 2}, {Verb::each_key_some, 2},
};

Verb any_verb(Random &random)
{
    unsigned sum = 0;
    for (const Weight &weight : weights) sum += weight.weight;
    uint64_t place = random.below(sum);
    const Weight *weight = weights;
    for (; place >= weight->weight; weight++) place -= weight->weight;
    return weight->verb;
}

bool hands_out_entries(Verb verb)
{
    return verb == Verb::each || verb == Verb::each_some || verb == Verb::each_key || verb == Verb::each_key_some;
}

Verb allowed_verb(const Mix &mix, const Flavor &flavor, Random &random)
{
    for (;;) {
        const Verb verb = any_verb(random);
        if (is_update(verb) && flavor.values == TRUCE_BYTES) continue;
        if (verb == Verb::clear && !mix.clears) continue;
        if ((hands_out_entries(verb) || verb == Verb::clear) && !random.one_in(mix.scan_one_in)) continue;
        return verb;
    }
}

Word random_value(const Mix &mix, Random &random)
{
    return random.one_in(mix.equal_one_in) ? random.below(3) : random.next();
}

} // namespace

Op random_op(const Mix &mix, const Flavor &flavor, Random &random)
{
    Op op{allowed_verb(mix, flavor, random)};
    op.key = random.below(mix.keys);
    op.value = random_value(mix, random);
    op.other = op.verb == Verb::get_many ? random.below(mix.keys) : random_value(mix, random);
    if (op.verb == Verb::len_at_least) op.value = random.below(mix.keys + 1);
    if (op.verb == Verb::each_some || op.verb == Verb::each_key_some) op.value = 1 + random.below(4);
    return op;
}

bool may_be_alone(const Flavor &flavor, Verb verb)
{
    const bool values = verb == Verb::get || verb == Verb::get_many || verb == Verb::swap || verb == Verb::pop ||
                        verb == Verb::get_or_set || verb == Verb::each || verb == Verb::each_some;
    return !(values && flavor.values == TRUCE_BYTES) && !(hands_out_entries(verb) && flavor.keys == TRUCE_BYTES);
}

} // namespace truce_test
