#!/usr/bin/env bash
# Prints the folder of a Node.js that is new enough for the front end; installs one when there is
# none. Distribution packages may be older than 20.9, so the npm package `node` brings its own then.
set -euo pipefail
cd "$(dirname "$0")/.."

new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 9) ? 0 : 1)' 2>/dev/null
}
found="$(command -v node || true)"
if [ -n "$found" ] && command -v npm >/dev/null && new_enough "$found"; then
    dirname "$found"
    exit 0
fi
own="$PWD/build/node/node_modules/node/bin"
if ! new_enough "$own/node"; then
    tools/install.sh node >&2
    mkdir -p build/node
    npm install --silent --no-audit --no-fund --prefix build/node node@22 >&2
fi
echo "$own"
