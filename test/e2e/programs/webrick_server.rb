# A server by webrick, which decides itself in which pieces it writes.
require "webrick/https"

PORT, CHAIN, KEY = ARGV

class Files < WEBrick::HTTPServlet::AbstractServlet
  def do_GET(request, response)
    puts "#{Process.pid} #{request.peeraddr[1]} #{request.path}"
    $stdout.flush
    request.body
    response.content_type = "application/octet-stream"
    response.body = File.binread(request.path)
  end
  alias do_POST do_GET
end

server = WEBrick::HTTPServer.new(
  BindAddress: "127.0.0.1", Port: PORT.to_i, AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::FATAL),
  SSLEnable: true, SSLCertificate: OpenSSL::X509::Certificate.new(File.read(CHAIN)),
  SSLPrivateKey: OpenSSL::PKey.read(File.read(KEY))
)
server.mount("/", Files)
server.start
