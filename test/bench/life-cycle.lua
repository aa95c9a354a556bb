-- The writes of the load API as a gateway makes them: POST, DELETE prompt, DELETE, each request with an id of its
-- own. An address makes the ids of two runs differ.
local count = 0
local run = tostring(os.time()) .. "-" .. tostring({}):sub(10)

function request()
  local index = math.floor(count / 3)
  local step = count % 3
  count = count + 1
  if step == 0 then
    local body = string.format(
      '{"cluster":"llama-70b","request_id":"%s-%d","ip":"10.0.0.%d","prompt_length":512,"timestamp":1763851234%09d}',
      run, index, index % 200, index % 1000000000)
    return wrk.format("POST", "/v1/load/stats", nil, body)
  end
  local path = step == 1 and "/v1/load/prompt" or "/v1/load/stats"
  return wrk.format("DELETE", path, nil, string.format('{"request_id":"%s-%d","cluster":"","ip":""}', run, index))
end
