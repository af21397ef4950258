-- Tested with HAProxy 2.6.
--
-- The action lua.poolguard asks Poolguard about a request. It sets the identity headers of an
-- allowed request and answers a denied one. Replace the address: it is that of forward_auth.
local address = "http://127.0.0.1:8080/forward-auth/haproxy"
local timeout = 6000 -- milliseconds, more than forward_auth_timeout

-- The headers of the client that Poolguard decides on.
local asked = {
    "accept", "authorization", "cookie", "origin", "access-control-request-method", "access-control-request-headers",
    "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user",
    "sec-websocket-protocol", "sec-websocket-version",
}

-- Set in every allowed request, to an empty value where there is nothing.
local identity = {
    "x-auth-subject",
    "x-auth-username",
    "x-auth-groups",
    "x-auth-scopes",
    "x-auth-client",
    "x-auth-email",
    "x-auth-token-use",
    "x-auth-expires",
}

-- These headers belong to the connection with Poolguard.
local skipped = {["connection"] = true, ["content-length"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true}

local function target(txn)
    if txn.f:req_ver() == "2.0" then
        return txn.f:pathq() -- the target of HTTP/2 is an address
    end
    return txn.f:url()
end

-- The addresses that the request came through. That of the client comes last.
local function forwarded(txn, client)
    local hops = {}
    local sent = client["x-forwarded-for"]
    if sent ~= nil then
        for n = 0, #sent do
            table.insert(hops, sent[n])
        end
    end
    table.insert(hops, txn.f:src())
    return hops
end

local function question(txn)
    local client = txn.http:req_get_headers()
    local headers = {
        ["x-original-method"] = {txn.f:method()},
        ["x-original-uri"] = {target(txn)},
        ["x-original-host"] = {txn.f:req_fhdr("host")},
        ["x-original-forwarded-for"] = {table.concat(forwarded(txn, client), ", ")},
    }
    for _, name in ipairs(asked) do
        if client[name] ~= nil then
            local values = {}
            for n = 0, #client[name] do
                table.insert(values, client[name][n])
            end
            headers[name] = values
        end
    end
    return headers
end

local function deny(txn, status, headers, body)
    local reply = txn:reply{status = status}
    for name, values in pairs(headers) do
        if not skipped[name] then
            for n = 0, #values do
                reply:add_header(name, values[n])
            end
        end
    end
    reply:set_body(body)
    txn:done(reply)
end

core.register_action("poolguard", {"http-req"}, function(txn)
    local client = core.httpclient()
    local answer = client:get{url = address, headers = question(txn), timeout = timeout}
    if answer == nil or answer.status == nil or answer.status == 0 then
        local body = '{"error":{"code":"check_unavailable"}}\n'
        deny(txn, 503, {
            ["content-type"] = {[0] = "application/json"}, ["cache-control"] = {[0] = "no-store"},
            ["x-auth-error"] = {[0] = "check_unavailable"}, ["retry-after"] = {[0] = "1"},
        }, body)
        return
    end
    if answer.status ~= 200 then
        deny(txn, answer.status, answer.headers, answer.body)
        return
    end
    for _, name in ipairs(identity) do
        local values = answer.headers[name]
        txn.http:req_set_header(name, values ~= nil and values[0] or "")
    end
    local authorization = answer.headers["authorization"]
    if authorization ~= nil then
        txn.http:req_set_header("authorization", authorization[0])
    end
end, 0)
