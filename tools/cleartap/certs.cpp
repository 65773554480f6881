// `cleartap certs`: makes the certificates of a link, and says what to write into the two configurations.
#include "config/host_name.hpp"
#include "messages/text.hpp"
#include "tools/cleartap/certificate_directory.hpp"
#include "tools/cleartap/command.hpp"
#include "tools/cleartap/table.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

namespace cleartap {

namespace {

namespace json = boost::json;

constexpr auto days_max = 3650;
constexpr auto names_max = std::size_t{256};
constexpr auto port = std::string_view{":9443"};

struct certs_options {
  std::string directory;
  std::vector<std::string> names;
  int days = 365;
  bool renew = false;
  bool as_json = false;
};

/// Key and value of each setting, in the order of the file.
using link_settings = std::vector<std::pair<std::string, std::string>>;

struct outcome {
  certificate_files ca;
  bool made_ca = false;
  std::vector<certificate_files> made;
};

std::string date(std::chrono::sys_seconds when) { return rfc3339(wall_time{when}).substr(0, 10); }

/// The first name that one host can have is the reconstructor's.
const certificate_files* reconstructor_of(const outcome& all) {
  const auto found = std::ranges::find_if(all.made, [](const auto& each) { return !each.name.starts_with("*."); });
  return found == all.made.end() ? nullptr : &*found;
}

/// The first other name, or the same one for both ends.
const certificate_files* sniffer_of(const outcome& all) {
  const auto* other = reconstructor_of(all);
  const auto found = std::ranges::find_if(all.made, [&](const auto& each) { return &each != other; });
  return found == all.made.end() ? other : &*found;
}

std::string address_of(const std::string& host) {
  return (is_ipv6_address(host) ? "[" + host + "]" : host) + std::string{port};
}

link_settings settings_for(const certificate_files& own, const outcome& all, bool sniffer) {
  const auto* reconstructor = reconstructor_of(all);
  auto settings = link_settings{};
  if (sniffer)
    settings.emplace_back("connect", address_of(reconstructor ? reconstructor->name : "HOST"));
  else
    settings.emplace_back("listen", "0.0.0.0" + std::string{port});
  settings.emplace_back("cert", own.certificate);
  settings.emplace_back("key", own.key);
  settings.emplace_back("ca", all.ca.certificate);
  settings.emplace_back("peer_name", !sniffer ? sniffer_of(all)->name : reconstructor ? reconstructor->name : "");
  return settings;
}

result<outcome> make_all(const certs_options& options) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto directory = certificate_directory{options.directory};
  if (auto checked = directory.check(options.names, options.renew); !checked)
    return checked.error();
  auto ca = directory.open_ca(now);
  if (!ca)
    return ca.error();
  auto all = outcome{*std::move(ca), directory.made_ca(), {}};
  for (const auto& name : options.names) {
    auto made = directory.add(name, {now, std::chrono::days{options.days}});
    if (!made)
      return made.error();
    all.made.push_back(*std::move(made));
  }
  return all;
}

std::string yaml(const link_settings& settings) {
  auto text = std::string{"  link:\n"};
  for (const auto& [key, value] : settings)
    text += "    " + key + ": \"" + value + "\"\n";
  return text;
}

void print_text(const outcome& all) {
  auto rows = table{{"NAME", "CERTIFICATE", "KEY", "VALID UNTIL"}};
  if (all.made_ca)
    rows.add({all.ca.name, all.ca.certificate, all.ca.key, date(all.ca.end)});
  for (const auto& each : all.made)
    rows.add({each.name, each.certificate, each.key, date(each.end)});
  std::cout << rows.text();
  if (const auto* own = reconstructor_of(all))
    std::cout << "\nThe reconstructor's configuration, with these three files on its machine:\n"
              << yaml(settings_for(*own, all, false));
  std::cout << "\nA sniffer's configuration, with these three files on its machine:\n"
            << yaml(settings_for(*sniffer_of(all), all, true)) << "\nKeep " << all.ca.key.string()
            << " off both machines: who has it can make certificates.\n";
}

json::object json_of(const certificate_files& files) {
  return {{"name", files.name},
          {"certificate", files.certificate.string()},
          {"key", files.key.string()},
          {"end", rfc3339(wall_time{files.end})}};
}

json::object json_of(const link_settings& settings) {
  auto object = json::object{};
  for (const auto& [key, value] : settings)
    object["link." + key] = value;
  return object;
}

void print_json(const outcome& all) {
  auto ca = json_of(all.ca);
  ca["made"] = all.made_ca;
  auto made = json::array{};
  for (const auto& each : all.made)
    made.push_back(json_of(each));
  auto object = json::object{{"ca", std::move(ca)}, {"certificates", std::move(made)}};
  if (const auto* own = reconstructor_of(all))
    object["reconstructor"] = json_of(settings_for(*own, all, false));
  object["sniffer"] = json_of(settings_for(*sniffer_of(all), all, true));
  std::cout << json::serialize(object) << '\n';
}

int run(const certs_options& options) {
  const auto all = make_all(options);
  if (!all)
    return fail(all.error());
  (options.as_json ? print_json : print_text)(*all);
  return 0;
}

} // namespace

void add_certs(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("certs", "Make the certificates of the link between sniffers and reconstructor");
  auto options = std::make_shared<certs_options>();
  command->add_option("DIR", options->directory, "Where they are written; a CA that is there is used again")
      ->required()
      ->type_name("");
  command
      ->add_option("--name", options->names,
                   "Make a certificate for this host name, IP address or wildcard; the first that is no wildcard is "
                   "the reconstructor's")
      ->required()
      ->expected(1, static_cast<int>(names_max))
      ->type_name("HOST...");
  command->add_option("--days", options->days, "How long they are valid; they end with the CA, which has 3650 days")
      ->check(CLI::Range{1, days_max})
      ->capture_default_str()
      ->type_name("N");
  command->add_flag("--renew", options->renew, "Replace the certificates of these names");
  command->add_flag("--json", options->as_json, "What was made as JSON");
  command->footer("Examples:\n"
                  "  cleartap certs pki --name reconstructor.example '*.sniffer.cleartap'\n"
                  "  cleartap certs pki --name 10.0.0.7 --days 90\n"
                  "  cleartap certs pki --name '*.sniffer.cleartap' --renew");
  command->callback([=, &status] { status = run(*options); });
}

} // namespace cleartap
