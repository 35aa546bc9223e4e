#!/usr/bin/env bash
# layers_test.sh PROJECT_DIR
# Who may include whom, and which file is the only door to what. Comments don't count.
set -euo pipefail

cd "$1"
failed=0

complain()
{
    printf '%s\n' "$2" | sed "s|^|$1: |"
    failed=1
}

# code FILE...: the files without comments and strings (but not those of #include), as FILE:LINE:TEXT
code()
{
    awk '
        FNR == 1 { inside = 0 }
        {
            text = $0; out = ""
            if (text !~ /^[ \t]*#[ \t]*include/) gsub(/"([^"\\]|\\.)*"/, "\"\"", text)
            while (text != "") {
                if (inside) {
                    end = index(text, "*/")
                    if (!end) break
                    text = substr(text, end + 2); inside = 0
                } else {
                    start = index(text, "/*"); line = index(text, "//")
                    if (line && (!start || line < start)) { out = out substr(text, 1, line - 1); break }
                    if (!start) { out = out text; break }
                    out = out substr(text, 1, start - 1); text = substr(text, start + 2); inside = 1
                }
            }
            if (out ~ /[^ \t]/) print FILENAME ":" FNR ":" out
        }' "$@"
}

# only_in WHAT PATTERN FILE...: code that matches PATTERN stands in these files only
only_in()
{
    local what=$1 pattern=$2 allowed found
    shift 2
    allowed=$(printf '^%s:\n' "$@")
    found=$(grep -E "$pattern" <<<"$all" | grep -v -f <(printf '%s\n' "$allowed") || true)
    if [ -n "$found" ]; then complain "$what only in $*" "$found"; fi
}

# includes_of DIRECTORY WHAT ALLOWED: every #include "..." in DIRECTORY names something ALLOWED, or a file that lies there
includes_of()
{
    local where included
    while read -r where included; do
        if [[ $included =~ $3 ]] || { [[ $included != */* ]] && [ -f "$1/$included" ]; }; then continue; fi
        complain "$2" "$where includes $included"
    done < <(grep "^$1/" <<<"$all" | sed -nE 's/^([^:]*:[0-9]+):[ \t]*#[ \t]*include[ \t]*"([^"]*)".*/\1 \2/p')
}

shopt -s nullglob
files=(stm_core/*.[ch] collections/*.[ch])
if [ ${#files[@]} -eq 0 ]; then
    echo "no sources found in $PWD"
    exit 1
fi
all=$(code "${files[@]}")

includes_of stm_core "the core includes nothing above it" '^stm_core/[a-z_]+\.h$'
includes_of collections "collections include stm_core/core.h and their own headers" '^(stm_core/core\.h|collections/[a-z_]+\.h)$'

core_outside=$(grep -E '^stm_core/' <<<"$all" | grep -E '<truce/(dict|list|queue|counter|var|check|truce)\.h>' || true)
if [ -n "$core_outside" ]; then complain "the core knows no collection" "$core_outside"; fi

only_in "atomics" '__atomic_|__sync_|stdatomic\.h|_Atomic' stm_core/atomic.h
# A member called free is a collection's own.
only_in "allocation" '(^|[^.>_[:alnum:]])(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|free|m(un|re)?map|strn?dup)\(' \
    stm_core/alloc.c
only_in "threads and system calls" '\b(pthread_|syscall\(|sched_yield|futex)|<(pthread|sched|sys/syscall|linux/[a-z]+)\.h>' \
    stm_core/thread.c stm_core/wait.c stm_core/epoch.c stm_core/random.c
only_in "random bytes" '\b(getrandom|getentropy|rand|random)\(|/dev/u?random' stm_core/random.c
only_in "time" '\b(clock_gettime|gettimeofday|time|nanosleep|usleep)\(' stm_core/instant.c stm_core/wait.c
only_in "xxHash" 'xxhash\.h|\bXXH' collections/hash.c
exit "$failed"
