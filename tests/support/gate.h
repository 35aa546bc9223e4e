/* A memory gate that refuses the n-th allocation, or every one from the n-th on. In force while it lives. And a call
 * alone that is refused memory wherever it asks for some. */
#ifndef TRUCE_TESTS_SUPPORT_GATE_H
#define TRUCE_TESTS_SUPPORT_GATE_H

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <truce/settings.h>

#include "support/handles.h"

namespace truce_test {

class Gate {
  public:
    enum Extent { only_the_nth, from_the_nth_on };

    /* n = 0: refuses nothing and counts. */
    explicit Gate(uint64_t n = 0, Extent extent = only_the_nth) : n_(n), extent_(extent)
    {
        truce_set_memory_gate(ask, this);
    }
    Gate(const Gate &) = delete;
    Gate &operator=(const Gate &) = delete;
    ~Gate() { open(); }

    /* From here on nothing is refused. */
    void open() { truce_set_memory_gate(nullptr, nullptr); }

    uint64_t asked() const { return asked_; }
    uint64_t bytes() const { return bytes_; }
    bool refused() const { return refused_; }

  private:
    static bool ask(size_t size_bytes, void *context)
    {
        Gate &gate = *static_cast<Gate *>(context);
        const uint64_t place = ++gate.asked_;
        gate.bytes_ += size_bytes;
        const bool refuse = gate.n_ != 0 && (gate.extent_ == only_the_nth ? place == gate.n_ : place >= gate.n_);
        gate.refused_ = gate.refused_ || refuse;
        return !refuse;
    }

    const uint64_t n_;
    const Extent extent_;
    uint64_t asked_ = 0, bytes_ = 0;
    bool refused_ = false;
};

/* Has `call`, an operation alone, refused one allocation after the other, until it needs no more: that of its
 * transaction first, that of its commit last. `check` follows each time that it failed. The calls are made by a thread
 * that has nothing in store. */
template <class Call, class Check> void refuse_each(Call &&call, Check &&check)
{
    const Tx keeps_what_is_retired;
    std::thread([] { const Dict retired; }).join(); /* leaves behind what room an earlier thread had for such things */
    std::thread([&] {
        std::vector<Tx> open;
        for (uint64_t n = 1;; ++n) {
            for (uint64_t asked = 0; asked == 0;) { /* until none is kept for the next transaction */
                const Gate gate;
                open.emplace_back();
                asked = gate.asked();
            }
            Gate gate(n, Gate::from_the_nth_on);
            const truce_status status = call();
            gate.open();
            if (!gate.refused()) {
                EXPECT_EQ(TRUCE_OK, status);
                EXPECT_GT(n, 3u) << "it took little memory";
                return;
            }
            EXPECT_EQ(TRUCE_NO_MEMORY, status) << "allocation " << n;
            check();
        }
    }).join();
}

} // namespace truce_test

#endif
