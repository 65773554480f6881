// `cleartap sniffer`: captures on this machine, delivers to a reconstructor.
#include "tools/cleartap/run_node.hpp"

namespace cleartap {

void add_sniffer(CLI::App& app, int& status) {
  add_node(app, status, node_role::sniffer, "sniffer", "Capture on this machine and deliver to a reconstructor",
           "Needs link.connect, and a certificate for each side: `cleartap certs` makes them.\n"
           "Examples:\n"
           "  cleartap sniffer --config /etc/cleartap.yaml\n"
           "  cleartap sniffer --set link.connect=recon.example:9443 --set link.cert=/etc/cleartap/node1.crt \\\n"
           "      --set link.key=/etc/cleartap/node1.key --set link.ca=/etc/cleartap/ca.crt");
}

} // namespace cleartap
