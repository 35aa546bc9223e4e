#include "history/mixed_oracle.h"

#include <algorithm>

namespace truce_test {

namespace {

using Sequence = std::vector<const MixedTransaction *>;

Fault fault_of(const MixedTransaction &transaction, std::string expected, std::string got)
{
    Fault fault;
    fault.thread = transaction.thread;
    fault.index = transaction.index;
    fault.number = transaction.number;
    fault.expected = std::move(expected);
    fault.got = std::move(got);
    return fault;
}

std::optional<Fault> number_against_real_time(Sequence by_begin)
{
    Sequence by_end = by_begin;
    std::sort(by_begin.begin(), by_begin.end(), [](auto *a, auto *b) { return a->began_ns < b->began_ns; });
    std::sort(by_end.begin(), by_end.end(), [](auto *a, auto *b) { return a->ended_ns < b->ended_ns; });
    uint64_t highest = 0;
    auto ended = by_end.begin();
    for (const MixedTransaction *const transaction : by_begin) {
        for (; (*ended)->ended_ns < transaction->began_ns; ++ended) highest = std::max(highest, (*ended)->number);
        if (transaction->number >= highest) continue;
        return fault_of(*transaction, "a commit number of at least " + std::to_string(highest),
                        std::to_string(transaction->number));
    }
    return std::nullopt;
}

bool may_write(const MixedTransaction &transaction)
{
    return std::any_of(transaction.steps.begin(), transaction.steps.end(), may_have_changed);
}

std::optional<Fault> replay(const MixedTransaction &transaction, World &world)
{
    PlainTx plain(world);
    for (const MixedStep &step : transaction.steps) {
        const std::string expected = text(plain.answer(step.call));
        if (plain.take(step)) continue;
        Fault fault = fault_of(transaction, expected, text(step.told));
        fault.step = static_cast<size_t>(&step - transaction.steps.data());
        fault.operation = text(step.call);
        return fault;
    }
    plain.commit();
    return std::nullopt;
}

/* Those of one number: the first is the one that may change something. */
std::optional<Fault> replay_in_order(const Sequence &group, World &world)
{
    for (const MixedTransaction *const transaction : group) {
        const bool may_not = transaction != group.front() && may_write(*transaction);
        const std::optional<World> before = may_not ? std::optional<World>(world) : std::nullopt;
        if (const auto fault = replay(*transaction, world)) return fault;
        if (before && !difference(*before, world).empty()) {
            return fault_of(*transaction, "a commit number of its own", std::to_string(transaction->number));
        }
    }
    return std::nullopt;
}

/* Which one changed something does not always show in its answers: what was added may have cancelled out. */
std::optional<Fault> replay_group(Sequence group, World &world)
{
    const auto writers = std::stable_partition(group.begin(), group.end(), [](auto *one) { return may_write(*one); });
    std::optional<Fault> fault;
    for (auto first = group.begin(); first == group.begin() || first < writers; ++first) {
        std::swap(*group.begin(), *first);
        World tried = world;
        auto other = replay_in_order(group, tried);
        if (!other) {
            world = std::move(tried);
            return std::nullopt;
        }
        if (!fault) fault = std::move(other);
    }
    return fault;
}

} // namespace

std::optional<Fault> check(const Shape &shape, const MixedHistory &history)
{
    Sequence in_order;
    for (const MixedTransaction &transaction : history.transactions) in_order.push_back(&transaction);
    std::sort(in_order.begin(), in_order.end(), [](auto *a, auto *b) { return a->number < b->number; });
    if (const auto fault = number_against_real_time(in_order)) return fault;
    World world(shape);
    for (auto first = in_order.begin(); first != in_order.end();) {
        const auto last =
            std::find_if(first, in_order.end(), [&](auto *one) { return one->number != (*first)->number; });
        if (const auto fault = replay_group({first, last}, world)) return fault;
        first = last;
    }
    const std::string other = difference(world, history.last);
    if (other.empty()) return std::nullopt;
    Fault fault;
    fault.final = true;
    fault.operation = "final content";
    fault.expected = "no difference";
    fault.got = other;
    return fault;
}

} // namespace truce_test
