#!/bin/sh
# Runs once, when the database is first made. The owner makes and changes the tables. The application may use them and
# owns nothing, so row-level security binds it. The platform's role sees every tenant: nobody can sign in as it, and the
# application steps into it for one transaction at a time, so it must not inherit from it.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set owner_password="$(cat /run/secrets/database_owner_password)" \
    --set app_password="$(cat /run/secrets/database_app_password)" <<'SQL'
CREATE ROLE atrium_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE atrium_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE ROLE atrium_platform NOLOGIN NOSUPERUSER NOBYPASSRLS;
GRANT atrium_platform TO atrium_app;
CREATE DATABASE atrium OWNER atrium_owner;
REVOKE ALL ON DATABASE atrium FROM PUBLIC;
GRANT CONNECT ON DATABASE atrium TO atrium_app;
\connect atrium
ALTER SCHEMA public OWNER TO atrium_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
