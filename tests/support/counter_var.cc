#include "support/counter_var.h"

#include <cstring>

#include "support/items.h"

namespace truce_test {

namespace {

__extension__ using Wide = __int128;

bool fits(const Plain &plain, const Request &request)
{
    const Wide sum = Wide{static_cast<int64_t>(plain.sum)} + request.operand;
    return request.min <= sum && sum <= request.max;
}

truce_status ask_counter(truce_tx *tx, truce_counter *counter, const Request &request, Reply *told)
{
    truce_status status;
    if (request.call == Call::add) return truce_counter_add(tx, counter, request.operand);
    if (request.call == Call::get) {
        int64_t sum = 77;
        status = truce_counter_get(tx, counter, &sum);
        *told = static_cast<uint64_t>(sum);
    } else {
        bool yes = true;
        status = request.call == Call::at_least
                     ? truce_counter_at_least(tx, counter, request.operand, &yes)
                     : truce_counter_try_add(tx, counter, request.operand, request.min, request.max, &yes);
        *told = yes;
    }
    EXPECT_TRUE(status == TRUCE_OK || *told == 0u);
    return status;
}

truce_status copy(truce_tx *tx, const Asked &asked, truce_item *value)
{
    alignas(16) static thread_local char buffer[512];
    size_t size = 77;
    memset(buffer, 0, sizeof buffer);
    const truce_status status = truce_var_copy(tx, asked.var, buffer, sizeof buffer - 1, &size);
    EXPECT_LT(size, sizeof buffer);
    EXPECT_TRUE(status == TRUCE_OK || size == 0);
    *value = {0, 0, TRUCE_NONE};
    if (status != TRUCE_OK) return status;
    if (asked.values == TRUCE_BYTES) {
        *value = truce_bytes(buffer, size);
    } else {
        EXPECT_EQ(sizeof value->word, size);
        uint64_t word;
        memcpy(&word, buffer, sizeof word);
        *value = truce_word(word);
    }
    return status;
}

truce_status ask_var(truce_tx *tx, const Asked &asked, const Request &request, Reply *told)
{
    std::string bytes;
    truce_item out = {77, 77, 77};
    truce_status status = TRUCE_OK;
    const truce_item given = encode(static_cast<uint64_t>(request.operand), asked.values, bytes);
    if (request.call == Call::var_set) return truce_var_set(tx, asked.var, given);
    if (request.call == Call::var_add) return truce_var_add(tx, asked.var, request.operand);
    if (request.call == Call::var_get) status = truce_var_get(tx, asked.var, &out);
    if (request.call == Call::var_swap) status = truce_var_swap(tx, asked.var, given, &out);
    if (request.call == Call::var_copy) status = copy(tx, asked, &out);
    EXPECT_EQ(status == TRUCE_OK, out.kind != TRUCE_NONE);
    *told = decode(out, asked.values);
    return status;
}

} // namespace

Reply reply(const Plain &plain, const Request &request)
{
    switch (request.call) {
    case Call::get:
        return plain.sum;
    case Call::at_least:
        return static_cast<int64_t>(plain.sum) >= request.operand;
    case Call::try_add:
        return fits(plain, request);
    case Call::var_get:
    case Call::var_copy:
    case Call::var_swap:
        return plain.value;
    default:
        return std::nullopt;
    }
}

void change(Plain &plain, const Request &request, const Reply &told)
{
    const auto operand = static_cast<uint64_t>(request.operand);
    if (request.call == Call::add || (request.call == Call::try_add && told == 1u)) plain.sum += operand;
    if (request.call == Call::var_add) plain.value += operand;
    if (request.call == Call::var_set || request.call == Call::var_swap) plain.value = operand;
}

bool may_change(Call call)
{
    return call == Call::add || call == Call::try_add || call == Call::var_set || call == Call::var_swap ||
           call == Call::var_add;
}

bool is_var(Call call)
{
    return call >= Call::var_get;
}

const char *name(Call call)
{
    const char *const names[] = {"add", "get", "at_least", "try_add", "get", "copy", "set", "swap", "add"};
    return names[static_cast<size_t>(call)];
}

std::string text(const Request &request)
{
    std::string out = std::string(is_var(request.call) ? "var " : "counter ") + name(request.call) + ' ' +
                      std::to_string(request.operand);
    if (request.call == Call::try_add) {
        out += " from " + std::to_string(request.min) + " to " + std::to_string(request.max);
    }
    return out;
}

std::string text(const Reply &told)
{
    return told ? std::to_string(static_cast<int64_t>(*told)) : "nothing";
}

truce_status ask(truce_tx *tx, const Asked &asked, const Request &request, Reply *told)
{
    *told = std::nullopt;
    return is_var(request.call) ? ask_var(tx, asked, request, told) : ask_counter(tx, asked.counter, request, told);
}

} // namespace truce_test
