<?php
// A server by php's stream_socket_server: a process for each connection, forked before the handshake.
const PIECE = 10000;
[, $port, $chain, $key] = $argv;

function put($connection, $bytes) {
    while ($bytes != "" && ($size = fwrite($connection, $bytes)) > 0)
        $bytes = substr($bytes, $size);
}

function answer($connection, $path) {
    $own_port = preg_replace("/.*:/", "", stream_socket_get_name($connection, true));
    fwrite(STDOUT, getmypid() . " $own_port $path\n");
    $body = file_get_contents($path);
    put($connection, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " .
        strlen($body) . "\r\n\r\n");
    foreach (str_split($body, str_ends_with($path, "-many") ? PIECE : max(strlen($body), 1)) as $piece)
        put($connection, $piece);
}

function serve($connection) {
    if (!stream_socket_enable_crypto($connection, true, STREAM_CRYPTO_METHOD_TLS_SERVER))
        return;
    while ($line = fgets($connection)) {
        $size = 0;
        while (($header = fgets($connection)) && $header != "\r\n")
            if (stripos($header, "content-length:") === 0)
                $size = (int)explode(" ", $header)[1];
        if ($size > 0)
            stream_get_contents($connection, $size);
        answer($connection, explode(" ", $line)[1]);
    }
}

pcntl_signal(SIGCHLD, SIG_IGN);
$tls = stream_context_create(["ssl" => ["local_cert" => $chain, "local_pk" => $key]]);
$server = stream_socket_server("tcp://127.0.0.1:$port", $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $tls);
while (true) {
    $connection = @stream_socket_accept($server, -1);
    if (!$connection)
        continue;
    if (pcntl_fork() == 0) {
        fclose($server);
        @serve($connection);
        exit(0);
    }
    fclose($connection);
}
