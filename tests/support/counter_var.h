/* Counters and vars for tests: their owners, what one of each must answer on plain values, and how the library is asked
 * the same. */
#ifndef TRUCE_TESTS_SUPPORT_COUNTER_VAR_H
#define TRUCE_TESTS_SUPPORT_COUNTER_VAR_H

#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <truce/truce.h>

namespace truce_test {

inline truce_counter_options counter_options(int64_t initial = 0, const char *name = nullptr)
{
    truce_counter_options options = TRUCE_COUNTER_OPTIONS_INIT;
    options.name = name;
    options.initial = initial;
    return options;
}

inline truce_var_options var_options(uint32_t values = TRUCE_WORD, truce_item initial = {0, 0, TRUCE_NONE},
                                     const char *name = nullptr)
{
    truce_var_options options = TRUCE_VAR_OPTIONS_INIT;
    options.name = name;
    options.values = values;
    options.initial = initial;
    return options;
}

/* A counter, freed with its owner. */
class Counter {
  public:
    explicit Counter(int64_t initial = 0, const char *name = nullptr)
    {
        const truce_counter_options options = counter_options(initial, name);
        if (truce_counter_new(&options, &counter_) != TRUCE_OK) throw std::bad_alloc();
    }
    Counter(Counter &&other) noexcept : counter_(std::exchange(other.counter_, nullptr)) {}
    Counter &operator=(Counter &&other) noexcept
    {
        std::swap(counter_, other.counter_);
        return *this;
    }
    ~Counter() { free(); }
    void free() { truce_counter_free(std::exchange(counter_, nullptr)); }
    operator truce_counter *() const { return counter_; }

  private:
    truce_counter *counter_ = nullptr;
};

/* A var, freed with its owner. */
class Var {
  public:
    Var() : Var(var_options()) {}
    explicit Var(const truce_var_options &options)
    {
        if (truce_var_new(&options, &var_) != TRUCE_OK) throw std::bad_alloc();
    }
    Var(Var &&other) noexcept : var_(std::exchange(other.var_, nullptr)) {}
    Var &operator=(Var &&other) noexcept
    {
        std::swap(var_, other.var_);
        return *this;
    }
    ~Var() { free(); }
    void free() { truce_var_free(std::exchange(var_, nullptr)); }
    operator truce_var *() const { return var_; }

  private:
    truce_var *var_ = nullptr;
};

/* The sum, by an operation alone. */
inline int64_t sum_of(truce_counter *counter)
{
    int64_t sum = -1;
    EXPECT_EQ(TRUCE_OK, truce_counter_get(TRUCE_ALONE, counter, &sum));
    return sum;
}

/* One counter and one var, as plain values. */
struct Plain {
    uint64_t sum = 0;
    uint64_t value = 0;
};

enum class Call { add, get, at_least, try_add, var_get, var_copy, var_set, var_swap, var_add };

/* One call. */
struct Request {
    Call call = Call::get;
    int64_t operand = 0; /* the delta, n, or the value given */
    int64_t min = 0, max = 0;
};

/* What it answers: a number, 0 or 1, or nothing. */
using Reply = std::optional<uint64_t>;

Reply reply(const Plain &plain, const Request &request);

/* What it changes, having answered `told`. */
void change(Plain &plain, const Request &request, const Reply &told);

bool may_change(Call call);
bool is_var(Call call);
const char *name(Call call); /* in counter.h and var.h */
std::string text(const Request &request);
std::string text(const Reply &told);

/* A counter and a var of the library. */
struct Asked {
    truce_counter *counter;
    truce_var *var;
    uint32_t values; /* of the var: TRUCE_WORD or TRUCE_BYTES */
};

/* Makes the call; checks on the way that outputs are zero on every status but TRUCE_OK. */
truce_status ask(truce_tx *tx, const Asked &asked, const Request &request, Reply *told);

} // namespace truce_test

#endif
