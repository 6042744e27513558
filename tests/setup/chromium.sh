#!/usr/bin/env bash
# Brings Chromium, which the pages are looked at with, from Debian's packages. Does nothing where it is already installed.
# Playwright drives it; axe-core comes with tests/setup/node.sh.
set -euo pipefail
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then exit 0; fi
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "Chromium is needed: install it (Debian: apt-get install chromium) and try again." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 ||
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } ||
  { echo "Chromium could not be installed with apt-get; install it by hand and try again." >&2; exit 1; }
