#!/bin/sh
# nghttpx that ends TLS before a server that speaks HTTP/2 without it, at another port. Not of the matrix.
set -eu
exec nghttpx --conf=/dev/null --frontend="127.0.0.1,$2" --backend="127.0.0.1,$1;;proto=h2" --errorlog-file=/dev/stderr \
  --workers=1 "$4" "$3"
