#!/bin/sh
# gnutls-serv as a server: it answers every path with the one file `same` in its directory, and closes.
set -eu
exec gnutls-serv --quiet --http --disable-client-cert --port="$1" --x509certfile="$2" --x509keyfile="$3" \
  --httpdata="$4/same"
