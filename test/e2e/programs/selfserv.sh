#!/bin/sh
# NSS's own selfserv as a server of files: HTTP/1.0, so a connection for each request. It reports nothing.
set -eu
port=$1 chain=$2 key=$3 home=$4

openssl pkcs12 -export -in "$chain" -inkey "$key" -name own -passout pass: -out "$home/both.p12"
certutil -N -d "sql:$home" --empty-password
pk12util -i "$home/both.p12" -d "sql:$home" -W "" >/dev/null
exec selfserv -d "sql:$home" -e own -p "$port" -V tls1.2:
