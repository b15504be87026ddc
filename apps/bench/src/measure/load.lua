-- The script for wrk: sends the header lines of a file in turn until the deadline. Then every connection receives its
-- last response and sends no more, so that the bytes of all responses can be compared with what they must be.
-- Arguments: LINES SECONDS CONNECTIONS, and to check every response (which slows wrk down) STATUS SHORTEST LONGEST.
local ffi = require('ffi')
ffi.cdef([[
  typedef struct { long s; long ns; } moment;
  int clock_gettime(int clock, moment *now);
  int getpid();
  int kill(int pid, int signal);
]])

local moment = ffi.new('moment')
local requests, digits = {}, {}
local threads = {}
local seconds, connections, begin, deadline
local verifying, turn, sentDigits = true, 0, 0

-- Global for each thread: done() runs in another state and can read only globals.
asked, askedDigits, resting, took, wrong = 0, 0, 0, 0, 0

local function monotonic()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.s) + tonumber(moment.ns) / 1e9
end

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  local head = ('GET %s HTTP/1.1\r\nHost: %s:%s\r\n'):format(wrk.path, wrk.host, wrk.port)
  for line in io.lines(args[1]) do
    requests[#requests + 1] = head .. line .. '\r\n\r\n'
    digits[#digits + 1] = select(2, line:gsub('%d', ''))
  end
  seconds, connections = tonumber(args[2]), tonumber(args[3])
  local status, shortest, longest = tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
  if status then
    function response(answered, _, body)
      if answered ~= status or #body < shortest or #body > longest then wrong = wrong + 1 end
    end
  end
end

function request()
  -- wrk calls this once before it starts, to verify the request.
  if verifying then
    verifying = false
    return requests[1]
  end
  local now = monotonic()
  if not begin then
    begin, deadline = now, now + seconds
  end
  if now >= deadline then
    resting, took, asked, askedDigits = resting + 1, now - begin, turn, sentDigits
    -- SIGINT ends the run before its duration is over.
    if resting == connections then ffi.C.kill(ffi.C.getpid(), 2) end
    return ''
  end
  local index = turn % #requests + 1
  turn, sentDigits = turn + 1, sentDigits + digits[index]
  return requests[index]
end

function done(summary)
  local sum = { requests = summary.requests, bytes = summary.bytes }
  for name, count in pairs(summary.errors) do
    sum.errors = (sum.errors or 0) + count
  end
  for _, thread in ipairs(threads) do
    for _, name in ipairs({ 'asked', 'askedDigits', 'resting', 'took', 'wrong' }) do
      sum[name] = (sum[name] or 0) + thread:get(name)
    end
  end
  local fields = {}
  for name, value in pairs(sum) do
    fields[#fields + 1] = ('"%s":%.6f'):format(name, value)
  end
  io.write('\n{', table.concat(fields, ','), '}\n')
end
