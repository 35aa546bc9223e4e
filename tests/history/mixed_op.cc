#include "history/mixed_op.h"

#include <cstdint>
#include <iterator>

#include "history/random_op.h"

namespace truce_test {

namespace {

template <class V> struct Weight {
    V verb;
    unsigned weight;
};

template <class V, size_t count> V any_of(const Weight<V> (&weights)[count], Random &random)
{
    unsigned sum = 0;
    for (const Weight<V> &weight : weights) sum += weight.weight;
    uint64_t place = random.below(sum);
    const Weight<V> *weight = weights;
    for (; place >= weight->weight; weight++) place -= weight->weight;
    return weight->verb;
}

constexpr Weight<ListVerb> list_verbs[] = {
    {ListVerb::get, 8},          {ListVerb::copy, 2},      {ListVerb::set, 4},    {ListVerb::add, 3},
    {ListVerb::append, 5},       {ListVerb::extend, 1},    {ListVerb::insert, 3}, {ListVerb::append_at, 2},
    {ListVerb::remove, 3},       {ListVerb::pop, 4},       {ListVerb::last, 3},   {ListVerb::remove_blind, 3},
    {ListVerb::len_at_least, 3}, {ListVerb::is_empty, 2},  {ListVerb::len, 3},    {ListVerb::each, 3},
    {ListVerb::clear, 1},        {ListVerb::each_some, 2},
};

constexpr Weight<QueueVerb> queue_verbs[] = {
    {QueueVerb::push, 10}, {QueueVerb::pop, 4},          {QueueVerb::peek, 3},     {QueueVerb::pop_up_to, 2},
    {QueueVerb::len, 2},   {QueueVerb::len_at_least, 2}, {QueueVerb::is_empty, 2}, {QueueVerb::pop_any, 4},
    {QueueVerb::each, 1},  {QueueVerb::each_some, 1},
};

constexpr Weight<Call> number_calls[] = {
    {Call::add, 6},     {Call::get, 2},      {Call::at_least, 6}, {Call::try_add, 6}, {Call::var_get, 4},
    {Call::var_set, 4}, {Call::var_copy, 2}, {Call::var_swap, 3}, {Call::var_add, 4},
};

constexpr Weight<PlaceVerb> place_verbs[] = {
    {PlaceVerb::file, 4}, {PlaceVerb::find, 4}, {PlaceVerb::forget, 1}, {PlaceVerb::own, 3}};

Word few_values(Random &random)
{
    return random.one_in(2) ? random.below(3) : random.next();
}

int64_t from_to(Random &random, int64_t least, int64_t most)
{
    return least + static_cast<int64_t>(random.below(static_cast<uint64_t>(most - least + 1)));
}

ListOp random_list_op(uint32_t values, Random &random)
{
    ListOp op{any_of(list_verbs, random)};
    while (op.verb == ListVerb::add && values == TRUCE_BYTES) op.verb = any_of(list_verbs, random);
    op.index = random.below(8);
    op.value = few_values(random);
    if (op.verb == ListVerb::each || op.verb == ListVerb::each_some) {
        op.value = random.one_in(2) ? ~Word{0} : op.index + random.below(5);
    }
    return op;
}

QueueOp random_queue_op(const QueueShape &shape, Random &random)
{
    QueueOp op{any_of(queue_verbs, random)};
    while (op.verb == QueueVerb::pop_any && !shape.any) op.verb = any_of(queue_verbs, random);
    op.value = shape.any ? random.next() : few_values(random);
    op.n = 1 + random.below(4);
    return op;
}

/* What try_add asks: to stay within close bounds, or to come back to 0. */
void set_bounds(Request &request, Random &random)
{
    switch (random.below(3)) {
    case 0:
        request.operand = from_to(random, -3, 3);
        request.min = from_to(random, -6, 0);
        request.max = from_to(random, 0, 6);
        break;
    case 1:
        request.operand = -4;
        request.min = 0;
        request.max = INT64_MAX;
        break;
    default:
        request.operand = 4;
        request.min = INT64_MIN;
        request.max = 0;
        break;
    }
}

Request random_request(uint32_t values, Random &random)
{
    Request request{any_of(number_calls, random)};
    while (request.call == Call::var_add && values == TRUCE_BYTES) request.call = any_of(number_calls, random);
    request.operand = from_to(random, -5, 5);
    if (request.call == Call::add) request.operand = from_to(random, -2, 2);
    if (request.call == Call::try_add) set_bounds(request, random);
    return request;
}

} // namespace

Shape some_of_every_kind()
{
    Shape shape;
    shape.dicts = {{TRUCE_WORD, TRUCE_WORD, false}, {TRUCE_BYTES, TRUCE_BYTES, false}};
    shape.lists = {TRUCE_WORD, TRUCE_WORD, TRUCE_BYTES};
    shape.queues = {{TRUCE_WORD, 0, false}, {TRUCE_WORD, 0, true}, {TRUCE_WORD, 3, false}, {TRUCE_BYTES, 0, true}};
    shape.vars = {TRUCE_WORD, TRUCE_BYTES};
    return shape;
}

Shape one_of_every_kind(Random &random)
{
    const Shape all = some_of_every_kind();
    Shape one;
    one.dicts = {all.dicts[random.below(all.dicts.size())]};
    one.lists = {TRUCE_WORD}; /* tickets are words */
    one.queues = {all.queues[random.below(all.queues.size())]};
    one.vars = {all.vars[random.below(all.vars.size())]};
    return one;
}

MixedCall random_call(const Shape &shape, Random &random)
{
    MixedCall call;
    const auto one_of = [&](const auto &all) {
        call.object = static_cast<unsigned>(random.below(all.size()));
        return all[call.object];
    };
    switch (random.below(9)) {
    case 0:
    case 1:
        call.op = random_op(Mix(), one_of(shape.dicts), random);
        break;
    case 2:
    case 3:
        call.op = random_list_op(one_of(shape.lists), random);
        break;
    case 4:
    case 5:
        call.op = random_queue_op(one_of(shape.queues), random);
        break;
    case 6:
    case 7:
        call.op = random_request(one_of(shape.vars), random);
        break;
    default:
        while (one_of(shape.lists) == TRUCE_BYTES) {
        }
        call.op = PlaceOp{any_of(place_verbs, random), random.below(3), few_values(random)};
        break;
    }
    return call;
}

} // namespace truce_test
