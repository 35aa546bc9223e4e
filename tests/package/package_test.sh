#!/usr/bin/env bash
# package_test.sh PROJECT_DIR BUILD_DIR VERSION C_COMPILER CXX_COMPILER
# Installs into a scratch prefix, moves that elsewhere, and builds and runs a consumer in C and in C++ against it: with
# find_package and with pkg-config, shared and static. Then configures a project that adds Truce as a subdirectory.
set -euo pipefail

project_dir=$1 build_dir=$2 version=$3 cc=$4 cxx=$5
consumer=$project_dir/tests/package/consumer
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# quietly COMMAND...: its output only if it fails
quietly()
{
    if ! "$@" >log 2>&1; then
        echo "FAILED: $*"
        cat log
        exit 1
    fi
}

compilers=("-DCMAKE_C_COMPILER=$cc" "-DCMAKE_CXX_COMPILER=$cxx")

quietly cmake --install "$build_dir" --prefix "$scratch/first"
mv first prefix
others=$(find prefix/include -type f -not -path 'prefix/include/truce/*')
if [ -n "$others" ]; then
    echo "FAILED: installed beside include/truce: $others"
    exit 1
fi

quietly cmake -S "$consumer" -B cmake "${compilers[@]}" "-DCMAKE_PREFIX_PATH=$scratch/prefix" "-DVERSION=$version"
quietly cmake --build cmake
for program in c_shared c_static cxx_shared cxx_static; do
    quietly "cmake/$program" "$version"
    echo "find_package: $program"
done

pc_dir=$(dirname "$(find prefix -name truce.pc)")
export PKG_CONFIG_PATH=$scratch/$pc_dir
if [ "$(pkg-config --modversion truce)" != "$version" ]; then
    echo "FAILED: truce.pc is not of version $version"
    exit 1
fi
read -ra shared <<<"$(pkg-config --cflags --libs truce)"
read -ra static <<<"$(pkg-config --static --cflags --libs truce)"
libdir=$(pkg-config --variable=libdir truce)
quietly "$cc" -std=c11 "$consumer/consumer.c" -o pc_c_shared "${shared[@]}" "-Wl,-rpath,$libdir"
quietly "$cc" -std=c11 "$consumer/consumer.c" -o pc_c_static -static "${static[@]}"
quietly "$cxx" -std=c++17 "$consumer/consumer.cc" -o pc_cxx_shared "${shared[@]}" "-Wl,-rpath,$libdir"
quietly "$cxx" -std=c++17 "$consumer/consumer.cc" -o pc_cxx_static -static "${static[@]}"
for program in pc_c_shared pc_c_static pc_cxx_shared pc_cxx_static; do
    quietly "./$program" "$version"
    echo "pkg-config: $program"
done

quietly cmake -S "$project_dir/tests/package/parent" -B parent "${compilers[@]}" "-DTRUCE_DIR=$project_dir"
echo "add_subdirectory: configured"
