<?php
// A client by php's own https stream wrapper, which opens a connection for each request.
require __DIR__ . "/connections.php";

take_all(function ($verb, $path, $file, $way) {
    global $port, $ca;
    $http = ["method" => $verb, "protocol_version" => 1.1, "ignore_errors" => true];
    if ($file) {
        $http["content"] = file_get_contents($file);
        $http["header"] = "Content-Type: application/octet-stream";
    }
    $stream = fopen("https://localhost:$port$path", "rb", false,
                    stream_context_create(["http" => $http, "ssl" => ["cafile" => $ca]]));
    $own_port = preg_replace("/.*:/", "", stream_socket_get_name($stream, false));
    $status = explode(" ", stream_get_meta_data($stream)["wrapper_data"][0])[1];
    report($own_port, $path, $status, strlen(stream_get_contents($stream)));
});
