#!/usr/bin/env bash
# Brings nginx and envsubst, which tests/deployment puts in front of real processes, from Debian's packages. Does nothing
# where they are already installed. The package's own service is not started.
set -euo pipefail
missing=()
command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
command -v envsubst >/dev/null || missing+=(gettext-base)
if [[ ${#missing[@]} -eq 0 ]]; then exit 0; fi
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "nginx and envsubst are needed: install them (Debian: apt-get install nginx-light gettext-base) and try again." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# A policy that forbids starting services while packages are installed, unless the machine has its own.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get install -y -qq "${missing[@]}" >/dev/null 2>&1 ||
  { apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null; } ||
  { echo "nginx could not be installed with apt-get; install it by hand and try again." >&2; exit 1; }
