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
  hostile [SECONDS]  how long others wait during each attack, in windows of so many seconds (1);
                     says something only on a machine that does nothing else
  ci [SECONDS]       what ./test --all runs: under asan what reads bytes of strangers and the store,
                     and each fuzzer (60); under tsan what has threads. asan and tsan run the rest
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
# A server that reports a race must end at once: nobody reads its standard error.
run_tests() { # PRESET CTEST-ARGUMENT…
    local preset=$1
    shift
    TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}" \
        ctest --test-dir "build/$preset" --output-on-failure --timeout 1500 \
        -E 'bench_smoke|web_|tidy|reference|check_history|citations|describe_is_fresh' "$@"
}

sanitize() { # PRESET CTEST-ARGUMENT…
    build "$1" all
    run_tests "$@"
}

any_of() { # NAME… as a pattern of ctest
    local IFS='|'
    echo "^($*)\$"
}

parsers=(core_test wire_test ws_test auth_test http_test files_test config_test store_sqlite_test)
threads=(shard_test net_test http_test files_test observe_test chat_test session_test webhook_test
         store_sqlite_test)

find_fuzzers() { # sets fuzzers
    configure asan
    mapfile -t fuzzers < <(ninja -C build/asan -t targets all |
        sed -n 's/^\([a-z_]*_fuzz\): .*/\1/p' | grep -v '^cmake_')
}

# Begins with the corpus in the repository; new inputs go to build/asan/found. A slow machine is no
# finding, so that the time for one input is generous.
run_fuzzer() { # FUZZER LIBFUZZER-OPTION…
    local fuzzer=$1 found=build/asan/found/$1
    shift
    rm -rf "$found"
    mkdir -p "$found"
    "build/asan/$fuzzer" "$found" "tests/corpus/$fuzzer" -timeout=120 -rss_limit_mb=2560 \
        -print_final_stats=1 -artifact_prefix="$found-" "$@" >"$found.log" 2>&1 || {
        tail -n 60 "$found.log"
        echo "$fuzzer found something: $found-*" >&2
        return 1
    }
    echo "$fuzzer: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log") inputs"
}
export -f run_fuzzer

# One on each core.
run_fuzzers() { # LIBFUZZER-OPTION…
    printf '%s\n' "${fuzzers[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_fuzzer "$@"' _ {} "$@"
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
    build "$release" power_test
    SEWA_POWER_STATES=${1:-200000} exec "build/$release/power_test" --gtest_filter='PowerCut.*'
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
hostile)
    build "$release" others_test
    HOSTILE_SECONDS=${1:-1} exec "build/$release/others_test"
    ;;
ci)
    find_fuzzers
    build asan "${parsers[@]}" "${fuzzers[@]}" "${fuzzers[@]/%_fuzz/_corpus}"
    run_tests asan -j "$(nproc)" -R "$(any_of "${parsers[@]}" '.*_corpus')"
    # One seed: what fails here fails again, and a slower machine tries less of the same.
    run_fuzzers -seed=1 -max_total_time="${1:-60}"
    build tsan "${threads[@]}"
    run_tests tsan -j "$(nproc)" -R "$(any_of "${threads[@]}")"
    ;;
planted) exec python3 tests/planted/run.py "$@" ;;
coverage) exec tools/coverage.py "$@" ;;
*) usage ;;
esac
