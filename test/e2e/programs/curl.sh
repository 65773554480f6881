#!/bin/sh
# curl as a client: a process for each list of steps. It cannot wait between two requests. With HTTP=http2 it asks all at
# once, in streams of one connection as far as it can.
set -eu
port=$1 ca=$2 order=$3
shift 3
parallel=
[ "${HTTP:-}" != http2 ] || parallel=parallel

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
${HTTP:-http1.1}
$parallel
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
