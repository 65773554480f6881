# A server by ruby's bare OpenSSL::SSL::SSLServer: a thread for each connection.
require "openssl"
require "socket"

PIECE = 10_000
PORT, CHAIN, KEY = ARGV

def answer(socket, path)
  puts "#{Process.pid} #{socket.to_io.remote_address.ip_port} #{path}"
  $stdout.flush
  body = File.binread(path)
  head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: #{body.bytesize}\r\n\r\n"
  socket.write(head)
  step = path.end_with?("-many") ? PIECE : [body.bytesize, 1].max
  (0...body.bytesize).step(step) { |i| socket.write(body.byteslice(i, step)) }
end

def serve(socket)
  socket.accept
  while (line = socket.gets)
    size = 0
    while (header = socket.gets) && header != "\r\n"
      size = header.split[1].to_i if header.downcase.start_with?("content-length:")
    end
    socket.read(size)
    answer(socket, line.split[1])
  end
  socket.close
rescue OpenSSL::SSL::SSLError, SystemCallError
  socket.to_io.close
end

tls = OpenSSL::SSL::SSLContext.new
tls.add_certificate(OpenSSL::X509::Certificate.new(File.read(CHAIN)), OpenSSL::PKey.read(File.read(KEY)))
server = OpenSSL::SSL::SSLServer.new(TCPServer.new("127.0.0.1", PORT.to_i), tls)
server.start_immediately = false
loop { Thread.new(server.accept) { |socket| serve(socket) } }
