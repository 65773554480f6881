#!/bin/sh
# wget as a client: a process for each connection, and one more for each body. It reports nothing, and cannot wait
# between two requests.
set -eu
port=$1 ca=$2 order=$3
shift 3

get() {
  wget --quiet --output-document=/dev/null --header="Content-Type: application/octet-stream" --ca-certificate="$ca" "$@"
}

take() {
  set -f
  IFS=';'
  set -- $1
  IFS=' '
  urls=
  for step; do
    # verb path [file way]
    set -- $step
    if [ $# -lt 4 ]; then
      urls="$urls https://localhost:$port$2"
    else
      get --post-file="$3" "https://localhost:$port$2"
    fi
  done
  [ -z "$urls" ] || get $urls
}

for steps; do
  if [ "$order" = in-turn ]; then take "$steps"; else take "$steps" & fi
done
wait
