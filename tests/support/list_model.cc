#include "support/list_model.h"

#include <cstring>

namespace truce_test {

namespace {

std::optional<Word> at(const Elements &state, Word index)
{
    if (index >= state.size()) return std::nullopt;
    return state[index];
}

truce_status found(bool yes, truce_status otherwise)
{
    return yes ? static_cast<truce_status>(TRUCE_OK) : otherwise;
}

constexpr truce_item unset = {0x5a5a5a5a5a5a5a5a, 0x5a5a5a5a, 0x5a5a5a5a};

std::optional<Word> taken(truce_status status, const truce_item &item, uint32_t kind)
{
    EXPECT_EQ(status == TRUCE_OK, item.kind != TRUCE_NONE) << truce_status_name(status);
    return decode(item, kind);
}

struct Visitor {
    ListAnswer told;
    uint32_t values;
    size_t left;
};

truce_status visit(void *context, truce_item index, truce_item value)
{
    Visitor &visitor = *static_cast<Visitor *>(context);
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_WORD), index.kind);
    visitor.told.handed.emplace_back(index.word, decode(value, visitor.values).value_or(0));
    return --visitor.left == 0 ? list_stopped : static_cast<truce_status>(TRUCE_OK);
}

} // namespace

ListAnswer answer(const Elements &state, const ListOp &op)
{
    ListAnswer told;
    switch (op.verb) {
    case ListVerb::get:
    case ListVerb::copy:
    case ListVerb::remove:
        told.value = at(state, op.index);
        told.status = found(told.value.has_value(), TRUCE_ABSENT);
        break;
    case ListVerb::set:
    case ListVerb::add:
    case ListVerb::remove_blind:
        told.status = found(op.index < state.size(), TRUCE_ABSENT);
        break;
    case ListVerb::insert:
        told.status = found(op.index <= state.size(), TRUCE_ABSENT);
        break;
    case ListVerb::append_at:
    case ListVerb::len:
        told.value = state.size();
        break;
    case ListVerb::last:
    case ListVerb::pop:
        if (!state.empty()) told.value = state.back();
        told.status = found(!state.empty(), TRUCE_EMPTY);
        break;
    case ListVerb::len_at_least:
        told.value = state.size() >= op.index;
        break;
    case ListVerb::is_empty:
        told.value = state.empty();
        break;
    case ListVerb::each:
    case ListVerb::each_some:
        for (Word i = op.index; i < op.value && i < state.size() && told.status == TRUCE_OK; ++i) {
            told.handed.emplace_back(i, state[i]);
            if (op.verb == ListVerb::each_some && told.handed.size() == 2) told.status = list_stopped;
        }
        break;
    case ListVerb::own:
        told.status = TRUCE_ABSENT;
        break;
    default:
        break;
    }
    return told;
}

std::optional<ListOp> effect(const ListOp &op, const ListAnswer &told)
{
    if (!may_change(op.verb) || told.status != TRUCE_OK) return std::nullopt;
    ListOp blind = op;
    if (op.verb == ListVerb::append_at || op.verb == ListVerb::append_ticket) blind.verb = ListVerb::append;
    if (op.verb == ListVerb::remove) blind.verb = ListVerb::remove_blind;
    return blind;
}

void change(Elements &state, const ListOp &blind)
{
    const auto place = state.begin() + static_cast<ptrdiff_t>(blind.index);
    const bool in_range = blind.index < state.size();
    switch (blind.verb) {
    case ListVerb::set:
        if (in_range) *place = blind.value;
        break;
    case ListVerb::add:
        if (in_range) *place += blind.value;
        break;
    case ListVerb::append:
        state.push_back(blind.value);
        break;
    case ListVerb::extend:
        state.push_back(blind.value);
        state.push_back(blind.value + 1);
        break;
    case ListVerb::insert:
        if (blind.index <= state.size()) state.insert(place, blind.value);
        break;
    case ListVerb::remove_blind:
        if (in_range) state.erase(place);
        break;
    case ListVerb::pop:
        if (!state.empty()) state.pop_back();
        break;
    case ListVerb::clear:
        state.clear();
        break;
    default:
        ADD_FAILURE() << "not a blind operation: " << text(blind);
    }
}

bool may_change(ListVerb verb)
{
    switch (verb) {
    case ListVerb::set:
    case ListVerb::add:
    case ListVerb::append:
    case ListVerb::extend:
    case ListVerb::append_ticket:
    case ListVerb::append_at:
    case ListVerb::insert:
    case ListVerb::remove:
    case ListVerb::remove_blind:
    case ListVerb::pop:
    case ListVerb::clear:
        return true;
    default:
        return false;
    }
}

bool has_index(ListVerb verb)
{
    switch (verb) {
    case ListVerb::get:
    case ListVerb::copy:
    case ListVerb::set:
    case ListVerb::add:
    case ListVerb::insert:
    case ListVerb::remove:
    case ListVerb::remove_blind:
        return true;
    default:
        return false;
    }
}

const char *name(ListVerb verb)
{
    static const char *const names[] = {"get",       "copy",         "set",      "add",    "append", "extend",
                                        "append_at", "insert",       "remove",   "remove", "last",   "pop",
                                        "len",       "len_at_least", "is_empty", "each",   "each",   "clear",
                                        "own",       "append_ticket"};
    return names[static_cast<size_t>(verb)];
}

std::string text(const ListOp &op)
{
    std::string blind = op.verb == ListVerb::remove_blind ? "_blind" : op.verb == ListVerb::each_some ? "_some" : "";
    return name(op.verb) + blind + "(" + std::to_string(op.index) + ", " + std::to_string(op.value) + ")";
}

std::string text(const ListAnswer &told)
{
    std::string out = truce_status_name(told.status);
    if (told.value) out += " " + std::to_string(*told.value);
    for (const auto &[index, value] : told.handed) out += " [" + std::to_string(index) + "]=" + std::to_string(value);
    return out;
}

std::string text(const Elements &state)
{
    std::string out = "[";
    for (const Word value : state) out += " " + std::to_string(value);
    return out + " ]";
}

ListAnswer play(truce_tx *tx, truce_list *list, uint32_t values, const ListOp &op)
{
    ListAnswer told;
    std::string storage, more;
    const truce_item value = encode(op.value, values, storage);
    truce_item out = unset;
    switch (op.verb) {
    case ListVerb::get:
        told.status = truce_list_get(tx, list, op.index, &out);
        told.value = taken(told.status, out, values);
        break;
    case ListVerb::copy: {
        size_t size = 99;
        char buffer[64];
        told.status = truce_list_copy(tx, list, op.index, buffer, sizeof buffer, &size);
        if (told.status != TRUCE_OK) {
            EXPECT_EQ(0u, size);
            break;
        }
        Word number = 0;
        std::memcpy(&number, buffer, sizeof number);
        told.value = number;
        break;
    }
    case ListVerb::set:
        told.status = truce_list_set(tx, list, op.index, value);
        break;
    case ListVerb::add:
        told.status = truce_list_add(tx, list, op.index, static_cast<int64_t>(op.value));
        break;
    case ListVerb::append:
        told.status = truce_list_append(tx, list, value);
        break;
    case ListVerb::extend: {
        const truce_item both[] = {value, encode(op.value + 1, values, more)};
        told.status = truce_list_extend(tx, list, both, 2);
        break;
    }
    case ListVerb::append_at: {
        size_t index = 99;
        told.status = truce_list_append_at(tx, list, value, &index);
        if (told.status == TRUCE_OK) told.value = index;
        break;
    }
    case ListVerb::insert:
        told.status = truce_list_insert(tx, list, op.index, value);
        break;
    case ListVerb::remove:
        told.status = truce_list_remove(tx, list, op.index, &out);
        told.value = taken(told.status, out, values);
        break;
    case ListVerb::remove_blind:
        told.status = truce_list_remove(tx, list, op.index, nullptr);
        break;
    case ListVerb::last:
        told.status = truce_list_last(tx, list, &out);
        told.value = taken(told.status, out, values);
        break;
    case ListVerb::pop:
        told.status = truce_list_pop(tx, list, &out);
        told.value = taken(told.status, out, values);
        break;
    case ListVerb::len: {
        size_t count = 99;
        told.status = truce_list_len(tx, list, &count);
        if (told.status == TRUCE_OK) told.value = count;
        break;
    }
    case ListVerb::len_at_least:
    case ListVerb::is_empty: {
        bool yes = false;
        told.status = op.verb == ListVerb::is_empty ? truce_list_is_empty(tx, list, &yes)
                                                    : truce_list_len_at_least(tx, list, op.index, &yes);
        if (told.status == TRUCE_OK) told.value = yes;
        break;
    }
    case ListVerb::each:
    case ListVerb::each_some: {
        Visitor visitor = {{}, values, op.verb == ListVerb::each_some ? size_t{2} : SIZE_MAX};
        visitor.told.status = truce_list_each(tx, list, op.index, op.value, visit, &visitor);
        return visitor.told;
    }
    case ListVerb::own:
        told.status = truce_list_own(tx, list, op.index, &out);
        told.value = taken(told.status, out, values);
        break;
    case ListVerb::append_ticket:
        told.status = truce_list_append_ticket(tx, list, value, &out);
        EXPECT_EQ(told.status == TRUCE_OK ? TRUCE_TICKET : TRUCE_NONE, static_cast<int>(out.kind));
        break;
    default:
        told.status = truce_list_clear(tx, list);
    }
    return told;
}

Elements content(truce_list *list, uint32_t values)
{
    Elements elements;
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) {
                  elements.clear();
                  const ListAnswer told = play(tx, list, values, {ListVerb::each, 0, SIZE_MAX});
                  for (const auto &[index, value] : told.handed) {
                      EXPECT_EQ(index, elements.size());
                      elements.push_back(value);
                  }
                  return told.status;
              }));
    return elements;
}

} // namespace truce_test
