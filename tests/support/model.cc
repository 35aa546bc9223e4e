#include "support/model.h"

#include <algorithm>
#include <sstream>

namespace truce_test {

static std::optional<Word> find(const State &state, Word key)
{
    const auto found = state.find(key);
    if (found == state.end()) return std::nullopt;
    return found->second;
}

Word updated(Verb verb, std::optional<Word> now, Word operand)
{
    if (!now) return operand;
    switch (verb) {
    case Verb::add:
        return *now + operand;
    case Verb::max:
        return static_cast<int64_t>(*now) > static_cast<int64_t>(operand) ? *now : operand;
    case Verb::min:
        return static_cast<int64_t>(*now) < static_cast<int64_t>(operand) ? *now : operand;
    case Verb::or_:
        return *now | operand;
    case Verb::and_:
        return *now & operand;
    default:
        return *now / 2 + operand; /* apply */
    }
}

static Answer found_or_absent(std::optional<Word> value)
{
    Answer told;
    told.status = value ? TRUCE_OK : TRUCE_ABSENT;
    told.value = value;
    return told;
}

static Answer yes_or_no(bool yes)
{
    Answer told;
    told.flag = yes;
    return told;
}

static Answer entries(const State &state, bool with_values, size_t enough)
{
    Answer told;
    for (const auto &[key, value] : state) {
        told.entries.emplace(key, with_values ? std::optional<Word>(value) : std::nullopt);
        if (told.entries.size() == enough) {
            told.status = stopped;
            break;
        }
    }
    return told;
}

Answer answer(const State &state, const Op &op)
{
    Answer told;
    switch (op.verb) {
    case Verb::get:
    case Verb::copy:
    case Verb::swap:
    case Verb::pop:
        return found_or_absent(find(state, op.key));
    case Verb::get_many:
        told.entries = {{op.key, find(state, op.key)}, {op.other, find(state, op.other)}};
        return told;
    case Verb::contains:
    case Verb::remove:
        return yes_or_no(state.count(op.key) != 0);
    case Verb::get_or_set:
        told.flag = state.count(op.key) != 0;
        told.value = find(state, op.key).value_or(op.value);
        return told;
    case Verb::replace:
        return yes_or_no(find(state, op.key) == op.other);
    case Verb::len:
        told.value = state.size();
        return told;
    case Verb::len_at_least:
        return yes_or_no(state.size() >= op.value);
    case Verb::is_empty:
        return yes_or_no(state.empty());
    case Verb::each:
        return entries(state, true, 0);
    case Verb::each_some:
        return entries(state, true, op.value);
    case Verb::each_key:
        return entries(state, false, 0);
    case Verb::each_key_some:
        return entries(state, false, op.value);
    default:
        return told;
    }
}

static bool handed_out_still_there(const State &state, const Answer &told)
{
    return std::all_of(told.entries.begin(), told.entries.end(), [&](const auto &entry) {
        const auto now = find(state, entry.first);
        return now && (!entry.second || entry.second == now);
    });
}

bool holds(const State &state, const Op &op, const Answer &told)
{
    if (op.verb != Verb::each_some && op.verb != Verb::each_key_some) return answer(state, op) == told;
    if (told.status == TRUCE_OK) return answer(state, op) == told;
    const bool values_fit = std::all_of(told.entries.begin(), told.entries.end(), [&](const auto &entry) {
        return entry.second.has_value() == (op.verb == Verb::each_some);
    });
    return told.status == stopped && told.entries.size() == op.value && values_fit &&
           handed_out_still_there(state, told);
}

std::optional<Op> effect(const Op &op, const Answer &told)
{
    switch (op.verb) {
    case Verb::set:
    case Verb::swap:
        return Op{Verb::set, op.key, op.value};
    case Verb::remove:
    case Verb::remove_blind:
    case Verb::pop:
        return Op{Verb::remove_blind, op.key};
    case Verb::get_or_set:
        if (told.flag) return std::nullopt;
        return Op{Verb::set, op.key, op.value};
    case Verb::replace:
        if (!told.flag) return std::nullopt;
        return Op{Verb::set, op.key, op.value};
    case Verb::clear:
        return op;
    default:
        if (is_update(op.verb)) return op;
        return std::nullopt;
    }
}

void change(State &state, const Op &blind)
{
    switch (blind.verb) {
    case Verb::set:
        state[blind.key] = blind.value;
        break;
    case Verb::remove_blind:
        state.erase(blind.key);
        break;
    case Verb::clear:
        state.clear();
        break;
    default:
        state[blind.key] = updated(blind.verb, find(state, blind.key), blind.value);
        break;
    }
}

bool is_update(Verb verb)
{
    return verb >= Verb::add && verb <= Verb::apply;
}

bool observes(Verb verb)
{
    return verb != Verb::set && verb != Verb::remove_blind && verb != Verb::clear && !is_update(verb);
}

bool may_change(Verb verb)
{
    return verb >= Verb::set && (verb <= Verb::apply || verb == Verb::clear);
}

bool is_yes_or_no(Verb verb)
{
    return verb == Verb::contains || verb == Verb::remove || verb == Verb::replace || verb == Verb::len_at_least ||
           verb == Verb::is_empty;
}

bool has_key(Verb verb)
{
    return verb <= Verb::apply;
}

const char *name(Verb verb)
{
    switch (verb) {
    case Verb::get:
        return "get";
    case Verb::get_many:
        return "get_many";
    case Verb::copy:
        return "copy";
    case Verb::contains:
        return "contains";
    case Verb::set:
        return "set";
    case Verb::remove:
    case Verb::remove_blind:
        return "remove";
    case Verb::swap:
        return "swap";
    case Verb::pop:
        return "pop";
    case Verb::get_or_set:
        return "get_or_set";
    case Verb::replace:
        return "replace";
    case Verb::add:
        return "add";
    case Verb::max:
        return "max";
    case Verb::min:
        return "min";
    case Verb::or_:
        return "or";
    case Verb::and_:
        return "and";
    case Verb::apply:
        return "apply";
    case Verb::len:
        return "len";
    case Verb::len_at_least:
        return "len_at_least";
    case Verb::is_empty:
        return "is_empty";
    case Verb::each:
    case Verb::each_some:
        return "each";
    case Verb::each_key:
    case Verb::each_key_some:
        return "each_key";
    case Verb::clear:
        return "clear";
    }
    return "";
}

std::string text(const Op &op)
{
    std::ostringstream out;
    out << name(op.verb) << '(';
    if (has_key(op.verb)) out << op.key;
    if (op.verb == Verb::get_many) out << ", " << op.other;
    if (op.verb == Verb::remove) out << ", &was";
    if (op.verb == Verb::replace) out << ", " << op.other << " -> " << op.value;
    if (op.verb == Verb::set || op.verb == Verb::swap || op.verb == Verb::get_or_set) out << ", " << op.value;
    if (is_update(op.verb)) out << ", " << static_cast<int64_t>(op.value);
    if (op.verb == Verb::len_at_least) out << op.value;
    if (op.verb == Verb::each_some || op.verb == Verb::each_key_some) out << "stopped after " << op.value;
    out << ')';
    return out.str();
}

std::string text(const Answer &told)
{
    std::ostringstream out;
    out << truce_status_name(told.status) << ' ' << (told.value ? std::to_string(*told.value) : "-") << ' '
        << (told.flag ? "yes" : "no");
    for (const auto &[key, value] : told.entries) {
        out << ' ' << key << ':' << (value ? std::to_string(*value) : "-");
    }
    return out.str();
}

std::string text(const State &state)
{
    std::string out = "{";
    for (const auto &[key, value] : state) {
        if (out.size() > 1) out += ", ";
        out += std::to_string(key) + ": " + std::to_string(value);
    }
    return out + "}";
}

} // namespace truce_test
