#!/usr/bin/env bash
# setup.sh demo|test
# Installs the Debian packages that scripts/demo.sh or scripts/test.sh needs and this machine lacks, saying which.
set -euo pipefail

packages=(build-essential cmake ninja-build pkg-config libxxhash-dev libabsl-dev)
case ${1-} in
    demo) ;;
    test) packages+=(libgtest-dev clang-14 libclang-rt-14-dev) ;;
    *)
        echo "usage: $0 demo|test" >&2
        exit 2
        ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: this is no Debian system. Install what these packages hold, then build with cmake: ${packages[*]}" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" != installed ]; then
        missing+=("$package")
    fi
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
        echo "setup: packages are missing, and this takes root:" >&2
        echo "apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo -n)
fi

echo "setup: installing ${missing[*]}"
apt_get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)
"${apt_get[@]}" update
"${apt_get[@]}" install --yes --no-install-recommends "${missing[@]}"
