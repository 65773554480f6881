#include "actors/redaction/described_block.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using sample::json;
using sample::text;

TEST_CASE("passwords behind -p are masked for programs that take them there") {
  CHECK(text("mysql -u root -phunter2 db") == "mysql -u root -p[REDACTED:password] db");
  CHECK(text("mysqldump -p'hunter 2' db") == "mysqldump -p'[REDACTED:password]' db");
  CHECK(text("sshpass -p hunter2 ssh a") == "sshpass -p [REDACTED:password] ssh a");
  CHECK(text("sshpass -phunter2") == "sshpass -p[REDACTED:password]");
  for (const auto* other :
       {"psql -p5432 db", "mkdir -p a/b", "mysql -u root -p", "mysql x; mkdir -pv a", "mysql -p db"})
    CHECK(text(other) == other);
}

TEST_CASE("options of command lines are masked") {
  CHECK(text("mysql --password hunter2 -h db") == "mysql --password [REDACTED:password] -h db");
  CHECK(text("tool --api-key 'a b' x") == "tool --api-key '[REDACTED:apikey]' x");
  CHECK(text("curl -u ann:hunter2 https://h/") == "curl -u [REDACTED:password] https://h/");
  CHECK(text("curl --user \"ann:hunter2\" https://h/") == "curl --user \"[REDACTED:password]\" https://h/");
  CHECK(text("docker login -u ann -p hunter2 h") == "docker login -u ann -p [REDACTED:password] h");
  for (auto benign : {"docker run -p 8080:80 x", "sort -u file", "use --password to set one", "--password-stdin -u ann",
                      "--token-file a.txt", "a - b"})
    CHECK(text(benign) == benign);
}

TEST_CASE("a header in quotes ends with them") {
  CHECK(text("curl -H 'Authorization: Bearer x y' https://h/") ==
        "curl -H 'Authorization: [REDACTED:authorization]' https://h/");
  CHECK(text("say 'password: don't tell'") == "say 'password: [REDACTED:password]'");
}

TEST_CASE("literals and rows of SQL are masked") {
  CHECK(text("CREATE USER a WITH PASSWORD 'hunter2';") == "CREATE USER a WITH PASSWORD '[REDACTED:password]';");
  CHECK(text("CREATE USER a IDENTIFIED BY 'hunter2';") == "CREATE USER a IDENTIFIED BY '[REDACTED:password]';");
  CHECK(text("INSERT INTO u (name, password, n) VALUES ('a', 'x,y', 1), ('b', NULL, 2), ('c', 'z', 3);") ==
        "INSERT INTO u (name, password, n) VALUES ('a', '[REDACTED:password]', 1), ('b', NULL, 2), ('c', "
        "'[REDACTED:password]', 3);");
  CHECK(text("insert into u (pin) values (1234)") == "insert into u (pin) values ([REDACTED:password])");
  for (auto benign : {"Unexpected token '<' at 3", "INSERT INTO u (name) VALUES ('a')", "VALUES (1)", "f(a) values (b"})
    CHECK(text(benign) == benign);
}

TEST_CASE("what PHP serialises is masked") {
  CHECK(text(R"(a:2:{s:4:"user";s:3:"bob";s:8:"password";s:7:"hunter2";})") ==
        R"(a:2:{s:4:"user";s:3:"bob";s:8:"password";s:7:"[REDACTED:password]";})");
  CHECK(text(R"(user|s:3:"bob";token|s:7:"hunter2";)") == R"(user|s:3:"bob";token|s:7:"[REDACTED:token]";)");
  CHECK(text(R"(a:1:{s:3:"pin";i:1234;})") == R"(a:1:{s:3:"pin";i:[REDACTED:password];})");
}

TEST_CASE("what programs print is masked") {
  CHECK(text("{'password': b'x,y', 'n': b'z'}") == "{'password': b'[REDACTED:password]', 'n': b'z'}");
  CHECK(text("[password] => x y\n[n] => 1\n") == "[password] => [REDACTED:password]\n[n] => 1\n");
  CHECK(text("array(2) {\n  [\"pin\"]=>\n  int(17)\n  [\"token\"]=>\n  string(1) \"x\"\n") ==
        "array(2) {\n  [\"pin\"]=>\n  int([REDACTED:password])\n  [\"token\"]=>\n  string(1) \"[REDACTED:token]\"\n");
  CHECK(text("INFO c.e.AuthController : login ok") == "INFO c.e.AuthController : login ok");
}

TEST_CASE("pairs between ';' and in flows end where the next one begins") {
  CHECK(text("Server=db;User Id=sa;Password=x;Encrypt=true") ==
        "Server=db;User Id=sa;Password=[REDACTED:password];Encrypt=true");
  CHECK(text("a=1;password=x;y") == "a=1;password=[REDACTED:password]");
  CHECK(text("a: {password: x y, n: 1}\n") == "a: {password: [REDACTED:password], n: 1}\n");
}

TEST_CASE("a name on the line before says what a value is") {
  CHECK(text("- name: password\n  value: x\n- name: city\n  value: Rome\n") ==
        "- name: password\n  value: [REDACTED:password]\n- name: city\n  value: Rome\n");
  CHECK(text("The password is: hunter2\n") == "The password is: [REDACTED:password]\n");
}

TEST_CASE("a program's expressions stay, its literals do not") {
  for (auto type : {"application/javascript", "text/css"})
    for (auto benign : {"var token=getToken(1);", "a={password:this.p}", ".token:hover{}", "a(token=b.c)"})
      CHECK(sample::redacted(type, benign) == benign);
  CHECK(sample::redacted("text/javascript", "f({token:\"x\",pin:1234})") ==
        "f({token:\"[REDACTED:token]\",pin:[REDACTED:password]})");
  CHECK(sample::redacted("text/html", "<script>var token=get();a={token:'x'}</script> token=x y") ==
        "<script>var token=get();a={token:'[REDACTED:token]'}</script> token=[REDACTED:token] y");
}

TEST_CASE("lists of pairs are masked in JSON, whichever side is first") {
  CHECK(json(R"([{"value":"x","name":"password"},{"value":"y","name":"city"}])") ==
        R"([{"value":"[REDACTED:password]","name":"password"},{"value":"y","name":"city"}])");
  CHECK(json(R"({"h":[["Authorization","x"],["Accept","y"]],"f":["password","email"]})") ==
        R"({"h":[["Authorization","[REDACTED:authorization]"],["Accept","y"]],"f":["password","email"]})");
  CHECK(json(R"({"rawHeaders":["Host","h","Authorization","x","Accept","y"]})") ==
        R"({"rawHeaders":["Host","h","Authorization","[REDACTED:authorization]","Accept","y"]})");
  CHECK(json(R"({"header":"X-Api-Key","value":"x"})") == R"({"header":"X-Api-Key","value":"[REDACTED:apikey]"})");
}

TEST_CASE("text that is encoded is masked where it is written") {
  CHECK(text("x %70assword%3Dhunter2%26a y") == "x %70assword%3D[REDACTED:password]%26a y");
  CHECK(text("<a>{&quot;pin&quot;:1,&quot;n&quot;:2}</a>") ==
        "<a>{&quot;pin&quot;:&quot;[REDACTED:password]&quot;,&quot;n&quot;:2}</a>");
  CHECK(text("<a>&lt;pin&gt;1&lt;/pin&gt;</a>") == "<a>&lt;pin&gt;[REDACTED:password]&lt;/pin&gt;</a>");
  CHECK(text("<a>&#52;111111111111111 &#x34;111111111111111</a>") == "<a>[REDACTED:card] [REDACTED:card]</a>");
  CHECK(text(R"(a \u0034111111111111111 b)") == "a [REDACTED:card] b");
  CHECK(text("at=%B4111111111111111^DOE") == "at=%B[REDACTED:card]^DOE");
  for (auto benign : {"100%25 of it", "a &amp; b &lt; c", "R&D; x&y", R"(c:\users\u0041)", "50%", "&#;&#x;%zz"})
    CHECK(text(benign) == benign);
}

TEST_CASE("base64 is looked into, and masked whole") {
  CHECK(text("see MTIzLTQ1LTY3ODk= there") == "see [REDACTED:ssn] there");
  CHECK(text("see eyJwYXNzd29yZCI6Imh1bnRlcjIifQ there") == "see [REDACTED:password] there");
  CHECK(text("sent Basic YW5uOmh1bnRlcjI= on") == "sent Basic [REDACTED:authorization] on");
  CHECK(json(R"({"a":"data:text/plain;base64,MTIzLTQ1LTY3ODk="})") ==
        R"({"a":"data:text/plain;base64,[REDACTED:ssn]"})");
  CHECK(sample::query("a=MTIzLTQ1LTY3ODk%3D&b=1") == "a=[REDACTED:ssn]&b=1");
  for (auto benign : {"aGVsbG8gd29ybGQsIHRoaXMgaXMgdGV4dA==", "configurationmanager",
                      "d670460b4b4aece5915caf5c68d12f56", "VGhpcy9pcy9hL3BhdGg/YW5kPm1vcmU="})
    CHECK(text(benign) == benign);
}

TEST_CASE("what describes an interface in JSON is none") {
  for (
      auto benign :
      {R"({"members":{"clientToken":{"shape":"ClientToken","documentation":"Makes it <i>idempotent</i>."}}})",
       R"({"a.SecretProjection":{"description":"Adapts a secret.","properties":{"items":{"description":"Each.","type":"array"}}}})",
       R"({"secret":{"description":"Where it is.","allOf":[{"$ref":"#/components/schemas/a"}]}})",
       R"({"ListItems":{"input_token":"NextToken","limit_key":"MaxResults","output_token":"NextToken","result_key":"Items"}})",
       R"({"input_token": "Marker", "output_token": "NextMarker", "result_key": ["A","B"]})"})
    CHECK(json(benign) == benign);
  CHECK(json(R"({"GetCredentials":{"name":"n","http":{"method":"m"},"errors":[{"shape":"s"}],"documentation":"d"}})") ==
        R"({"GetCredentials":{"name":"[REDACTED:secret]","http":{"method":"[REDACTED:secret]"},)"
        R"("errors":[{"shape":"s"}],"documentation":"d"}})");
  CHECK(json(R"({"token":{"shape":"x"},"secret":{"documentation":"y"},"pin":{"description":"z"}})") ==
        R"({"token":{"shape":"[REDACTED:token]"},"secret":{"documentation":"[REDACTED:secret]"},)"
        R"("pin":{"description":"[REDACTED:password]"}})");
  CHECK(json(R"({"credentials":{"description":"d","properties":{"user":"u","value":"v"}}})") ==
        R"({"credentials":{"description":"d","properties":{"user":"[REDACTED:secret]","value":"[REDACTED:secret]"}}})");
  CHECK(json(R"([{"input_token":"a","limit_key":"b"},{"input_token":"c"}])") ==
        R"([{"input_token":"a","limit_key":"b"},{"input_token":"[REDACTED:token]"}])");
  CHECK(json(R"({"input_token":"a","other":"b"})") == R"({"input_token":"[REDACTED:token]","other":"b"})");
  CHECK(json(R"({"access_token":"a","limit_key":"b"})") == R"({"access_token":"[REDACTED:token]","limit_key":"b"})");
  CHECK(json(R"([{"input_token":"a"},{"limit_key":"b"}])") ==
        R"([{"input_token":"[REDACTED:token]"},{"limit_key":"b"}])");
}

TEST_CASE("blocks of YAML that say where a secret is or that one is wanted are none") {
  for (auto benign : {"volumes:\n- name: tls\n  secret:\n    defaultMode: 420\n    secretName: web-tls\n- name: b\n",
                      "sources:\n- secret:\n    items:\n    - key: a\n      mode: 3\n      path: b\n    name: c\n    "
                      "optional: true\n",
                      "- serviceAccountToken:\n    audience: vault\n    expirationSeconds: 7200\n    path: token\n",
                      "tokenRequests:\n- audience: a\n  expirationSeconds: 2\nx: 1\n",
                      "on:\n  workflow_call:\n    secrets:\n      API_TOKEN:\n        required: true\n      OTHER:\n   "
                      "     required: false\n"})
    CHECK(text(benign) == benign);
  const auto masked = [](const std::string& block) {
    return text("secret:\n" + block + "n: 1\n") == "secret:\n  [REDACTED:secret]\nn: 1\n";
  };
  CHECK(masked("  secretName: a\n  value: hunter2\n")); // there is a value as well
  CHECK(masked("  secretName: a\n  hunter2\n"));
  CHECK(masked("  secretName: a\n  # hunter2\n"));
  CHECK(masked("  secretName: a\n  items:\n  - hunter2\n"));
  CHECK(masked("  secretName: |\n    hunter2\n"));
  CHECK(masked("  name: a\n  key: hunter2\n"));
  CHECK(masked("  path: hunter2\n"));
  CHECK(masked("  required: hunter2\n"));
  auto longer = std::string{"  secretName: a\n"};
  while (longer.size() <= masking::described_block_max)
    longer += "  path: b\n";
  CHECK(masked(longer));
  CHECK(text("secret: secretName: a\n") == "secret: [REDACTED:secret]\n");
  CHECK(text("secret:\n  secretName: a\n  name:\n    password:\n") ==
        "secret:\n  secretName: a\n  name:\n    password:\n");
}

TEST_CASE("what describes a value is none") {
  for (auto benign : {R"({"properties":{"password":{"type":"string","minLength":8,"description":"At least 8"}}})",
                      R"({"volumes":[{"secret":{"secretName":"web-tls","defaultMode":420}}]})",
                      R"({"valueFrom":{"secretKeyRef":{"name":"db","key":"x"}}})"})
    CHECK(json(benign) == benign);
  CHECK(
      json(R"({"password":{"type":"string","default":"x","value":"y","enum":["z"]}})") ==
      R"({"password":{"type":"string","default":"[REDACTED:password]","value":"[REDACTED:password]","enum":["[REDACTED:password]"]}})");
  for (auto benign :
       {"password:\n  type: string\n  description: A new one\nn: 1\n", "automountToken: true\n", "PWD=/home/a\n",
        "in arn:aws:secretsmanager:eu-west-1:17:secret:name-a1b2", "core::pin::Pin", "Vec<Pin<T>> a",
        "ssh://git@h/a.git", "SIG_BLOCK=1", "IN_PIN \"6\"", "git add -u :/", "11111111-2222-3333-4444-555555555555",
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBcGlu=="})
    CHECK(text(benign) == benign);
  for (auto benign : {"if (token === 1) f(token=>1)", "ask('New password: ')", "fetch(u,{credentials:'same-origin'})"})
    CHECK(sample::redacted("application/typescript", benign) == benign);
  CHECK(text("<a accesskey=\"p\" password=\"q\">") == "<a accesskey=\"p\" password=\"[REDACTED:password]\">");
  CHECK(text("<USERPASS>x\n<FI>\n<ID>1") == "<USERPASS>[REDACTED:password]\n<FI>\n<ID>1");
}
