#!/usr/bin/env bash
# Installs what building, running and testing need, on Debian 12. Does nothing when all is there.
# usage: tools/install.sh build|test|prove|coverage|node
set -euo pipefail

build_packages=(
    g++ cmake ninja-build pkg-config python3 python3-jsonschema
    libboost1.81-dev libsimdjson-dev libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev
    libssl-dev libsodium-dev libsqlite3-dev prometheus-cpp-dev libexpected-dev zlib1g-dev
    libjpeg62-turbo-dev libpng-dev libwebp-dev
)
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev openssl sqlite3 chromium)
# For sanitizers and fuzzers.
prove_packages=(clang libclang-rt-14-dev)
coverage_packages=("${prove_packages[@]}" llvm-14)

node_packages=(nodejs npm)

packages=("${build_packages[@]}")
[ "${1:-build}" = test ] && packages+=("${test_packages[@]}")
[ "${1:-build}" = prove ] && packages+=("${test_packages[@]}" "${prove_packages[@]}")
[ "${1:-build}" = coverage ] && packages+=("${test_packages[@]}" "${coverage_packages[@]}")
[ "${1:-build}" = node ] && packages=("${node_packages[@]}")

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "These packages are missing and you are not root: ${missing[*]}" >&2
        echo "Install them with: apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
