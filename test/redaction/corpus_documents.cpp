#include "test/redaction/corpus_documents.hpp"

#include <array>

namespace cleartap::score {

namespace {

constexpr auto documents = std::to_array<document>({
    {"body", "application/json",
     R"({"items":[{"id":"[uuid]","sku":"A-17","price":[price],"created_at":"[timestamp]","sha":"[sha]","tags":["a","b"]},)"
     R"({"id":"[uuid]","order_number":"[order]","invoiceNo":[invoice],"updated":[epoch],"note":"Woven in the old way."}],)"
     R"("next_page_token":null,"total_tokens":17,"has_password":true,"page":2})"},
    {"body", "application/json",
     R"({"usage":{"prompt_tokens":11,"completion_tokens":4096,"max_tokens":8192},"token_type":"Bearer","expires_in":3600,)"
     R"("session_count":3,"password_policy":"strong","public_key":"[hash]","primary_key":"id","author":"J\u00fcrgen \"Jo\" B"})"},
    {"body", "application/json",
     R"({"error":{"code":"E17","message":"Unexpected token '<' at position 0","details":"Invalid number [address]:443",)"
     R"j("trace":"at f (\/srv\/[file]:17:3)\n    at g (\/srv\/[file]:4:1)","request_id":"[uuid]"}})j"},
    {"body", "application/json",
     R"({"level":"info","ts":"[timestamp]","msg":"GET /v1/items?page=2&sort=name 200 in 17.5ms","commit":"[sha]",)"
     R"("payload":"{\"id\":\"[uuid]\",\"price\":[price],\"tracking_number\":\"[tracking]\",\"list\":[1,2,{\"a\":null}]}"})"},
    {"body", "application/json",
     R"({"data":{"image":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9",)"
     R"("etag":"W/\"[hash]\"","html":"<p class=\"x\">5 &lt; 6 &amp; 7<\/p>","path":"\/a%20b\/c%2Fd"}})"},
    {"body", "application/json",
     R"({"type":"object","required":["email","password"],"properties":{"email":{"type":"string","format":"email"},)"
     R"("count":{"type":"integer","description":"How many there are"}}})"},
    {"body", "application/json; charset=utf-8",
     R"([["time","host","size"],["[timestamp]","[address]",17],["[timestamp]","[address]",4]])"},
    {"body", "application/x-ndjson",
     "{\"id\":\"[uuid]\",\"v\":[price]}\n{\"id\":\"[uuid]\",\"v\":[price],\"at\":[epoch]}\n"},
    {"body", "text/event-stream", "event: tick\nid: [epoch]\ndata: {\"n\":17,\"at\":\"[timestamp]\"}\n\n"},
    {"body", "text/html",
     "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shop &amp; more</title><link "
     "rel=\"stylesheet\" "
     "href=\"/static/[file]?v=[version]\"><script>var s=document.getElementById('q');s.token=null;function "
     "f(token){return "
     "token.value}</script></head><body><form action=\"/login\" method=\"post\"><label "
     "for=\"password\">Password</label>"
     "<input type=\"password\" name=\"password\" id=\"password\" autocomplete=\"off\"><a "
     "href=\"/reset?lang=en&amp;page=2\">"
     "Forgot it?</a></form><p>Order [order] of [timestamp], [price] EUR</p><img src=\"icon@2x.png\"></body></html>"},
    {"body", "application/javascript",
     "!function(e){var t={token:e.token,password:e.form.password,headers:{Authorization:n(e)}};t.session=i(e.session);"
     "if(e.token===null)return;export const version='[version]',build='[sha]'}(window);"},
    {"body", "text/css",
     ".token:hover,.password-field::before{color:#a1b2c3;background:url(/static/[file])} a[href=x]{top:0}"},
    {"body", "application/xml",
     "<?xml version=\"1.0\" encoding=\"UTF-8\"?><catalog xmlns:x=\"http://www.w3.org/2001/XMLSchema\"><item "
     "id=\"[uuid]\" "
     "x:type=\"a\"><price currency=\"EUR\">[price]</price><orderNumber>[order]</orderNumber><!-- see below "
     "--><hash>[hash]"
     "</hash><text><![CDATA[5 < 6 & 7 > 6]]></text><at>[timestamp]</at></item></catalog>"},
    {"body", "text/plain",
     "[timestamp] INFO  [address] GET /v1/items/[uuid] 200 17ms ua=\"curl/7.88.1\" build=[version]\n"
     "[timestamp] WARN  retry 2 of 5: connection to [address]:5432 refused (errno=111)\n"
     "[timestamp] DEBUG order [order] is paid, invoice #[invoice], commit [sha]\n"},
    {"body", "text/plain",
     "# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\n"
     "http_requests_total{code=\"200\",path=\"/v1/items\"} 1.7e+06 [epoch]\nprocess_start_time_seconds "
     "1.7[price]e+09\n"},
    {"body", "text/plain",
     "Dear all, the meeting is at 12:30 in room 4711. The password policy changes: a new one every year. See "
     "https://wiki.example/a?page=2#top or call 5550123. It is 17% cheaper, R&D says; c:\\temp\\new, 3 <= 4.\n"},
    {"body", "application/yaml",
     "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  uid: [uuid]\nspec:\n  replicas: 3\n  template:\n"
     "    spec:\n      containers:\n        - name: web\n          image: registry.example/web@sha256:[hash]\n"
     "          env:\n            - name: PORT\n              value: \"8080\"\n"},
    {"body", "text/csv",
     "id,order_number,price,at\n[uuid],[order],[price],[timestamp]\n[uuid],[order],[price],[timestamp]\n"},
    {"body", "application/x-www-form-urlencoded",
     "q=linen+shirt%2C+light&page=2&id=[uuid]&order_id=[order]&at=[timestamp]&price=[price]&filter%5Bcolor%5D=blue"},
    {"body", "multipart/form-data; boundary=b7",
     "--b7\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA shirt\r\n--b7\r\nContent-Disposition: form-data; "
     "name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\nid,n\r\n[uuid],17\r\n--b7--\r\n"},
    {"body", "application/json",
     R"({"query":"query Items($n: Int!, $after: String) { items(first: $n, after: $after) { id price order { number } } }",)"
     R"("variables":{"n":20,"after":"aXRlbTox[epoch]"},"operationName":"Items"})"},
    {"query", "",
     "page=2&sort=-created_at&fields=id%2Cname&since=[timestamp]&cursor=aXRlbTox&id=[uuid]&orderId=[order]"},
    {"path", "", "/v1/orders/[order]/items/[uuid]/files/[file]"},
    {"path", "", "/repos/a/b/commits/[sha]/status;v=2/a%20b"},
    {"ETag", "", "\"[hash]\""},
    {"X-Request-Id", "", "[uuid]"},
    {"X-Order-Number", "", "[order]"},
    {"Traceparent", "", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
    {"User-Agent", "",
     "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"},
    {"Referer", "", "https://shop.example/items?id=[uuid]&page=2&q=linen%20shirt#top"},
    {"Content-Security-Policy", "", "default-src 'self'; img-src * data:; script-src 'self' 'sha256-[hash]'"},
    {"Link", "",
     "<https://h.example/v1/items?page=3&per_page=20>; rel=\"next\", <https://h.example/v1/items?page=9>; "
     "rel=\"last\""},
    {"Strict-Transport-Security", "", "max-age=31536000; includeSubDomains; preload"},
});

} // namespace

std::size_t documents_count() noexcept { return documents.size(); }
const document& document_at(std::size_t index) noexcept { return documents[index]; }

} // namespace cleartap::score
