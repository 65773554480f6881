# A client by ruby's net/http: a thread for each connection.
require "net/http"

PORT, CA, ORDER, *CONNECTIONS = ARGV

def ask(http, verb, path, file = nil, way = "one")
  request = (verb == "POST" ? Net::HTTP::Post : Net::HTTP::Get).new(path)
  if file
    request.content_type = "application/octet-stream"
    request.content_length = File.size(file)
    if way == "many"
      request.body_stream = File.open(file, "rb")
    else
      request.body = File.binread(file)
    end
  end
  answer = http.request(request)
  own_port = http.instance_variable_get(:@socket).io.to_io.local_address.ip_port
  $stdout.write("#{own_port} #{path} #{answer.code} #{answer.body.bytesize}\n")
  $stdout.flush
end

def take(steps)
  Net::HTTP.start("localhost", PORT.to_i, use_ssl: true, ca_file: CA) do |http|
    steps.split(";").each do |step|
      verb, *rest = step.split
      verb == "wait" ? File.read(rest[0]) : ask(http, verb, *rest)
    end
  end
end

Thread.abort_on_exception = true
threads = CONNECTIONS.map do |steps|
  thread = Thread.new { take(steps) }
  thread.join if ORDER == "in-turn"
  thread
end
threads.each(&:join)
