-- Sends the calls that the bench gives it (see calls.ts), in turn, each round of them with the next number.
-- Arguments: the first number, then for each call its lag and its text.
local calls, first, index = {}, 0, 0
local floor, format, concat = math.floor, string.format, table.concat

local placeTexts = {
  number = function(number) return format("%09d", number) end,
  digit = function(number) return format("%d", number % 10) end,
  lane = function(number) return format("%d", 1000 + number % 1000) end,
  address = function(number) return format("10.0.%d.%d", 100 + floor(number / 100) % 100, 100 + number % 100) end,
}

-- The parts of a text, and where among them a place is to be filled.
local function split(text)
  local parts, places, from = {}, {}, 1
  for before, name, after in text:gmatch("()%{(%a+)%}()") do
    if placeTexts[name] then
      parts[#parts + 1] = text:sub(from, before - 1)
      parts[#parts + 1] = ""
      places[#places + 1] = { at = #parts, textOf = placeTexts[name] }
      from = after
    end
  end
  parts[#parts + 1] = text:sub(from)
  return parts, places
end

function init(args)
  first = tonumber(args[1])
  for at = 2, #args, 2 do
    local parts, places = split(args[at + 1])
    calls[#calls + 1] = { lag = tonumber(args[at]), parts = parts, places = places }
  end
end

function request()
  local call = calls[index % #calls + 1]
  local number = first + floor(index / #calls) - call.lag
  index = index + 1
  local parts = call.parts
  for _, place in ipairs(call.places) do parts[place.at] = place.textOf(number) end
  return concat(parts)
end

function done(summary)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(format('\n{"calls":%d,"durationUs":%d,"failures":%d,"brokenConnections":%d}\n',
    summary.requests, summary.duration, errors.status, broken))
end
