#!/bin/sh
# Writes the secrets that docker-compose.yml mounts, once: what is there already is left as it is.
# The folder is for its owner alone; the files in it are readable, because the containers' users are not the host's.
set -eu
umask 022

folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c 36 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
keep_or_write() { [ -s "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"; }

keep_or_write secret_key "$(random)$(random)"
keep_or_write metrics_token "$(random)"
keep_or_write database_superuser_password "$(random)"
keep_or_write database_owner_password "$(random)"
keep_or_write database_app_password "$(random)"
keep_or_write redis_password "$(random)"
keep_or_write email_url "console:"

at=database:5432/atrium
keep_or_write migration_database_url "postgres://atrium_owner:$(cat "$folder/database_owner_password")@$at"
keep_or_write database_url "postgres://atrium_app:$(cat "$folder/database_app_password")@$at"
keep_or_write redis_url "redis://:$(cat "$folder/redis_password")@store:6379/0"
