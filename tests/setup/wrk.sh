#!/usr/bin/env bash
# Brings wrk, the load generator of `make bench`, from Debian's package. Does nothing where it is already installed.
set -euo pipefail
if command -v wrk >/dev/null; then exit 0; fi
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "wrk is needed: install it with your system's package manager (Debian: apt-get install wrk) and try again." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -qq wrk >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq wrk >/dev/null; } ||
  { echo "wrk could not be installed with apt-get; install it by hand and try again." >&2; exit 1; }
