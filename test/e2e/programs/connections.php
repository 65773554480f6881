<?php
// What php's clients share: a process for each connection, and `ask($verb, $path, $file, $way)` for each request.
[, $port, $ca, $order] = $argv;
$connections = array_slice($argv, 4);

function report($own_port, $path, $status, $size) {
    fwrite(STDOUT, "$own_port $path $status $size\n");
}

function take($steps, $ask) {
    foreach (explode(";", $steps) as $step) {
        $words = explode(" ", $step);
        if ($words[0] == "wait")
            file_get_contents($words[1]);
        else
            $ask($words[0], $words[1], $words[2] ?? null, $words[3] ?? "one");
    }
}

function take_all($ask) {
    global $connections, $order;
    $children = [];
    foreach ($connections as $steps) {
        if ($order == "in-turn") {
            take($steps, $ask);
        } elseif ($child = pcntl_fork()) {
            $children[] = $child;
        } else {
            take($steps, $ask);
            exit(0);
        }
    }
    foreach ($children as $child)
        pcntl_waitpid($child, $status);
}
