#!/usr/bin/env bash
# The front end: tools/web.sh build | test | server [BINARY] | e2e [BINARY [FILE…]]
#   build   makes frontend/out, which the server's build puts into the program; nothing when it is up to date
#   test    types, lint and unit tests
#   server  the browser's client against a server; BINARY is build/release/sewa unless told
#   e2e     the app in Chromium (Debian's `chromium`) against a server; FILE is a part of a name in frontend/e2e
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$(tools/node.sh):$PATH"
export NEXT_TELEMETRY_DISABLED=1

binary="$(realpath -m "${2:-build/release/sewa}")"
cd frontend
stamp=node_modules/.installed
if [ ! -f "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
    echo "Installing the front end's packages"
    # Not `npm ci`: it insists on packages for other platforms, which not every registry has.
    npm install --no-save --silent --no-audit --no-fund
    touch "$stamp"
fi

case "${1:-build}" in
build)
    if [ -f out/index.html ] && [ -z "$(find src package-lock.json next.config.ts -newer out/index.html -print -quit)" ]; then
        exit 0
    fi
    echo "Building the web app"
    npm run --silent build
    touch out/index.html
    ;;
test)
    npm run --silent check
    npm test --silent
    ;;
server)
    TEST_SERVER_BINARY="$binary" npm run --silent test:server
    ;;
e2e)
    [ -f out/index.html ] || npm run --silent build
    SEWA_BIN="$binary" npm run --silent e2e -- "${@:3}"
    ;;
esac
