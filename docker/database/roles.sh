#!/bin/sh
# Runs once, when the database's volume is new: the roles and the database (docs/running.md tells what each may do).
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set owner_password `cat /run/secrets/owner_password`
\set app_password `cat /run/secrets/app_password`
\set engine_password `cat /run/secrets/engine_password`
\set receiver_password `cat /run/secrets/receiver_password`
create role sip_owner login password :'owner_password';
create role sip_app login password :'app_password';
create role sip_engine login password :'engine_password';
create role sip_receiver login password :'receiver_password';
create database sip owner sip_owner template template0 encoding 'UTF8' locale 'C.UTF-8';
revoke connect, temporary on database sip from public;
grant connect on database sip to sip_app, sip_engine, sip_receiver;
SQL
