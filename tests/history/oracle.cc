#include "history/oracle.h"

#include <algorithm>

namespace truce_test {

namespace {

Fault fault_of(const Transaction &transaction)
{
    Fault fault;
    fault.thread = transaction.thread;
    fault.index = transaction.index;
    fault.number = transaction.number;
    return fault;
}

using Sequence = std::vector<const Transaction *>;

std::optional<Fault> writer_without_a_number_of_its_own(const Sequence &in_order)
{
    const Transaction *before = nullptr;
    for (const Transaction *const transaction : in_order) {
        if (!transaction->writes()) continue;
        const bool shared = before != nullptr && before->number == transaction->number;
        if (shared || transaction->number == 0) {
            Fault fault = fault_of(*transaction);
            fault.expected = "a commit number of its own";
            fault.got = std::to_string(transaction->number);
            return fault;
        }
        before = transaction;
    }
    return std::nullopt;
}

std::optional<Fault> number_against_real_time(Sequence by_begin)
{
    Sequence by_end = by_begin;
    std::sort(by_begin.begin(), by_begin.end(), [](auto *a, auto *b) { return a->began_ns < b->began_ns; });
    std::sort(by_end.begin(), by_end.end(), [](auto *a, auto *b) { return a->ended_ns < b->ended_ns; });
    uint64_t highest = 0;
    auto ended = by_end.begin();
    for (const Transaction *const transaction : by_begin) {
        for (; (*ended)->ended_ns < transaction->began_ns; ++ended) highest = std::max(highest, (*ended)->number);
        const uint64_t least = highest + (transaction->writes() ? 1 : 0);
        if (transaction->number < least) {
            Fault fault = fault_of(*transaction);
            fault.expected =
                "a commit number of at least " + std::to_string(least) + ", for what had ended before it began";
            fault.got = std::to_string(transaction->number);
            return fault;
        }
    }
    return std::nullopt;
}

std::string text_of(const State &state, Word key)
{
    const auto found = state.find(key);
    return found == state.end() ? "nothing" : std::to_string(found->second);
}

std::optional<Fault> other_content(const std::vector<State> &replayed, const std::vector<State> &last)
{
    for (size_t i = 0; i < last.size(); i++) {
        if (replayed[i] == last[i]) continue;
        State all = replayed[i];
        all.insert(last[i].begin(), last[i].end());
        for (const auto &entry : all) {
            Fault fault;
            fault.final = true;
            fault.operation = "final content of " + std::to_string(entry.first) + " in dict " + std::to_string(i);
            fault.expected = text_of(replayed[i], entry.first);
            fault.got = text_of(last[i], entry.first);
            if (fault.expected != fault.got) return fault;
        }
    }
    return std::nullopt;
}

} // namespace

bool Transaction::writes() const
{
    return std::any_of(steps.begin(), steps.end(), [](const Step &step) {
        const bool found_nothing = (step.op.verb == Verb::pop && step.told.status == TRUCE_ABSENT) ||
                                   (step.op.verb == Verb::remove && !step.told.flag);
        return effect(step.op, step.told).has_value() && !found_nothing;
    });
}

std::optional<Fault> replay(const Transaction &transaction, std::vector<State> &dicts)
{
    for (const Step &step : transaction.steps) {
        State &state = dicts[step.dict];
        if (!holds(state, step.op, step.told)) {
            Fault fault = fault_of(transaction);
            fault.step = static_cast<size_t>(&step - transaction.steps.data());
            fault.operation = text(step.op) + " in dict " + std::to_string(step.dict);
            fault.expected = text(answer(state, step.op));
            fault.got = text(step.told);
            return fault;
        }
        if (const auto blind = effect(step.op, step.told)) change(state, *blind);
    }
    return std::nullopt;
}

std::optional<Fault> check(const History &history)
{
    Sequence in_order;
    for (const Transaction &transaction : history.transactions) in_order.push_back(&transaction);
    std::sort(in_order.begin(), in_order.end(), [](const Transaction *a, const Transaction *b) {
        if (a->number != b->number) return a->number < b->number;
        return a->writes() && !b->writes();
    });
    if (const auto fault = writer_without_a_number_of_its_own(in_order)) return fault;
    if (const auto fault = number_against_real_time(in_order)) return fault;
    std::vector<State> dicts = history.first;
    for (const Transaction *const transaction : in_order) {
        if (const auto fault = replay(*transaction, dicts)) return fault;
    }
    return other_content(dicts, history.last);
}

std::string Fault::text() const
{
    std::string where = "transaction " + std::to_string(index) + " of thread " + std::to_string(thread) +
                        ", commit number " + std::to_string(number);
    if (final) where.clear();
    if (step != none) where += ", operation " + std::to_string(step) + ": ";
    return where + operation + ": expected " + expected + ", got " + got;
}

} // namespace truce_test
