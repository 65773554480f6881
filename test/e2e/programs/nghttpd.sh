#!/bin/sh
# nghttpd as a server of files, with padding in its frames. It reports nothing.
set -eu
port=$1 chain=$2 key=$3
exec nghttpd --address=127.0.0.1 --htdocs=/ --workers=2 --padding=200 "$port" "$key" "$chain"
