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

for _, kind in ipairs({ "InstanceManaged", "GraphResolved" }) do
  if conditions[kind] ~= nil and conditions[kind].status == "False" then
    return answer("Degraded", "kro: " .. (conditions[kind].message or conditions[kind].reason or kind))
  end
end
if status.state == "ERROR" then
  local cause = conditions.ResourcesReady or conditions.Ready
  return answer("Degraded", "kro: " .. (cause.message or cause.reason or "error"))
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
