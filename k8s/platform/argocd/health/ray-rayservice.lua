-- Health of KubeRay's RayService: Healthy once Ray Serve has an endpoint and no application fails.
local status = obj.status or {}

local function health(status, message)
  return { status = status, message = message }
end

-- Code of the tenant may have written these texts, of any length. Argo CD ends a check between two calls only, so no call may take the
-- square of its text: texts and lines are cut first, and no pattern here has two repetitions that can share characters.
local LONGEST_TEXT, LONGEST_LINE = 65536, 1024

local function trim(line)
  line = string.sub(line, 1, LONGEST_LINE)
  local first = string.find(line, "%S")
  if first == nil then return "" end
  return string.sub(line, first, #line + 1 - string.find(string.reverse(line), "%S"))
end

-- What is wrong, in one line. An exception is the last line. pip says it in its lines of errors, and Ray goes on after them.
local function cause(text)
  text = string.sub(text, -LONGEST_TEXT)
  local packages = string.find(text, "RuntimeEnvSetupError", 1, true) or string.find(text, "runtime env failed", 1, true)
  local last, pip = "", nil
  for line in string.gmatch(text, "[^\r\n]+") do
    line = trim(line)
    if line ~= "" then last = line end
    if packages and string.sub(line, 1, 6) == "ERROR:" then pip = line end
  end
  return pip or last
end

-- A table's keys have no order, and a message must not change by itself.
local function sorted(map)
  local names = {}
  for name in pairs(map) do table.insert(names, name) end
  table.sort(names)
  return names
end

-- What Ray Serve says of an application, and whether it is an exception. One in a deployment's __init__ is in the deployment's
-- message only.
local function said(application)
  local text = application.message or ""
  if string.find(text, "Traceback", 1, true) then return cause(text), true end
  local deployments = application.serveDeploymentStatuses or {}
  for _, name in ipairs(sorted(deployments)) do
    local message = deployments[name].message or ""
    if string.find(message, "Traceback", 1, true) then return cause(message), true end
    if text == "" then text = message end
  end
  return cause(text), false
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", "Waiting for KubeRay to delete the Ray cluster")
end
if conditions.Suspended ~= nil and conditions.Suspended.status == "True" then
  return health("Suspended", "This RayService is suspended")
end

-- The pending cluster comes first, because it has the last change. Of applications that Serve still deploys, an exception is what
-- people can do something about.
local deploying, because, raised = nil, "", false
for _, cluster in ipairs({ status.pendingServiceStatus or {}, status.activeServiceStatus or {} }) do
  local applications = cluster.applicationStatuses or {}
  for _, name in ipairs(sorted(applications)) do
    local application = applications[name]
    local text, exception = said(application)
    if application.status == "DEPLOY_FAILED" or application.status == "UNHEALTHY" then
      return health("Degraded", "Serve application " .. name .. " is " .. application.status .. ": " .. text)
    end
    if application.status == "DEPLOYING" and (deploying == nil or (exception and not raised)) then
      deploying, raised = name, exception
      because = text ~= "" and ": " .. text or ""
    end
  end
end

local ready = conditions.Ready
if ready == nil then
  return health("Progressing", "Waiting for KubeRay to reconcile this RayService; is its operator running?")
end
-- KubeRay updates observedGeneration only together with other fields, so an older value does not mean an outdated status.
if ready.reason == "ValidationFailed" or ready.reason == "InitializingTimeout" then
  return health("Degraded", "KubeRay: " .. ready.reason .. ": " .. (ready.message or ""))
end
if ready.status == "True" then
  -- KubeRay calls it ready as long as anything answers, even if that is the version before.
  if deploying ~= nil then
    return health("Progressing", "The model answers; Ray Serve deploys the application " .. deploying .. because)
  end
  return health("Healthy", ready.message or "")
end
if deploying ~= nil then
  return health("Progressing", "Waiting for Ray Serve to load the application" .. because)
end
return health("Progressing", "Waiting for the Ray cluster: " .. (ready.message or ready.reason or ""))
