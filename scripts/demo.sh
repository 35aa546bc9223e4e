#!/usr/bin/env bash
# demo.sh [DIR...]
# Builds the release and counts the words in DIR, by default in the text that a Debian machine has, over and over until
# that is 20 MB.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/setup.sh" demo

echo "Building Truce ..."
(
    cd "$root"
    cmake --preset release --log-level=WARNING >/dev/null
    cmake --build --preset release --target truce-index
)

index=$root/build/release/examples/truce-index
if [ $# -gt 0 ]; then exec "$index" "$@"; fi

directories=()
for directory in /usr/share/doc /usr/share/common-licenses /usr/include /usr/share/perl; do
    if [ -d "$directory" ]; then directories+=("$directory"); fi
done
exec "$index" --at-least 20M "${directories[@]}"
