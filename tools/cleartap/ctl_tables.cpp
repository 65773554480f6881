#include "tools/cleartap/ctl_tables.hpp"

#include "tools/cleartap/quantity.hpp"
#include "tools/cleartap/table.hpp"

#include <array>
#include <map>
#include <vector>

namespace cleartap {

namespace {

namespace json = boost::json;

std::string cell(const json::value& value) {
  return value.is_string() ? std::string{value.get_string()} : json::serialize(value);
}

std::uint64_t number(const json::object& from, std::string_view key) { return from.at(key).to_number<std::uint64_t>(); }

std::string count(const json::object& from, std::string_view key) { return grouped(number(from, key)); }

/// "" is the unit of what counts nothing.
std::string rate(const json::object& from) {
  auto unit = cell(from.at("unit"));
  return unit.empty() ? "" : speed(from.at("rate").to_number<double>(), unit);
}

/// "ring_full 12, paused 3", or "-".
std::string drops(const json::object& from) {
  auto line = std::string{};
  for (const auto& [reason, units] : from.at("dropped").as_object())
    line += (line.empty() ? "" : ", ") + std::string{reason} + " " + grouped(units.to_number<std::uint64_t>());
  return line.empty() ? "-" : line;
}

std::string labelled(const json::object& from) { return cell(from.at("name")) + "[" + cell(from.at("index")) + "]"; }

/// "2024-05-01 12:30:00", without the fraction.
std::string moment(std::string time) {
  time = time.substr(0, 19);
  std::ranges::replace(time, 'T', ' ');
  return time;
}

std::string text_or_dash(const json::value& value) { return value.is_null() ? "-" : cell(value); }

std::string since(const json::value& time) { return time.is_null() ? "-" : moment(cell(time)); }

std::string sniffer_end(const json::object& end) {
  auto rows = table{{"RECONSTRUCTOR", "STATE", "SINCE (UTC)", "KNOWN AS", ">SESSIONS", ">FAILURES", "LAST ERROR"}};
  rows.add({cell(end.at("address")), end.at("connected").as_bool() ? "connected" : "not connected",
            since(end.at("since")), text_or_dash(end.at("name")), count(end, "connects"), count(end, "failures"),
            text_or_dash(end.at("last_error"))});
  return rows.text();
}

std::string sessions(const json::array& all) {
  auto rows = table{{"SNIFFER", "ADDRESS", "SINCE (UTC)", ">SILENT", ">EXCHANGES", ">BATCHES", ">IN", ">DELAYED"}};
  for (const auto& each : all) {
    const auto& session = each.as_object();
    rows.add({cell(session.at("name")), cell(session.at("address")), since(session.at("since")),
              count(session, "silent_ms") + " ms", count(session, "exchanges"), count(session, "batches"),
              quantity(session.at("bytes_in").to_number<double>(), "bytes"), count(session, "delayed")});
  }
  return rows.text();
}

std::string epochs(const json::array& all) {
  auto rows = table{{"SNIFFER", "EPOCH", "END", ">STORED", ">OFFERED", ">DROPPED"}};
  for (const auto& each : all) {
    const auto& epoch = each.as_object();
    auto told = cell(epoch.at("end")) == "clean"; // else only the sniffer knows
    rows.add({cell(epoch.at("sniffer")), cell(epoch.at("epoch")), cell(epoch.at("end")), count(epoch, "exchanges"),
              told ? count(epoch, "offered") : "?", told ? count(epoch, "dropped") : "?"});
  }
  return rows.text();
}

std::string refusals(const json::object& all) {
  auto rows = table{{">REFUSED", "REASON"}};
  for (const auto& [reason, times] : all)
    rows.add({grouped(times.to_number<std::uint64_t>()), std::string{reason}});
  return all.empty() ? std::string{} : "\n" + rows.text();
}

} // namespace

std::string connections_table(const json::object& answer) {
  if (const auto* end = answer.if_contains("reconstructor"))
    return sniffer_end(end->as_object());
  auto text = std::string{};
  if (cell(answer.at("side")) == "reconstructor")
    text += sessions(answer.at("sessions").as_array()) + "\n";
  return text + epochs(answer.at("epochs").as_array()) + refusals(answer.at("refused").as_object());
}

std::string actors_table(const json::object& answer) {
  auto rows = table{{"ACTOR", "STATE", ">RATE IN", ">MAILBOX", ">MESSAGES IN", ">OUT", ">RESTARTS"}};
  for (const auto& each : answer.at("actors").as_array()) {
    const auto& actor = each.as_object();
    rows.add({labelled(actor), cell(actor.at("phase")), rate(actor), count(actor, "mailbox"),
              count(actor, "messages_in"), count(actor, "messages_out"), count(actor, "restarts")});
  }
  return rows.text();
}

std::string topology_table(const json::object& answer) {
  auto rows = table{{"EDGE", ">RATE", ">DELIVERED", ">WAITING", ">CREDIT", ">BATCH", ">QUEUE", "DROPPED"}};
  for (const auto& each : answer.at("edges").as_array()) {
    const auto& edge = each.as_object();
    auto unit = cell(edge.at("unit"));
    auto end = [&](const char* name, const char* actors) {
      auto many = number(edge, actors);
      return cell(edge.at(name)) + (many > 1 ? " x" + std::to_string(many) : "");
    };
    auto credit = number(edge, "producers") * number(edge, "lanes") * number(edge, "credit_max");
    rows.add({end("from", "producers") + " -> " + end("to", "lanes"), edge.at("wanted").as_bool() ? rate(edge) : "off",
              quantity(edge.at("delivered").to_number<double>(), unit), count(edge, "waiting"),
              count(edge, "under_way") + "/" + std::to_string(credit), count(edge, "batch_max"),
              count(edge, "queue_max"), drops(edge)});
  }
  return rows.text() + "\nRATE: of the last seconds. CREDIT: batches under way, of as many as may be.\n";
}

namespace {

/// "streams limits_reached: body 3, head 1", a line each.
std::string figures_notes(const json::object& answer) {
  auto notes = std::string{};
  for (const auto& each : answer.at("figures").as_array()) {
    const auto& figures = each.as_object();
    auto line = cell(figures.at("actor")) + " " + cell(figures.at("what")) + ":";
    auto separator = " ";
    for (const auto& [name, count] : figures.at("counts").as_object()) {
      line.append(separator).append(name).append(" ").append(cell(count));
      separator = ", ";
    }
    notes += "\n" + printable(std::move(line));
  }
  return notes.empty() ? notes : notes + "\n";
}

} // namespace

std::string losses_table(const json::object& answer) {
  auto rows = table{{"STAGE", "UNIT", ">IN", ">OUT", ">QUEUED", ">BALANCE", "DROPPED"}};
  for (const auto& each : answer.at("stages").as_array()) {
    const auto& stage = each.as_object();
    rows.add({labelled(stage), cell(stage.at("unit")), count(stage, "in"), count(stage, "out"), count(stage, "queued"),
              cell(stage.at("balance")), drops(stage)});
  }
  return rows.text() + figures_notes(answer);
}

std::string libraries_table(const json::object& answer) {
  auto rows =
      table{{"FAMILY", "LIBRARY", ">FILE", ">PROCESSES", ">FUNCTIONS", "STATE", "PROBES", "SINCE (UTC)", "REASON"}};
  for (const auto& each : answer.at("libraries").as_array()) {
    const auto& library = each.as_object();
    rows.add({text_or_dash(library.at("family")), cell(library.at("path")),
              cell(library.at("device")) + ":" + cell(library.at("inode")), count(library, "processes"),
              count(library, "attached") + "/" + count(library, "functions"), cell(library.at("state")),
              text_or_dash(library.at("probes")), moment(cell(library.at("since"))),
              text_or_dash(library.at("reason"))});
  }
  return rows.text();
}

namespace {

/// What is wrong with what was seen, a line each.
std::string coverage_notes(const json::object& answer) {
  const auto& wire = answer.at("wire").as_object();
  auto notes = std::string{};
  auto add = [&](const std::string& line) { notes += "\n" + printable(line); };
  if (!wire.at("seen").as_bool())
    add("The network is not looked at, so only processes with plaintext are known: " + cell(wire.at("complaint")));
  if (!wire.at("owners_complaint").is_null())
    add("Servers that are older than cleartap are not known: " + cell(wire.at("owners_complaint")));
  if (number(wire, "unassigned") > 0)
    add("ClientHellos of unknown processes: " + count(wire, "unassigned"));
  if (number(wire, "lost") > 0)
    add("ClientHellos that did not fit into the ring: " + count(wire, "lost"));
  if (number(answer, "forgotten") > 0)
    add("Processes forgotten because of coverage.processes_max: " + count(answer, "forgotten"));
  return notes.empty() ? notes : notes + "\n";
}

} // namespace

namespace {

/// Processes of a program that have ended, and fared alike, are one line.
struct coverage_line {
  std::size_t processes = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::string name;
  double plaintext = 0;
};

std::string coverage_table_text(const json::array& processes) {
  // By all that makes a line: pid or "ended", program, container, library, outcome. In the order in which they come.
  using key = std::array<std::string, 5>;
  auto order = std::vector<key>{};
  auto lines = std::map<key, coverage_line>{};
  for (const auto& each : processes) {
    const auto& process = each.as_object();
    const auto& program = process.at("exe").is_null() ? process.at("comm") : process.at("exe");
    auto library = text_or_dash(process.at("library"));
    if (!process.at("family").is_null())
      library += " (" + cell(process.at("family")) + ")";
    auto which = key{process.at("alive").as_bool() ? cell(process.at("pid")) : "ended", text_or_dash(program),
                     text_or_dash(process.at("container_id")).substr(0, 12), std::move(library),
                     process.at("captured").as_bool() ? "yes" : "no: " + text_or_dash(process.at("reason"))};
    auto& line = lines[which];
    if (line.processes++ == 0)
      order.push_back(which);
    line.sent += number(process.at("hellos").as_object(), "client");
    line.received += number(process.at("hellos").as_object(), "server");
    line.plaintext += process.at("plaintext_bytes").to_number<double>();
    if (!process.at("server_name").is_null())
      line.name = cell(process.at("server_name"));
  }
  auto rows =
      table{{">PID", "PROGRAM", "CONTAINER", ">SENT", ">RECEIVED", "LAST NAME", "LIBRARY", ">PLAINTEXT", "CAPTURED"}};
  for (const auto& which : order) {
    const auto& line = lines[which];
    rows.add({which[0] == "ended" ? std::to_string(line.processes) + " ended" : which[0], which[1], which[2],
              grouped(line.sent), grouped(line.received), line.name.empty() ? "-" : line.name, which[3],
              quantity(line.plaintext, "bytes"), which[4]});
  }
  return rows.text();
}

} // namespace

std::string coverage_table(const json::object& answer) {
  return coverage_table_text(answer.at("processes").as_array()) +
         "\nSENT, RECEIVED: ClientHellos, the begin of a TLS connection as client and as server.\n" +
         coverage_notes(answer);
}

std::string log_level_line(const json::object& answer) { return cell(answer.at("level")) + "\n"; }

std::string changes_lines(const json::object& answer) {
  auto lines = std::string{};
  for (const auto& each : answer.at("changed").as_array())
    lines += cell(each.at("key")) + ": " + cell(each.at("old")) + " -> " + cell(each.at("new")) + "\n";
  return lines.empty() ? "nothing has changed\n" : lines;
}

std::string problems_lines(const json::object& answer) {
  auto lines = std::string{};
  for (const auto& each : answer.at("problems").as_array())
    lines += "\n" + cell(each);
  return lines;
}

} // namespace cleartap
