// Indexing in absl's flat_hash_map and containers of the standard library, under one mutex, and without any lock. What
// is done together with the mutex held is what needs to be: taking a chunk; and filing all its words. Finding them is
// done in between, without it. Looking a word up takes a string_view: only a word that is new becomes a std::string.
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>

#include "way.h"
#include "words.h"

namespace {

struct Container {
    const reading *read;
    std::mutex mutex; // guards what follows, where there are several threads
    std::deque<std::uint64_t> chunks;
    absl::flat_hash_map<std::string, std::vector<std::uint64_t>> postings; // two elements each: document, offset
    std::vector<std::uint64_t> documents;                                  // of each the number of its file
    absl::flat_hash_map<std::uint64_t, std::uint64_t> numbers;             // of files that are more than one chunk
    std::uint64_t left;
};

struct Worker {
    Container &container;
    words found;
};

struct NoLock {
    explicit NoLock(std::mutex & /*mutex*/) {}
};

using Lock = std::lock_guard<std::mutex>;

// No exception may leave for C.
template <typename Body> failure guarded(Body body) noexcept
{
    try {
        body();
        return nullptr;
    } catch (const std::bad_alloc &) {
        return "out of memory";
    } catch (const std::exception &) {
        return "absl's map failed";
    }
}

failure make(const reading *reading, void **container)
{
    *container = nullptr;
    return guarded([=] {
        auto made = new Container;
        made->read = reading;
        made->left = reading_chunks(reading);
        *container = made;
    });
}

template <typename Guard> failure feed(void *container, std::uint64_t chunk)
{
    return guarded([=] {
        Container &to = *static_cast<Container *>(container);
        const Guard guard(to.mutex);
        to.chunks.push_back(chunk);
    });
}

failure hire(void *container, void **worker)
{
    *worker = nullptr;
    return guarded([=] { *worker = new Worker{*static_cast<Container *>(container), {}}; });
}

void dismiss(void *worker, aborts * /*none*/)
{
    delete static_cast<Worker *>(worker);
}

step take(Container &from, std::uint64_t &chunk)
{
    if (from.chunks.empty()) return from.left == 0 ? STEP_FINISHED : STEP_NOTHING_NOW;
    chunk = from.chunks.front();
    from.chunks.pop_front();
    return STEP_FILED;
}

// The first chunk of a file begins a document. Those after it can be taken once its number is known.
std::uint64_t document_of(Container &container, std::uint64_t chunk)
{
    const reading *read = container.read;
    const std::uint64_t file = reading_file_of(read, chunk);
    if (!reading_begins_file(read, chunk)) return container.numbers.at(file);
    const std::uint64_t document = container.documents.size();
    container.documents.push_back(file);
    const std::size_t chunk_count = reading_file(read, file)->chunk_count;
    if (chunk_count > 1) container.numbers[file] = document;
    for (std::size_t i = 1; i < chunk_count; i++) container.chunks.push_back(chunk + i);
    return document;
}

void file_words(Container &container, std::uint64_t chunk, const words &found)
{
    const std::uint64_t document = document_of(container, chunk);
    const std::uint64_t offset = reading_chunk(container.read, chunk)->offset;
    for (std::size_t i = 0; i < found.count; i++) {
        const word &one = found.list[i];
        auto &postings = container.postings[absl::string_view(one.bytes, one.size)];
        for (std::uint32_t k = 0; k < one.times; k++) {
            postings.push_back(document);
            postings.push_back(offset + found.places[one.first + k]);
        }
    }
    container.left--;
}

template <typename Guard> step file_chunk(Worker &worker)
{
    Container &container = worker.container;
    std::uint64_t number = 0;
    {
        const Guard guard(container.mutex);
        const step taken = take(container, number);
        if (taken != STEP_FILED) return taken;
    }
    const chunk *piece = reading_chunk(container.read, number);
    words_find(&worker.found, reading_bytes(container.read, piece), piece->size);
    const Guard guard(container.mutex);
    file_words(container, number, worker.found);
    return STEP_FILED;
}

template <typename Guard> failure step_once(void *worker, step *step)
{
    return guarded([=] { *step = file_chunk<Guard>(*static_cast<Worker *>(worker)); });
}

failure list(void *container, struct counts *counts)
{
    const Container &from = *static_cast<Container *>(container);
    counts_clear(counts);
    for (const auto &[word, postings] : from.postings) {
        std::uint64_t places = 0;
        for (std::size_t i = 0; i < postings.size(); i += 2) {
            places += counts_place(from.documents[postings[i]], postings[i + 1]);
        }
        if (!counts_add(counts, word.data(), word.size(), postings.size() / 2, places)) return "out of memory";
    }
    return nullptr;
}

void drop(void *container)
{
    delete static_cast<Container *>(container);
}

template <typename Guard> way way_with(const char *name, bool concurrent)
{
    return {name, false, concurrent, make, feed<Guard>, hire, step_once<Guard>, dismiss, list, drop};
}

} // namespace

const struct way *way_mutex(void)
{
    static const way mutex = way_with<Lock>("one mutex, absl map", true);
    return &mutex;
}

const struct way *way_plain(void)
{
    static const way plain = way_with<NoLock>("no lock, absl map", false);
    return &plain;
}
