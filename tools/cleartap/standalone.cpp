// `cleartap standalone`: sniffer and reconstructor in one process.
#include "tools/cleartap/run_node.hpp"

namespace cleartap {

void add_standalone(CLI::App& app, int& status) {
  add_node(app, status, node_role::standalone, "standalone",
           "Capture, infer and show the web page, all in this process",
           "Examples:\n"
           "  cleartap standalone\n"
           "  cleartap standalone --config /etc/cleartap.yaml\n"
           "  cleartap standalone --set page.listen=127.0.0.1:8091 --set store.path=/tmp/cleartap");
}

} // namespace cleartap
