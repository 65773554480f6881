<?php
// A client by php's curl extension.
require __DIR__ . "/connections.php";

$curl = null;

take_all(function ($verb, $path, $file, $way) use (&$curl) {
    global $port, $ca, $order;
    $curl ??= curl_init();
    curl_reset($curl); // keeps the connection
    curl_setopt_array($curl, [CURLOPT_URL => "https://localhost:$port$path", CURLOPT_CAINFO => $ca,
        CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1, CURLOPT_RETURNTRANSFER => true, CURLOPT_CUSTOMREQUEST => $verb,
        CURLOPT_HTTPHEADER => ["Content-Type: application/octet-stream", "Expect:"]]);
    if ($file && $way == "many")
        curl_setopt_array($curl, [CURLOPT_UPLOAD => true, CURLOPT_INFILE => fopen($file, "rb"),
            CURLOPT_INFILESIZE => filesize($file)]);
    elseif ($file)
        curl_setopt($curl, CURLOPT_POSTFIELDS, file_get_contents($file));
    $answer = curl_exec($curl);
    report(curl_getinfo($curl, CURLINFO_LOCAL_PORT), $path, curl_getinfo($curl, CURLINFO_RESPONSE_CODE),
           strlen($answer));
});
