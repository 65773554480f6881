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
    cat <<END
$next
url = https://localhost:$port$2
output = /dev/null
silent
http1.1
cacert = $ca
write-out = "%{local_port} %{url_effective} %{http_code} %{size_download}\n"
END
    [ $# -lt 4 ] || printf 'header = "Content-Type: application/octet-stream"\nheader = Expect:\n'
    case "${4:-}" in
    one) echo "data-binary = @$3" ;;
    many) printf 'upload-file = %s\nrequest = %s\n' "$3" "$1" ;;
    esac
    next=next
  done | curl --config -
}

for steps; do
  if [ "$order" = in-turn ]; then take "$steps"; else take "$steps" & fi
done
wait
