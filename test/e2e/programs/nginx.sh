#!/bin/sh
# nginx as a server, with four workers. With HTTP=http2 it speaks that too.
set -eu
port=$1 chain=$2 key=$3 home=$4
cat >"$home/nginx.conf" <<END
daemon off;
user root;
worker_processes 4;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  log_format seen '\$pid \$remote_port \$request_uri';
  access_log /dev/stdout seen;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_body_buffer_size 1m;
  keepalive_requests 10000;
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:$port ssl ${HTTP:-} reuseport;
    ssl_certificate $chain;
    ssl_certificate_key $key;
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
    access_log off;
    location / { root /; }
  }
}
END
exec nginx -p "$home" -c "$home/nginx.conf"
