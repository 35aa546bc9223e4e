#include "support/play.h"

#include <gtest/gtest.h>

#include "support/handles.h"

namespace truce_test {

namespace {

/* What an output holds before the call: nothing that a call would answer. */
constexpr truce_item unset = {0x5a5a5a5a5a5a5a5a, 0x5a5a5a5a, 0x5a5a5a5a};

struct Call {
    truce_tx *tx;
    truce_dict *dict;
    const Flavor &flavor;
    const Op &op;
    std::string key_bytes, other_bytes, value_bytes, expected_bytes;

    truce_item key() { return encode(op.key, flavor.keys, key_bytes); }
    truce_item value() { return encode(op.value, flavor.values, value_bytes); }
    truce_item expected() { return encode(op.other, flavor.values, expected_bytes); }
};

void expect_readable(const truce_item &item)
{
    if (item.kind != TRUCE_BYTES) return;
    EXPECT_EQ(0u, item.word % 16);
    EXPECT_EQ('\0', static_cast<const char *>(truce_as_bytes(item))[item.size]);
}

std::optional<Word> taken(truce_status status, const truce_item &item, uint32_t kind)
{
    EXPECT_EQ(status == TRUCE_OK, item.kind != TRUCE_NONE) << truce_status_name(status);
    expect_readable(item);
    return decode(item, kind);
}

Answer play_value(Call &call)
{
    Answer told;
    truce_item out = unset;
    switch (call.op.verb) {
    case Verb::get:
        told.status = truce_dict_get(call.tx, call.dict, call.key(), &out);
        break;
    case Verb::swap:
        told.status = truce_dict_swap(call.tx, call.dict, call.key(), call.value(), &out);
        break;
    default:
        told.status = truce_dict_pop(call.tx, call.dict, call.key(), &out);
        break;
    }
    told.value = taken(told.status, out, call.flavor.values);
    return told;
}

Answer play_get_or_set(Call &call)
{
    Answer told;
    truce_item out = unset;
    told.flag = true;
    told.status = truce_dict_get_or_set(call.tx, call.dict, call.key(), call.value(), &out, &told.flag);
    EXPECT_FALSE(told.flag && told.status != TRUCE_OK);
    told.value = taken(told.status, out, call.flavor.values);
    return told;
}

Answer play_copy(Call &call)
{
    Answer told;
    char buffer[64];
    size_t size = 1234567;
    told.status = truce_dict_copy(call.tx, call.dict, call.key(), buffer, sizeof buffer, &size);
    if (told.status != TRUCE_OK) {
        EXPECT_EQ(0u, size);
        return told;
    }
    EXPECT_LE(size, sizeof buffer);
    if (call.flavor.values == TRUCE_BYTES) {
        told.value = decode(truce_bytes(buffer, size), TRUCE_BYTES);
        return told;
    }
    Word word = 0;
    EXPECT_EQ(sizeof word, size);
    memcpy(&word, buffer, sizeof word);
    told.value = word;
    return told;
}

Answer play_get_many(Call &call)
{
    Answer told;
    const truce_item keys[] = {call.key(), encode(call.op.other, call.flavor.keys, call.other_bytes)};
    truce_item values[] = {unset, unset};
    told.status = truce_dict_get_many(call.tx, call.dict, keys, 2, values);
    for (const truce_item &value : values) {
        expect_readable(value);
        EXPECT_TRUE(value.kind == TRUCE_NONE || told.status == TRUCE_OK);
    }
    if (told.status == TRUCE_OK) {
        told.entries = {{call.op.key, decode(values[0], call.flavor.values)},
                        {call.op.other, decode(values[1], call.flavor.values)}};
    }
    return told;
}

Answer play_yes_or_no(Call &call)
{
    Answer told;
    bool *const yes = &told.flag;
    *yes = true;
    switch (call.op.verb) {
    case Verb::contains:
        told.status = truce_dict_contains(call.tx, call.dict, call.key(), yes);
        break;
    case Verb::remove:
        told.status = truce_dict_remove(call.tx, call.dict, call.key(), yes);
        break;
    case Verb::replace:
        told.status = truce_dict_replace(call.tx, call.dict, call.key(), call.expected(), call.value(), yes);
        break;
    case Verb::len_at_least:
        told.status = truce_dict_len_at_least(call.tx, call.dict, static_cast<size_t>(call.op.value), yes);
        break;
    default:
        told.status = truce_dict_is_empty(call.tx, call.dict, yes);
        break;
    }
    EXPECT_FALSE(*yes && told.status != TRUCE_OK);
    return told;
}

Answer play_len(Call &call)
{
    Answer told;
    size_t count = 1234567;
    told.status = truce_dict_len(call.tx, call.dict, &count);
    if (told.status == TRUCE_OK) {
        told.value = count;
    } else {
        EXPECT_EQ(0u, count);
    }
    return told;
}

struct Visit {
    const Flavor &flavor;
    bool with_values;
    size_t enough;
    Answer told;
};

truce_status visit(void *context, truce_item key, truce_item value)
{
    Visit &v = *static_cast<Visit *>(context);
    expect_readable(key);
    expect_readable(value);
    EXPECT_EQ(v.with_values, value.kind != TRUCE_NONE);
    const auto number = decode(key, v.flavor.keys);
    EXPECT_TRUE(number.has_value());
    EXPECT_TRUE(v.told.entries.emplace(number.value_or(0), decode(value, v.flavor.values)).second) << "twice";
    return v.told.entries.size() == v.enough ? stopped : TRUCE_OK;
}

Answer play_each(Call &call)
{
    const Verb verb = call.op.verb;
    const bool keys_only = verb == Verb::each_key || verb == Verb::each_key_some;
    const bool some = verb == Verb::each_some || verb == Verb::each_key_some;
    Visit v{call.flavor, !keys_only, some ? static_cast<size_t>(call.op.value) : 0, {}};
    const truce_status status =
        keys_only ? truce_dict_each_key(call.tx, call.dict, visit, &v) : truce_dict_each(call.tx, call.dict, visit, &v);
    if (status < 0) v.told.entries.clear();
    v.told.status = status;
    return std::move(v.told);
}

truce_status play_blind(Call &call)
{
    const int64_t operand = static_cast<int64_t>(call.op.value);
    switch (call.op.verb) {
    case Verb::set:
        return truce_dict_set(call.tx, call.dict, call.key(), call.value());
    case Verb::remove_blind:
        return truce_dict_remove(call.tx, call.dict, call.key(), nullptr);
    case Verb::add:
        return truce_dict_add(call.tx, call.dict, call.key(), operand);
    case Verb::max:
        return truce_dict_max(call.tx, call.dict, call.key(), operand);
    case Verb::min:
        return truce_dict_min(call.tx, call.dict, call.key(), operand);
    case Verb::or_:
        return truce_dict_or(call.tx, call.dict, call.key(), operand);
    case Verb::and_:
        return truce_dict_and(call.tx, call.dict, call.key(), operand);
    case Verb::apply:
        return truce_dict_apply(call.tx, call.dict, call.key(), halve_and_add, truce_word(call.op.value));
    default:
        return truce_dict_clear(call.tx, call.dict);
    }
}

} // namespace

truce_item halve_and_add(truce_item now, truce_item operand)
{
    const auto word = now.kind == TRUCE_NONE ? std::nullopt : std::optional<Word>(now.word);
    return truce_word(updated(Verb::apply, word, operand.word));
}

Answer play(truce_tx *tx, truce_dict *dict, const Flavor &flavor, const Op &op)
{
    Call call{tx, dict, flavor, op, {}, {}, {}, {}};
    switch (op.verb) {
    case Verb::get:
    case Verb::swap:
    case Verb::pop:
        return play_value(call);
    case Verb::copy:
        return play_copy(call);
    case Verb::get_many:
        return play_get_many(call);
    case Verb::get_or_set:
        return play_get_or_set(call);
    case Verb::len:
        return play_len(call);
    case Verb::each:
    case Verb::each_some:
    case Verb::each_key:
    case Verb::each_key_some:
        return play_each(call);
    default:
        break;
    }
    if (is_yes_or_no(op.verb)) return play_yes_or_no(call);
    Answer told;
    told.status = play_blind(call);
    return told;
}

State content(truce_dict *dict, const Flavor &flavor)
{
    Tx tx;
    const Answer told = play(tx, dict, flavor, Op{Verb::each});
    EXPECT_EQ(TRUCE_OK, told.status);
    State state;
    for (const auto &[key, value] : told.entries) {
        EXPECT_TRUE(value.has_value());
        state[key] = value.value_or(0);
    }
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    return state;
}

} // namespace truce_test
