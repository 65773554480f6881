#!/bin/sh
# curl as a client: a process for each connection. It cannot wait between two requests.
set -eu
port=$1 ca=$2 order=$3
shift 3

take() {
  set -f
  IFS=';'
  set -- $1
  IFS=' '
  next=
  for step; do
    # verb path [file way]
    set -- $step
    echo "$next"
    echo "url = https://localhost:$port$2"
    [ $# -lt 4 ] || { echo "header = \"Content-Type: application/octet-stream\""; echo "header = Expect:"; }
    case "${4:-}" in
    one) echo "data-binary = @$3" ;;
    many) echo "upload-file = $3"; echo "request = $1" ;;
    esac
    echo "output = /dev/null"
    echo "silent"
    echo "http1.1"
    echo "cacert = $ca"
    echo 'write-out = "%{local_port} %{url_effective} %{http_code} %{size_download}\n"'
    next=next
  done | curl --config -
}

for steps; do
  if [ "$order" = in-turn ]; then take "$steps"; else take "$steps" & fi
done
wait
