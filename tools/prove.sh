#!/usr/bin/env bash
# The long proofs, each by a verb; docs/RELIABILITY.md says what they show.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat >&2 <<'END'
usage: tools/prove.sh VERB
  crash [N]          N times SIGKILL under traffic over faulty links, histories checked (5000)
  power [N]          N states that a power cut may leave (200000)
  soak [MINUTES]     a churning server: slopes of memory, descriptors, log and latency (10)
  asan | tsan        the C++ tests under a sanitizer; further arguments go to ctest
  fuzz [SECONDS]     each fuzzer so long, under ASan and UBSan (60)
  planted [NAME …]   plants faults in a copy of the sources and says which test fails for each
  coverage           lines and branches of ws, wire, auth and store by their tests
BUILD=dev takes another build than release; JOBS=n builds with n jobs.
END
    exit 2
}

configure() { # PRESET
    [ -f "build/$1/build.ninja" ] || cmake --preset "$1" -DSEWA_TESTS=ON >/dev/null
}

build() { # PRESET TARGET…
    local preset=$1
    shift
    configure "$preset"
    ninja -C "build/$preset" -j "${JOBS:-$(nproc)}" "$@" >&2
}

# Speed, the browser, and one second of nothing but waiting say nothing under a sanitizer.
sanitize() { # PRESET CTEST-ARGUMENT…
    local preset=$1
    shift
    build "$preset" all
    ctest --test-dir "build/$preset" --output-on-failure --timeout 1200 \
        -E 'bench_smoke|web_client|tidy|reference|check_history' "$@"
}

release=${BUILD:-release}
verb=${1:-}
[ $# -gt 0 ] && shift
case $verb in
crash)
    build "$release" crash_storm
    exec python3 tests/crash/run.py "build/$release/crash_storm" "${1:-5000}"
    ;;
power)
    build "$release" store_sqlite_test
    SEWA_POWER_STATES=${1:-200000} exec "build/$release/store_sqlite_test" --gtest_filter='PowerCut.*'
    ;;
soak)
    build "$release" crash_storm
    exec python3 tests/crash/soak.py "build/$release/crash_storm" "${1:-10}"
    ;;
asan) sanitize asan "$@" ;;
tsan) sanitize tsan "$@" ;;
fuzz)
    configure fuzz
    mapfile -t fuzzers < <(ninja -C build/fuzz -t targets all |
        sed -n 's/^\([a-z_]*_fuzz\): .*/\1/p' | grep -v '^cmake_')
    build fuzz "${fuzzers[@]}"
    for fuzzer in "${fuzzers[@]/#/build/fuzz/}"; do
        echo "$fuzzer" >&2
        "$fuzzer" -max_total_time="${1:-60}" -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1
    done
    ;;
planted) exec python3 tests/planted/run.py "$@" ;;
coverage) exec tools/coverage.py "$@" ;;
*) usage ;;
esac
