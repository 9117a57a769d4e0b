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
  fuzz [SECONDS]     each fuzzer so long, under ASan and UBSan (60); what it finds goes to build/asan/found
  quick [SECONDS]    unit tests of what reads strangers' bytes and of the store, corpora and fuzzers
                     (10 s each), under ASan and UBSan: what ./test --all runs
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

# Speed, the browser and what is no C++ say nothing under a sanitizer.
sanitize() { # PRESET CTEST-ARGUMENT…
    local preset=$1
    shift
    build "$preset" all
    ctest --test-dir "build/$preset" --output-on-failure --timeout 1200 \
        -E 'bench_smoke|web_|tidy|reference|check_history|citations|describe_is_fresh' "$@"
}

# What reads bytes of strangers, and the store.
parser_tests=(core_test wire_test ws_test auth_test http_test files_test config_test store_sqlite_test)

find_fuzzers() { # sets fuzzers
    configure asan
    mapfile -t fuzzers < <(ninja -C build/asan -t targets all |
        sed -n 's/^\([a-z_]*_fuzz\): .*/\1/p' | grep -v '^cmake_')
}

# Begins with the corpus in the repository; new inputs go to build/asan/found. A slow machine is no
# finding, so that the time for one input is generous.
run_fuzzers() { # LIBFUZZER-OPTION…
    mkdir -p build/asan/found
    for fuzzer in "${fuzzers[@]}"; do
        local found=build/asan/found/$fuzzer
        rm -rf "$found"
        mkdir "$found"
        "build/asan/$fuzzer" "$found" "tests/corpus/$fuzzer" -timeout=120 -rss_limit_mb=2560 \
            -print_final_stats=1 -artifact_prefix="$found-" "$@" >"$found.log" 2>&1 || {
            tail -n 60 "$found.log"
            echo "$fuzzer found something: $found-*" >&2
            return 1
        }
        echo "$fuzzer: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log") inputs"
    done
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
    find_fuzzers
    build asan "${fuzzers[@]}"
    run_fuzzers -max_total_time="${1:-60}"
    ;;
quick)
    find_fuzzers
    build asan "${parser_tests[@]}" "${fuzzers[@]}" "${fuzzers[@]/%_fuzz/_corpus}"
    ctest --test-dir build/asan --output-on-failure --timeout 1200 \
        -R "^($(IFS='|' && echo "${parser_tests[*]}")|.*_corpus)\$"
    # One seed: what fails here fails again.
    run_fuzzers -seed=1 -runs=100000 -max_total_time="${1:-10}"
    ;;
planted) exec python3 tests/planted/run.py "$@" ;;
coverage) exec tools/coverage.py "$@" ;;
*) usage ;;
esac
