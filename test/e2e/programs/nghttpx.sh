#!/bin/sh
# nghttpx as a server that ends TLS: nginx behind it has the files. The pid that it knows is its master's, so it tells none.
set -eu
port=$1 chain=$2 key=$3 home=$4
cat >"$home/nginx.conf" <<END
daemon off;
user root;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  client_body_buffer_size 1m;
  keepalive_requests 10000;
  default_type application/octet-stream;
  server {
    listen unix:$home/files;
    location / {
      root /;
      error_page 405 = @posted;
    }
    # Reads the body, which a file of its own would not.
    location @posted {
      proxy_pass http://unix:$home/upstream:;
      proxy_method GET;
      proxy_set_body '';
    }
  }
  server {
    listen unix:$home/upstream;
    location / { root /; }
  }
}
END
nginx -p "$home" -c "$home/nginx.conf" &
curl --silent --output /dev/null --retry 100 --retry-delay 0 --retry-all-errors --unix-socket "$home/files" http://ready/
exec nghttpx --conf=/dev/null --frontend="127.0.0.1,$port" --backend="unix:$home/files" --workers=2 \
  --accesslog-file=/dev/stdout --accesslog-format='0 $remote_port $path' --errorlog-file=/dev/stderr \
  --frontend-http2-read-timeout=60 "$key" "$chain"
