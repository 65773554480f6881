// `cleartap reconstructor`: takes what sniffers deliver, infers and shows.
#include "tools/cleartap/run_node.hpp"

namespace cleartap {

void add_reconstructor(CLI::App& app, int& status) {
  add_node(
      app, status, node_role::reconstructor, "reconstructor", "Take what sniffers deliver, infer and show the web page",
      "Needs no root. Needs a certificate for each side: `cleartap certs` makes them.\n"
      "Examples:\n"
      "  cleartap reconstructor --config /etc/cleartap.yaml\n"
      "  cleartap reconstructor --set link.cert=/etc/cleartap/recon.crt --set link.key=/etc/cleartap/recon.key \\\n"
      "      --set link.ca=/etc/cleartap/ca.crt --set store.path=/var/lib/cleartap");
}

} // namespace cleartap
