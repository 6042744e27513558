-- Sends the calls of a script file in turn, and checks every answer byte for byte.
--
-- The script file returns {requests = {...}, answers = {...}}: the answers are those that were parsed and found right
-- before. With one connection per thread an answer must be that of the request just sent. With more, it must be one of
-- the right ones, and at the end no call may have got more answers than it was sent. Answers in other bytes are kept,
-- and handed over at the end to be parsed and judged; with one connection per thread together with the call's number.
--
-- After `seconds`, every connection is parked: it gets a request without its end, which the server waits for and does
-- not answer. So no call is in flight when wrk stops, and the number of calls is exact.

local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } benchmark_time;
int clock_gettime(int clock, benchmark_time *time);
]]
local now = ffi.new("benchmark_time")
local function clock()
   ffi.C.clock_gettime(1, now) -- CLOCK_MONOTONIC
   return tonumber(now.seconds) + tonumber(now.nanoseconds) * 1e-9
end

local PARKED = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n"

local threads = {}
function setup(thread)
   thread:set("is_first", #threads == 0)
   threads[#threads + 1] = thread
end

local requests, answers, call_of = {}, {}, {}
pending = {} -- call -> how often it was sent and not yet answered; globals are what done() can ask a thread for
local count, current, is_ordered, deadline, seconds = 0, 0, false, nil, 0
is_uniform = false -- one answer for all calls, as from the echo
sent, answered, wrong, refused, started, ended, sample = 0, 0, 0, 0, 0, 0, ""
unknown, kinds = {}, 0 -- answers to be judged -> how often they came; how many there are
local KINDS_AT_MOST = 1000

function init(arguments)
   local calls = dofile(arguments[1])
   seconds = tonumber(arguments[2])
   is_ordered = arguments[3] == "ordered"
   requests, answers = calls.requests, calls.answers
   count = #requests
   for index, answer in ipairs(answers) do
      is_uniform = is_uniform or call_of[answer] ~= nil
      call_of[answer] = index
      pending[index] = 0
   end
end

local is_rehearsed = false
function request()
   if is_first and not is_rehearsed then -- wrk asks once before the run, and sends nothing
      is_rehearsed = true
      return requests[1]
   end
   local time = clock()
   if not deadline then
      started = time
      deadline = time + seconds
   elseif time >= deadline then
      return PARKED
   end
   current = current % count + 1
   sent = sent + 1
   pending[current] = pending[current] + 1
   return requests[current]
end

local function keep(call, body)
   local answer = call .. " " .. body:gsub(".", function(byte) return string.format("%02x", byte:byte()) end)
   if not unknown[answer] then
      if kinds == KINDS_AT_MOST then
         wrong = wrong + 1
         return
      end
      kinds = kinds + 1
   end
   unknown[answer] = (unknown[answer] or 0) + 1
end

function response(status, _, body)
   answered = answered + 1
   ended = clock()
   if status ~= 200 then
      refused = refused + 1
      sample = status .. " " .. body
   elseif is_ordered then
      if body ~= answers[current] then keep(current, body) end
   else
      local call = call_of[body]
      if call then
         pending[call] = pending[call] - 1
      else
         keep(0, body)
      end
   end
end

local function answered_too_often(thread)
   if thread:get("is_uniform") then return 0 end
   local found = 0
   for _, left in pairs(thread:get("pending")) do found = found + math.max(-left, 0) end
   return found
end

function done(summary, latency, _)
   local total = {sent = 0, answered = 0, wrong = 0, refused = 0, elapsed = 0}
   for _, thread in ipairs(threads) do
      for _, name in ipairs({"sent", "answered", "wrong", "refused"}) do
         total[name] = total[name] + thread:get(name)
      end
      total.wrong = total.wrong + answered_too_often(thread)
      total.elapsed = math.max(total.elapsed, thread:get("ended") - thread:get("started"))
      for answer, times in pairs(thread:get("unknown")) do io.write("\nUNKNOWN ", times, " ", answer, "\n") end
      if thread:get("sample") ~= "" then io.stderr:write(thread:get("sample"), "\n") end
   end
   local errors = summary.errors
   io.write(string.format(
      '\nRESULT {"sent":%d,"answered":%d,"wrong":%d,"refused":%d,"elapsed":%.6f,"p50":%d,"p99":%d,"socket_errors":%d}\n',
      total.sent, total.answered, total.wrong, total.refused, total.elapsed,
      latency:percentile(50), latency:percentile(99), errors.connect + errors.read + errors.write))
end
