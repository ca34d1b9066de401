-- Health of a Ray Service of kro: Healthy once the model answers. Without it Argo CD takes every instance for healthy that it could
-- apply. The message is for the person who ordered it.
local status = obj.status or {}

local function answer(health, message)
  return { status = health, message = message }
end

local function last_line(text)
  local last = ""
  for line in string.gmatch(text, "[^\r\n]+") do
    if string.match(line, "%S") then last = line end
  end
  return (string.gsub(last, "^%s*(.-)[%s;]*$", "%1"))
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

if obj.metadata.deletionTimestamp ~= nil then
  return answer("Progressing", "Waiting for kro to delete the namespace " .. obj.spec.namespace .. " and all in it")
end
if ((obj.metadata.annotations or {})["kro.run/reconcile"]) == "suspended" then
  return answer("Suspended", "kro leaves this Ray Service alone: the annotation kro.run/reconcile is suspended")
end
if conditions.Ready == nil then
  return answer("Progressing", "Waiting for kro to look at this Ray Service; is it running, and its ResourceGraphDefinition rayservice.kro.run active?")
end
if conditions.Ready.observedGeneration ~= obj.metadata.generation then
  return answer("Progressing", "Waiting for kro to look at the last change")
end

-- kro tries again whatever it was, and its next try often mends it: it was just started, reads a newer definition, or the API server did
-- not answer. What the API server refuses stays refused.
local failure = nil
for _, kind in ipairs({ "InstanceManaged", "GraphResolved" }) do
  if failure == nil and conditions[kind] ~= nil and conditions[kind].status == "False" then failure = conditions[kind] end
end
if failure == nil and status.state == "ERROR" then failure = conditions.ResourcesReady or conditions.Ready end
if failure ~= nil then
  local words = failure.message or failure.reason or "error"
  local refused = string.match(words, "graph revision %d+ failed") ~= nil
  for _, refusal in ipairs({ "denied", "forbidden", "is invalid", "different ApplySet" }) do
    if string.find(words, refusal, 1, true) and not string.find(words, "being terminated", 1, true) then refused = true end
  end
  if refused then return answer("Degraded", "kro: " .. words) end
  return answer("Progressing", "kro tries again: " .. words)
end

local applications = status.serveApplications or ""
for _, failure in ipairs({ "DEPLOY_FAILED", "UNHEALTHY" }) do
  local name, words = string.match(applications, "([%w._-]+)=" .. failure .. "(.*)")
  if name ~= nil then
    return answer("Degraded", "Serve application " .. name .. " is " .. failure .. ": " .. last_line(words))
  end
end

local reason = status.readyReason or ""
local message = status.readyMessage or ""
if reason == "ValidationFailed" or reason == "InitializingTimeout" then
  return answer("Degraded", "KubeRay: " .. reason .. ": " .. message)
end
if conditions.Ready.status == "True" and status.rayClusterReady == true then
  return answer("Healthy", "The model answers")
end

if string.match(applications, "=DEPLOYING") then
  return answer("Progressing", "Waiting for Ray Serve to load the application")
end
if reason ~= "" then
  return answer("Progressing", "Waiting for the Ray cluster: " .. message)
end
return answer("Progressing", "Waiting for kro to create namespace and Ray cluster: " .. (conditions.Ready.message or ""))
