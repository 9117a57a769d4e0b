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
  server asan | tsan the tests of the whole server, as released, against a server under a sanitizer
  fuzz [SECONDS]     each fuzzer so long, under ASan and UBSan (60); what it finds goes to build/asan/found
  fuzz --runs [N]    N inputs shared by the fuzzers (1000000000); goes on from what earlier runs found
  hostile [SECONDS]  how long others wait during each attack, in windows of so many seconds (1);
                     says something only on a machine that does nothing else
  ci [SECONDS]       what ./test --all runs: under asan what reads bytes of strangers and the store,
                     and each fuzzer (60); under tsan what has threads. asan and tsan run the rest
  quick              what .ci/run runs after ./test: as much of ci as builds from nothing in minutes
  quick fuzz         what it runs then: the fuzzers, as ci does, that are built in seven minutes
  planted [NAME …]   plants faults in a copy of the sources and says which test fails for each
  coverage           branches of ws, wire, auth and store that their tests do not take and nobody explained
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

# Memory that is kept back for the sake of finding its use would look like growth.
kept_back=quarantine_size_mb=8

# Speed, the browser and what is no C++ say nothing under a sanitizer.
# A server that reports a race must end at once: nobody reads its standard error.
run_tests() { # PRESET CTEST-ARGUMENT…
    local preset=$1
    shift
    TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}" ASAN_OPTIONS="$kept_back ${ASAN_OPTIONS:-}" \
        ctest --test-dir "build/$preset" --output-on-failure --timeout 1500 \
        -E 'bench_smoke|web_|tidy|reference|check_history|citations|describe_is_fresh' "$@"
}

sanitize() { # PRESET CTEST-ARGUMENT…
    build "$1" all
    run_tests "$@"
}

# What the server does is watched; who talks to it need not be.
test_server() { # PRESET
    local reports=$PWD/build/$1/reports status=0
    build "$1" sewa
    build "$release" all
    rm -rf "$reports" && mkdir -p "$reports"
    ASAN_OPTIONS="log_path=$reports/asan $kept_back" UBSAN_OPTIONS="log_path=$reports/ubsan" \
        TSAN_OPTIONS="log_path=$reports/tsan" TEST_SERVER_BINARY=$PWD/build/$1/sewa \
        ctest --test-dir "build/$release" --output-on-failure --timeout 1500 -j "$(nproc)" \
        -R '^e2e_' -E 'describe|allocations' || status=$?
    [ -z "$(ls "$reports")" ] || { cat "$reports"/*; status=1; }
    return "$status"
}

any_of() { # NAME… as a pattern of ctest
    local IFS='|'
    echo "^($*)\$"
}

parsers=(core_test wire_test ws_test auth_test http_test files_test config_test store_sqlite_test)
threads=(shard_test net_test http_test files_test observe_test chat_test session_test webhook_test
         store_sqlite_test)
# Of these what compiles fast.
quick_parsers=(core_test config_test wire_test ws_test auth_test config_config_corpus
               http_parser_corpus http_target_corpus wire_decode_corpus wire_utf8_corpus
               ws_decoder_corpus ws_frames_corpus auth_jwt_corpus auth_jwks_corpus)
quick_threads=(shard_test net_test chat_test session_test)

# What does not fit into its minutes is left out, aloud: a slow machine is no fault of the sources.
in_time() { # SECONDS COMMAND…
    local status=0
    timeout "$@" || status=$?
    [ "$status" != 124 ] || echo "LEFT OUT, not done in $1 s: ${*:2}; see tools/prove.sh ci" >&2
    return "$status"
}

# Kernels with unusual address spaces run no sanitizer at all.
runs_here() { # PROGRAM ARGUMENT…
    "$@" >/dev/null 2>&1 || {
        echo "LEFT OUT, this machine does not run $1" >&2
        return 1
    }
}

test_quickly() { # PRESET TARGET…
    local preset=$1 status=0
    shift
    configure "$preset"
    in_time 420 ninja -C "build/$preset" -j "${JOBS:-$(nproc)}" "$@" >&2 || status=$?
    [ "$status" != 124 ] || return 0
    [ "$status" = 0 ] || return "$status"
    runs_here "build/$preset/$1" --gtest_list_tests || return 0
    TSAN_OPTIONS="halt_on_error=1" in_time 180 ctest --test-dir "build/$preset" \
        --output-on-failure -j "$(nproc)" -R "$(any_of "$@")" || status=$?
    [ "$status" = 124 ] || return "$status"
}

find_fuzzers() { # sets fuzzers
    configure asan
    mapfile -t fuzzers < <(ninja -C build/asan -t targets all |
        sed -n 's/^\([a-z0-9_]*_fuzz\): .*/\1/p' | grep -v '^cmake_')
}

# Begins with the corpus in the repository; new inputs go to build/asan/found. A slow machine is no
# finding, so that the time for one input is generous.
run_fuzzer() { # FUZZER LIBFUZZER-OPTION…
    local fuzzer=$1 found=build/asan/found/$1
    shift
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

fuzz_anew() { # LIBFUZZER-OPTION…
    rm -rf build/asan/found
    run_fuzzers "$@"
}

# One on each core.
run_fuzzers() { # LIBFUZZER-OPTION…
    printf '%s\n' "${fuzzers[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_fuzzer "$@"' _ {} "$@"
}

fuzz_quickly() {
    local built=() fuzzer
    find_fuzzers
    in_time 420 ninja -C build/asan -j "${JOBS:-$(nproc)}" -k 0 "${fuzzers[@]}" >&2 || [ $? = 124 ]
    for fuzzer in "${fuzzers[@]}"; do
        [ ! -x "build/asan/$fuzzer" ] || built+=("$fuzzer")
    done
    [ ${#built[@]} != 0 ] && runs_here "build/asan/${built[0]}" -runs=0 || return 0
    fuzzers=("${built[@]}")
    fuzz_anew -seed=1 -max_total_time=60
    echo "fuzzers: ${#fuzzers[@]} passed, 0 failed"
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
server)
    [ "${1:-}" = asan ] || [ "${1:-}" = tsan ] || usage
    test_server "$1"
    ;;
fuzz)
    find_fuzzers
    build asan "${fuzzers[@]}"
    if [ "${1:-}" = --runs ]; then
        run_fuzzers -runs=$((${2:-1000000000} / ${#fuzzers[@]} + 1))
    else
        fuzz_anew -max_total_time="${1:-60}"
    fi
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
    fuzz_anew -seed=1 -max_total_time="${1:-60}"
    build tsan "${threads[@]}"
    run_tests tsan -j "$(nproc)" -R "$(any_of "${threads[@]}")"
    ;;
quick)
    if [ "${1:-}" = fuzz ]; then
        fuzz_quickly
        exit
    fi
    test_quickly asan "${quick_parsers[@]}"
    test_quickly tsan "${quick_threads[@]}"
    ;;
planted) exec python3 tests/planted/run.py "$@" ;;
coverage)
    tools/install.sh coverage
    exec tools/coverage.py "$@"
    ;;
*) usage ;;
esac
