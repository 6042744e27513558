#!/usr/bin/env bash
# Brings Chromium, which the pages are looked at with, from Debian's packages: its headless shell, which needs three
# quarters of the processor that the whole browser does. Where only a whole one is installed or to be had, it will do.
# Playwright drives it; axe-core comes with tests/setup/node.sh.
set -euo pipefail
if command -v chromium-headless-shell >/dev/null; then exit 0; fi
whole() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  if whole; then exit 0; fi
  echo "Chromium is needed: install it (Debian: apt-get install chromium-headless-shell) and try again." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -qq --no-install-recommends "$1"; } >/dev/null 2>&1
if install chromium-headless-shell || whole; then exit 0; fi
apt-get update -qq >/dev/null 2>&1 || true
install chromium-headless-shell || install chromium ||
  { echo "Chromium could not be installed with apt-get; install it by hand and try again." >&2; exit 1; }
