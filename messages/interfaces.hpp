// Every actor's interface, a line per message it takes. Data moves in parcels along the edges of the flow alone; all
// other messages are bounded and rare.
//
//   probes        ring -> streams -> redaction -> enrichment -> uplink => intake -> inventory -> store
//     ^            |                                ^    |                            ^
//     +-- rescan <-+--------------------------------+    +-> feed (watchers)         page
#pragma once

#include "actors/flow/outlet.hpp"
#include "config/settings.hpp"
#include "messages/capture.hpp"
#include "messages/coverage.hpp"
#include "messages/delivery.hpp"
#include "messages/exchange.hpp"
#include "messages/inventory.hpp"
#include "messages/probing.hpp"
#include "messages/process.hpp"
#include "messages/wire.hpp"

#include <caf/all.hpp>
#include <memory>
#include <string>
#include <vector>

CAF_BEGIN_TYPE_ID_BLOCK(cleartap, first_custom_type_id)
CAF_ADD_TYPE_ID(cleartap, (cleartap::wire_hello)) // these cross the link; all other messages stay in their process
CAF_ADD_TYPE_ID(cleartap, (cleartap::wire_part))
CAF_ADD_TYPE_ID(cleartap, (cleartap::wire_goodbye))
CAF_ADD_ATOM(cleartap, cleartap, credit_atom, "credit") // credit came back on an edge out of the receiver
CAF_ADD_ATOM(cleartap, cleartap, drain_atom, "drain")   // take no more, pass on what is there, then end
CAF_ADD_ATOM(cleartap, cleartap, tick_atom, "tick")     // from an actor to itself
CAF_ADD_ATOM(cleartap, cleartap, stop_atom, "stop")     // end everything in order
CAF_ADD_ATOM(cleartap, cleartap, attach_atom, "attach")
CAF_ADD_ATOM(cleartap, cleartap, detach_atom, "detach")
CAF_ADD_ATOM(cleartap, cleartap, ignore_atom, "ignore")
CAF_ADD_ATOM(cleartap, cleartap, pause_atom, "pause")
CAF_ADD_ATOM(cleartap, cleartap, rescan_atom, "rescan")
CAF_ADD_ATOM(cleartap, cleartap, collect_atom, "collect")
CAF_ADD_ATOM(cleartap, cleartap, watermark_atom, "watermark")
CAF_ADD_ATOM(cleartap, cleartap, list_atom, "list")
CAF_ADD_ATOM(cleartap, cleartap, api_atom, "api")
CAF_ADD_ATOM(cleartap, cleartap, openapi_atom, "openapi")
CAF_ADD_ATOM(cleartap, cleartap, revive_atom, "revive")
CAF_ADD_ATOM(cleartap, cleartap, restart_atom, "restart") // kill a child, so that it begins again
CAF_ADD_ATOM(cleartap, cleartap, hello_atom, "hello")     // a session begins
CAF_ADD_ATOM(cleartap, cleartap, dial_atom, "dial")
CAF_ADD_ATOM(cleartap, cleartap, flush_atom, "flush")
CAF_ADD_ATOM(cleartap, cleartap, coverage_atom, "coverage")
CAF_END_TYPE_ID_BLOCK(cleartap)

namespace cleartap {

using exchange_parcel = flow::parcel<exchange_batch>;
using exchange_announcement = flow::announcement<exchange_batch>;

/// What every actor under the supervisor takes.
using child_actor = caf::typed_actor<caf::reacts_to<drain_atom>>;

/// Settings that are in force from now on; the actor takes over those of its own that may change. What they point to is
/// const and outlives every actor: config/live_settings.hpp.
struct new_settings {
  const settings* now = nullptr;
};

/// What an actor with such settings takes besides.
using live_actor = caf::typed_actor<caf::reacts_to<new_settings>>;

/// What every producer of an edge takes besides.
using producer_actor = child_actor::extend<caf::reacts_to<credit_atom>>;

// -- sniffer ---------------------------------------------------------------------------------------------------------

using probes_actor =
    child_actor::extend<caf::reacts_to<tick_atom>, // publish the kernel's counts
                        caf::replies_to<attach_atom, attach_request>::with<attach_outcome>,
                        caf::reacts_to<detach_atom, file_id>, caf::reacts_to<ignore_atom, ignore_request>,
                        caf::replies_to<pause_atom, bool>::with<bool>>;

using ring_actor = producer_actor::extend<caf::reacts_to<tick_atom>, caf::reacts_to<flow::announcement<chunk_batch>>,
                                          caf::reacts_to<flow::announcement<process_batch>>>;

using rescan_actor = child_actor::extend_with<live_actor>::extend<caf::reacts_to<flow::parcel<process_batch>>,
                                                                  caf::reacts_to<probes_actor>, // whom to tell
                                                                  caf::reacts_to<rescan_atom>, // scan all processes now
                                                                  caf::replies_to<list_atom>::with<library_rows>,
                                                                  caf::replies_to<coverage_atom>::with<coverage_report>,
                                                                  caf::reacts_to<tick_atom>>;

using streams_actor =
    producer_actor::extend_with<live_actor>::extend<caf::reacts_to<flow::parcel<chunk_batch>>,
                                                    caf::reacts_to<exchange_announcement>,
                                                    caf::reacts_to<tick_atom>>; // forgets idle connections

using redaction_actor = producer_actor::extend_with<live_actor>::extend<caf::reacts_to<exchange_parcel>,
                                                                        caf::reacts_to<exchange_announcement>>;

using enrichment_actor =
    producer_actor::extend_with<live_actor>::extend<caf::reacts_to<flow::parcel<process_batch>>,
                                                    caf::reacts_to<exchange_parcel>,
                                                    caf::reacts_to<exchange_announcement>>; // of uplink and of feed

using feed_actor = child_actor::extend<caf::reacts_to<exchange_parcel>>;

// -- between sniffer and reconstructor
// ---------------------------------------------------------------------------------

struct tls_peer; // actors/link/tls_peer.hpp
using tls_peer_pointer = std::shared_ptr<tls_peer>;

class tls_connection; // actors/link/tls_connection.hpp
using tls_connection_pointer = std::shared_ptr<tls_connection>;

/// A session of the link has ended, and why.
struct link_lost {
  std::uint64_t session = 0;
  std::string why;
};

/// Whom an uplink delivers to: the intake in its own process, or the connector to one elsewhere. Every answer is the
/// highest number up to which all of the sender is in the store.
using facade_actor = caf::typed_actor<caf::replies_to<hello_atom, sender_id>::with<watermark_atom, std::uint64_t>,
                                      caf::replies_to<numbered_batch>::with<watermark_atom, std::uint64_t>,
                                      caf::replies_to<farewell>::with<watermark_atom, std::uint64_t>>;

/// All that a peer can reach: one actor for each session, expendable. actors/link/frame_gate lets nothing else pass.
using session_actor = caf::typed_actor<caf::replies_to<wire_hello>::with<watermark_atom, std::uint64_t>,
                                       caf::replies_to<wire_part>::with<watermark_atom, std::uint64_t>,
                                       caf::replies_to<wire_goodbye>::with<watermark_atom, std::uint64_t>>;

/// A session in its own process besides.
using local_session_actor = session_actor::extend<caf::reacts_to<tls_connection_pointer>, // its own, before any request
                                                  caf::reacts_to<facade_actor>,           // where its batches go
                                                  caf::reacts_to<tick_atom>,              // go on with what waited
                                                  caf::reacts_to<stop_atom>>;             // look whether it may go on

using uplink_actor =
    child_actor::extend_with<live_actor>::extend<caf::reacts_to<exchange_parcel>,
                                                 caf::reacts_to<facade_actor>, // whom to deliver to, or nobody
                                                 caf::reacts_to<tick_atom>,    // deliver again
                                                 caf::reacts_to<flush_atom>,
                                                 caf::reacts_to<stop_atom>>; // the time for the end is over

/// The sniffer's end of the link: an uplink's facade whose batches go to another process.
using connector_actor = child_actor::extend_with<live_actor>::extend_with<facade_actor>::extend<
    caf::reacts_to<uplink_actor>, // whom to tell of a session
    caf::reacts_to<tick_atom>,    // dial
    caf::reacts_to<link_lost>>;

/// Connects and shakes hands in a thread of its own.
using dialer_actor = caf::typed_actor<caf::replies_to<dial_atom>::with<tls_peer_pointer>>;

/// The reconstructor's end of the link: a session for each peer that TLS has authenticated.
using listener_actor =
    child_actor::extend_with<live_actor>::extend<caf::reacts_to<facade_actor>, // where sessions deliver to
                                                 caf::reacts_to<tls_peer_pointer>>;

// -- reconstructor
// -----------------------------------------------------------------------------------------------------

using store_actor =
    child_actor::extend<caf::replies_to<collect_atom, commit_request>::with<std::string>>; // empty, or why not

using inventory_actor =
    child_actor::extend<caf::reacts_to<flow::parcel<routed_batch>>,
                        caf::replies_to<collect_atom>::with<changed_rows>, // since the last time; after all parcels
                                                                           // sent before
                        caf::replies_to<list_atom>::with<api_summaries>,
                        caf::replies_to<api_atom, std::string>::with<api_summaries>,    // none or one
                        caf::replies_to<openapi_atom, std::string>::with<std::string>>; // empty if unknown

using intake_actor = producer_actor::extend_with<live_actor>::extend_with<facade_actor>::extend<
    caf::reacts_to<flow::announcement<routed_batch>>, caf::reacts_to<std::size_t, inventory_actor>, // this shard
                                                                                                    // (again)
    caf::reacts_to<store_actor>,
    caf::reacts_to<tick_atom>>; // commit

using page_actor =
    child_actor::extend<caf::reacts_to<std::size_t, inventory_actor>, caf::replies_to<list_atom>::with<api_summaries>,
                        caf::replies_to<api_atom, std::string>::with<api_summaries>,
                        caf::replies_to<openapi_atom, std::string>::with<std::string>>;

// -- around both
// ---------------------------------------------------------------------------------------------------------

/// Serves what only reads counters; reads them once a second for their rates.
using metrics_actor = child_actor::extend<caf::reacts_to<tick_atom>>;

using supervisor_actor =
    caf::typed_actor<caf::reacts_to<revive_atom, std::size_t>, // to itself, after the back-off
                     caf::reacts_to<tick_atom, std::size_t>,   // to itself, when that child's grace period is over
                     caf::replies_to<restart_atom, std::string, std::size_t>::with<bool>, // name and index of a child
                     caf::reacts_to<new_settings>,                                        // for all live children
                     caf::reacts_to<stop_atom>>;

using admin_actor =
    child_actor::extend<caf::reacts_to<probes_actor>, caf::reacts_to<rescan_actor>, caf::reacts_to<supervisor_actor>,
                        caf::replies_to<pause_atom, bool>::with<bool>, caf::replies_to<rescan_atom>::with<bool>,
                        caf::replies_to<restart_atom, std::string, std::size_t>::with<bool>,
                        caf::replies_to<list_atom>::with<library_rows>,
                        caf::replies_to<coverage_atom>::with<coverage_report>>;

} // namespace cleartap

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::new_settings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::attach_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::attach_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::ignore_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::file_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::sender_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::numbered_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::farewell)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::tls_peer_pointer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::tls_connection_pointer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::link_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::commit_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::changed_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::api_summaries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::library_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cleartap::coverage_report)
