#!/usr/bin/env bash
# Brings fastmcp into a virtual environment of its own, .cache/fastmcp: it may want other versions than Atrium has. Nothing of it
# is part of the product. Does nothing, without network, once done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
version=4.1.2
target=.cache/fastmcp

mkdir -p "$target"
exec 9>"$target/lock"
if command -v flock >/dev/null; then flock 9; fi
if [[ $(cat "$target/ready" 2>/dev/null) == "$version" ]]; then exit 0; fi

rm -f "$target/ready"
python=.venv/bin/python
[[ -x $python ]] || python=python3
"$python" -m venv --clear "$target/venv"
"$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check "fastmcp==$version"
echo "$version" >"$target/ready"
