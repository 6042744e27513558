#!/usr/bin/env bash
# Brings PostgreSQL, on which the tests of the domain run a second time, from Debian's packages. Does nothing where it is
# already installed. No cluster is made and no service is started: tests start a server of their own.
set -euo pipefail
if compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; then exit 0; fi
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "PostgreSQL is needed: install it (Debian: apt-get install postgresql) and try again." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# The package would make a cluster and start it.
mkdir -p /etc/postgresql-common
[[ -e /etc/postgresql-common/createcluster.conf ]] ||
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
apt-get install -y -qq postgresql >/dev/null 2>&1 ||
  { apt-get update -qq && apt-get install -y -qq postgresql >/dev/null; } ||
  { echo "PostgreSQL could not be installed with apt-get; install it by hand and try again." >&2; exit 1; }
