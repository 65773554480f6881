#!/bin/sh
# lighttpd as a server, by the TLS library that $MODULE names. It reports nothing.
set -eu
port=$1 chain=$2 key=$3 home=$4

cat "$chain" "$key" >"$home/both.pem"
cat >"$home/read" <<'END'
#!/bin/sh
# Reads the body, and answers with the file.
head -c "$CONTENT_LENGTH" >/dev/null
printf 'Content-Type: application/octet-stream\r\nContent-Length: %s\r\n\r\n' "$(stat -c %s "$SCRIPT_FILENAME")"
cat "$SCRIPT_FILENAME"
END
chmod +x "$home/read"
cat >"$home/lighttpd.conf" <<END
server.modules = ("mod_cgi", "$MODULE")
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "/"
server.max-keep-alive-requests = 10000
server.max-keep-alive-idle = 60
mimetype.assign = ("" => "application/octet-stream")
ssl.engine = "enable"
ssl.pemfile = "$home/both.pem"
server.upload-dirs = ("$home")
\$HTTP["request-method"] == "POST" { cgi.assign = ("" => "$home/read") }
END
exec lighttpd -D -f "$home/lighttpd.conf"
