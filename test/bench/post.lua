-- POSTs of the load API, each with an id of its own. An address makes the ids of two runs differ.
local count = 0
local run = tostring(os.time()) .. "-" .. tostring({}):sub(10)

function request()
  count = count + 1
  local body = string.format(
    '{"cluster":"llama-70b","request_id":"%s-%d","ip":"10.0.0.%d","prompt_length":512,"timestamp":1763851234%09d}',
    run, count, count % 200, count % 1000000000)
  return wrk.format("POST", nil, nil, body)
end
