/* Owners of the library's objects for tests, and truce_run for anything callable. */
#ifndef TRUCE_TESTS_SUPPORT_HANDLES_H
#define TRUCE_TESTS_SUPPORT_HANDLES_H

#include <new>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>
#include <truce/truce.h>

namespace truce_test {

inline truce_dict_options dict_options(uint32_t keys = TRUCE_WORD, uint32_t values = TRUCE_WORD,
                                       const char *name = nullptr)
{
    truce_dict_options options = TRUCE_DICT_OPTIONS_INIT;
    options.name = name;
    options.keys = keys;
    options.values = values;
    return options;
}

inline truce_run_options run_options()
{
    truce_run_options options = TRUCE_RUN_OPTIONS_INIT;
    return options;
}

/* A dict, freed with its owner. */
class Dict {
  public:
    Dict() : Dict(dict_options()) {}
    Dict(uint32_t keys, uint32_t values, const char *name = nullptr) : Dict(dict_options(keys, values, name)) {}
    explicit Dict(const truce_dict_options &options)
    {
        if (truce_dict_new(&options, &dict_) != TRUCE_OK) throw std::bad_alloc();
    }
    Dict(Dict &&other) noexcept : dict_(std::exchange(other.dict_, nullptr)) {}
    Dict &operator=(Dict &&other) noexcept
    {
        std::swap(dict_, other.dict_);
        return *this;
    }
    ~Dict() { free(); }
    void free() { truce_dict_free(std::exchange(dict_, nullptr)); }
    operator truce_dict *() const { return dict_; }

  private:
    truce_dict *dict_ = nullptr;
};

/* An open transaction, ended with its owner. */
class Tx {
  public:
    explicit Tx(const truce_run_options *options = nullptr) { EXPECT_EQ(TRUCE_OK, truce_begin(options, &tx_)); }
    Tx(Tx &&other) noexcept : tx_(std::exchange(other.tx_, nullptr)) {}
    Tx &operator=(Tx &&other) noexcept
    {
        std::swap(tx_, other.tx_);
        return *this;
    }
    ~Tx() { end(); }
    void end()
    {
        if (tx_ != nullptr) truce_end(std::exchange(tx_, nullptr));
    }
    operator truce_tx *() const { return tx_; }

  private:
    truce_tx *tx_ = nullptr;
};

/* truce_run with a lambda as its body. */
template <class Body> truce_status run(const truce_run_options *options, Body &&body)
{
    using Callable = std::remove_reference_t<Body>;
    const auto call = [](truce_tx *tx, void *arg) -> truce_status { return (*static_cast<Callable *>(arg))(tx); };
    return truce_run(options, call, &body);
}

template <class Body> truce_status run(Body &&body)
{
    return run(nullptr, body);
}

/* What the dict holds under a word key, by an operation alone: a value, or -1 for none. */
inline int64_t held(truce_dict *dict, uint64_t key)
{
    truce_item value;
    const truce_status status = truce_dict_get(TRUCE_ALONE, dict, truce_word(key), &value);
    EXPECT_TRUE(status == TRUCE_OK || status == TRUCE_ABSENT) << truce_status_name(status);
    return status == TRUCE_OK ? truce_as_signed(value) : -1;
}

inline void put(truce_dict *dict, uint64_t key, int64_t value)
{
    ASSERT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, truce_word(key), truce_signed(value)));
}

inline void drop(truce_dict *dict, uint64_t key)
{
    ASSERT_EQ(TRUCE_OK, truce_dict_remove(TRUCE_ALONE, dict, truce_word(key), nullptr));
}

inline size_t length(truce_dict *dict)
{
    size_t count = 0;
    EXPECT_EQ(TRUCE_OK, truce_dict_len(TRUCE_ALONE, dict, &count));
    return count;
}

} // namespace truce_test

#endif
