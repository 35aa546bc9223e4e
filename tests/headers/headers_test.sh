#!/usr/bin/env bash
# headers_test.sh INCLUDE_DIR (C_COMPILER CXX_COMPILER)...
# Compiles each public header alone, and uses.c, which expands every macro, in each language version without warnings.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
include_dir=$1
shift
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror)
failed=0

# compile COMPILER LANGUAGE STANDARD SOURCE
compile()
{
    local flags=("-std=$3" "${warnings[@]}")
    if [ "$2" = c ]; then flags+=(-Wstrict-prototypes); fi
    if ! "$1" "${flags[@]}" "-I$include_dir" -fsyntax-only -x "$2" "$4"; then
        echo "FAILED: $1 -std=$3 $(basename "$4")"
        failed=1
    fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
sources=("$here/uses.c")
for header in "$include_dir"/truce/*.h; do
    name=$(basename "$header" .h)
    # Twice, so that a missing include guard shows; the declaration keeps the file from being empty.
    printf '#include <truce/%s.h>\n#include <truce/%s.h>\nextern int not_empty;\n' "$name" "$name" >"$scratch/$name.c"
    sources+=("$scratch/$name.c")
done

while [ $# -gt 0 ]; do
    for source in "${sources[@]}"; do
        compile "$1" c c11 "$source"
        for standard in c++11 c++14 c++17 c++20; do compile "$2" c++ "$standard" "$source"; done
    done
    echo "$1, $2: ${#sources[@]} files, each as C11 and C++11 to 20"
    shift 2
done
exit "$failed"
