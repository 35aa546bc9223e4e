// Counting in absl's flat_hash_map, under one mutex that is held for a chunk, and without any lock. Looking a word up
// takes a string_view: only a word that is new becomes a std::string.
#include <cstdint>
#include <exception>
#include <mutex>
#include <new>
#include <string>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>

#include "way.h"

namespace {

struct Container {
    std::mutex mutex;
    absl::flat_hash_map<std::string, std::uint64_t> times;
};

// No exception may leave for C.
template <typename Body> failure guarded(Body body) noexcept
{
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return "out of memory";
    } catch (const std::exception &) {
        return "absl's map failed";
    }
}

failure make(void **container)
{
    *container = nullptr;
    return guarded([=]() -> failure {
        *container = new Container;
        return nullptr;
    });
}

void add_words(Container &container, const words &words)
{
    for (std::size_t i = 0; i < words.count; i++) {
        const word &found = words.list[i];
        container.times[absl::string_view(found.bytes, found.size)] += found.times;
    }
}

failure add_locked(void *container, const struct words *words)
{
    return guarded([=]() -> failure {
        Container &to = *static_cast<Container *>(container);
        const std::lock_guard<std::mutex> lock(to.mutex);
        add_words(to, *words);
        return nullptr;
    });
}

failure add_unlocked(void *container, const struct words *words)
{
    return guarded([=]() -> failure {
        add_words(*static_cast<Container *>(container), *words);
        return nullptr;
    });
}

failure list(void *container, struct counts *counts)
{
    counts_clear(counts);
    for (const auto &[word, times] : static_cast<Container *>(container)->times) {
        if (!counts_add(counts, word.data(), word.size(), times)) return "out of memory";
    }
    return nullptr;
}

void drop(void *container)
{
    delete static_cast<Container *>(container);
}

} // namespace

const struct way *way_mutex(void)
{
    static const struct way mutex = {"one mutex, absl map", false, make, add_locked, list, drop};
    return &mutex;
}

const struct way *way_plain(void)
{
    static const struct way plain = {"no lock, absl map", false, make, add_unlocked, list, drop};
    return &plain;
}
