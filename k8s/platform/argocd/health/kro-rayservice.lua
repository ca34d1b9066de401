-- Health of a RayService of kro.run: Healthy once the model answers. Without this check, Argo CD shows every applied instance as
-- healthy. The message is for the user who requested the Ray Service.
local status = obj.status or {}

local function health(status, message)
  return { status = status, message = message }
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
  return health("Progressing", "Waiting for kro to delete the namespace " .. obj.spec.namespace .. " and everything in it")
end
if ((obj.metadata.annotations or {})["kro.run/reconcile"]) == "suspended" then
  return health("Suspended", "kro does not reconcile this Ray Service: the annotation kro.run/reconcile is suspended")
end
if conditions.Ready == nil then
  return health("Progressing", "Waiting for kro to reconcile this Ray Service; is kro running, and is its ResourceGraphDefinition rayservice.kro.run active?")
end
if conditions.Ready.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "Waiting for kro to reconcile the last change")
end

-- kro retries after every error, and often succeeds: after its own start, after a newer definition, or when the API server did not
-- answer. Only a refusal by the API server is permanent.
local failure = nil
for _, kind in ipairs({ "InstanceManaged", "GraphResolved" }) do
  if failure == nil and conditions[kind] ~= nil and conditions[kind].status == "False" then failure = conditions[kind] end
end
if failure == nil and status.state == "ERROR" then failure = conditions.ResourcesReady or conditions.Ready end
if failure ~= nil then
  local text = failure.message or failure.reason or "error"
  local refused = string.match(text, "graph revision %d+ failed") ~= nil
  for _, refusal in ipairs({ "denied", "forbidden", "is invalid", "different ApplySet" }) do
    if string.find(text, refusal, 1, true) and not string.find(text, "being terminated", 1, true) then refused = true end
  end
  if refused then return health("Degraded", "kro: " .. text) end
  return health("Progressing", "kro tries again: " .. text)
end

local applications = status.serveApplications or ""
for _, failure in ipairs({ "DEPLOY_FAILED", "UNHEALTHY" }) do
  local name, text = string.match(applications, "([%w._-]+)=" .. failure .. "(.*)")
  if name ~= nil then
    return health("Degraded", "Serve application " .. name .. " is " .. failure .. ": " .. last_line(text))
  end
end

local reason = status.readyReason or ""
local message = status.readyMessage or ""
if reason == "ValidationFailed" or reason == "InitializingTimeout" then
  return health("Degraded", "KubeRay: " .. reason .. ": " .. message)
end
if conditions.Ready.status == "True" and status.rayClusterReady == true then
  return health("Healthy", "The model answers")
end

if string.match(applications, "=DEPLOYING") then
  return health("Progressing", "Waiting for Ray Serve to load the application")
end
if reason ~= "" then
  return health("Progressing", "Waiting for the Ray cluster: " .. message)
end
return health("Progressing", "Waiting for kro to create namespace and Ray cluster: " .. (conditions.Ready.message or ""))
