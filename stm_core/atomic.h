/* Shared accesses: the only place that touches memory which several threads share. Hides the compiler's builtins.
 *
 * Every access says its order in its name. An atomic is a struct of one field, so that a plain access does not compile
 * by accident and so that this file is C11 as well as C++17.
 *
 * Orders used in this library, by the name the code cites them with:
 *   [content]  A writer stores content with release between locking and unlocking a cell; a reader loads it with
 *              acquire between two looks at the cell's word. Whoever sees a store made under a lock sees that lock (or
 *              the unlocked word after it) at its second look, and does not use what it read.
 *   [unlock]   The unlocking store of a cell's word is a release, the first look at it an acquire: the content under
 *              an unlocked word is complete.
 *   [clock]    Locking a cell, taking or reading a time, publishing a table's shape and the first look at a cell are
 *              sequentially consistent: who reads a time after somebody took one below it sees that committer's locks
 *              and shapes. (Store, then load of another location, on both sides: nothing weaker orders that.)
 *   [announce] Announcing an epoch is a plain store; the reclaiming side runs membarrier(2) before it looks. Where the
 *              system has none, the announcement is an exchange.
 *   [leave]    Withdrawing or renewing an announcement is a release, the reclaimer's look an acquire: what a reader did
 *              with memory happens before that memory is freed.
 *   [publish]  A pointer to new memory is stored with release, loaded with acquire.
 */
#ifndef TRUCE_ATOMIC_H
#define TRUCE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__SANITIZE_THREAD__)
#define TRUCE_PLAIN_VECTOR_READS_ 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TRUCE_PLAIN_VECTOR_READS_ 0
#endif
#endif
#if !defined(TRUCE_PLAIN_VECTOR_READS_) && defined(__SSE2__)
#define TRUCE_PLAIN_VECTOR_READS_ 1
#elif !defined(TRUCE_PLAIN_VECTOR_READS_)
#define TRUCE_PLAIN_VECTOR_READS_ 0
#endif
#if TRUCE_PLAIN_VECTOR_READS_
#include <immintrin.h>
#endif

typedef struct truce_atomic64_ {
    uint64_t value;
} truce_atomic64_;

typedef struct truce_atomic_ptr_ {
    void *value;
} truce_atomic_ptr_;

static inline uint64_t truce_load_relaxed_(const truce_atomic64_ *a)
{
    return __atomic_load_n(&a->value, __ATOMIC_RELAXED);
}

static inline uint64_t truce_load_acquire_(const truce_atomic64_ *a)
{
    return __atomic_load_n(&a->value, __ATOMIC_ACQUIRE);
}

static inline uint64_t truce_load_seq_cst_(const truce_atomic64_ *a)
{
    return __atomic_load_n(&a->value, __ATOMIC_SEQ_CST);
}

static inline void truce_store_relaxed_(truce_atomic64_ *a, uint64_t value)
{
    __atomic_store_n(&a->value, value, __ATOMIC_RELAXED);
}

static inline void truce_store_release_(truce_atomic64_ *a, uint64_t value)
{
    __atomic_store_n(&a->value, value, __ATOMIC_RELEASE);
}

static inline void truce_store_seq_cst_(truce_atomic64_ *a, uint64_t value)
{
    __atomic_store_n(&a->value, value, __ATOMIC_SEQ_CST);
}

static inline uint64_t truce_fetch_add_seq_cst_(truce_atomic64_ *a, uint64_t delta)
{
    return __atomic_fetch_add(&a->value, delta, __ATOMIC_SEQ_CST);
}

static inline uint64_t truce_exchange_seq_cst_(truce_atomic64_ *a, uint64_t value)
{
    return __atomic_exchange_n(&a->value, value, __ATOMIC_SEQ_CST);
}

/* True, and *a is `wanted`, if it was *expected; else false, and *expected is what it was. */
static inline bool truce_cas_seq_cst_(truce_atomic64_ *a, uint64_t *expected, uint64_t wanted)
{
    return __atomic_compare_exchange_n(&a->value, expected, wanted, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline void *truce_load_ptr_acquire_(const truce_atomic_ptr_ *a)
{
    return __atomic_load_n(&a->value, __ATOMIC_ACQUIRE);
}

static inline void truce_store_ptr_release_(truce_atomic_ptr_ *a, void *value)
{
    __atomic_store_n(&a->value, value, __ATOMIC_RELEASE);
}

/* True, and *a is `wanted`, if it was `expected`; else false. */
static inline bool truce_cas_ptr_seq_cst_(truce_atomic_ptr_ *a, void *expected, void *wanted)
{
    return __atomic_compare_exchange_n(&a->value, &expected, wanted, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* A counter of the calling thread that others may read: no locked instruction, no lost count, since nobody else
 * writes it. Relaxed: a count orders nothing. */
static inline void truce_count_own_(truce_atomic64_ *a, uint64_t delta)
{
    truce_store_relaxed_(a, truce_load_relaxed_(a) + delta);
}

/* Keeps the compiler from moving memory accesses across; no instruction. */
static inline void truce_compiler_barrier_(void)
{
    __asm__ __volatile__("" ::: "memory");
}

static inline void truce_pause_(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#else
    truce_compiler_barrier_();
#endif
}

/* Which of the eight words of a line, aligned to 16, equal `key`: bit TRUCE_MATCH_STEP_ * i for word i. [content]: on x86
 * plain vector loads and a compiler barrier, since x86 keeps loads in order and each aligned word of them whole;
 * elsewhere, and where ThreadSanitizer watches, eight acquire loads. */
#if TRUCE_PLAIN_VECTOR_READS_ && defined(__AVX512F__)
enum { TRUCE_MATCH_STEP_ = 1 };

static inline unsigned truce_match_line_(const truce_atomic64_ *line, uint64_t key)
{
    const __m512i words = _mm512_loadu_si512((const void *)line);
    truce_compiler_barrier_();
    return _mm512_cmpeq_epi64_mask(words, _mm512_set1_epi64((long long)key));
}
#elif TRUCE_PLAIN_VECTOR_READS_
enum { TRUCE_MATCH_STEP_ = 2 };

static inline unsigned truce_match_line_(const truce_atomic64_ *line, uint64_t key)
{
    const __m128i *vectors = (const __m128i *)(const void *)line;
    const __m128i wanted = _mm_set1_epi64x((long long)key);
    const __m128i equal0 = _mm_cmpeq_epi32(_mm_load_si128(vectors), wanted);
    const __m128i equal1 = _mm_cmpeq_epi32(_mm_load_si128(vectors + 1), wanted);
    const __m128i equal2 = _mm_cmpeq_epi32(_mm_load_si128(vectors + 2), wanted);
    const __m128i equal3 = _mm_cmpeq_epi32(_mm_load_si128(vectors + 3), wanted);
    truce_compiler_barrier_();
    const __m128i low = _mm_packs_epi32(equal0, equal1);
    const __m128i high = _mm_packs_epi32(equal2, equal3);
    const unsigned halves = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)); /* bits 2i, 2i + 1: of word i */
    return halves & (halves >> 1) & 0x5555u;
}
#else
enum { TRUCE_MATCH_STEP_ = 1 };

static inline unsigned truce_match_line_(const truce_atomic64_ *line, uint64_t key)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < 8; i++) mask |= (unsigned)(truce_load_acquire_(&line[i]) == key) << i;
    return mask;
}
#endif

#endif
